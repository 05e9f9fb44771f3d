//! Events and sensors to measure with.

use model::envelope::{Draft, Form, write};
use model::manifest::{EventDependency, Sensor, Trigger, TriggerTemplate};
use model::{Batch, LogTime, NewRecord, Offset, Origin, Partition, Route};
use operators::plan::{Subject, TriggerName};
use std::sync::Arc;

/// What a stream of events is like.
pub(crate) struct Events {
    pub(crate) count: usize,
    /// Names are `{prefix}a{n}` and `{prefix}b{n}` for as many n.
    pub(crate) names: usize,
    pub(crate) prefix: &'static str,
    /// So many values of the correlation key.
    pub(crate) keys: u64,
}

/// A deterministic sequence of numbers without a pattern.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The events in batches of 1,024, as a bus gives them.
pub(crate) fn batches(events: Events) -> Vec<Arc<Batch>> {
    let mut numbers = Numbers::new();
    let all: Vec<usize> = (0..events.count).collect();
    let batch = |part: &[usize]| {
        let mut buffer = Vec::new();
        let mut places = Vec::new();
        for n in part {
            let side = if numbers.below(2) == 0 { "a" } else { "b" };
            let name = format!("{}{side}{}", events.prefix, numbers.below(events.names as u64));
            let record = record(*n, &name, &data(numbers.below(events.keys), 1_024));
            places.push((*n, buffer.len()..buffer.len() + record.frame().len()));
            buffer.extend_from_slice(record.frame());
        }
        let mut batch = Batch::new(Partition(0), buffer.into());
        for (n, frame) in places {
            batch.push(Offset(n as u64), LogTime(1_700_000_000_000 + n as u64 / 100), frame, false).unwrap();
        }
        Arc::new(batch)
    };
    all.chunks(1_024).map(batch).collect()
}

/// The data of an event as a webhook makes it, of about `len` bytes.
pub(crate) fn data(key: u64, len: usize) -> String {
    let filler = "x".repeat(len.saturating_sub(160));
    format!(
        r#"{{"header":{{"Content-Type":["application/json"],"X-Delivery":["72d3162e"]}},"body":{{"key":"k{key}","number":{key},"items":[1,2,3],"text":"{filler}"}}}}"#
    )
}

/// A record of an event source named `source`.
pub(crate) fn record(n: usize, event: &str, data: &str) -> NewRecord {
    let route = Route {
        namespace: "ns".into(),
        bus: "default".into(),
        event_source: "source".into(),
        event_name: event.into(),
    };
    let origin = Origin { route, kind: "webhook".into() };
    let id = format!("{n:032x}");
    let draft = Draft { origin: &origin, id: &id, upstream_id: None, time: "2024-01-01T00:00:00Z", data };
    write(&draft, Form::Documented).unwrap()
}

/// Sensors `s{n}` that each join `a{n}` and `b{n}` by `body.key`.
pub(crate) fn subjects(count: usize) -> Vec<Subject> {
    let dependency = |side: &str, n| EventDependency {
        name: side.into(),
        event_source_name: "source".into(),
        event_name: format!("{side}{n}"),
        ..EventDependency::default()
    };
    let subject = |n: usize| {
        let template = TriggerTemplate { name: "t".into(), conditions: "a && b".into(), ..TriggerTemplate::default() };
        let mut sensor = Sensor::default();
        sensor.metadata.name = format!("s{n}");
        sensor.spec.dependencies = vec![dependency("a", n), dependency("b", n)];
        sensor.spec.triggers = vec![Trigger { template: Some(template), ..Trigger::default() }];
        let keys = ["a", "b"].into_iter().map(|name| (name.to_owned(), "body.key".to_owned())).collect();
        Subject { sensor: Arc::new(sensor), namespace: "ns".into(), keys, windows: Default::default() }
    };
    (0..count).map(subject).collect()
}

/// The trigger of sensor `n`.
pub(crate) fn trigger(n: usize) -> TriggerName {
    TriggerName { namespace: "ns".into(), sensor: format!("s{n}"), trigger: "t".into() }
}
