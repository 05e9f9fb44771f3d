//! Makes a firing of a condition that holds: its events in the order of the manifest, and its id.

use crate::effect::Firing;
use crate::hash;
use crate::plan::TriggerRow;
use model::{FiredEvent, FiringId, LogId, Time};
use std::sync::Arc;

/// The firing of `trigger` that the hit of `time` completed.
///
/// Its id hashes the log, the trigger and the sorted (dependency, partition, offset) of its events, so that the same
/// records give the same id whenever and wherever they are read.
pub fn fire(log: LogId, trigger: &TriggerRow, key: Option<Arc<str>>, time: Time, events: Vec<FiredEvent>) -> Firing {
    let name = &trigger.name;
    let mut sorted: Vec<_> = events.iter().map(|event| (&*event.dependency, event.time.position())).collect();
    sorted.sort_unstable();
    let mut places = Vec::with_capacity(sorted.len() * 32);
    for (dependency, position) in sorted {
        places.extend_from_slice(&(dependency.len() as u64).to_le_bytes());
        places.extend_from_slice(dependency.as_bytes());
        places.extend_from_slice(&position.partition.0.to_le_bytes());
        places.extend_from_slice(&position.offset.0.to_le_bytes());
    }
    let id = hash::wide(&[&log.0, name.namespace.as_bytes(), name.sensor.as_bytes(), name.trigger.as_bytes(), &places]);
    Firing { id: FiringId(id), time, trigger: name.clone(), key, events }
}
