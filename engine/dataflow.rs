//! The one fixed graph, and the threads that run it: route, screen, join, and a sink that tells commit and dispatch.

use crate::commit::{Committer, Note};
use crate::feed::Feed;
use model::{Batch, Error, LogTime, Partition, Result, Time};
use operators::effect::{Effect, Firing};
use operators::join::{Due, Start, join};
use operators::plan::{Plan, Timeline};
use operators::route::route;
use operators::screen::screen;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread::Thread;
use std::time::Duration;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::vec::Input;
use timely::dataflow::operators::{Concat, Operator, Probe};
use timely::dataflow::{InputHandle, ProbeHandle, StreamVec};

/// So many batches may be in the graph at once.
const IN_FLIGHT: usize = 8;
/// So long something waits for the frontier before a tick is written, in milliseconds.
const PATIENCE_MS: u64 = 50;
/// A worker with nothing to do looks for due instants this often.
const IDLE: Duration = Duration::from_millis(25);

/// Where firings go at once, before any commit.
pub type Fire = Arc<dyn Fn(Vec<Arc<Firing>>) + Send + Sync>;

/// What a dataflow is made of.
pub struct Parts {
    /// How many workers run it.
    pub workers: usize,
    /// Where the join goes on.
    pub start: Start,
    /// Where records come from.
    pub feed: Feed,
    /// Who is told of progress.
    pub committer: Committer,
    /// Who is told of firings.
    pub fire: Fire,
    /// Appends a tick to a partition of the bus.
    pub tick: Box<dyn Fn(Partition) + Send>,
    /// The wall clock in milliseconds since 1970; it decides when ticks are written and nothing else.
    pub clock: fn() -> u64,
    /// Called when the bus cannot be read; it must end the process.
    pub fatal: Box<dyn Fn(&Error) + Send>,
}

/// A running dataflow.
pub struct Dataflow {
    shared: Arc<Shared>,
    threads: Mutex<Option<timely::communication::WorkerGuards<()>>>,
}

/// What the threads of a dataflow and its owner share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// The worker threads; worker 0 leads.
    threads: Vec<OnceLock<Thread>>,
    changes: Mutex<VecDeque<Change>>,
}

/// A plan that is to come into force.
struct Change {
    make: Box<dyn FnOnce(Time) -> Plan + Send>,
    entered: mpsc::Sender<Entered>,
}

/// A plan that was entered on the timeline; until it is answered nothing of it is handed out.
pub struct Entered {
    /// From when on it is in force.
    pub effective: Time,
    /// Told once the change is durable.
    pub durable: mpsc::Sender<()>,
}

/// What the feed gives a worker.
enum Step {
    Batch(Arc<Batch>),
    Frontier(Time),
}

