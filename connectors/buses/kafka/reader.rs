//! Reads the topic: a queue of its own for each partition, filled by the client's threads and emptied by the feed.

use super::message::frame;
use super::topic::Topic;
use crate::kafka::{Connection, REQUEST, Reports, external};
use model::ports::{Extent, Wake};
use model::{Batch, Error, LogTime, Offset, Partition, Position, Result};
use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::{Timestamp, TopicPartitionList};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A batch ends when it has so many bytes.
const BATCH_BYTES: usize = 8 << 20;
/// How often the ends of the partitions are asked for.
const LOOK: Duration = Duration::from_secs(1);
/// How many looks lie between two counts of the partitions.
const COUNT: u64 = 10;

/// The consumer with its partitions.
pub(super) struct Reader {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the reader's thread and its callers share.
struct Shared {
    consumer: Arc<BaseConsumer<Reports>>,
    reports: Reports,
    topic: String,
    partitions: Vec<Mutex<Reading>>,
    wakes: Arc<Mutex<Vec<Wake>>>,
    /// First and next offset of each partition, as the brokers last said.
    ends: Mutex<Vec<(Offset, Offset)>>,
    /// How many partitions the topic has now, if that is more than when the bus was opened.
    more: AtomicUsize,
    stop: AtomicBool,
}

/// Where a partition is read.
#[derive(Default)]
struct Reading {
    queue: Option<PartitionQueue<Reports>>,
    /// The offset that the next message of the queue has at least.
    next: Offset,
}

impl Reader {
    pub(super) fn new(connection: &Connection, reports: Reports, topic: &Topic, group: &str) -> Result<Self> {
        let mut config = connection.config();
        config
            .set("group.id", group)
            .set("isolation.level", "read_committed")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "error")
            .set("fetch.error.backoff.ms", "100")
            .set("fetch.wait.max.ms", "100")
            // A queue that is full is looked at again soon: the client's own second would be the pace of everything.
            .set("fetch.queue.backoff.ms", "2")
            .set("queued.max.messages.kbytes", "16384");
        let consumer: BaseConsumer<Reports> = config
            .create_with_context(reports.clone())
            .map_err(|error| external("a consumer cannot be made", &error))?;
        // Assigned to a topic that it has not heard of, the client waits half a second before it asks.
        consumer
            .fetch_metadata(Some(&topic.name), REQUEST)
            .map_err(|error| external(format_args!("the topic {}", topic.name), &error))?;
        let shared = Arc::new(Shared {
            consumer: Arc::new(consumer),
            reports,
            topic: topic.name.clone(),
            partitions: (0..topic.partitions).map(|_| Mutex::default()).collect(),
            wakes: Arc::default(),
            ends: Mutex::new(vec![Default::default(); topic.partitions.into()]),
            more: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        });
        let ours = shared.clone();
        let thread = std::thread::Builder::new().name("kafka reader".into()).spawn(move || ours.serve());
        let thread = thread.map_err(|error| Error::external(format!("no thread for reading: {error}")))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(super) fn poll(&self, partition: Partition, from: Offset, records: usize) -> Result<Batch> {
        self.shared.poll(partition, from, records)
    }

    pub(super) fn watch(&self, wake: Wake) {
        held(&self.shared.wakes).push(wake);
    }

    /// Commits the offsets to the consumer group, for those who look at its lag; nothing is ever read from there.
    pub(super) fn release(&self, offsets: &[(Partition, Offset)]) {
        let mut list = TopicPartitionList::new();
        for (partition, offset) in offsets {
            let offset = rdkafka::Offset::Offset(offset.0 as i64);
            let _ = list.add_partition_offset(&self.shared.topic, i32::from(partition.0), offset);
        }
        if let Err(error) = self.shared.consumer.commit(&list, CommitMode::Async) {
            tracing::debug!(%error, "the offsets could not be shown to the consumer group");
        }
    }

    /// What is wrong with the brokers; the ends of the partitions are asked for every second.
    pub(super) fn trouble(&self) -> Option<String> {
        let more = self.shared.more.load(Ordering::Relaxed);
        let added = || {
            let (topic, known) = (&self.shared.topic, self.shared.partitions.len());
            format!("the topic {topic} has {more} partitions now, of which {known} are read: restart this process")
        };
        self.shared.reports.trouble().or_else(|| (more > 0).then(added))
    }

    /// A record was appended here.
    pub(super) fn appended(&self, position: Position) {
        if let Some((_, next)) = held(&self.shared.ends).get_mut(usize::from(position.partition.0)) {
            *next = (*next).max(Offset(position.offset.0 + 1));
        }
    }

    pub(super) fn extent(&self) -> Extent {
        Extent { partitions: held(&self.shared.ends).clone(), ..Extent::default() }
    }
}

impl Shared {
    /// Serves what concerns the whole consumer, and asks for the ends of the partitions.
    fn serve(&self) {
        for turn in 0u64.. {
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            if turn.is_multiple_of(COUNT) {
                self.count();
            }
            // Messages come by the queues of the partitions; here are only errors, which the reports have told.
            let _ = self.consumer.poll(LOOK);
            for partition in 0..self.partitions.len() {
                if let Ok((first, next)) = self.consumer.fetch_watermarks(&self.topic, partition as i32, LOOK)
                    && let Some(end) = held(&self.ends).get_mut(partition)
                {
                    self.reports.calm();
                    *end = (Offset(first.max(0) as u64), Offset(next.max(0) as u64).max(end.1));
                }
            }
        }
    }

