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
    /// How many commits were made by this process.
    pub commits: AtomicU64,
    /// How long they took together, in microseconds.
    pub micros: AtomicU64,
    /// The offset of partition 0 at the commit point.
    pub offset: AtomicU64,
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

    fn committed(&self, point: &CommitPoint, took: Duration) {
        self.point.lock().unwrap_or_else(PoisonError::into_inner).clone_from(point);
        self.offset.store(point.partitions.first().map_or(0, |(offset, _)| offset.0), Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }
}
