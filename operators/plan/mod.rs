//! The plan: all sensors of a bus compiled into the rows of the filter and join operators.
//!
//! ```text
//! route   (EventSource, event) ──> offers: screens with the slots they feed
//! screen  one distinct (transform, filters): judged once per event, whoever shares it
//! trigger condition over its slots, one slot a dependency; keys, window, resets
//! ```

mod compile;
mod timeline;

use crate::filter::Filters;
use crate::hash;
use crate::transform::Transform;
use lang::conditions::Condition;
use lang::cron::Schedule;
use lang::path::Path;
use model::{LogTime, Time};
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub use compile::{Problem, Subject, compile};
pub use timeline::{Span, Timeline};

/// All sensors of one bus as rows. Two plans of the same manifests are equal row by row.
#[derive(Debug)]
pub struct Plan {
    /// The instant from which on this plan is in force.
    pub effective: Time,
    /// Identity of the manifests it was compiled from.
    pub hash: u64,
    /// What each route offers its events to.
    pub routes: Vec<RouteRow>,
    /// The distinct screens.
    pub screens: Vec<Screen>,
    /// The triggers, in the order of the manifests.
    pub triggers: Vec<Arc<TriggerRow>>,
    index: FxHashMap<(Box<str>, Box<str>), u32>,
}

/// One route and the screens its events are offered to.
#[derive(Debug)]
pub struct RouteRow {
    /// Name of the EventSource.
    pub event_source: Box<str>,
    /// Name of the event.
    pub event_name: Box<str>,
    /// Each screen once, with all that it feeds.
    pub offers: Vec<Offer>,
}

/// One screen of a route and the slots that its hits go to.
#[derive(Debug)]
pub struct Offer {
    /// Index into [`Plan::screens`].
    pub screen: u32,
    /// Where its hits go.
    pub targets: Vec<Target>,
}

/// A slot of a trigger.
#[derive(Debug)]
pub struct Target {
    /// Index into [`Plan::triggers`].
    pub trigger: u32,
    /// Index into [`TriggerRow::slots`].
    pub slot: u16,
    /// Where the correlation key stands in the data; `None` joins all events of the trigger.
    pub key: Option<Arc<Path>>,
}

/// A distinct (transform, filters) pair.
#[derive(Debug)]
pub struct Screen {
    /// Runs first.
    pub transform: Option<Transform>,
    /// Runs on what the transform made.
    pub filters: Option<Filters>,
}

/// The full name of a trigger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct TriggerName {
    /// Namespace of its sensor.
    pub namespace: String,
    /// Name of its sensor.
    pub sensor: String,
    /// Name of the trigger template.
    pub trigger: String,
}

impl std::fmt::Display for TriggerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.namespace, self.sensor, self.trigger)
    }
}

/// A trigger as the join sees it.
#[derive(Debug)]
pub struct TriggerRow {
    /// Its full name.
    pub name: Arc<TriggerName>,
    /// A stable hash of the name: the identity of its state across plans and restarts.
    pub id: u64,
    /// A stable hash of condition, keys, window and resets; where it changes, waiting hits expire.
    pub fingerprint: u64,
    /// The dependencies its condition uses, in the order of the manifest.
    pub slots: Vec<Slot>,
    /// Holds over the dependencies of the sensor, by number.
    pub condition: Condition,
    /// By slot: the number of its dependency in the sensor.
    pub dependencies: Vec<usize>,
    /// Fires on each hit by itself and keeps nothing.
    pub stateless: bool,
    /// How long a hit waits, in milliseconds of log time.
    pub window: Option<u64>,
    /// When waiting hits are cleared.
    pub resets: Vec<Schedule>,
}

/// A dependency as a trigger uses it.
#[derive(Debug)]
pub struct Slot {
    /// Its name.
    pub dependency: Arc<str>,
    /// A stable hash of its definition; where it changes, its waiting hits expire.
    pub fingerprint: u64,
    /// Its ledger cell: a stable hash of trigger and dependency.
    pub cell: u64,
}

impl TriggerRow {
    /// Whether the condition holds when the slots for which `held` is true have a hit.
    pub fn holds(&self, held: impl Fn(usize) -> bool) -> bool {
        self.condition.holds(|dependency| self.dependencies.iter().position(|n| *n == dependency).is_some_and(&held))
    }

    /// The first reset strictly after `at`.
    pub fn next_reset(&self, at: LogTime) -> Option<LogTime> {
        self.resets.iter().filter_map(|reset| reset.next(at.timestamp())).map(LogTime::from_timestamp).min()
    }
}

/// The identity of a trigger's state: a stable hash of its name.
pub fn trigger_id(name: &TriggerName) -> u64 {
    hash::stable(&[name.namespace.as_bytes(), name.sensor.as_bytes(), name.trigger.as_bytes()])
}

/// The ledger cell of a trigger's dependency: a stable hash of both.
pub fn cell_id(name: &TriggerName, dependency: &str) -> u64 {
    hash::stable(&[&trigger_id(name).to_le_bytes(), dependency.as_bytes()])
}

impl Plan {
    /// The plan of no sensors: every event is unrouted.
    pub fn empty() -> Self {
        Self {
            effective: Time::default(),
            hash: 0,
            routes: Vec::new(),
            screens: Vec::new(),
            triggers: Vec::new(),
            index: FxHashMap::default(),
        }
    }

    /// The same plan, in force from `effective` on.
    #[must_use]
    pub fn from(self, effective: Time) -> Self {
        Self { effective, ..self }
    }

    /// The number of a route that some dependency names.
    pub fn route(&self, event_source: &str, event_name: &str) -> Option<u32> {
        // A borrowed pair cannot be looked up in a map of owned pairs; routes are few, and callers remember the answer.
        self.index.get(&(Box::from(event_source), Box::from(event_name))).copied()
    }

    /// Every ledger cell with its trigger and dependency.
    pub fn cells(&self) -> impl Iterator<Item = (u64, &Arc<TriggerName>, &Arc<str>)> {
        self.triggers.iter().flat_map(|row| row.slots.iter().map(|slot| (slot.cell, &row.name, &slot.dependency)))
    }
}
