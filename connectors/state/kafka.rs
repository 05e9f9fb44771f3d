//! The state on Kafka: a compacted topic holds the rows, and a redb file on this machine a copy that may be lost.
//!
//! One process at a time moves a state on. Who it is, the consumer group of the topic decides; and because a process may
//! be late to learn that it is no longer the one, every commit is a transaction under one transactional id, which Kafka
//! refuses to a producer after a later one has begun.

mod member;

use super::Redb;
use crate::kafka::{Brokers, Reports, external};
use member::Member;
use model::ports::{Change, State, Table};
use model::{Error, Offset, Result};
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use std::fmt;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a call of the transactional producer may take.
const CALL: Duration = Duration::from_secs(30);
/// How long Kafka leaves a transaction open whose process does not end it: longer than brokers are away for in a restart.
/// Whoever takes over ends it at once.
const TRANSACTION_MS: &str = "60000";
/// A copy that is older than this may lack what compaction has removed since, and is thrown away.
const COPY_AGE: Duration = Duration::from_secs(12 * 3600);
/// So many rows of the topic are put into the copy at once.
const BATCH: usize = 8192;
/// The copy's own row, beside those of the topic: the offset of the topic up to which it holds everything, when that was
/// written in seconds since 1970, and which state it is a copy of.
const COPIED: &[u8] = b"copied";

/// The state of a bus, which this process alone moves on.
pub struct Kafka {
    topic: String,
    copy: Redb,
    producer: ThreadedProducer<Delivered>,
    _member: Member,
}

/// Hears which offsets rows got.
#[derive(Clone)]
struct Delivered {
    reports: Reports,
    /// The offset after the last of them.
    next: Arc<AtomicI64>,
}

impl Kafka {
    /// Waits until it is this process's turn to move the state in `topic` on, and then brings the copy in `folder` up to
    /// date.
    ///
    /// # Errors
    /// A topic that cannot be made or read, and a copy that cannot be written.
    pub fn claim(brokers: &Brokers, topic: &str, folder: &Path) -> Result<Self> {
        let settings = [
            ("cleanup.policy", "compact"),
            ("min.cleanable.dirty.ratio", "0.2"),
            ("segment.ms", "3600000"),
            ("delete.retention.ms", "86400000"),
            ("max.message.bytes", "16777216"),
        ];
        let partitions = brokers.find_or_make(topic, 1, &settings)?;
        if partitions != 1 {
            return Err(Error::user(format!(
                "the topic {topic} has {partitions} partitions; a state needs exactly one"
            )));
        }
        let member = Member::join(brokers, topic)?;
        loop {
            member.wait();
            let producer = producer(brokers, topic)?;
            // From here on nobody who began before can commit, and what they left open is over.
            producer.init_transactions(CALL).map_err(|error| failed(topic, &error))?;
            let copy = restore(brokers, topic, folder)?;
            if member.leads() {
                return Ok(Self { topic: topic.to_owned(), copy, producer, _member: member });
            }
        }
    }

    /// One transaction with all changes.
    fn transact(&self, changes: &[Change]) -> Result<(), KafkaError> {
        self.producer.begin_transaction()?;
        for change in changes {
            let key = topic_key(change.table, &change.key);
            let mut record = BaseRecord::to(&self.topic).partition(0).key(&key);
            if let Some(value) = &change.value {
                record = record.payload(value);
            }
            loop {
                match self.producer.send(record) {
                    Ok(()) => break,
                    Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                        record = back;
                        std::thread::sleep(Duration::from_millis(1));
                    }
                    Err((error, _)) => return Err(error),
                }
            }
        }
        // The client's own flush looks ten times a second; this is what makes a commit quick.
        let begun = Instant::now();
        while self.producer.in_flight_count() > 0 && begun.elapsed() < CALL {
            std::thread::sleep(Duration::from_micros(200));
        }
        self.producer.commit_transaction(CALL)
    }

    /// Gives a transaction up, for as long as it takes.
    fn abort(&self) -> Result<()> {
        let mut pause = Pause::default();
        while let Err(error) = self.producer.abort_transaction(CALL) {
            if !matches!(remedy(&error), Some(Remedy::Ask)) {
                return Err(failed(&self.topic, &error));
            }
            pause.wait();
        }
        Ok(())
    }
}

