//! The bus on Apache Kafka: one topic, written by an idempotent producer that waits for all replicas, read from
//! everywhere by its own offsets.
//!
//! Log time is the broker's append time. What is read is what was committed (`read_committed`), so that offsets have gaps.

mod examine;
mod message;
mod publisher;
mod reader;
mod topic;

use super::{Claim, Opening};
use crate::kafka::{Brokers, Connection, Reports};
use crate::state;
pub(super) use examine::examine;
use model::manifest::KafkaBus;
use model::ports::{BoxFuture, Bus, Extent, Wake};
use model::{Batch, Error, LogId, NewRecord, Offset, Partition, Position, Result};
use publisher::Publisher;
use reader::Reader;
use std::sync::Arc;
use topic::Topic;

/// A topic as a bus.
#[derive(Debug)]
pub(super) struct Kafka {
    topic: Topic,
    publisher: Publisher,
    reader: Reader,
    /// Where a dataflow without a state begins: with the oldest record, or with what came after the bus was opened, however
    /// long it takes until the dataflow is.
    beginnings: Vec<Offset>,
}

/// Opens the bus of an EventBus: finds its topic, or makes it. Its state is in the topic of the name with `-state`.
///
/// # Errors
/// Settings that cannot connect and a topic that does not fit (user); brokers that do not answer (external). The texts
/// say what would help.
pub(super) fn open(opening: &Opening<'_>) -> Result<(Kafka, Claim)> {
    let &Opening { namespace, name, runtime, .. } = opening;
    let (settings, connection) = connection(opening)?;
    let topic = topic_name(opening, settings);
    let group = settings.consumer_group.clone().unwrap_or_default();
    let group_name = if group.group_name.is_empty() { format!("{topic}-tidegate") } else { group.group_name };
    let reports = Reports::new(&format!("EventBus {namespace}/{name}"));
    let topic = Topic::settle(Brokers::new(&connection, &reports, runtime)?, topic)?;
    let ends = (0..topic.partitions).map(|partition| topic.brokers.ends(&topic.name, partition));
    let begin = |(first, next)| if group.oldest { first } else { next };
    let beginnings = ends.map(|ends| ends.map(begin)).collect::<Result<_>>()?;
    let claim = claim(Brokers::new(&connection, &reports, runtime)?, &topic.name, opening);
    let publisher = Publisher::new(&connection, reports.clone(), &topic)?;
    let reader = Reader::new(&connection, reports, &topic, &group_name)?;
    Ok((Kafka { topic, publisher, reader, beginnings }, claim))
}

/// What the EventBus says, and how to connect.
fn connection<'a>(opening: &Opening<'a>) -> Result<(&'a KafkaBus, Connection)> {
    let settings = opening.spec.kafka.as_ref().ok_or_else(|| Error::internal("the EventBus has no kafka section"))?;
    let (tls, sasl) = (settings.tls.as_ref(), settings.sasl.as_ref());
    let connection = Connection::new(&settings.url, tls, sasl, opening.namespace, opening.secrets);
    Ok((settings, connection.map_err(|error| error.context("kafka"))?))
}

fn topic_name(opening: &Opening<'_>, settings: &KafkaBus) -> String {
    if settings.topic.is_empty() { format!("{}-{}", opening.namespace, opening.name) } else { settings.topic.clone() }
}

fn claim(brokers: Brokers, topic: &str, opening: &Opening<'_>) -> Claim {
    let (topic, folder) = (format!("{topic}-state"), opening.folder.join("state"));
    Box::new(move || Ok(Arc::new(state::Kafka::claim(&brokers, &topic, &folder)?)))
}

impl Bus for Kafka {
    fn log_id(&self, known: Option<LogId>) -> Result<LogId> {
        self.topic.log_id(known)
    }

    fn partitions(&self) -> u16 {
        self.topic.partitions
    }

    fn publish(&self, record: NewRecord) -> BoxFuture<'_, Result<Position>> {
        let partition = self.publisher.partition_of(&record);
        self.publish_to(partition, record)
    }

    fn publish_to(&self, partition: Partition, record: NewRecord) -> BoxFuture<'_, Result<Position>> {
        Box::pin(async move {
            let position = self.publisher.publish(partition, &record).await?;
            self.reader.appended(position);
            Ok(position)
        })
    }

    fn poll(&self, partition: Partition, from: Offset, records: usize) -> Result<Batch> {
        self.reader.poll(partition, from, records)
    }

    fn beginnings(&self) -> Result<Vec<Offset>> {
        Ok(self.beginnings.clone())
    }

    fn watch(&self, wake: Wake) {
        self.reader.watch(wake);
    }

    fn release(&self, _subscriber: &str, offsets: &[(Partition, Offset)]) -> Result<()> {
        self.reader.release(offsets);
        Ok(())
    }

    fn trouble(&self) -> Option<String> {
        self.reader.trouble()
    }

    fn extent(&self) -> Extent {
        self.reader.extent()
    }
}
