//! What the rows of the state mean: their keys, which order them, and their values.

use model::ports::Table;
use model::{Error, FiringId, LogTime, Offset, Partition, Position, Result, State, Time};
use operators::effect::{Firing, Pending, Place};
use operators::plan::{TriggerName, trigger_id};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// Key of the commit point in [`Table::Meta`].
pub const COMMIT: &[u8] = b"commit";
/// Key of the log's id in [`Table::Meta`].
pub const LOG: &[u8] = b"log";
/// What the keys of plans in [`Table::Meta`] start with; the packed time from which they are in force follows.
pub const PLAN: &[u8] = b"plan/";

/// How far everything durable has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CommitPoint {
    /// Everything before it is in the state; nothing at or after it is.
    pub frontier: Time,
    /// Counted from 1.
    pub number: u64,
    /// By partition: where the feed goes on, and the clamp of its log time.
    pub partitions: Vec<(Offset, LogTime)>,
    /// How many rows the journal keeps.
    pub journal_rows: u64,
}

/// The manifests of a plan, as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRow {
    /// From when on it is in force.
    pub effective: Time,
    /// Identity of the manifests.
    pub hash: u64,
    /// The sensors with their annotations as JSON text.
    pub subjects: String,
}

/// A firing that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRow {
    /// The firing.
    pub firing: Arc<Firing>,
    /// It may have been acted on: after a restart it is not tried again if its trigger is at most once.
    pub started: bool,
}

/// How a firing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// An attempt succeeded.
    Succeeded,
    /// The `dlqTrigger` took it.
    Rescued,
    /// It went to the dead letter.
    Dead,
    /// It was taken out of the dead letter for good.
    Dropped,
    /// It was started at most once and cut off.
    Interrupted,
}

/// What was done: a row of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalRow {
    /// The firing.
    pub id: FiringId,
    /// What it drove.
    pub trigger: Arc<TriggerName>,
    /// Its correlation key.
    pub key: Option<Arc<str>>,
    /// The time of the hit that completed it.
    pub time: Time,
    /// Identity of the plan it fired under.
    pub plan: u64,
    /// Its events.
    pub events: Vec<JournalEvent>,
    /// How it ended.
    pub outcome: Outcome,
    /// How many attempts were made.
    pub attempts: u32,
    /// When the first attempt began; milliseconds since 1970 by the wall clock.
    pub began: u64,
    /// When it ended; likewise.
    pub ended: u64,
    /// Why it did not succeed; empty where it did.
    pub detail: String,
}

/// One event of a journaled firing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEvent {
    /// The dependency it came in by.
    pub dependency: Arc<str>,
    /// The CloudEvent's id.
    pub id: String,
    /// Where its record stands.
    pub position: Position,
}

/// A firing in the dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadRow {
    /// The firing, whole, so that it can be sent again.
    pub firing: Arc<Firing>,
    /// Why it cannot go on.
    pub reason: String,
    /// How many attempts were made.
    pub attempts: u32,
    /// When it was given up; milliseconds since 1970 by the wall clock.
    pub since: u64,
}

/// A record that is no event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndecodableRow {
    /// Its time.
    pub time: Time,
    /// Why it is none.
    pub reason: String,
    /// The beginning of what it holds.
    pub bytes: Vec<u8>,
}

/// A value as it is stored.
///
/// # Errors
/// None in practice; an encoder may refuse what a value cannot hold.
pub fn encode(value: &impl Serialize) -> Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(|error| Error::internal(format!("a row cannot be written: {error}")))
}

/// A stored value.
///
/// # Errors
/// Bytes that are no such value, which the store's checksum should have noticed.
pub fn decode<T: DeserializeOwned>(table: Table, bytes: &[u8]) -> Result<T> {
    postcard::from_bytes(bytes)
        .map_err(|error| Error::data(format!("a row of the table {} cannot be read: {error}", table.name())))
}

/// Every row of a table whose key lies in `keys`, decoded.
///
/// # Errors
/// Rows that cannot be read.
pub fn all<T: DeserializeOwned>(state: &dyn State, table: Table, keys: Range<&[u8]>) -> Result<Vec<(Vec<u8>, T)>> {
    let (mut rows, mut failed) = (Vec::new(), None);
    state.scan(table, keys, &mut |key, value| match decode(table, value) {
        Ok(row) => {
            rows.push((key.to_vec(), row));
            true
        }
        Err(error) => {
            failed = Some(error);
            false
        }
    })?;
    failed.map_or(Ok(rows), Err)
}

/// Every key.
pub const EVERY: Range<&[u8]> = b""..&[0xff; 64];

/// The key of a pending hit: one per trigger, key and dependency.
pub fn pending_key(place: &Place) -> Vec<u8> {
    let mut key = trigger_id(&place.trigger).to_be_bytes().to_vec();
    key.extend_from_slice(&operators::hash::wide(&[
        place.dependency.as_bytes(),
        place.key.as_deref().map_or(b"", str::as_bytes),
        &[place.key.is_some().into()],
    ]));
    key
}

/// The key of an open firing: by trigger, then in the order of time.
pub fn open_key(firing: &Firing) -> Vec<u8> {
    [&trigger_id(&firing.trigger).to_be_bytes()[..], &firing.time.pack().to_be_bytes(), &firing.id.0].concat()
}

/// The keys of the open firings of a trigger, those after `after` or all.
pub fn open_keys(trigger: u64, after: Option<&Firing>) -> (Vec<u8>, Vec<u8>) {
    let start = after.map_or_else(|| trigger.to_be_bytes().to_vec(), |firing| [&open_key(firing)[..], &[0]].concat());
    (start, [&trigger.to_be_bytes()[..], &[0xff; 33]].concat())
}

/// The key of part `part` of what commit `number` journals.
pub fn journal_key(number: u64, part: u32) -> Vec<u8> {
    [&number.to_be_bytes()[..], &part.to_be_bytes()].concat()
}

/// The key of an undecodable record: the order of time.
pub fn undecodable_key(time: Time) -> Vec<u8> {
    time.pack().to_be_bytes().to_vec()
}

/// The key of a plan.
pub fn plan_key(effective: Time) -> Vec<u8> {
    [PLAN, &effective.pack().to_be_bytes()].concat()
}

/// The keys of all plans.
pub const PLANS: Range<&[u8]> = PLAN..b"plan0";

/// The key of the duplicate hashes that commit `number` added in a partition.
pub fn duplicates_key(number: u64, partition: Partition) -> Vec<u8> {
    [&number.to_be_bytes()[..], &partition.0.to_be_bytes()].concat()
}

/// The pending hits of a state.
///
/// # Errors
/// Rows that cannot be read.
pub fn pending(state: &dyn State) -> Result<Vec<Pending>> {
    Ok(all(state, Table::Pending, EVERY)?.into_iter().map(|(_, row)| row).collect())
}