/// What can be done about a commit that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    /// Whether it was committed is not known; asking again finds out.
    Ask,
    /// It was not committed; it can be given up and begun anew.
    Begin,
}

/// What can be done; `None` where nothing can, and whoever starts the process again goes on at the last commit.
fn remedy(error: &KafkaError) -> Option<Remedy> {
    match error {
        _ if fenced(error) => None,
        KafkaError::Transaction(error) if error.is_fatal() => None,
        KafkaError::Transaction(error) if error.txn_requires_abort() => Some(Remedy::Begin),
        KafkaError::Transaction(error) if error.is_retriable() => Some(Remedy::Ask),
        // A row that the topic does not take will not be taken later either.
        KafkaError::MessageProduction(RDKafkaErrorCode::MessageSizeTooLarge) => None,
        KafkaError::MessageProduction(_) => Some(Remedy::Begin),
        _ => None,
    }
}

/// Ever longer waits.
#[derive(Debug)]
struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Self(Duration::from_millis(100))
    }
}

impl Pause {
    fn wait(&mut self) {
        std::thread::sleep(self.0);
        self.0 = (self.0 * 2).min(Duration::from_secs(5));
    }
}

impl State for Kafka {
    fn commit(&self, changes: &[Change]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut outcome = self.transact(changes);
        let mut pause = Pause::default();
        while let Err(error) = outcome {
            let next = remedy(&error).ok_or_else(|| failed(&self.topic, &error))?;
            tracing::warn!(%error, topic = self.topic, "a commit is tried again");
            pause.wait();
            outcome = match next {
                Remedy::Ask => self.producer.commit_transaction(CALL),
                Remedy::Begin => {
                    self.abort()?;
                    self.transact(changes)
                }
            };
        }
        let next = self.producer.context().next.load(Ordering::Acquire);
        let mut rows = changes.to_vec();
        rows.push(copied(Offset(next.max(0) as u64), &self.topic));
        self.copy.commit_loosely(&rows)
    }

    fn scan(&self, table: Table, keys: Range<&[u8]>, row: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Result<()> {
        self.copy.scan(table, keys, row)
    }

    fn bytes(&self) -> u64 {
        self.copy.bytes()
    }
}

impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka").field("topic", &self.topic).field("copy", &self.copy).finish_non_exhaustive()
    }
}

impl ProducerContext for Delivered {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        if let Ok(message) = result {
            self.next.fetch_max(message.offset() + 1, Ordering::AcqRel);
        }
    }
}

impl ClientContext for Delivered {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        self.reports.log(level, facility, text);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.reports.error(error, reason);
    }
}

fn producer(brokers: &Brokers, topic: &str) -> Result<ThreadedProducer<Delivered>> {
    let mut config = brokers.connection().config();
    config
        .set("transactional.id", topic)
        .set("transaction.timeout.ms", TRANSACTION_MS)
        .set("linger.ms", "0")
        .set("compression.type", "lz4")
        .set("message.max.bytes", "16777216");
    let delivered = Delivered { reports: brokers.reports().clone(), next: Arc::default() };
    config.create_with_context(delivered).map_err(|error| external("a producer cannot be made", &error))
}

