//! What a run may use: counts, so that it ends at the same place on every machine.

use super::value::Value;
use crate::template::Evaluation;
use crate::{EvalError, Moment};

/// A run may take this many steps; a step is about 50 nanoseconds.
const STEPS: usize = 1_000_000;

/// A run may make values of this many bytes in all.
const BYTES: usize = 32 << 20;

/// Lists and maps may be nested this deep.
const DEPTH: usize = 200;

/// What is left for a run, and what it may know of time.
#[derive(Debug)]
pub(super) struct Meter {
    steps: usize,
    bytes: usize,
    /// The moment that `now()` tells.
    pub(super) moment: Moment,
    /// What sprig's functions may use; made for the first of them.
    evaluation: Option<Evaluation>,
}

impl Meter {
    pub(super) fn new(moment: &Moment) -> Self {
        Self { steps: STEPS, bytes: BYTES, moment: *moment, evaluation: None }
    }

    /// What the functions of sprig share and may use.
    pub(super) fn evaluation(&mut self) -> &Evaluation {
        self.evaluation.get_or_insert_with(|| Evaluation::new(&self.moment))
    }

    /// Takes so many steps.
    pub(super) fn step(&mut self, count: usize) -> Result<(), EvalError> {
        self.steps =
            self.steps.checked_sub(count).ok_or_else(|| EvalError::new("the expression takes too many steps"))?;
        Ok(())
    }

    /// Makes a value.
    pub(super) fn make(&mut self, value: Value) -> Result<Value, EvalError> {
        self.reserve(value.size())?;
        if value.depth() > DEPTH {
            return Err(EvalError::new("the expression nests values too deep"));
        }
        Ok(value)
    }

    /// Makes sure that so many bytes may still be made, and counts them.
    pub(super) fn reserve(&mut self, bytes: usize) -> Result<(), EvalError> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(|| EvalError::new("the expression makes too much"))?;
        self.step(bytes / 64)
    }
}
