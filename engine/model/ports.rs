//! The ports: what the engine asks of a bus, a state store and a trigger, and what a source asks of the engine.

use crate::{Batch, Error, FiredEvent, FiringId, LogId, NewRecord, Offset, Origin, Partition, Position, Result};
use bytes::Bytes;
use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;

/// A future on the heap, so that ports can be trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Called from any thread when a bus has more durable records.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// A durable log between sources and sensors. It keeps records and gives them back; it correlates nothing.
pub trait Bus: Send + Sync + fmt::Debug {
    /// Its identity, drawn when it was made. `known` is what a state that has read it before calls it; it counts where the
    /// bus has lost its beginning.
    ///
    /// # Errors
    /// A bus that cannot be read.
    fn log_id(&self, known: Option<LogId>) -> Result<LogId>;

    /// How many partitions it has.
    fn partitions(&self) -> u16;

    /// Appends a record; ready once it is durable. A full bus is an external error with a retry hint.
    fn publish(&self, record: NewRecord) -> BoxFuture<'_, Result<Position>>;

    /// As [`Bus::publish`], to a partition of the caller's choice; a bus of one partition has no choice.
    fn publish_to(&self, _partition: Partition, record: NewRecord) -> BoxFuture<'_, Result<Position>> {
        self.publish(record)
    }

    /// The next durable records of a partition from `from` on, at most `records` of them; empty when there are none yet.
    ///
    /// # Errors
    /// Damaged records, and offsets that retention has passed.
    fn poll(&self, partition: Partition, from: Offset, records: usize) -> Result<Batch>;

    /// Where each partition begins for a dataflow that has no state yet.
    ///
    /// # Errors
    /// A bus that cannot be read.
    fn beginnings(&self) -> Result<Vec<Offset>> {
        Ok(vec![Offset::default(); self.partitions().into()])
    }

    /// Has `wake` called whenever more records became durable.
    fn watch(&self, wake: Wake);

    /// Tells that `subscriber` needs nothing before these offsets any more; retention never passes a subscriber.
    ///
    /// # Errors
    /// When it cannot be noted.
    fn release(&self, subscriber: &str, offsets: &[(Partition, Offset)]) -> Result<()>;

    /// What keeps it from working now, for `readyz`; `None` where nothing is known to.
    fn trouble(&self) -> Option<String> {
        None
    }

    /// Where its log begins and ends and what it holds, for `doctor` and metrics.
    fn extent(&self) -> Extent;
}

/// What a bus holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extent {
    /// First kept and next offset of each partition.
    pub partitions: Vec<(Offset, Offset)>,
    /// Bytes on disk, where the bus is on this machine.
    pub bytes: u64,
    /// Each subscriber with the offset of partition 0 it has released.
    pub subscribers: Vec<(String, Offset)>,
}

/// A table of the state. What its rows mean is the engine's affair; a store keeps them apart and in key order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Single facts: the commit point, the log's id, the plan.
    Meta,
    /// Hits that a condition still waits with.
    Pending,
    /// Firings that are not done.
    Open,
    /// What was done, by commit.
    Journal,
    /// Firings and records that cannot go on.
    Dead,
    /// Records that are no events.
    Undecodable,
    /// Hashes of the duplicate window, by commit.
    Duplicates,
    /// Counters that are exact at every commit.
    Ledger,
    /// Where sources stand with their upstreams.
    Cursors,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 9] = [
        Self::Meta,
        Self::Pending,
        Self::Open,
        Self::Journal,
        Self::Dead,
        Self::Undecodable,
        Self::Duplicates,
        Self::Ledger,
        Self::Cursors,
    ];

    /// Its name on disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Journal => "journal",
            Self::Dead => "dead",
            Self::Undecodable => "undecodable",
            Self::Duplicates => "duplicates",
            Self::Ledger => "ledger",
            Self::Cursors => "cursors",
        }
    }
}

/// One row to be written, or removed where `value` is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its table.
    pub table: Table,
    /// Its key; rows are kept in the order of their keys' bytes.
    pub key: Vec<u8>,
    /// Its new value.
    pub value: Option<Vec<u8>>,
}

