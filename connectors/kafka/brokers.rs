//! What is asked of brokers now and then: which topics there are and what their settings say, and to read a stretch of one.

use super::{Connection, REQUEST, Reports, external};
use model::{Error, Offset, Result};
use rdkafka::admin::{AdminClient, AdminOptions, ConfigResource, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::{Offset as Place, TopicPartitionList};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// How long reading a stretch may stand still.
const STALL: Duration = Duration::from_secs(30);

/// How a topic lies on its brokers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) brokers: usize,
    /// Of the partition that has the fewest.
    pub(crate) replicas: usize,
    /// Of the partition that has the fewest in sync.
    pub(crate) in_sync: usize,
}

/// A client that asks, and waits for the answers; never on the hot path.
pub(crate) struct Brokers {
    connection: Connection,
    reports: Reports,
    /// Reads one stretch at a time.
    consumer: Mutex<BaseConsumer<Reports>>,
    runtime: Handle,
}

impl Brokers {
    /// A client of the brokers of a connection.
    ///
    /// # Errors
    /// Settings that the client does not accept.
    pub(crate) fn new(connection: &Connection, reports: &Reports, runtime: &Handle) -> Result<Self> {
        let mut config = connection.config();
        config
            .set("isolation.level", "read_committed")
            .set("group.id", "tidegate")
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            // A queue that is full is looked at again soon, and not after a second.
            .set("fetch.queue.backoff.ms", "2");
        let consumer = config.create_with_context(reports.clone());
        let consumer = Mutex::new(consumer.map_err(|error| Error::user(format!("kafka: {error}")))?);
        Ok(Self { connection: connection.clone(), reports: reports.clone(), consumer, runtime: runtime.clone() })
    }

    /// The settings to make other clients with.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What its clients report.
    pub(crate) fn reports(&self) -> &Reports {
        &self.reports
    }

    /// How many partitions a topic has; `None` where there is no such topic.
    ///
    /// # Errors
    /// Brokers that do not answer, and a topic that may not be looked at.
    pub(crate) fn partitions(&self, topic: &str) -> Result<Option<u16>> {
        let metadata = self.consumer().fetch_metadata(Some(topic), REQUEST).map_err(|error| {
            let text = format!("the brokers at {} do not answer ({error})", self.connection.brokers());
            Error::external(self.reports.explain(text))
        })?;
        let Some(found) = metadata.topics().first() else { return Ok(None) };
        match found.error().map(RDKafkaErrorCode::from) {
            None => {}
            Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => return Ok(None),
            Some(RDKafkaErrorCode::TopicAuthorizationFailed) => {
                return Err(Error::user(format!(
                    "the topic {topic} may not be looked at: it needs the ACLs DESCRIBE, READ and WRITE"
                )));
            }
            Some(code) => return Err(Error::external(format!("the topic {topic}: {code}"))),
        }
        let partitions = u16::try_from(found.partitions().len()).ok().filter(|partitions| *partitions > 0);
        let many = || Error::user(format!("the topic {topic} has no partition, or more than 65,535"));
        partitions.ok_or_else(many).map(Some)
    }

    /// How a topic lies on its brokers.
    ///
    /// # Errors
    /// Brokers that do not answer.
    pub(crate) fn layout(&self, topic: &str) -> Result<Layout> {
        let metadata = self.consumer().fetch_metadata(Some(topic), REQUEST);
        let metadata = metadata.map_err(|error| external(format_args!("the topic {topic}"), &error))?;
        let partitions = || metadata.topics().iter().flat_map(|topic| topic.partitions());
        Ok(Layout {
            brokers: metadata.brokers().len(),
            replicas: partitions().map(|partition| partition.replicas().len()).min().unwrap_or(0),
            in_sync: partitions().map(|partition| partition.isr().len()).min().unwrap_or(0),
        })
    }

