//! The committer's thread: gathers notes, chooses the frontier, commits, replies.

use super::changes::{Cells, Changes};
use super::fed::Handed;
use super::{Committer, Done, INTERVAL, Learnt, Note, PATIENCE, Reply, View};
use crate::ledger::{Account, Ledger};
use crate::rows::{self, CommitPoint, DeadRow, JournalRow, PlanRow};
use model::ports::{Change, Table};
use model::{Bus, Error, FiringId, Result, State, Time};
use operators::effect::{Effect, Firing};
use operators::plan::TriggerName;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The journal keeps so many rows, and rows not older than [`JOURNAL_AGE`].
const JOURNAL_ROWS: u64 = 1_000_000;
/// In milliseconds: seven days.
const JOURNAL_AGE: u64 = 7 * 24 * 3600 * 1000;
/// So many undecodable records are kept, the newest; all of them stay on their bus.
const UNDECODABLE_ROWS: usize = 10_000;
/// How often the bus is told what is not needed any more.
const RELEASE: Duration = Duration::from_secs(1);

/// What a committer starts from.
pub struct Opening {
    /// Where rows are kept.
    pub state: Arc<dyn State>,
    /// Whose records are released.
    pub bus: Arc<dyn Bus>,
    /// The commit point in the state.
    pub point: CommitPoint,
    /// How many workers report progress.
    pub workers: usize,
    /// The plans known so far, by the time from which they are in force.
    pub plans: Vec<(Time, u64)>,
    /// The ledger's cells of these plans.
    pub cells: Vec<(u64, Arc<TriggerName>, Arc<str>)>,
    /// How long the duplicate window is, in milliseconds.
    pub window: u64,
    /// Called when a commit failed; it must end the process.
    pub fatal: Box<dyn Fn(&Error) + Send>,
}

/// Starts the committer.
///
/// # Errors
/// A state that cannot be read, or a thread that cannot be started.
pub fn start(opening: Opening) -> Result<Committer> {
    let (notes, queue) = mpsc::channel();
    let mut ledger = Ledger::default();
    let mut read = Ok(());
    opening.state.scan(Table::Ledger, rows::EVERY, &mut |key, value| {
        let row = rows::decode::<Account>(Table::Ledger, key)
            .and_then(|account| Ok((account, rows::decode::<i64>(Table::Ledger, value)?)));
        read = row.map(|(account, value)| _ = ledger.add(account, value));
        read.is_ok()
    })?;
    read?;
    let window_rows: Vec<(Vec<u8>, Learnt)> = rows::all(&*opening.state, Table::Duplicates, rows::EVERY)?;
    let window_rows: VecDeque<_> = window_rows
        .into_iter()
        .filter_map(|(key, learnt)| Some((key, learnt.iter().map(|(at, _)| *at).max()?)))
        .collect();
    let view = Arc::new(View::default());
    *view.ledger() = ledger.clone();
    view.committed(&opening.point, Duration::ZERO);
    let partitioned = opening.bus.partitions() > 1;
    let keeper = Keeper {
        handed: Handed::new(window_rows, opening.window, partitioned),
        frontiers: vec![opening.point.frontier; opening.workers],
        cells: opening
            .cells
            .iter()
            .map(|(cell, name, dependency)| (*cell, (name.clone(), dependency.clone())))
            .collect(),
        effects: Vec::new(),
        fresh: BTreeMap::new(),
        closed: Vec::new(),
        requests: Vec::new(),
        released: Instant::now(),
        stopping: false,
        ledger,
        view: view.clone(),
        opening,
    };
    let thread = std::thread::Builder::new().name("commit".into()).spawn(move || keeper.run(&queue));
    thread.map_err(|error| Error::external(format!("the commit thread cannot be started: {error}")))?;
    Ok(Committer { notes, view })
}

/// A firing that is not in the state yet.
struct Fresh {
    firing: Arc<Firing>,
    seen: Instant,
    done: Option<Done>,
    started: bool,
}

/// What a note asks the next commit to take along.
enum Request {
    Start(Arc<Firing>),
    Plan(PlanRow),
    Redrive(Vec<FiringId>),
    Drop(Vec<FiringId>),
    Forget(Vec<Time>),
    Stop,
}

struct Keeper {
    opening: Opening,
    handed: Handed,
    frontiers: Vec<Time>,
    cells: Cells,
    effects: Vec<(Time, Effect)>,
    fresh: BTreeMap<(Time, FiringId), Fresh>,
    closed: Vec<Done>,
    requests: Vec<(Request, Reply)>,
    released: Instant,
    stopping: bool,
    ledger: Ledger,
    view: Arc<View>,
}