impl Dataflow {
    /// Builds the graph on each worker and starts to feed it.
    ///
    /// # Errors
    /// Threads that cannot be started.
    pub fn start(parts: Parts) -> Result<Self> {
        let threads = (0..parts.workers).map(|_| OnceLock::new()).collect();
        let shared = Arc::new(Shared { threads, ..Shared::default() });
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..parts.workers).map(|_| mpsc::channel::<Step>()).unzip();
        let receivers = Mutex::new(receivers.into_iter().map(Some).collect::<Vec<_>>());
        let (start, committer, fire, workers) =
            (parts.start.clone(), parts.committer.clone(), parts.fire.clone(), parts.workers);
        let lead = Lead {
            timeline: parts.start.timeline.clone(),
            feed: parts.feed,
            due: parts.start.due.clone(),
            tick: parts.tick,
            clock: parts.clock,
            fatal: parts.fatal,
            steps: senders,
            given: 0,
            ends: VecDeque::new(),
            ticks: Ticks::default(),
            durable: None,
        };
        let lead = Mutex::new(Some(lead));
        let (ours, bound) = (shared.clone(), parts.start.from);
        let threads = timely::execute(timely::Config::process(workers), move |worker| {
            let index = worker.index();
            let steps = receivers.lock().unwrap_or_else(PoisonError::into_inner).get_mut(index).and_then(Option::take);
            let mut lead = if index == 0 { lead.lock().unwrap_or_else(PoisonError::into_inner).take() } else { None };
            if let Some(thread) = ours.threads.get(index) {
                let _ = thread.set(std::thread::current());
            }
            let (Some(steps), start, committer, fire) = (steps, start.clone(), committer.clone(), fire.clone()) else {
                return;
            };
            let probe = ProbeHandle::new();
            let mut input = worker.dataflow::<u128, _, _>(|scope| {
                let (input, batches) = scope.new_input::<Arc<Batch>>();
                let routed = route(batches, start.timeline.clone());
                let (hits, counted) = screen(routed, start.log, start.timeline.clone());
                let effects = join(hits, start).concat(counted);
                sink(effects, index, committer, fire).probe_with(&probe);
                input
            });
            input.advance_to(bound.pack());
            while !ours.stop.load(Ordering::Acquire) {
                let reached = probe.with_frontier(|frontier| frontier.first().copied().unwrap_or(u128::MAX));
                let fed = lead.as_mut().is_some_and(|lead| lead.turn(&ours, Time::unpack(reached)));
                let took = take(&steps, &mut input);
                worker.step_or_park(Some(if fed || took { Duration::ZERO } else { IDLE }));
            }
        })
        .map_err(Error::internal)?;
        Ok(Self { shared, threads: Mutex::new(Some(threads)) })
    }

    /// Wakes the feed: the bus has more records.
    pub fn wake(&self) -> model::ports::Wake {
        let shared = Arc::downgrade(&self.shared);
        Arc::new(move || {
            if let Some(shared) = shared.upgrade() {
                shared.wake();
            }
        })
    }

    /// Has the plan that `make` gives for an instant come into force at the next instant after all that was handed out.
    ///
    /// # Errors
    /// A dataflow that has ended.
    pub fn change(&self, make: impl FnOnce(Time) -> Plan + Send + 'static) -> Result<Entered> {
        let (entered, answer) = mpsc::channel();
        self.shared
            .changes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(Change { make: Box::new(make), entered });
        self.shared.wake();
        answer.recv().map_err(|_| Error::internal("the dataflow has ended"))
    }

    /// Stops feeding and ends the threads; what was handed out and not committed is read again after a restart.
    pub fn stop(&self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.threads.iter().filter_map(OnceLock::get).for_each(Thread::unpark);
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(threads);
    }
}

impl Drop for Dataflow {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn wake(&self) {
        self.threads.iter().filter_map(OnceLock::get).take(1).for_each(Thread::unpark);
    }
}

/// Gives a worker's input what the feed has for it; whether there was anything.
fn take(
    steps: &mpsc::Receiver<Step>,
    input: &mut InputHandle<u128, CapacityContainerBuilder<Vec<Arc<Batch>>>>,
) -> bool {
    let mut any = false;
    for step in steps.try_iter() {
        any = true;
        match step {
            Step::Batch(batch) => input.send(batch),
            Step::Frontier(time) => input.advance_to(time.pack().max(*input.time())),
        }
    }
    any
}

/// Tells dispatch of firings and the committer of everything, with how far this worker has come.
fn sink<'s>(
    effects: StreamVec<'s, u128, (Time, Effect)>,
    worker: usize,
    committer: Committer,
    fire: Fire,
) -> StreamVec<'s, u128, ()> {
    effects.unary_frontier::<CapacityContainerBuilder<Vec<()>>, _, _, _>(Pipeline, "Sink", move |_, _| {
        let mut told = Time::default();
        move |(input, frontier), _| {
            let mut effects = Vec::new();
            input.for_each_stamp(|_, data| data.for_each(|part| effects.append(part)));
            let reached = frontier.frontier().first().map_or(told, |packed| Time::unpack(*packed));
            if effects.is_empty() && reached <= told {
                return;
            }
            told = reached;
            let firings: Vec<_> = effects
                .iter()
                .filter_map(|(_, effect)| if let Effect::Fire(firing) = effect { Some(firing.clone()) } else { None })
                .collect();
            committer.note(Note::Progress { worker, frontier: reached, effects });
            if !firings.is_empty() {
                fire(firings);
            }
        }
    })
}

