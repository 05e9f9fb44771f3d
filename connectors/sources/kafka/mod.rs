//! The source `kafka`: the records of a topic, read by a consumer group or from one partition.

mod consumer;
mod flight;
mod record;
#[cfg(test)]
mod tests;

use super::outset::{Outset, Part, Task};
use super::payload::metadata;
use crate::kafka::{self, Connection, Reports};
use consumer::Consumer;
use flight::Flights;
use model::manifest::KafkaConsumerGroup;
use model::manifest::event_source::{KafkaEventSource, Source};
use model::ports::{BoxFuture, Cursors, Intake};
use model::{Error, Origin, Result};
use rdkafka::consumer::BaseConsumer;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

/// The longest wait before something that failed is tried again.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often what was read is noted, and the wait before a consumer begins anew.
const SECOND: Duration = Duration::from_secs(1);
/// How far a limit of events may run ahead of the clock, whose timers are coarse.
const SLACK: Duration = Duration::from_millis(10);

/// A topic that is read.
struct Kafka {
    origin: Arc<Origin>,
    connection: Connection,
    topic: String,
    reading: Reading,
    json_body: bool,
    metadata: String,
    /// The least time between two records.
    pace: Option<Duration>,
    intake: Arc<dyn Intake>,
    cursors: Arc<dyn Cursors>,
}

/// How the partitions of the topic are shared.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    /// A group shares all partitions, and the brokers keep how far it has come.
    Group { name: String, oldest: bool, strategy: &'static str },
    /// This source alone reads one partition, and keeps how far it has come.
    Partition(i32),
}

/// The plan of a topic that is read.
pub(super) fn plan(outset: &Outset<'_>, source: Source<'_>) -> Option<Result<Part>> {
    let Source::Kafka(settings) = source else { return None };
    Some(part(outset, settings))
}

fn part(outset: &Outset<'_>, settings: &KafkaEventSource) -> Result<Part> {
    let kafka = task(outset, settings)?;
    // The secrets stay out of it; a source whose secrets change begins anew all the same.
    let mut hasher = DefaultHasher::new();
    kafka.connection.hash(&mut hasher);
    let settings = serde_json::to_string(settings).map_err(|error| Error::internal(error.to_string()))?;
    let definition = format!("{settings} {:x}", hasher.finish());
    let place = format!("{} of {}", kafka.reading.place(&kafka.topic), kafka.connection.brokers());
    Ok(Part::Task { definition, place, task: Box::new(kafka) })
}

fn task(outset: &Outset<'_>, settings: &KafkaEventSource) -> Result<Kafka> {
    let absent = |what: &str| Err(Error::user(format!("{what} is not part of this build")));
    if settings.schema_registry.is_some() {
        return absent("schemaRegistry (Avro)");
    }
    if settings.aws_msk_iam_auth.is_some() {
        return absent("awsMskIamAuth");
    }
    if !settings.config.trim().is_empty() {
        return absent("config, which is written for another client (Sarama),");
    }
    let namespace = &outset.origin.route.namespace;
    let (tls, sasl) = (settings.tls.as_ref(), settings.sasl.as_ref());
    let connection = Connection::new(&settings.url, tls, sasl, namespace, &outset.ports.secrets)?;
    if tls.is_some() {
        // Only a client reads certificates; a wrong one is told now.
        drop(kafka::client::<_, BaseConsumer<Reports>>(
            &connection.config(),
            Reports::new("the check of certificates"),
        )?);
    }
    Ok(Kafka {
        origin: Arc::clone(&outset.origin),
        connection,
        topic: kafka::topic(&settings.topic)?.to_owned(),
        reading: Reading::of(settings)?,
        json_body: settings.json_body,
        metadata: metadata(&settings.metadata),
        pace: pace(settings.limit_events_per_second)?,
        intake: Arc::clone(&outset.ports.intake),
        cursors: Arc::clone(&outset.ports.cursors),
    })
}

