//! Writes records to the topic: an idempotent producer whose answer comes when all replicas in sync have the record.

use super::message::{headers, key};
use super::topic::Topic;
use crate::kafka::{Connection, Reports, external};
use model::{Error, NewRecord, Offset, Partition, Position, Result};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How long a publish takes at most, with all the client's own attempts: callers of webhooks do not wait for much longer.
const PATIENCE: &str = "10000";
/// When a publisher may try again.
const RETRY: Duration = Duration::from_secs(2);

/// The producer, which is made anew after an error that it cannot go on after.
pub(super) struct Publisher {
    connection: Connection,
    reports: Reports,
    topic: String,
    partitions: u16,
    max_bytes: usize,
    producer: RwLock<Arc<FutureProducer<Reports>>>,
}

impl Publisher {
    pub(super) fn new(connection: &Connection, reports: Reports, topic: &Topic) -> Result<Self> {
        let producer = RwLock::new(Arc::new(producer(connection, &reports, topic.max_bytes)?));
        Ok(Self {
            connection: connection.clone(),
            reports,
            topic: topic.name.clone(),
            partitions: topic.partitions,
            max_bytes: topic.max_bytes,
            producer,
        })
    }

    /// The partition of a record by its key: the CRC-32 of the key, as the client's partitioner `consistent` has it, over
    /// the partitions that the bus was opened with.
    pub(super) fn partition_of(&self, record: &NewRecord) -> Partition {
        let hash = crc32fast::hash(key(&record.attributes()).as_bytes());
        Partition((hash % u32::from(self.partitions.max(1))) as u16)
    }

    pub(super) async fn publish(&self, partition: Partition, record: &NewRecord) -> Result<Position> {
        let producer = self.producer.read().unwrap_or_else(PoisonError::into_inner).clone();
        let key = key(&record.attributes());
        let message = FutureRecord::to(&self.topic)
            .partition(i32::from(partition.0))
            .key(&key)
            .payload(record.envelope())
            .headers(headers(record));
        match producer.send(message, Duration::from_secs(1)).await {
            Ok(delivery) => {
                self.reports.calm();
                let offset =
                    u64::try_from(delivery.offset).map_err(|_| Error::internal("a record without an offset"))?;
                Ok(Position { partition, offset: Offset(offset) })
            }
            Err((error, _)) => Err(self.failed(&producer, &error, record.envelope().len())),
        }
    }

    /// What a failed publish means; a producer that cannot go on is replaced.
    fn failed(&self, producer: &Arc<FutureProducer<Reports>>, error: &KafkaError, bytes: usize) -> Error {
        if producer.client().fatal_error().is_some() {
            let mut current = self.producer.write().unwrap_or_else(PoisonError::into_inner);
            if Arc::ptr_eq(&current, producer) {
                match self::producer(&self.connection, &self.reports, self.max_bytes) {
                    Ok(next) => *current = Arc::new(next),
                    Err(error) => tracing::error!(%error, "the producer cannot be made anew"),
                }
            }
        }
        let topic = &self.topic;
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::MessageSizeTooLarge | RDKafkaErrorCode::InvalidMessageSize) => Error::user(format!(
                "an event of {bytes} bytes is too large for the topic {topic}, which takes {}: raise its max.message.bytes",
                self.max_bytes
            )),
            Some(RDKafkaErrorCode::TopicAuthorizationFailed) => {
                Error::external(format!("writing to the topic {topic} is not allowed: it needs the ACL WRITE"))
                    .retry_after(RETRY)
            }
            _ => {
                let error = external(format_args!("the topic {topic} did not take an event"), error);
                Error::external(self.reports.explain(error)).retry_after(RETRY)
            }
        }
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher").field("topic", &self.topic).finish_non_exhaustive()
    }
}

fn producer(connection: &Connection, reports: &Reports, max_bytes: usize) -> Result<FutureProducer<Reports>> {
    let mut config = connection.config();
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("linger.ms", "0")
        .set("compression.type", "lz4")
        .set("message.timeout.ms", PATIENCE)
        .set("message.max.bytes", max_bytes.clamp(1000, 1_000_000_000).to_string());
    config.create_with_context(reports.clone()).map_err(|error| external("a producer cannot be made", &error))
}