impl Change {
    /// A row to be written.
    pub fn put(table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self { table, key: key.into(), value: Some(value.into()) }
    }

    /// A row to be removed.
    pub fn remove(table: Table, key: impl Into<Vec<u8>>) -> Self {
        Self { table, key: key.into(), value: None }
    }
}

/// The durable state: ordered tables of rows that move forward one transaction at a time.
pub trait State: Send + Sync + fmt::Debug {
    /// Applies all changes in order, durably and as one.
    ///
    /// # Errors
    /// When they could not be made durable; none of them is then applied.
    fn commit(&self, changes: &[Change]) -> Result<()>;

    /// Gives `row` the rows of a table whose keys lie in `keys`, in key order, until it answers false.
    ///
    /// # Errors
    /// Rows that are damaged, with the table and the key.
    fn scan(&self, table: Table, keys: Range<&[u8]>, row: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Result<()>;

    /// The value of one row.
    ///
    /// # Errors
    /// As [`State::scan`].
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut found = None;
        let end = [key, &[0]].concat();
        self.scan(table, key..&end, &mut |_, value| {
            found = Some(value.to_vec());
            false
        })?;
        Ok(found)
    }

    /// How many bytes it takes on disk.
    fn bytes(&self) -> u64;
}

/// What a source hands to the engine: one payload as the JSON text that becomes the event's data.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Where it comes from.
    pub origin: Arc<Origin>,
    /// What the upstream calls the message, the same when it sends it again; `None` where it has no such id.
    pub upstream_id: Option<String>,
    /// One valid JSON text.
    pub data: String,
}

/// The answer to an arrival that the engine took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The CloudEvent's id.
    pub id: String,
    /// Where it stands on its bus; `None` when the EventSource's own filter dropped it, which counts as handled.
    pub position: Option<Position>,
}

/// The way from a source to its bus.
pub trait Intake: Send + Sync + fmt::Debug {
    /// Filters, wraps and publishes; ready once the event is durable, so that the source may acknowledge its upstream.
    fn publish(&self, arrival: Arrival) -> BoxFuture<'_, Result<Accepted>>;

    /// Counts a message of `origin` that could not become an event.
    fn failed(&self, origin: &Origin);
}

/// Where sources keep how far they have come with their upstreams, across restarts.
pub trait Cursors: Send + Sync + fmt::Debug {
    /// The last value written under `name`.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Notes a value; ready once it is durable.
    fn write(&self, name: String, value: Vec<u8>) -> BoxFuture<'_, Result<()>>;
}

/// One try of a firing, with everything resolved that its manifest leaves to parameters.
#[derive(Debug, Clone)]
pub struct Attempt<'a> {
    /// The firing; sent along, so that a sink can tell a repeat.
    pub firing: FiringId,
    /// Which try it is, from 1.
    pub number: u32,
    /// The action's own section of the trigger template, with parameters applied.
    pub action: &'a serde_json::Value,
    /// The payload; `None` where the manifest has no payload list.
    pub payload: Option<Bytes>,
    /// Headers whose values come from the firing's events.
    pub headers: &'a [(String, String)],
    /// Its events in the order of the manifest.
    pub events: &'a [FiredEvent],
}

/// What a sink answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// A status code, where the sink has them.
    pub status: Option<u16>,
}

/// An attempt that did not get an answer.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Why.
    pub error: Error,
    /// No byte of the request can have reached the sink.
    pub unsent: bool,
}

impl Failure {
    /// A failure after which the sink may have seen the request.
    pub fn maybe_sent(error: Error) -> Self {
        Self { error, unsent: false }
    }

    /// A failure before anything was sent.
    pub fn unsent(error: Error) -> Self {
        Self { error, unsent: true }
    }
}

/// A sink that firings drive.
pub trait Trigger: Send + Sync + fmt::Debug {
    /// Makes one attempt. Judging the answer, pacing and trying again are the dispatcher's.
    fn attempt<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Result<Answer, Failure>>;
}
