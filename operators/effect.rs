//! What the dataflow makes of records: everything a commit takes along, each with its own time.

use crate::plan::TriggerName;
use model::{Event, FiredEvent, FiringId, Time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An event that passed a dependency's screen, on its way to the join.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hit {
    /// The time of its record.
    pub time: Time,
    /// The number of the plan that judged it.
    pub generation: u32,
    /// Index of the trigger in that plan.
    pub trigger: u32,
    /// Index of the slot in that trigger.
    pub slot: u16,
    /// Its correlation key.
    pub key: Option<Arc<str>>,
    /// The event after the transform.
    pub event: Arc<Event<'static>>,
}

/// A hit that a condition waits with, as it is kept in the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Where it is kept.
    pub place: Place,
    /// The trigger's fingerprint when it was put there.
    pub trigger_fingerprint: u64,
    /// The dependency's fingerprint when it was put there.
    pub slot_fingerprint: u64,
    /// The time of its record.
    pub time: Time,
    /// The event.
    pub event: Arc<Event<'static>>,
}

/// The place of a pending hit: one per trigger, key and dependency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The trigger.
    pub trigger: Arc<TriggerName>,
    /// The correlation key.
    pub key: Option<Arc<str>>,
    /// The dependency.
    pub dependency: Arc<str>,
}

/// A condition that holds, with its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firing {
    /// Its identity.
    pub id: FiringId,
    /// The time of the hit that completed it.
    pub time: Time,
    /// What it drives.
    pub trigger: Arc<TriggerName>,
    /// The correlation key.
    pub key: Option<Arc<str>>,
    /// All events it carries, in the order of the manifest.
    pub events: Vec<FiredEvent>,
}

/// Why an event did not become a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Reason {
    Data,
    Exprs,
    Context,
    Time,
    Script,
    Error,
    NoKey,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 7] =
        [Self::Data, Self::Exprs, Self::Context, Self::Time, Self::Script, Self::Error, Self::NoKey];

    /// Its label in metrics and the ledger.
    pub fn label(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Exprs => "exprs",
            Self::Context => "context",
            Self::Time => "time",
            Self::Script => "script",
            Self::Error => "error",
            Self::NoKey => "no_key",
        }
    }
}

/// Why a pending hit was cleared without a firing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Expiry {
    /// `conditionsReset`.
    Reset,
    /// `tidegate.io/window`.
    Window,
    /// The manifest changed.
    Plan,
}

impl Expiry {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Reset, Self::Window, Self::Plan];

    /// Its label in metrics and the ledger.
    pub fn label(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Window => "window",
            Self::Plan => "plan",
        }
    }
}

/// What the ledger counts of a trigger's dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Counter {
    /// Events of its route.
    Offered,
    /// Events that did not become hits.
    Filtered(Reason),
    /// Hits that wait now; the only counter that falls.
    Pending,
    /// Hits replaced by a later one of the same dependency.
    Superseded,
    /// Hits cleared without a firing.
    Expired(Expiry),
    /// Hits that a firing carries.
    Consumed,
}

/// What the ledger counts of a bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BusCounter {
    /// Records that are events.
    Received,
    /// Of them, those that some dependency names.
    Routed,
    /// Of them, those that none names.
    Unrouted,
    /// Repeats that the duplicate window dropped.
    Duplicate,
    /// Records that are no events.
    Undecodable,
}

/// A record that is no event, for the dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    /// Its time.
    pub time: Time,
    /// Why it is none.
    pub reason: String,
    /// The beginning of what it holds.
    pub bytes: Vec<u8>,
}

/// One thing that a commit takes along.
#[derive(Debug, Clone)]
pub enum Effect {
    /// A counter of a bus moved.
    Bus(BusCounter, i64),
    /// A counter of a ledger cell moved.
    Cell(u64, Counter, i64),
    /// A hit waits from now on, in place of what waited there.
    Hold(Pending),
    /// Nothing waits there any more.
    Release(Place),
    /// A condition holds.
    Fire(Arc<Firing>),
    /// A record is no event.
    Undecodable(Box<Undecodable>),
}
