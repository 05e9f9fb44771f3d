//! The topic of a bus: found or made, checked, and known by the first record that names its log.

use super::message::{headers, key};
use crate::kafka::{Brokers, REQUEST, Reports, external};
use model::envelope::{LOG_SOURCE, control};
use model::{Error, LogId, Offset, Result};
use rdkafka::message::{Headers, Message};
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// What brokers take where they do not say.
const MAX_BYTES: usize = 1_000_000;

/// What a bus knows of its topic.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) partitions: u16,
    /// How many bytes a record may have.
    pub(super) max_bytes: usize,
    pub(super) brokers: Brokers,
}

/// The data of the record that names a log.
#[derive(Debug, Serialize, Deserialize)]
struct Name {
    log: String,
    partitions: u16,
}

impl Topic {
    /// Finds the topic or makes it, and looks at its settings.
    ///
    /// # Errors
    /// As [`super::open`] says.
    pub(super) fn settle(brokers: Brokers, name: String) -> Result<Self> {
        let known = brokers.partitions(&name)?;
        let partitions = brokers.find_or_make(&name, -1, &[("message.timestamp.type", "LogAppendTime")])?;
        let max_bytes = check(&brokers, &name)?;
        let topic = Self { name, partitions, max_bytes, brokers };
        if known.is_none() {
            // Found as the first record, the name costs nobody a search.
            topic.write_name()?;
        }
        Ok(topic)
    }

    /// The id of the log: that of the first record in partition 0 that names one, which is written where there is none.
    /// `known` is the id that the state has; it counts where retention has removed the beginning.
    pub(super) fn log_id(&self, known: Option<LogId>) -> Result<LogId> {
        let (first, end) = self.brokers.ends(&self.name, 0)?;
        if let Some(known) = known.filter(|_| first > Offset(0)) {
            return Ok(known);
        }
        // While the beginning is there, a log that has a name shows it; a topic that was made anew has none or another.
        if let Some(found) = self.find(first, end)? {
            return Ok(found);
        }
        self.write_name()?;
        // Somebody else may have been quicker.
        let (_, end) = self.brokers.ends(&self.name, 0)?;
        let missing = || Error::external(format!("the record that names the log in {} does not appear", self.name));
        self.find(first, end)?.ok_or_else(missing)
    }

    /// The first name of a log between two offsets of partition 0.
    fn find(&self, from: Offset, end: Offset) -> Result<Option<LogId>> {
        let mut found = None;
        self.brokers.read((&self.name, 0), from, end, &mut |message| {
            found = read_name(message);
            Ok(if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(found)
    }

    fn write_name(&self) -> Result<()> {
        let mut id = [0; 16];
        getrandom::fill(&mut id)
            .map_err(|error| Error::external(format!("no random bytes for the log's id: {error}")))?;
        let id = format!("{:032x}", u128::from_be_bytes(id));
        let data = serde_json::to_string(&Name { log: id.clone(), partitions: self.partitions });
        let data = data.map_err(|error| Error::internal(error.to_string()))?;
        let record = control(LOG_SOURCE, "tidegate.log", &id, &jiff::Timestamp::now().to_string(), &data)?;
        let mut config = self.brokers.connection().config();
        config.set("acks", "all").set("message.timeout.ms", "10000");
        let producer: FutureProducer<Reports> = config
            .create_with_context(self.brokers.reports().clone())
            .map_err(|error| external("a producer cannot be made", &error))?;
        let key = key(&record.attributes());
        let message =
            FutureRecord::to(&self.name).partition(0).key(&key).payload(record.envelope()).headers(headers(&record));
        let sent = self.brokers.block_on(producer.send(message, REQUEST));
        sent.map(drop).map_err(|(error, _)| {
            let error = external(format_args!("the topic {} cannot be written", self.name), &error);
            Error::external(self.brokers.reports().explain(error))
        })
    }
}

/// Looks at the settings that promises depend on; answers how many bytes a record may have.
pub(super) fn check(brokers: &Brokers, topic: &str) -> Result<usize> {
    let Some(settings) = brokers.settings(topic)? else { return Ok(MAX_BYTES) };
    let value = |name: &str| settings.get(name).and_then(|entry| entry.value.as_deref());
    if let Some(other) = value("message.timestamp.type").filter(|kind| *kind != "LogAppendTime") {
        return Err(Error::user(format!(
            "the topic {topic} has message.timestamp.type={other}, but log time must be the brokers' append time; this \
             changes it: kafka-configs.sh --bootstrap-server {} --alter --entity-type topics --entity-name {topic} \
             --add-config message.timestamp.type=LogAppendTime",
            brokers.connection().brokers()
        )));
    }
    if let Some(policy) = value("cleanup.policy").filter(|policy| policy.contains("compact")) {
        return Err(Error::user(format!(
            "the topic {topic} has cleanup.policy={policy}, which removes events; a bus needs `delete`"
        )));
    }
    Ok(value("max.message.bytes").and_then(|bytes| bytes.parse().ok()).unwrap_or(MAX_BYTES))
}

/// The id in a record that names a log.
fn read_name(message: &impl Message) -> Option<LogId> {
    #[derive(Deserialize)]
    struct Envelope {
        data: Name,
    }
    let source = message.headers()?.iter().find(|header| header.key == "ce_source")?.value?;
    if source != LOG_SOURCE.as_bytes() {
        return None;
    }
    let envelope: Envelope = serde_json::from_slice(message.payload()?).ok()?;
    u128::from_str_radix(&envelope.data.log, 16).ok().map(|id| LogId(id.to_be_bytes()))
}
