//! Producers: one for each way of sending, shared by all triggers, and what their failures mean.

use crate::kafka::{Connection, Reports, client};
use bytes::Bytes;
use model::ports::Failure;
use model::{Error, Result};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer as _};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the client tries to deliver a record, by itself and as often as it takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a topic that the brokers do not know may still come to be known.
const PROPAGATION: Duration = Duration::from_secs(5);
/// How many KiB of records may wait in one producer.
const ROOM: u32 = 64 << 10;
/// A producer that nobody has used for so long may go.
const IDLE: Duration = Duration::from_secs(300);
/// The client's own bound of a record, out of the way: the topic's `max.message.bytes` decides.
const RECORD: u32 = 100 << 20;

/// What a record is sent with; records sent with equal means share a producer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Means {
    pub(super) connection: Connection,
    /// All replicas in sync must have the record, and not only the leader.
    pub(super) all: bool,
    pub(super) compress: bool,
    /// For how many milliseconds records are collected.
    pub(super) linger: i32,
}

/// A record to be written.
pub(super) struct Record {
    pub(super) topic: String,
    pub(super) key: Option<String>,
    pub(super) headers: BTreeMap<String, Vec<u8>>,
    pub(super) payload: Bytes,
}

/// All producers.
#[derive(Debug, Default)]
pub(crate) struct Producers(Mutex<Vec<(Arc<Producer>, Instant)>>);

struct Producer {
    means: Means,
    client: FutureProducer<Reports>,
    reports: Reports,
}

impl Producers {
    /// Writes a record; ready once the brokers confirm it.
    ///
    /// # Errors
    /// Why they did not.
    pub(super) async fn send(&self, means: Means, record: Record) -> Result<(), Failure> {
        let producer = self.producer(means).map_err(Failure::unsent)?;
        let sent = producer.send(&record).await;
        if sent.is_err() && producer.client.client().fatal_error().is_some() {
            self.producers(|all| all.retain(|(known, _)| !Arc::ptr_eq(known, &producer)));
        }
        sent
    }

    /// The producer with these means; those that nobody needs any more go when one is made.
    fn producer(&self, means: Means) -> Result<Arc<Producer>> {
        let now = Instant::now();
        let mut idle = Vec::new();
        let producer = self.producers(|all| {
            if let Some((producer, used)) = all.iter_mut().find(|(known, _)| known.means == means) {
                *used = now;
                return Ok(Arc::clone(producer));
            }
            let producer = Arc::new(Producer::new(means)?);
            let (old, used): (Vec<_>, _) =
                std::mem::take(all).into_iter().partition(|(_, used)| now.duration_since(*used) > IDLE);
            idle = old;
            *all = used;
            all.push((Arc::clone(&producer), now));
            Ok(producer)
        });
        if !idle.is_empty() {
            // A client takes its time to end.
            std::thread::spawn(move || drop(idle));
        }
        producer
    }