fn pace(limit: i64) -> Result<Option<Duration>> {
    let wrong = || Error::user(format!("limitEventsPerSecond is {limit}; expected a number above 0, or none"));
    let limit = u32::try_from(limit).map_err(|_| wrong())?;
    Ok((limit > 0).then(|| Duration::from_secs(1) / limit))
}

impl Reading {
    /// As in the reference, a group wins over a partition.
    fn of(settings: &KafkaEventSource) -> Result<Self> {
        if let Some(KafkaConsumerGroup { group_name, oldest, rebalance_strategy }) = &settings.consumer_group {
            if group_name.is_empty() {
                return Err(Error::user("consumerGroup.groupName is missing"));
            }
            let strategy = match rebalance_strategy.as_str() {
                "" | "range" => "range",
                "roundrobin" => "roundrobin",
                "sticky" => "cooperative-sticky",
                other => {
                    tracing::warn!(
                        "consumerGroup.rebalanceStrategy {other:?} is none of range, roundrobin and sticky; range is used, as in the reference"
                    );
                    "range"
                }
            };
            return Ok(Self::Group { name: group_name.clone(), oldest: *oldest, strategy });
        }
        let number = settings.partition.parse().ok().filter(|number| *number >= 0);
        let wrong = || Error::user(format!("partition {:?} is no number of a partition", settings.partition));
        number.map(Self::Partition).ok_or_else(wrong)
    }

    fn place(&self, topic: &str) -> String {
        match self {
            Self::Group { name, .. } => format!("topic {topic} (group {name})"),
            Self::Partition(partition) => format!("topic {topic} (partition {partition})"),
        }
    }
}

impl Task for Kafka {
    fn run(self: Box<Self>, mut stop: watch::Receiver<()>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            while let Some(consumer) = self.consumer(&mut stop).await {
                if self.read(consumer, &mut stop).await {
                    return;
                }
                sleep(SECOND).await;
            }
        })
    }
}

impl Kafka {
    /// A consumer at the right place, as soon as it can be had; `None` where the source stops before that.
    async fn consumer(&self, stop: &mut watch::Receiver<()>) -> Option<Consumer> {
        loop {
            let trouble = tokio::select! {
                made = Consumer::new(self) => match made {
                    Ok(consumer) => return Some(consumer),
                    Err(error) => error,
                },
                _ = stop.changed() => return None,
            };
            tracing::error!(event = self.origin.route.path(), error = %trouble, "kafka: reading cannot begin; it is tried again");
            tokio::select! {
                () = sleep(PATIENCE) => {}
                _ = stop.changed() => return None,
            }
        }
    }

    /// Reads until the source stops (true) or the consumer cannot go on (false).
    async fn read(&self, mut consumer: Consumer, stop: &mut watch::Receiver<()>) -> bool {
        let mut flights = Flights::new(self);
        let mut next = Instant::now();
        let stopped = loop {
            tokio::select! {
                biased;
                _ = stop.changed() => break true,
                () = flights.landed(), if !flights.is_empty() => {
                    let Some(position) = flights.settle(stop).await else { break true };
                    consumer.passed(position);
                }
                () = consumer.due() => consumer.keep().await,
                received = async { sleep_until(next).await; consumer.receive(self).await }, if flights.has_room() => {
                    match received {
                        Ok(record) => {
                            consumer.calm();
                            if let Some(pace) = self.pace {
                                let now = Instant::now();
                                next = (next + pace).max(now.checked_sub(SLACK).unwrap_or(now));
                            }
                            flights.start(record).await;
                        }
                        Err(error) if consumer.survives(self, &error) => {}
                        Err(_) => break false,
                    }
                }
            }
        };
        // What has begun comes to its end, so that as little as possible is read again.
        while let Some(position) = flights.drain().await {
            consumer.passed(position);
        }
        consumer.close().await;
        stopped
    }
}

impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka")
            .field("origin", &self.origin)
            .field("topic", &self.topic)
            .field("reading", &self.reading)
            .finish_non_exhaustive()
    }
}
