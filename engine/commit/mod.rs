//! Moves everything durable forward to a frontier, one transaction at a time, at most every 20 ms.
//!
//! The [`Committer`] is a thread with a queue of [`Note`]s: what the feed handed out, what the dataflow made of it, how
//! firings ended. A commit never waits for a trigger: a firing that is not done is written as open.

mod changes;
mod fed;
mod thread;

use crate::ledger::Ledger;
use crate::rows::{CommitPoint, Outcome, PlanRow};
use model::{FiringId, LogTime, Offset, Partition, Result, Time};
use operators::effect::{Effect, Firing};
use operators::plan::TriggerName;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

pub use thread::{Opening, start};

/// At most so often a commit is made.
pub const INTERVAL: Duration = Duration::from_millis(20);
/// So far the commit point may stay behind the frontier for a firing that may be done soon: it is then journaled and never
/// written as open.
pub const PATIENCE: Duration = Duration::from_millis(100);

/// On a bus of several partitions no batch spans the beginning of a slot, in milliseconds of log time, and commit points
/// lie at these.
pub const SLOT: u64 = 16;

/// Called once the commit that took its note along is durable.
pub type Reply = Box<dyn FnOnce(Result<Vec<Arc<Firing>>>) + Send>;

/// What the committer is told.
pub enum Note {
    /// The feed is about to hand out a batch.
    Fed(Fed),
    /// A worker's part of the dataflow has come to `frontier`, with these effects.
    Progress {
        /// Its index.
        worker: usize,
        /// Nothing before it will come from this worker any more.
        frontier: Time,
        /// What it made since its last note.
        effects: Vec<(Time, Effect)>,
    },
    /// A firing ended.
    Done(Done),
    /// A firing is about to be acted on, at most once: it is to be committed as started first.
    Start(Arc<Firing>, Reply),
    /// A plan comes into force; the reply comes before any record of it is handed out.
    Plan(PlanRow, Vec<(u64, Arc<TriggerName>, Arc<str>)>, Reply),
    /// Dead letters are sent again; the reply has their firings.
    Redrive(Vec<FiringId>, Reply),
    /// Dead letters are given up for good.
    Drop(Vec<FiringId>, Reply),
    /// Undecodable records are given up.
    Forget(Vec<Time>, Reply),
    /// Commit what there is and end.
    Stop(Reply),
}

/// What the duplicate window learnt: identities of messages with their log times.
pub type Learnt = Vec<(LogTime, [u8; 16])>;

/// A batch that is about to be handed out.
#[derive(Debug, Clone)]
pub struct Fed {
    /// Its partition.
    pub partition: Partition,
    /// The time of its first record, duplicates included.
    pub time: Time,
    /// Where it stands after it.
    pub after: (Offset, LogTime),
    /// The time of the last of its records that is an event.
    pub event: Option<Time>,
    /// How many records the duplicate window dropped.
    pub duplicates: usize,
    /// The hashes the duplicate window learnt, with their log times.
    pub learnt: Learnt,
}

impl Fed {
    /// The time before which its records lie.
    fn end(&self) -> Time {
        Time { log_time: self.after.1, partition: self.partition, offset: self.after.0 }
    }
}

/// How a firing ended.
#[derive(Debug, Clone)]
pub struct Done {
    /// The firing.
    pub firing: Arc<Firing>,
    /// How.
    pub outcome: Outcome,
    /// Attempts made.
    pub attempts: u32,
    /// When the first began; milliseconds since 1970 by the wall clock.
    pub began: u64,
    /// When it ended; likewise.
    pub ended: u64,
    /// Why it did not succeed.
    pub detail: String,
}

/// The queue to the committer and what it shows of itself.
#[derive(Debug, Clone)]
pub struct Committer {
    notes: mpsc::Sender<Note>,
    view: Arc<View>,
}

/// What the last commit left, for everybody to see.
#[derive(Debug, Default)]
pub struct View {
    ledger: Mutex<Ledger>,
    point: Mutex<CommitPoint>,
    /// By partition: the offset up to which it was handed out, and the newest event of all partitions.
    handed: Mutex<(Vec<Offset>, Time)>,
    /// How many commits were made by this process.
    pub commits: AtomicU64,
    /// How long they took together, in microseconds.
    pub micros: AtomicU64,
    /// The sum of all partitions' offsets at the commit point.
    pub offsets: AtomicU64,
}

impl Committer {
    /// Queues a note. After the committer has ended notes go nowhere.
    pub fn note(&self, note: Note) {
        // Only a process that is going down has lost its committer.
        let _ = self.notes.send(note);
    }

    /// What the last commit left.
    pub fn view(&self) -> &Arc<View> {
        &self.view
    }
}

impl View {
    /// The ledger as of the last commit.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The commit point.
    pub fn point(&self) -> CommitPoint {
        self.point.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a log that ends at these offsets holds events that were not committed yet. Ticks beyond the commit point are
    /// none.
    pub fn is_behind(&self, ends: &[(Offset, Offset)]) -> bool {
        let handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        let point = self.point.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = |n: usize| {
            let committed = point.partitions.get(n).map_or(Offset::default(), |(offset, _)| *offset);
            handed.0.get(n).copied().unwrap_or_default().max(committed)
        };
        ends.iter().zip(0..).any(|((first, next), n)| first < next && reached(n) < *next)
            || handed.1 >= point.frontier && handed.1 > Time::default()
    }

    fn handed(&self, fed: &Fed) {
        let mut handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        let n = usize::from(fed.partition.0);
        if handed.0.len() <= n {
            handed.0.resize(n + 1, Offset::default());
        }
        handed.0[n] = fed.after.0;
        handed.1 = handed.1.max(fed.event.unwrap_or_default());
    }

    fn committed(&self, point: &CommitPoint, took: Duration) {
        self.point.lock().unwrap_or_else(PoisonError::into_inner).clone_from(point);
        self.offsets.store(point.partitions.iter().map(|(offset, _)| offset.0).sum(), Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }
}