/// The copy in a folder, brought up to date; one that is too old or of another topic is made anew.
fn restore(brokers: &Brokers, topic: &str, folder: &Path) -> Result<Redb> {
    let (first, end) = brokers.ends(topic, 0)?;
    let mut copy = Redb::open(folder)?;
    let reached = read_copied(&copy, topic)?.filter(|reached| *reached <= end && *reached >= first);
    let from = match reached {
        Some(reached) => reached,
        None => {
            drop(copy);
            remove(folder)?;
            copy = Redb::open(folder)?;
            first
        }
    };
    let mut rows = Vec::with_capacity(BATCH);
    brokers.read((topic, 0), from, end, &mut |message| {
        rows.extend(change(message.key().unwrap_or_default(), message.payload()));
        if rows.len() >= BATCH {
            copy.commit_loosely(&std::mem::take(&mut rows))?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    rows.push(copied(end, topic));
    copy.commit(&rows)?;
    Ok(copy)
}

fn remove(folder: &Path) -> Result<()> {
    let failed = |error| Error::external(format!("{}: {error}", folder.display()));
    std::fs::remove_dir_all(folder).map_err(failed)
}

/// Up to which offset a copy holds the topic; `None` where it cannot be used.
fn read_copied(copy: &Redb, topic: &str) -> Result<Option<Offset>> {
    let Some(row) = copy.get(Table::Meta, COPIED)? else { return Ok(None) };
    let Some((offset, rest)) = row.split_first_chunk() else { return Ok(None) };
    let Some((written, name)) = rest.split_first_chunk() else { return Ok(None) };
    let fresh = now().saturating_sub(u64::from_le_bytes(*written)) < COPY_AGE.as_secs();
    Ok((fresh && name == topic.as_bytes()).then(|| Offset(u64::from_le_bytes(*offset))))
}

fn copied(next: Offset, topic: &str) -> Change {
    let row = [&next.0.to_le_bytes()[..], &now().to_le_bytes(), topic.as_bytes()].concat();
    Change::put(Table::Meta, COPIED, row)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The key of a row in the topic: the name of its table, a zero, and its key.
fn topic_key(table: Table, key: &[u8]) -> Vec<u8> {
    [table.name().as_bytes(), &[0], key].concat()
}

/// The row of a message; `None` for one of a table that this version does not know.
fn change(key: &[u8], value: Option<&[u8]>) -> Option<Change> {
    let end = key.iter().position(|byte| *byte == 0)?;
    let (name, key) = (key.get(..end)?, key.get(end + 1..)?);
    let table = Table::ALL.into_iter().find(|table| table.name().as_bytes() == name)?;
    Some(Change { table, key: key.to_vec(), value: value.map(<[u8]>::to_vec) })
}

fn fenced(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(RDKafkaErrorCode::Fenced | RDKafkaErrorCode::ProducerFenced | RDKafkaErrorCode::InvalidProducerEpoch)
    )
}

fn failed(topic: &str, error: &KafkaError) -> Error {
    if fenced(error) {
        return taken(topic);
    }
    external(format_args!("the state in {topic} cannot be written"), error)
}

fn taken(topic: &str) -> Error {
    Error::external(format!(
        "another process has taken the state in {topic} over while this one was away; it does the rest, and what this one had not committed it does again with the same ids"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_from_the_topic_as_they_were() {
        for table in Table::ALL {
            let row = Change::put(table, [0, 1, 0, 255], b"v".as_slice());
            assert_eq!(change(&topic_key(table, &row.key), row.value.as_deref()), Some(row));
        }
        assert_eq!(change(b"meta\0k", None), Some(Change::remove(Table::Meta, b"k".as_slice())));
        assert_eq!((change(b"later\0k", None), change(b"", None)), (None, None));
    }

    #[test]
    fn a_copy_of_another_topic_or_of_long_ago_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let copy = Redb::open(folder.path()).unwrap();
        assert_eq!(read_copied(&copy, "t").unwrap(), None);
        copy.commit(&[copied(Offset(7), "t")]).unwrap();
        assert_eq!(read_copied(&copy, "t").unwrap(), Some(Offset(7)));
        assert_eq!(read_copied(&copy, "u").unwrap(), None);
        let old = [&7u64.to_le_bytes()[..], &(now() - COPY_AGE.as_secs()).to_le_bytes(), b"t"].concat();
        copy.commit(&[Change::put(Table::Meta, COPIED, old)]).unwrap();
        assert_eq!(read_copied(&copy, "t").unwrap(), None);
    }
}
