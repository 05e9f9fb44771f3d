//! The consumer of a source: where it begins, what it reads, and how far it has come.

use super::record::{Position, Record};
use super::{Kafka, PATIENCE, Reading, SECOND};
use crate::kafka::{REQUEST, Reports, client, external};
use model::ports::Cursors;
use model::{Error, Result};
use rdkafka::consumer::{CommitMode, Consumer as _, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::{Offset, TopicPartitionList};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// A member that is silent for so long is dead, and its partitions go to the others. As in the reference.
const SESSION: Duration = Duration::from_secs(10);
/// How often the topic's partitions are looked at.
const LOOK: Duration = Duration::from_secs(10);
/// How many KiB of records wait here to be published.
const ROOM: u32 = 16 << 10;
/// How long the goodbye to the brokers may take.
const GOODBYE: Duration = Duration::from_secs(5);

/// A consumer at work.
pub(super) struct Consumer {
    client: Arc<StreamConsumer<Reports>>,
    reports: Reports,
    topic: String,
    /// The last trouble that was told.
    trouble: Option<String>,
    /// Of a single partition.
    cursor: Option<Cursor>,
}

/// How far a single partition was read, kept across restarts.
struct Cursor {
    name: String,
    cursors: Arc<dyn Cursors>,
    /// The offset of the next record.
    next: i64,
    written: i64,
    at: Instant,
}

impl Consumer {
    /// A consumer at the right place, as soon as the brokers say where that is.
    ///
    /// # Errors
    /// Settings that make no client.
    pub(super) async fn new(kafka: &Kafka) -> Result<Self> {
        let reports = Reports::new(&kafka.origin.route.path());
        let mut config = kafka.connection.config();
        config
            .set("enable.auto.offset.store", "false")
            .set("auto.commit.interval.ms", SECOND.as_millis().to_string())
            .set("session.timeout.ms", SESSION.as_millis().to_string())
            .set("topic.metadata.refresh.interval.ms", LOOK.as_millis().to_string())
            .set("queued.max.messages.kbytes", ROOM.to_string())
            .set("allow.auto.create.topics", "false");
        match &kafka.reading {
            Reading::Group { name, oldest, strategy } => config
                .set("group.id", name)
                .set("enable.auto.commit", "true")
                .set("partition.assignment.strategy", *strategy)
                .set("auto.offset.reset", if *oldest { "earliest" } else { "latest" }),
            // The client wants the name of a group even where there is none. What retention took while it was not read is
            // gone; what is still there is not skipped.
            Reading::Partition(_) => config
                .set("group.id", "tidegate")
                .set("enable.auto.commit", "false")
                .set("auto.offset.reset", "earliest"),
        };
        let client = Arc::new(client(&config, reports.clone())?);
        let mut consumer = Self { client, reports, topic: kafka.topic.clone(), trouble: None, cursor: None };
        match kafka.reading {
            Reading::Group { .. } => {
                consumer.client.subscribe(&[&kafka.topic]).map_err(|error| Error::user(error.to_string()))?;
            }
            Reading::Partition(partition) => consumer.take(kafka, partition).await?,
        }
        Ok(consumer)
    }

    /// Takes a partition, from the cursor on; at its end where there is none yet.
    async fn take(&mut self, kafka: &Kafka, partition: i32) -> Result<()> {
        let name = format!("kafka/{}/{}/{partition}", kafka.origin.route.path(), self.topic);
        let noted = loop {
            match kafka.cursors.read(&name) {
                Ok(bytes) => break bytes.and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse::<i64>().ok()),
                Err(error) => self.tell(kafka, &format!("its cursor cannot be read: {error}")),
            }
            sleep(PATIENCE).await;
        };
        let (low, high) = loop {
            let (client, topic) = (Arc::clone(&self.client), self.topic.clone());
            let asked = tokio::task::spawn_blocking(move || client.fetch_watermarks(&topic, partition, REQUEST)).await;
            match asked.map_err(|error| Error::internal(error.to_string()))? {
                Ok(found) => break found,
                Err(error) => {
                    self.survives(kafka, &error);
                }
            }
            sleep(SECOND).await;
        };
        let next = match noted {
            Some(next) if (low..=high).contains(&next) => next,
            Some(next) => {
                let (event, topic) = (kafka.origin.route.path(), &self.topic);
                tracing::warn!(
                    event,
                    topic,
                    partition,
                    "kafka: the next record was to be {next}, but the partition has {low} to {high} now: retention was \
                     faster, or the topic was made anew; reading begins with {low}"
                );
                low
            }
            None => high,
        };
        let mut assignment = TopicPartitionList::new();
        let placed = assignment.add_partition_offset(&self.topic, partition, Offset::Offset(next));
        let placed = placed.and_then(|()| self.client.assign(&assignment));
        placed.map_err(|error| external(kafka.reading.place(&self.topic), &error))?;
        let cursors = Arc::clone(&kafka.cursors);
        // Without a row it is written now: from here on nothing is missed, whenever the first record comes.
        let written = if noted == Some(next) { next } else { -1 };
        let mut cursor = Cursor { name, cursors, next, written, at: Instant::now() };
        cursor.write().await;
        self.cursor = Some(cursor);
        Ok(())
    }

    /// The next record.
    ///
    /// # Errors
    /// What the brokers or the client say instead; see [`Consumer::survives`].
    pub(super) async fn receive(&self, kafka: &Kafka) -> Result<Record, KafkaError> {
        self.client.recv().await.map(|message| Record::new(kafka, &message))
    }

    /// Notes that a record is done: published, or never to be.
    pub(super) fn passed(&mut self, Position { partition, offset }: Position) {
        match &mut self.cursor {
            Some(cursor) => cursor.next = offset + 1,
            None => {
                if let Err(error) = self.client.store_offset(&self.topic, partition, offset) {
                    // The partition went to another member, which reads the record again.
                    tracing::debug!(topic = self.topic, partition, offset, %error, "kafka: an offset is not noted");
                }
            }
        }
    }

    /// Ready when the cursor is to be written; never where the brokers keep the offsets.
    pub(super) async fn due(&self) {
        match &self.cursor {
            Some(cursor) if cursor.next != cursor.written => sleep_until(cursor.at + SECOND).await,
            _ => pending().await,
        }
    }

    /// Writes the cursor, where there is one.
    pub(super) async fn keep(&mut self) {
        if let Some(cursor) = &mut self.cursor {
            cursor.write().await;
        }
    }

    /// Tells an error, once until records come again. False: the consumer cannot go on.
    pub(super) fn survives(&mut self, kafka: &Kafka, error: &KafkaError) -> bool {
        if let KafkaError::MessageConsumptionFatal(code) = error {
            self.tell(kafka, &format!("{code}; the consumer begins anew"));
            return false;
        }
        let (topic, broker) = (&self.topic, kafka.connection.first_broker());
        let text = match error.rdkafka_error_code() {
            Some(code @ (Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition)) => format!(
                "{} at {broker}: {code}; make it with `kafka-topics.sh --bootstrap-server {broker} --create --topic {topic}`; until then it is waited for",
                kafka.reading.place(topic)
            ),
            Some(code @ (Code::TopicAuthorizationFailed | Code::GroupAuthorizationFailed)) => format!(
                "{} at {broker}: {code}; its user needs the ACLs Read and Describe on the topic, and Read on the group",
                kafka.reading.place(topic)
            ),
            // The client's own threads tell what is wrong with a connection.
            Some(Code::BrokerTransportFailure | Code::AllBrokersDown | Code::Resolve | Code::OperationTimedOut) => {
                return true;
            }
            Some(code) => self.reports.explain(format!("{} at {broker}: {code}", kafka.reading.place(topic))),
            None => self.reports.explain(format!("{} at {broker}: {error}", kafka.reading.place(topic))),
        };
        self.tell(kafka, &text);
        true
    }

    /// Forgets what was told, once records come.
    pub(super) fn calm(&mut self) {
        if self.trouble.take().is_some() {
            tracing::info!(topic = self.topic, "kafka: records come again");
        }
        self.reports.calm();
    }

    fn tell(&mut self, kafka: &Kafka, text: &str) {
        if self.trouble.as_deref() != Some(text) {
            tracing::warn!(event = kafka.origin.route.path(), "kafka: {text}");
            self.trouble = Some(text.to_owned());
        }
    }

    /// Notes how far it has come, and takes leave.
    pub(super) async fn close(mut self) {
        self.keep().await;
        let (client, group, (told, gone)) = (self.client, self.cursor.is_none(), oneshot::channel());
        // Both steps block their thread until the brokers answer.
        std::thread::spawn(move || {
            if group && let Err(error) = client.commit_consumer_state(CommitMode::Sync) {
                tracing::debug!(%error, "kafka: nothing is committed at the end");
            }
            drop(client);
            let _ = told.send(());
        });
        let _ = timeout(GOODBYE, gone).await;
    }
}

impl Cursor {
    async fn write(&mut self) {
        self.at = Instant::now();
        if self.next == self.written {
            return;
        }
        let next = self.next;
        match self.cursors.write(self.name.clone(), next.to_string().into_bytes()).await {
            Ok(()) => self.written = next,
            Err(error) => tracing::error!(cursor = self.name, %error, "kafka: a cursor could not be written"),
        }
    }
}
