//! What ends an evaluation, or a part of it, without a value.

use super::value::Value;
use crate::budget::Exhausted;

/// An error, or a way out.
#[derive(Debug, Clone)]
pub(super) enum Raise {
    /// An error of a function or operator; a program catches its text.
    Message(String),
    /// What `error` was given.
    Value(Value),
    /// Ends the label with this number.
    Break(u64),
    /// `halt` and `halt_error`, which no program catches.
    Halt,
    /// The evaluation took more than it may; no program catches it.
    Exhausted(Exhausted),
}

impl From<Exhausted> for Raise {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

impl Raise {
    /// An error with a text.
    pub(super) fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }
}
