//! Resolves what a manifest leaves to events: parameters of a trigger, and payloads.
//!
//! A [`Source`] names a value of one event; [`Parameters`] write such values into a JSON text; a [`Payload`] makes
//! one of them. All is compiled once and evaluated for each firing.

mod apply;
mod payload;
mod source;

pub use apply::Parameters;
pub use payload::Payload;
pub use source::{Resolved, Source, Tag};

use lang::Moment;
use model::{Event, FiredEvent};

/// The events of a firing and the moment that programs see.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The events.
    pub events: &'a [FiredEvent],
    /// The log time of the firing, and a seed of its id.
    pub moment: Moment,
}

impl<'a> Given<'a> {
    fn event(&self, dependency: &str) -> Option<&'a Event<'static>> {
        self.events.iter().find(|event| &*event.dependency == dependency).map(|event| &*event.event)
    }
}

/// What does not compile: the member of the parameter, and why.
pub type Wrong = (String, String);
