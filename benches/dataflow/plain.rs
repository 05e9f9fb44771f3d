//! The limits: loops over the same batches with nothing but hash maps.

use lang::path::Path;
use model::FiredEvent;
use model::{Batch, Event, LogId, Record, Time, envelope};
use operators::effect::Firing;
use operators::fire::fire;
use operators::plan::{Subject, compile};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// Looks every event's names up among those of the sensors; how many were found, and in how many seconds.
pub(crate) fn route(subjects: &[Subject], batches: &[Arc<Batch>]) -> (usize, f64) {
    let names = names(subjects);
    let mut key = Vec::new();
    let begun = Instant::now();
    let found = records(batches).filter(|record| look_up(&names, record, &mut key).is_some()).count();
    (found, begun.elapsed().as_secs_f64())
}

/// Holds the latest event of each side by sensor and key, and makes a firing of both; how many, and in how many seconds.
pub(crate) fn join(subjects: &[Subject], batches: &[Arc<Batch>]) -> (usize, f64) {
    let names = names(subjects);
    let plan = compile(subjects, Time::default()).unwrap();
    let path = Path::compile("body.key").unwrap();
    let mut held: FxHashMap<(usize, Box<str>), (usize, FiredEvent)> = FxHashMap::default();
    let (mut key, mut firings) = (Vec::new(), 0);
    let begun = Instant::now();
    for record in records(batches) {
        let Some((sensor, side)) = look_up(&names, &record, &mut key) else { continue };
        let event = envelope::event(&record).unwrap();
        let value: Box<str> = path.get(event.text().unwrap()).unwrap().string_view().into();
        let trigger = &plan.triggers[sensor];
        let this = fired(&trigger.slots[side].dependency, record.time(), event);
        match held.entry((sensor, value)) {
            Entry::Occupied(other) if other.get().0 != side => {
                let ((_, value), (_, other)) = other.remove_entry();
                let events = if side == 0 { vec![this, other] } else { vec![other, this] };
                let firing: Firing = fire(LogId([7; 16]), trigger, Some(value.into()), record.time(), events);
                black_box(Arc::new(firing));
                firings += 1;
            }
            Entry::Occupied(mut same) => same.get_mut().1 = this,
            Entry::Vacant(empty) => drop(empty.insert((side, this))),
        }
    }
    (firings, begun.elapsed().as_secs_f64())
}

fn fired(dependency: &Arc<str>, time: Time, event: Event<'_>) -> FiredEvent {
    FiredEvent { dependency: dependency.clone(), time, event: Arc::new(event.into_owned()) }
}

fn records(batches: &[Arc<Batch>]) -> impl Iterator<Item = Record<'_>> {
    batches.iter().flat_map(|batch| batch.iter())
}

/// By source and event name: the number of the sensor and of its dependency.
fn names(subjects: &[Subject]) -> FxHashMap<Box<[u8]>, (usize, usize)> {
    let mut names = FxHashMap::default();
    for (n, subject) in subjects.iter().enumerate() {
        for (side, dependency) in subject.sensor.spec.dependencies.iter().enumerate() {
            let key = format!("{}\0{}", dependency.event_source_name, dependency.event_name);
            names.insert(key.into_bytes().into(), (n, side));
        }
    }
    names
}

fn look_up(
    names: &FxHashMap<Box<[u8]>, (usize, usize)>,
    record: &Record<'_>,
    key: &mut Vec<u8>,
) -> Option<(usize, usize)> {
    let (source, subject) = record.names();
    let source = source.rsplit(|byte| *byte == b'/').nth(1).unwrap_or(source);
    key.clear();
    key.extend_from_slice(source);
    key.push(0);
    key.extend_from_slice(subject);
    names.get(key.as_slice()).copied()
}
