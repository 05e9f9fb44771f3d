//! What is wrong with the brokers and the topic of a bus, before anything runs.

use super::super::{Opening, Remark};
use super::{connection, topic, topic_name};
use crate::kafka::{Brokers, Reports};
use jiff::Timestamp;
use model::{Offset, Result};
use rdkafka::message::Message;
use std::ops::ControlFlow;

/// So far brokers' clocks may be ahead of this machine's before it is told, in milliseconds.
const TOLERANCE: i64 = 2_000;

/// Looks at brokers and topic; makes and writes nothing.
///
/// # Errors
/// Brokers that cannot be reached with these settings, and a topic that does not fit.
pub(in crate::buses) fn examine(opening: &Opening<'_>) -> Result<Vec<Remark>> {
    let (settings, connection) = connection(opening)?;
    let reports = Reports::new(&format!("EventBus {}/{}", opening.namespace, opening.name));
    let brokers = Brokers::new(&connection, &reports, opening.runtime)?;
    let name = topic_name(opening, settings);
    let Some(partitions) = brokers.partitions(&name)? else {
        let message = format!("the brokers at {} have no topic {name}", connection.brokers());
        let help = "it is made at the start, if the user may; see docs/kafka.md for the command that makes it";
        return Ok(vec![Remark::poor(message, help)]);
    };
    topic::check(&brokers, &name)?;
    let mut remarks = Vec::new();
    let layout = brokers.layout(&name)?;
    if layout.replicas < 2 {
        let message =
            format!("partitions of the topic {name} have one replica: a broker that is lost takes events along");
        remarks.push(Remark::poor(
            message,
            "three brokers, three replicas and min.insync.replicas=2 survive the loss of one",
        ));
    } else if layout.in_sync < layout.replicas {
        let message =
            format!("only {} of {} replicas of the topic {name} are in sync", layout.in_sync, layout.replicas);
        remarks.push(Remark::poor(message, "see which broker is down or behind: kafka-topics.sh --describe"));
    }
    remarks.extend(clock(&brokers, &name)?);
    let brokers = layout.brokers;
    remarks.push(Remark::Fine(format!("{brokers} brokers; the topic {name} has {partitions} partitions")));
    Ok(remarks)
}

/// Whether the newest record of partition 0 lies in this machine's future.
fn clock(brokers: &Brokers, topic: &str) -> Result<Option<Remark>> {
    let (first, next) = brokers.ends(topic, 0)?;
    let from = Offset(next.0.saturating_sub(1).max(first.0));
    let mut newest = None;
    brokers.read((topic, 0), from, next, &mut |message| {
        newest = message.timestamp().to_millis();
        Ok(ControlFlow::Continue(()))
    })?;
    let ahead = newest.map_or(0, |newest| newest - Timestamp::now().as_millisecond());
    Ok((ahead > TOLERANCE).then(|| {
        let message = format!("the brokers' clock is {} s ahead of this machine's", ahead / 1000);
        Remark::poor(message, "windows and resets go by the brokers' clock; keep all clocks in step with NTP")
    }))
}