/// The part of worker 0 that feeds all workers.
struct Lead {
    timeline: Timeline,
    feed: Feed,
    due: Due,
    tick: Box<dyn Fn(Partition) + Send>,
    clock: fn() -> u64,
    fatal: Box<dyn Fn(&Error) + Send>,
    steps: Vec<mpsc::Sender<Step>>,
    /// Batches given so far; they go round the workers.
    given: usize,
    /// The frontier after each batch that is still in the graph.
    ends: VecDeque<Time>,
    ticks: Ticks,
    /// A change of plan that is not durable yet.
    durable: Option<mpsc::Receiver<()>>,
}

impl Lead {
    /// Feeds what there is and ticks where something waits; whether anything was fed. The graph has come to `reached`.
    fn turn(&mut self, shared: &Shared, reached: Time) -> bool {
        self.change_plan(shared);
        while self.ends.pop_front_if(|end| *end <= reached).is_some() {}
        let mut fed = false;
        while self.ends.len() < IN_FLIGHT {
            match self.feed.hand_out() {
                Ok(Some(batch)) => self.give(batch),
                Ok(None) => break,
                Err(error) => {
                    (self.fatal)(&error);
                    break;
                }
            }
            fed = true;
        }
        if fed {
            shared.threads.iter().filter_map(OnceLock::get).skip(1).for_each(Thread::unpark);
        }
        let now = (self.clock)();
        // The end of the slot of an event of this moment lies ahead; what can be had is the present.
        let awaited = self.feed.awaited().map(|until| LogTime(until.0.min(now)));
        let wanted = [self.due.next(), self.timeline.newest().map(|effective| effective.log_time), awaited];
        let late = self.ticks.late(wanted.into_iter().flatten(), self.feed.frontier(), now);
        for partition in late.map(|until| self.feed.behind(until)).into_iter().flatten() {
            (self.tick)(partition);
        }
        fed
    }

    fn give(&mut self, batch: Arc<Batch>) {
        let frontier = self.feed.frontier();
        if !batch.is_empty()
            && let Some(steps) = self.steps.get(self.given % self.steps.len())
        {
            let _ = steps.send(Step::Batch(batch));
            self.given += 1;
        }
        self.steps.iter().for_each(|steps| drop(steps.send(Step::Frontier(frontier))));
        self.ends.push_back(frontier);
    }

    fn change_plan(&mut self, shared: &Shared) {
        if self.durable.as_ref().is_some_and(|durable| durable.try_recv() != Err(mpsc::TryRecvError::Empty)) {
            self.durable = None;
            self.feed.open();
        }
        if self.durable.is_some() {
            return;
        }
        let change = shared.changes.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        if let Some(Change { make, entered }) = change {
            let effective = self.feed.close();
            self.timeline.change(make(effective));
            let (durable, answer) = mpsc::channel();
            self.durable = Some(answer);
            let _ = entered.send(Entered { effective, durable });
        }
    }
}

/// When ticks are written: while anything waits for the frontier, as often as [`PATIENCE_MS`] says.
#[derive(Default)]
struct Ticks {
    /// By the wall clock in milliseconds: when the next ticks are written; `None` while nothing waits.
    at: Option<u64>,
}

impl Ticks {
    /// The instant up to which partitions must be ticked now, if something has waited long enough for the frontier to pass
    /// it. That ever more is waited for under load changes nothing about how long the first of it has waited.
    fn late(&mut self, wanted: impl Iterator<Item = LogTime>, frontier: Time, now: u64) -> Option<LogTime> {
        let Some(wanted) = wanted.filter(|at| Time::instant(*at) > frontier && at.0 <= now).min() else {
            self.at = None;
            return None;
        };
        if now < *self.at.get_or_insert(now + PATIENCE_MS) {
            return None;
        }
        self.at = Some(now + PATIENCE_MS);
        Some(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_ticked_for_though_ever_more_comes_to_wait() {
        let mut ticks = Ticks::default();
        let ticked: Vec<_> = (0..200)
            .filter_map(|now| {
                // An event each millisecond, and a frontier that an idle partition holds back.
                ticks.late([LogTime(now)].into_iter(), Time::default(), now).map(|until| (now, until.0))
            })
            .collect();
        assert_eq!(ticked, [(51, 51), (101, 101), (151, 151)]);
        let far = LogTime(1_000_000);
        assert_eq!(ticks.late([far].into_iter(), Time::default(), 300), None);
        assert_eq!(ticks.late([LogTime(7)].into_iter(), Time::instant(LogTime(7)), 400), None);
    }
}
