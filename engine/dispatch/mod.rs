//! Drives triggers with firings: order, pace, try, retry, judge, or dead letter.
//!
//! One task owns the [`queue`] of every trigger; each firing in flight is a task of its own that makes attempts with a
//! [`runner`]. Memory holds a bounded part of each trigger's open firings, the state holds them all.

pub mod pace;
mod queue;
pub mod runner;
mod tries;

use crate::commit::{Committer, Done, Note};
use crate::rows::{self, OpenRow, Outcome};
use model::ports::Table;
use model::{Result, State};
use operators::effect::Firing;
use operators::plan::trigger_id;
use queue::{Job, Queue};
use runner::Runner;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// How long running attempts may take when the process is asked to end.
const GRACE: Duration = Duration::from_secs(30);
/// How long to wait before the state is asked again for firings that its next commit will hold.
const REFILL: Duration = Duration::from_millis(50);

/// By trigger: what runs its firings.
pub type Runners = FxHashMap<u64, Arc<Runner>>;

/// The way to the dispatcher of one bus.
#[derive(Debug, Clone)]
pub struct Dispatch {
    messages: mpsc::UnboundedSender<Message>,
}

#[derive(Debug)]
enum Message {
    Fired(Vec<Arc<Firing>>),
    Runners(Runners),
    Refilled(u64, Vec<OpenRow>),
    Refill(u64),
    Ready(u64, Job),
    Pace(u64),
    Stop(oneshot::Sender<()>),
}

impl Dispatch {
    /// Starts the dispatcher with the firings that are open in the state.
    ///
    /// # Errors
    /// A state that cannot be read.
    pub fn start(state: Arc<dyn State>, committer: Committer, runners: Runners) -> Result<Self> {
        let (messages, inbox) = mpsc::unbounded_channel();
        let mut dispatcher = Dispatcher {
            state,
            committer,
            runners,
            queues: FxHashMap::default(),
            running: JoinSet::new(),
            messages: messages.clone(),
            stopping: false,
        };
        dispatcher.restore()?;
        tokio::spawn(dispatcher.run(inbox));
        Ok(Self { messages })
    }

    /// Takes new firings, in the order of their times.
    pub fn fire(&self, firings: Vec<Arc<Firing>>) {
        let _ = self.messages.send(Message::Fired(firings));
    }

    /// Goes over to the triggers of changed manifests.
    pub fn change(&self, runners: Runners) {
        let _ = self.messages.send(Message::Runners(runners));
    }

    /// Starts nothing new and waits for what runs.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        let _ = self.messages.send(Message::Stop(done));
        let _ = stopped.await;
    }
}

struct Dispatcher {
    state: Arc<dyn State>,
    committer: Committer,
    runners: Runners,
    queues: FxHashMap<u64, Queue>,
    running: JoinSet<Ran>,
    messages: mpsc::UnboundedSender<Message>,
    stopping: bool,
}

/// What became of a firing in flight.
struct Ran {
    trigger: u64,
    job: Job,
    next: Next,
}

/// What is next for a firing after its attempts.
enum Next {
    Done(Outcome, String),
    Again(Duration),
}

impl Dispatcher {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Message>) {
        loop {
            tokio::select! {
                biased;
                Some(ran) = self.running.join_next() => match ran {
                    Ok(ran) => self.ran(ran),
                    Err(error) => tracing::error!(%error, "an attempt ended abnormally; its firing stays open until the next start"),
                },
                message = inbox.recv() => match message {
                    Some(Message::Stop(done)) => {
                        self.stopping = true;
                        self.drain().await;
                        let _ = done.send(());
                        return;
                    }
                    Some(message) => self.take(message),
                    None => return,
                },
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Fired(firings) => {
                let mut touched = Vec::new();
                for firing in firings {
                    let trigger = trigger_id(&firing.trigger);
                    self.queues.entry(trigger).or_default().accept(firing);
                    if touched.last() != Some(&trigger) {
                        touched.push(trigger);
                    }
                }
                touched.into_iter().for_each(|trigger| self.pump(trigger));
            }
            Message::Runners(runners) => {
                self.runners = runners;
                let triggers: Vec<_> = self.queues.keys().copied().collect();
                triggers.into_iter().for_each(|trigger| self.pump(trigger));
            }
            Message::Ready(trigger, job) => {
                self.queues.entry(trigger).or_default().ready(job);
                self.pump(trigger);
            }
            Message::Pace(trigger) => {
                self.queues.entry(trigger).or_default().paced();
                self.pump(trigger);
            }
            Message::Refill(trigger) => self.refill(trigger),
            Message::Refilled(trigger, rows) => {
                let queue = self.queues.entry(trigger).or_default();
                let again = queue.refilled(rows, self.committer.view().commits.load(Ordering::Relaxed));
                if again {
                    self.later(REFILL, Message::Refill(trigger));
                }
                self.pump(trigger);
            }
            Message::Stop(_) => {}
        }
    }

