//! A record of a topic as an arrival: the payload that the reference makes of it, and its id.

use super::Kafka;
use crate::kafka::headers;
use crate::sources::http::{push_string, text};
use crate::sources::payload::{json, push_member};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use model::ports::Arrival;
use model::{Error, Result};
use rdkafka::message::{Message, Timestamp as Stamp};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a record stands in its topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) partition: i32,
    pub(super) offset: i64,
}

/// A record that was read: an arrival, or why it can be none.
pub(super) struct Record {
    pub(super) position: Position,
    pub(super) arrival: Result<Arrival>,
}

impl Record {
    pub(super) fn new<M: Message>(kafka: &Kafka, message: &M) -> Self {
        let position = Position { partition: message.partition(), offset: message.offset() };
        let route = &kafka.origin.route;
        let broker = kafka.connection.first_broker();
        let Position { partition, offset } = position;
        let id = format!("{}:{}:{broker}:{}:{partition}:{offset}", route.event_source, route.event_name, kafka.topic);
        let arrival =
            data(kafka, message).map(|data| Arrival { origin: Arc::clone(&kafka.origin), upstream_id: Some(id), data });
        Self { position, arrival }
    }
}

/// `{"topic","key","partition","body","timestamp","headers","metadata"?}` in the form and order of the reference.
fn data<M: Message>(kafka: &Kafka, message: &M) -> Result<String> {
    let body = match message.payload() {
        None => Cow::Borrowed("null"),
        Some(bytes) if kafka.json_body => json(bytes).map_err(|error| Error::user(error.to_string()))?,
        Some(bytes) => Cow::Owned(format!("\"{}\"", BASE64.encode(bytes))),
    };
    let mut out = String::with_capacity(body.len() + kafka.metadata.len() + 256);
    out.push('{');
    push_text(&mut out, "topic", message.topic());
    push_text(&mut out, "key", &text(message.key().unwrap_or_default()));
    push_member(&mut out, "partition", &message.partition().to_string());
    push_member(&mut out, "body", &body);
    push_text(&mut out, "timestamp", &time(message.timestamp()));
    out.push_str(r#""headers":{"#);
    let mut all = BTreeMap::new();
    for header in message.headers().into_iter().flat_map(headers) {
        match header {
            Some(header) => drop(all.insert(header.key.to_owned(), text(header.value.unwrap_or_default()))),
            None => tracing::warn!(
                event = kafka.origin.route.path(),
                topic = kafka.topic,
                partition = message.partition(),
                offset = message.offset(),
                "kafka: a header whose name is not UTF-8 is left out"
            ),
        }
    }
    for (name, value) in &all {
        push_text(&mut out, name, value);
    }
    if !all.is_empty() {
        out.pop();
    }
    out.push('}');
    out.push_str(&kafka.metadata);
    out.push('}');
    Ok(out)
}

fn push_text(out: &mut String, name: &str, value: &str) {
    push_string(out, name);
    out.push(':');
    push_string(out, value);
    out.push(',');
}

/// As Go writes a time; its first instant where the record has none.
fn time(stamp: Stamp) -> String {
    let millis = stamp.to_millis().filter(|millis| *millis >= 0);
    let at = millis.map(|millis| Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX));
    at.map_or_else(
        || "0001-01-01 00:00:00 +0000 UTC".to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S%.f +0000 UTC").to_string(),
    )
}
