//! What the reference's validation says of a Sensor's spec.

use super::text_of;
use model::manifest::{EventBusSpec, JetStreamBus, KafkaBus, NatsBus};
use serde_json::{Value, json};
use tidegate::manifests::argo;

/// `validation`: a spec on a bus is valid, or invalid with a message that contains a text.
pub(super) fn run(case: &Value) -> Result<(), String> {
    let bus = bus(text_of(&case["spec"]["eventBus"]));
    let found = argo::validate_sensor_value(&json!({ "spec": case["spec"]["sensorSpec"] }), &bus);
    match (text_of(&case["expect"]["result"]), found) {
        ("valid", Ok(())) => Ok(()),
        ("invalid", Err(message)) => {
            let part = case["expect"]["errorContains"].as_str().unwrap_or_default();
            if message.contains(part) {
                Ok(())
            } else {
                Err(format!("expected a message with {part:?}, found {message:?}"))
            }
        }
        (expected, found) => Err(format!("expected {expected}, found {found:?}")),
    }
}

fn bus(name: &str) -> EventBusSpec {
    let mut bus = EventBusSpec::default();
    match name {
        "stan" => bus.nats = Some(NatsBus::default()),
        "jetstream" => bus.jetstream = Some(JetStreamBus::default()),
        "kafka" => bus.kafka = Some(KafkaBus::default()),
        other => panic!("unknown bus {other}"),
    }
    bus
}