    /// Looks whether partitions were added. They are read from the next start on: until then nobody who knew the topic
    /// before writes to them.
    fn count(&self) {
        let Ok(metadata) = self.consumer.fetch_metadata(Some(&self.topic), LOOK) else { return };
        let count = metadata.topics().iter().map(|topic| topic.partitions().len()).sum::<usize>();
        if count > self.partitions.len() && self.more.swap(count, Ordering::Relaxed) != count {
            let (topic, known) = (&self.topic, self.partitions.len());
            tracing::warn!(
                topic,
                "it has {count} partitions now, and {known} are read: restart the processes of this bus"
            );
        }
    }

    fn poll(&self, partition: Partition, from: Offset, records: usize) -> Result<Batch> {
        let reading = self.partitions.get(usize::from(partition.0)).ok_or_else(|| {
            Error::user(format!(
                "the topic {} has {} partitions, and no {}",
                self.topic,
                self.partitions.len(),
                partition.0
            ))
        })?;
        let mut reading = held(reading);
        if reading.queue.is_none() || from < reading.next {
            self.begin(&mut reading, partition, from)?;
        }
        let (mut buffer, mut rows) = (Vec::new(), Vec::new());
        let Reading { queue: Some(queue), next } = &mut *reading else {
            return Ok(Batch::new(partition, bytes::Bytes::new()));
        };
        while rows.len() < records && buffer.len() < BATCH_BYTES {
            match queue.poll(Duration::ZERO) {
                None => break,
                Some(Ok(message)) => {
                    let offset = Offset(message.offset().max(0) as u64);
                    *next = Offset(offset.0 + 1);
                    if offset >= from {
                        rows.push((offset, log_time(&message), frame(&message, &mut buffer)?));
                    }
                }
                Some(Err(error)) if self.passes(&error) => {}
                Some(Err(error)) if rows.is_empty() => return Err(self.broken(partition, from, &error)),
                Some(Err(_)) => break,
            }
        }
        let mut batch = Batch::new(partition, buffer.into());
        for (offset, time, frame) in rows {
            batch.push(offset, time, frame, false)?;
        }
        Ok(batch)
    }

    /// Has the client fetch a partition from an offset on, into a queue of its own.
    fn begin(&self, reading: &mut Reading, partition: Partition, from: Offset) -> Result<()> {
        let id = i32::from(partition.0);
        let failed = |error| external(format_args!("partition {} of {}", partition.0, self.topic), &error);
        let mut place = TopicPartitionList::new();
        let offset = rdkafka::Offset::Offset(from.0 as i64);
        place.add_partition_offset(&self.topic, id, offset).map_err(failed)?;
        if reading.queue.take().is_some() {
            self.consumer.incremental_unassign(&place).map_err(failed)?;
        }
        self.consumer.incremental_assign(&place).map_err(failed)?;
        let queue = self.consumer.split_partition_queue(&self.topic, id);
        let mut queue = queue.ok_or_else(|| Error::internal(format!("there is no queue for partition {id}")))?;
        let wakes = self.wakes.clone();
        queue.set_nonempty_callback(move || held(&wakes).iter().for_each(|wake| wake()));
        // What was fetched before the queue was split off went elsewhere; seeking makes the client drop and fetch it anew.
        // Where fetching has not begun yet it answers with an error, and nothing was lost.
        let _ = self.consumer.seek(&self.topic, id, offset, Duration::ZERO);
        *reading = Reading { queue: Some(queue), next: from };
        Ok(())
    }

    /// Whether the client gets over an error by itself.
    fn passes(&self, error: &KafkaError) -> bool {
        !matches!(
            error.rdkafka_error_code(),
            Some(
                RDKafkaErrorCode::AutoOffsetReset
                    | RDKafkaErrorCode::OffsetOutOfRange
                    | RDKafkaErrorCode::TopicAuthorizationFailed
                    | RDKafkaErrorCode::UnknownTopicOrPartition
                    | RDKafkaErrorCode::UnknownTopic
                    | RDKafkaErrorCode::UnknownPartition
            )
        )
    }

    fn broken(&self, partition: Partition, from: Offset, error: &KafkaError) -> Error {
        let (topic, partition, from) = (&self.topic, partition.0, from.0);
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => {
                let ends = self.consumer.fetch_watermarks(topic, i32::from(partition), LOOK);
                let (first, next) = ends.map_or((0, 0), |(first, next)| (first.max(0) as u64, next.max(0) as u64));
                if from < first {
                    return Error::data(format!(
                        "retention of the topic {topic} has removed the records {from} to {} of partition {partition}, which were not processed yet",
                        first - 1
                    ));
                }
                Error::data(format!(
                    "the state stands at offset {from} of partition {partition}, but the topic {topic} ends at {next}: it was removed and made again, or lost records; restore it, or remove the state with it"
                ))
            }
            Some(RDKafkaErrorCode::TopicAuthorizationFailed) => {
                Error::user(format!("reading the topic {topic} is not allowed: it needs the ACL READ"))
            }
            _ => {
                let error = external(format_args!("partition {partition} of {topic}"), error);
                Error::external(self.reports.explain(error))
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // A queue holds the consumer, and the consumer must be closed when its last holder is gone.
        self.shared.partitions.iter().for_each(|reading| held(reading).queue = None);
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("topic", &self.shared.topic).finish_non_exhaustive()
    }
}

/// When the broker appended a message. A time that its producer set is no log time: such a message, written before the
/// topic had the right settings, counts as appended with the one before it.
fn log_time(message: &BorrowedMessage<'_>) -> LogTime {
    match message.timestamp() {
        Timestamp::LogAppendTime(ms) => LogTime(ms.max(0) as u64),
        Timestamp::CreateTime(_) | Timestamp::NotAvailable => LogTime(0),
    }
}

/// Locks; a thread that panicked with the lock held left nothing half done.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