    /// How many partitions a topic has, which is made where it is missing: with so many partitions, -1 for the brokers'
    /// default, as many replicas as the brokers' default, and these settings.
    ///
    /// # Errors
    /// As [`Brokers::partitions`]; a topic that cannot be made, with the command that would.
    pub(crate) fn find_or_make(&self, topic: &str, partitions: i32, settings: &[(&str, &str)]) -> Result<u16> {
        if let Some(partitions) = self.partitions(topic)? {
            return Ok(partitions);
        }
        let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(-1));
        let new = [settings.iter().fold(new, |new, (name, value)| new.set(name, value))];
        let (admin, options) = (self.admin()?, AdminOptions::new().request_timeout(Some(REQUEST)));
        let answer = self.wait(topic, admin.create_topics(&new, &options))?.into_iter().next();
        if let Some(Err((_, code))) =
            answer.filter(|answer| !matches!(answer, Err((_, RDKafkaErrorCode::TopicAlreadyExists))))
        {
            let settings: String = settings.iter().map(|(name, value)| format!(" --config {name}={value}")).collect();
            return Err(Error::user(format!(
                "there is no topic {topic}, and it cannot be made ({code}); this makes it: kafka-topics.sh \
                 --bootstrap-server {} --create --topic {topic} --partitions {}{settings}",
                self.connection.brokers(),
                if partitions > 0 { partitions } else { 6 },
            )));
        }
        tracing::info!(topic, "the topic was made");
        let begun = Instant::now();
        loop {
            if let Some(partitions) = self.partitions(topic)? {
                return Ok(partitions);
            }
            if begun.elapsed() > REQUEST {
                return Err(Error::external(format!("the topic {topic} was made and does not appear")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The settings of a topic; `None` where they may not be seen.
    ///
    /// # Errors
    /// Brokers that do not answer.
    pub(crate) fn settings(&self, topic: &str) -> Result<Option<ConfigResource>> {
        let (admin, options) = (self.admin()?, AdminOptions::new().request_timeout(Some(REQUEST)));
        let asked = [ResourceSpecifier::Topic(topic)];
        match self.wait(topic, admin.describe_configs(&asked, &options))?.into_iter().next() {
            Some(Ok(settings)) => Ok(Some(settings)),
            Some(Err(code)) => {
                tracing::warn!(topic, %code, "the settings of the topic cannot be seen; it needs the ACL DESCRIBE_CONFIGS");
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// First kept and next offset of a partition.
    ///
    /// # Errors
    /// Brokers that do not answer.
    pub(crate) fn ends(&self, topic: &str, partition: u16) -> Result<(Offset, Offset)> {
        let ends = self.consumer().fetch_watermarks(topic, partition.into(), REQUEST);
        let (first, next) = ends.map_err(|error| {
            let error = external(format_args!("where partition {partition} of {topic} begins and ends"), &error);
            Error::external(self.reports.explain(error))
        })?;
        Ok((Offset(first.max(0) as u64), Offset(next.max(0) as u64)))
    }

    /// Gives `each` the messages of a partition from one offset to before another, until it breaks.
    ///
    /// # Errors
    /// A partition that cannot be read, and what `each` answers.
    pub(crate) fn read(
        &self,
        (topic, partition): (&str, u16),
        from: Offset,
        end: Offset,
        each: &mut dyn FnMut(&BorrowedMessage<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        if from >= end {
            return Ok(());
        }
        let failed = |error| external(format_args!("partition {partition} of {topic}"), &error);
        let consumer = self.consumer();
        // Assigned to a topic that it has not heard of, the client waits half a second before it asks.
        consumer.fetch_metadata(Some(topic), REQUEST).map_err(failed)?;
        let mut place = TopicPartitionList::new();
        place.add_partition_offset(topic, partition.into(), Place::Offset(from.0 as i64)).map_err(failed)?;
        consumer.assign(&place).map_err(failed)?;
        let mut last = Instant::now();
        let read = loop {
            match consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) if message.offset() >= end.0 as i64 => break Ok(()),
                Some(Ok(message)) => {
                    last = Instant::now();
                    match each(&message) {
                        Ok(ControlFlow::Continue(())) if message.offset() + 1 < end.0 as i64 => {}
                        Ok(_) => break Ok(()),
                        Err(error) => break Err(error),
                    }
                }
                Some(Err(KafkaError::PartitionEOF(_))) => break Ok(()),
                // The client wants a group to be named, and asks for its coordinator; reading needs neither.
                Some(Err(error)) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::GroupAuthorizationFailed) => {}
                Some(Err(error)) if matches!(error, KafkaError::MessageConsumption(_)) => break Err(failed(error)),
                Some(Err(error)) => tracing::debug!(%error, topic, partition, "reading goes on"),
                None if last.elapsed() > STALL => {
                    break Err(Error::external(
                        self.reports.explain(format!("partition {partition} of {topic} cannot be read")),
                    ));
                }
                None => {}
            }
        };
        consumer.unassign().map_err(failed)?;
        read
    }

    /// Waits for a future outside the runtime's own threads, on which waiting is not allowed.
    pub(crate) fn block_on<T: Send>(&self, future: impl Future<Output = T> + Send) -> T {
        let answer = std::thread::scope(|scope| scope.spawn(|| self.runtime.block_on(future)).join());
        answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    fn consumer(&self) -> std::sync::MutexGuard<'_, BaseConsumer<Reports>> {
        self.consumer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admin(&self) -> Result<AdminClient<Reports>> {
        let admin = AdminClient::from_config_and_context(&self.connection.config(), self.reports.clone());
        admin.map_err(|error| external("a client cannot be made", &error))
    }

    fn wait<T: Send>(&self, topic: &str, asked: impl Future<Output = KafkaResult<T>> + Send) -> Result<T> {
        self.block_on(asked)
            .map_err(|error| Error::external(self.reports.explain(external(format_args!("the topic {topic}"), &error))))
    }
}

impl fmt::Debug for Brokers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Brokers").field("connection", &self.connection).finish_non_exhaustive()
    }
}