    /// Takes up what was open at the last commit. What an at-most-once trigger had started ends as interrupted.
    fn restore(&mut self) -> Result<()> {
        let open: Vec<(Vec<u8>, OpenRow)> = rows::all(&*self.state, Table::Open, rows::EVERY)?;
        for (_, row) in open {
            let trigger = trigger_id(&row.firing.trigger);
            let at_most_once = self.runners.get(&trigger).is_some_and(|runner| runner.at_most_once);
            if row.started && at_most_once {
                let detail = "the process ended while it was acted on, and its trigger is at most once".to_owned();
                self.done(Job::new(row.firing), Outcome::Interrupted, detail);
            } else {
                self.queues.entry(trigger).or_default().accept(row.firing);
            }
        }
        let triggers: Vec<_> = self.queues.keys().copied().collect();
        triggers.into_iter().for_each(|trigger| self.pump(trigger));
        Ok(())
    }

    /// Starts what may start now.
    fn pump(&mut self, trigger: u64) {
        if self.stopping {
            return;
        }
        let Some(queue) = self.queues.get_mut(&trigger) else { return };
        let Some(runner) = self.runners.get(&trigger).cloned() else {
            for job in queue.take_all() {
                let detail = format!("no sensor has a trigger {} any more", job.firing.trigger);
                self.done(job, Outcome::Dead, detail);
            }
            return;
        };
        while let Some(job) = queue.next(runner.concurrency) {
            let wait = runner.pace.as_ref().map_or(Duration::ZERO, |pace| pace.wait());
            if !wait.is_zero() {
                queue.wait_for_pace(job);
                let messages = self.messages.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    let _ = messages.send(Message::Pace(trigger));
                });
                break;
            }
            let (runner, committer) = (runner.clone(), self.committer.clone());
            self.running.spawn(async move { tries::run(trigger, runner, committer, job).await });
        }
        let Some(queue) = self.queues.get_mut(&trigger) else { return };
        if queue.wants_refill() {
            self.refill(trigger);
        } else if queue.is_empty() {
            self.queues.remove(&trigger);
        }
    }

    fn ran(&mut self, Ran { trigger, job, next }: Ran) {
        let now = self.committer.view().commits.load(Ordering::Relaxed);
        if let Some(queue) = self.queues.get_mut(&trigger) {
            queue.landed(&job, matches!(next, Next::Again(_)), now);
        }
        match next {
            Next::Done(outcome, detail) => self.done(job, outcome, detail),
            Next::Again(wait) => self.later(wait, Message::Ready(trigger, job)),
        }
        self.pump(trigger);
    }

    fn done(&self, job: Job, outcome: Outcome, detail: String) {
        if outcome == Outcome::Dead {
            tracing::warn!(trigger = %job.firing.trigger, firing = %job.firing.id, attempts = job.attempts, reason = %detail, "dead letter");
        }
        let ended = now();
        let began = if job.began == 0 { ended } else { job.began };
        self.committer.note(Note::Done(Done {
            firing: job.firing,
            outcome,
            attempts: job.attempts,
            began,
            ended,
            detail,
        }));
    }

    /// Reads the next open firings of a trigger from the state.
    fn refill(&mut self, trigger: u64) {
        let (state, messages) = (self.state.clone(), self.messages.clone());
        let Some((wanted, after)) = self.queues.get_mut(&trigger).map(Queue::refilling) else { return };
        tokio::task::spawn_blocking(move || {
            let (start, end) = rows::open_keys(trigger, after.as_deref());
            let mut found = Vec::new();
            let read = state.scan(Table::Open, &start..&end, &mut |_, value| {
                found.extend(rows::decode::<OpenRow>(Table::Open, value).ok());
                found.len() < wanted
            });
            if let Err(error) = read {
                tracing::error!(%error, "open firings cannot be read from the state");
            }
            let _ = messages.send(Message::Refilled(trigger, found));
        });
    }

    fn later(&self, wait: Duration, message: Message) {
        let messages = self.messages.clone();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            let _ = messages.send(message);
        });
    }

    async fn drain(&mut self) {
        let deadline = tokio::time::Instant::now() + GRACE;
        while let Ok(Some(ran)) = tokio::time::timeout_at(deadline, self.running.join_next()).await {
            if let Ok(Ran { job, next: Next::Done(outcome, detail), .. }) = ran {
                self.done(job, outcome, detail);
            }
        }
        self.running.abort_all();
    }
}

/// The wall clock in milliseconds since 1970: for the journal's times, never for a decision that a replay would repeat.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}