impl Keeper {
    fn run(mut self, queue: &mpsc::Receiver<Note>) {
        let mut last = Instant::now();
        while !self.stopping {
            // With something held back for PATIENCE the thread looks again by itself; otherwise it sleeps until told.
            let first = if self.is_idle() { queue.recv().ok() } else { queue.recv_timeout(INTERVAL).ok() };
            match first {
                Some(note) => self.take(note),
                None if self.is_idle() => return,
                None => {}
            }
            std::thread::sleep(INTERVAL.saturating_sub(last.elapsed()));
            queue.try_iter().for_each(|note| self.take(note));
            last = Instant::now();
            if let Err(error) = self.commit() {
                (self.opening.fatal)(&error);
                return;
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.effects.is_empty() && self.fresh.is_empty() && self.closed.is_empty() && self.requests.is_empty()
    }

    fn take(&mut self, note: Note) {
        match note {
            Note::Fed(fed) => {
                self.view.handed(&fed);
                self.handed.push(fed);
            }
            Note::Progress { worker, frontier, effects } => self.progress(worker, frontier, effects),
            Note::Done(done) => match self.fresh.get_mut(&(done.firing.time, done.firing.id)) {
                Some(fresh) => fresh.done = Some(done),
                None => self.closed.push(done),
            },
            Note::Start(firing, reply) => {
                if let Some(fresh) = self.fresh.get_mut(&(firing.time, firing.id)) {
                    fresh.started = true;
                }
                self.requests.push((Request::Start(firing), reply));
            }
            Note::Plan(row, cells, reply) => {
                self.cells.extend(cells.into_iter().map(|(cell, name, dependency)| (cell, (name, dependency))));
                self.opening.plans.push((row.effective, row.hash));
                self.requests.push((Request::Plan(row), reply));
            }
            Note::Redrive(ids, reply) => self.requests.push((Request::Redrive(ids), reply)),
            Note::Drop(ids, reply) => self.requests.push((Request::Drop(ids), reply)),
            Note::Forget(records, reply) => self.requests.push((Request::Forget(records), reply)),
            Note::Stop(reply) => self.requests.push((Request::Stop, reply)),
        }
    }

    fn progress(&mut self, worker: usize, frontier: Time, effects: Vec<(Time, Effect)>) {
        if let Some(reached) = self.frontiers.get_mut(worker) {
            *reached = frontier.max(*reached);
        }
        for (time, effect) in effects {
            match effect {
                Effect::Fire(firing) => {
                    self.fresh.insert(
                        (firing.time, firing.id),
                        Fresh { firing, seen: Instant::now(), done: None, started: false },
                    );
                }
                effect => self.effects.push((time, effect)),
            }
        }
    }

    /// How far this commit may go: to the frontier of all workers, but not past a firing that may be done soon.
    fn frontier(&self) -> Time {
        let reached = self.frontiers.iter().min().copied().unwrap_or_default();
        let waits = |fresh: &Fresh| {
            fresh.done.is_none() && !fresh.started && !self.is_stopping() && fresh.seen.elapsed() < PATIENCE
        };
        let young = self.fresh.range(..(reached, FiringId([0; 16]))).find(|(_, fresh)| waits(fresh));
        let limit = young.map_or(reached, |((time, _), _)| *time);
        self.handed.boundary(limit).max(self.opening.point.frontier)
    }

    fn is_stopping(&self) -> bool {
        self.requests.iter().any(|(request, _)| matches!(request, Request::Stop))
    }

    fn commit(&mut self) -> Result<()> {
        let frontier = self.frontier();
        // A firing is committed as started together with the frontier that passes it: before, a restart would make it anew.
        let early =
            |(request, _): &mut (Request, Reply)| matches!(request, Request::Start(firing) if firing.time >= frontier);
        let early: Vec<_> = self.requests.extract_if(.., early).collect();
        let requests = std::mem::replace(&mut self.requests, early);
        if frontier == self.opening.point.frontier && self.closed.is_empty() && requests.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let mut point = self.opening.point.clone();
        (point.frontier, point.number) = (frontier, point.number + 1);
        let mut ledger = std::mem::take(&mut self.ledger);
        let rows = self.gather(&mut point, &mut ledger, frontier, &requests);
        self.ledger = ledger;
        let (rows, answers) = rows?;
        self.opening.state.commit(&rows)?;
        self.opening.point = point;
        self.view.ledger().clone_from(&self.ledger);
        self.view.committed(&self.opening.point, began.elapsed());
        for ((request, reply), answer) in requests.into_iter().zip(answers) {
            self.stopping |= matches!(request, Request::Stop);
            reply(Ok(answer));
        }
        self.release()
    }

    /// The rows of a commit at `frontier`, and the answer to each request.
    #[allow(clippy::type_complexity)]
    fn gather(
        &mut self,
        point: &mut CommitPoint,
        ledger: &mut Ledger,
        frontier: Time,
        requests: &[(Request, Reply)],
    ) -> Result<(Vec<Change>, Vec<Vec<Arc<Firing>>>)> {
        let mut changes = Changes::new(point, ledger);
        changes.handed(&mut self.handed, frontier)?;
        let (now, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.effects).into_iter().partition(|(time, _)| *time < frontier);
        self.effects = later;
        changes.effects(now.into_iter().map(|(_, effect)| effect), &self.cells)?;
        let later = self.fresh.split_off(&(frontier, FiringId([0; 16])));
        for fresh in std::mem::replace(&mut self.fresh, later).into_values() {
            let plan = plan_at(&self.opening.plans, fresh.firing.time);
            changes.fired(&fresh.firing, fresh.started, fresh.done, plan)?;
        }
        for done in std::mem::take(&mut self.closed) {
            let plan = plan_at(&self.opening.plans, done.firing.time);
            changes.closed(done, plan)?;
        }
        let mut answers = Vec::with_capacity(requests.len());
        for (request, _) in requests {
            answers.push(request.gather(&*self.opening.state, &mut changes, &self.opening.plans)?);
        }
        if changes.point.number.is_multiple_of(64) {
            trim_journal(&*self.opening.state, &mut changes)?;
            trim_undecodable(&*self.opening.state, &mut changes)?;
        }
        Ok((changes.finish()?, answers))
    }

    fn release(&mut self) -> Result<()> {
        if self.released.elapsed() < RELEASE && !self.stopping {
            return Ok(());
        }
        self.released = Instant::now();
        let offsets: Vec<_> = self
            .opening
            .point
            .partitions
            .iter()
            .zip(0..)
            .map(|((offset, _), n)| (model::Partition(n), *offset))
            .collect();
        self.opening.bus.release("dataflow", &offsets)
    }
}

impl Request {
    fn gather(&self, state: &dyn State, changes: &mut Changes<'_>, plans: &[(Time, u64)]) -> Result<Vec<Arc<Firing>>> {
        match self {
            Self::Start(firing) => changes.open(firing, true)?,
            Self::Plan(row) => {
                changes.rows.push(Change::put(Table::Meta, rows::plan_key(row.effective), rows::encode(row)?))
            }
            Self::Redrive(ids) => {
                let dead = dead(state, ids)?;
                dead.iter().try_for_each(|(_, dead)| changes.redriven(dead))?;
                return Ok(dead.into_iter().map(|(_, dead)| dead.firing).collect());
            }
            Self::Drop(ids) => {
                let dead = dead(state, ids)?;
                let firings = dead.iter().map(|(_, dead)| dead.firing.clone()).collect();
                let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
                for (id, dead) in dead {
                    let plan = plan_at(plans, dead.firing.time);
                    changes.dropped(id, dead, now, plan);
                }
                return Ok(firings);
            }
            Self::Forget(records) => {
                let remove = |time: &Time| Change::remove(Table::Undecodable, rows::undecodable_key(*time));
                changes.rows.extend(records.iter().map(remove));
            }
            Self::Stop => {}
        }
        Ok(Vec::new())
    }
}

fn dead(state: &dyn State, ids: &[FiringId]) -> Result<Vec<(FiringId, DeadRow)>> {
    let row = |id: &FiringId| {
        Ok(state.get(Table::Dead, &id.0)?.map(|row| rows::decode(Table::Dead, &row)).transpose()?.map(|row| (*id, row)))
    };
    ids.iter().map(row).filter_map(Result::transpose).collect()
}

fn plan_at(plans: &[(Time, u64)], time: Time) -> u64 {
    plans.iter().rev().find(|(effective, _)| *effective <= time).or(plans.first()).map_or(0, |(_, hash)| *hash)
}

/// Removes the oldest journal values while the journal is too long or too old; a few at a time, so that no commit is slow.
fn trim_journal(state: &dyn State, changes: &mut Changes<'_>) -> Result<()> {
    let (mut kept, mut old, mut read) = (changes.point.journal_rows, Vec::new(), Ok(()));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    state.scan(Table::Journal, rows::EVERY, &mut |key, value| match rows::decode::<Vec<JournalRow>>(
        Table::Journal,
        value,
    ) {
        Ok(rows) => {
            let stale = kept > JOURNAL_ROWS || rows.iter().all(|row| row.ended.saturating_add(JOURNAL_AGE) < now);
            if stale {
                kept -= rows.len().min(kept as usize) as u64;
                old.push(key.to_vec());
            }
            stale && old.len() < 4096
        }
        Err(error) => {
            read = Err(error);
            false
        }
    })?;
    read?;
    changes.point.journal_rows = kept;
    changes.rows.extend(old.into_iter().map(|key| Change::remove(Table::Journal, key)));
    Ok(())
}

/// Removes the oldest undecodable records while there are too many.
fn trim_undecodable(state: &dyn State, changes: &mut Changes<'_>) -> Result<()> {
    let mut keys = Vec::new();
    state.scan(Table::Undecodable, rows::EVERY, &mut |key, _| {
        keys.push(key.to_vec());
        true
    })?;
    let old = keys.len().saturating_sub(UNDECODABLE_ROWS);
    changes.rows.extend(keys.into_iter().take(old).map(|key| Change::remove(Table::Undecodable, key)));
    Ok(())
}
