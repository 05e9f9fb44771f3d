//! The reference's own verdict on an object: its rules, in its order, with its messages.
//!
//! The same rules serve plain `lint`, which wants all of them with places and help. So each check collects every
//! [`Violation`]; the reference's verdict is the first of them. (argo-events, pkg/reconciler/*/validate.go and
//! pkg/eventsources/sources/*/validate.go.)

mod bus;
mod checks;
mod dependencies;
mod parameters;
mod sources;
mod triggers;

use model::manifest::{Decoded, EventBus, EventBusSpec, EventSource, Mismatch, Sensor, decode};
use serde_json::Value;

use checks::Checks;
pub use checks::Violation;

/// What the reference says of a Sensor on a bus.
///
/// # Errors
/// The reference's message.
pub fn validate_sensor(sensor: &Sensor, bus: &EventBusSpec) -> Result<(), String> {
    verdict(sensor_violations(sensor, bus))
}

/// What the reference says of an EventSource. Where its order is left to chance, ours is that of the model's table.
///
/// # Errors
/// The reference's message.
pub fn validate_event_source(source: &EventSource) -> Result<(), String> {
    verdict(event_source_violations(source))
}

/// What the reference says of an EventBus.
///
/// # Errors
/// The reference's message.
pub fn validate_event_bus(bus: &EventBus) -> Result<(), String> {
    verdict(event_bus_violations(bus, true))
}

/// What the reference says of a Sensor that it has yet to read.
///
/// # Errors
/// The reference's message; of a value that it cannot decode, one of our own.
pub fn validate_sensor_value(sensor: &Value, bus: &EventBusSpec) -> Result<(), String> {
    let Decoded { object, mismatches, .. } = decode::<Sensor>(sensor);
    match mismatches.first() {
        Some(wrong) => Err(cannot_decode(wrong)),
        None => validate_sensor(&object, bus),
    }
}

/// Of a value that the reference's decoder stops at; its own message names types of Go.
pub(super) fn cannot_decode(wrong: &Mismatch) -> String {
    format!("cannot decode {}: expected {}, found {}", wrong.path, wrong.expected, wrong.found)
}

/// All violations in a Sensor, the reference's first one first.
pub(super) fn sensor_violations(sensor: &Sensor, bus: &EventBusSpec) -> Vec<Violation> {
    let mut checks = Checks::at("spec");
    dependencies::check(&mut checks, &sensor.spec.dependencies, bus);
    triggers::check(&mut checks, &sensor.spec.triggers);
    checks.finish()
}

/// All violations in an EventSource.
pub(super) fn event_source_violations(source: &EventSource) -> Vec<Violation> {
    let mut checks = Checks::at("spec");
    sources::check(&mut checks, &source.spec);
    checks.finish()
}

/// All violations in an EventBus; `strict` without our own kinds of bus.
pub(super) fn event_bus_violations(bus: &EventBus, strict: bool) -> Vec<Violation> {
    let mut checks = Checks::at("spec");
    bus::check(&mut checks, &bus.spec, strict);
    checks.finish()
}

fn verdict(violations: Vec<Violation>) -> Result<(), String> {
    violations.into_iter().next().map_or(Ok(()), |violation| Err(violation.argo))
}