    fn producers<T>(&self, with: impl FnOnce(&mut Vec<(Arc<Producer>, Instant)>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Producer {
    fn new(means: Means) -> Result<Self> {
        let reports = Reports::new(&format!("triggers to {}", means.connection.brokers()));
        let mut config = means.connection.config();
        config
            .set("acks", if means.all { "all" } else { "1" })
            .set("enable.idempotence", means.all.to_string())
            .set("compression.type", if means.compress { "snappy" } else { "none" })
            .set("linger.ms", means.linger.to_string())
            .set("message.timeout.ms", PATIENCE.as_millis().to_string())
            .set("topic.metadata.propagation.max.ms", PROPAGATION.as_millis().to_string())
            .set("queue.buffering.max.kbytes", ROOM.to_string())
            .set("message.max.bytes", RECORD.to_string())
            // As the reference's client: the same key comes to the same partition, whoever writes it.
            .set("partitioner", "fnv1a_random");
        let client = client(&config, reports.clone())?;
        Ok(Self { means, client, reports })
    }

    async fn send(&self, record: &Record) -> Result<(), Failure> {
        let headers = record.headers.iter().fold(OwnedHeaders::new(), |all, (name, value)| {
            all.insert(Header { key: name, value: Some(value.as_slice()) })
        });
        let mut message: FutureRecord<'_, str, [u8]> =
            FutureRecord::to(&record.topic).payload(&record.payload[..]).headers(headers);
        message.key = record.key.as_deref();
        let delivery = self.client.send_result(message);
        let delivery = delivery.map_err(|(error, _)| Failure::unsent(self.explain(record, &error)))?;
        match delivery.await {
            Ok(Ok(_)) => {
                self.reports.calm();
                Ok(())
            }
            Ok(Err((error, _))) => {
                let unsent = error.rdkafka_error_code().is_some_and(refused);
                Err(Failure { error: self.explain(record, &error), unsent })
            }
            Err(_) => Err(Failure::maybe_sent(Error::internal("the producer ended before the record was confirmed"))),
        }
    }

    /// What a failure means, and what can be done.
    fn explain(&self, record: &Record, error: &KafkaError) -> Error {
        let topic = &record.topic;
        let broker = self.means.connection.first_broker();
        let code = error.rdkafka_error_code();
        let what = code.map_or_else(|| error.to_string(), |code| code.to_string());
        let advice = match code {
            Some(Code::UnknownTopic | Code::UnknownTopicOrPartition) => format!(
                "make the topic with `kafka-topics.sh --bootstrap-server {broker} --create --topic {topic}`, or let the brokers make it (auto.create.topics.enable)"
            ),
            Some(Code::MessageSizeTooLarge | Code::InvalidMessageSize | Code::MessageBatchTooLarge) => format!(
                "the payload has {} bytes; let the topic take more with `kafka-configs.sh --bootstrap-server {broker} --alter --entity-type topics --entity-name {topic} --add-config max.message.bytes=N`, or send less",
                record.payload.len()
            ),
            Some(Code::TopicAuthorizationFailed) => format!(
                "let its user write with `kafka-acls.sh --bootstrap-server {broker} --add --allow-principal User:NAME --operation Write --operation Describe --topic {topic}`"
            ),
            Some(Code::ClusterAuthorizationFailed) => {
                "brokers before 3.0 let its user write with requiredAcks -1 only with the ACL IdempotentWrite on the cluster".to_owned()
            }
            Some(Code::NotEnoughReplicas | Code::NotEnoughReplicasAfterAppend) => {
                "fewer replicas are in sync than min.insync.replicas asks for; see which brokers are down".to_owned()
            }
            Some(Code::QueueFull) => {
                format!("{} MiB of records wait for the brokers already, as much as one producer keeps", ROOM >> 10)
            }
            Some(Code::MessageTimedOut) => {
                let seconds = PATIENCE.as_secs();
                return Error::external(self.reports.explain(format!(
                    "topic {topic} at {}: the brokers did not confirm the record within {seconds} s",
                    self.means.connection.brokers()
                )));
            }
            _ => return Error::external(self.reports.explain(format!("topic {topic} at {broker}: {what}"))),
        };
        Error::external(format!("topic {topic} at {broker}: {what}; {advice}"))
    }
}

/// Whether the brokers said that they did not take the record, or it never left.
fn refused(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownTopic
            | Code::UnknownPartition
            | Code::UnknownTopicOrPartition
            | Code::InvalidTopic
            | Code::MessageSizeTooLarge
            | Code::InvalidMessageSize
            | Code::MessageBatchTooLarge
            | Code::TopicAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::NotEnoughReplicas
            | Code::PolicyViolation
            | Code::InvalidRecord
            | Code::InvalidRequiredAcks
            | Code::UnsupportedCompressionType
            | Code::PurgeQueue
    )
}

impl fmt::Debug for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producer").field("means", &self.means).finish_non_exhaustive()
    }
}
