//! One evaluation: the moment it sees, its random sequence, and the work that it may still do.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::regex::Regex;
use crate::{EvalError, Moment};

/// What an evaluation may cost: one unit for a step (a node, a call, an iteration, a compared value) and one for every
/// 32 bytes that are read or made. A unit takes about 50 ns, so that the whole is about 50 ms.
const WORK: u64 = 1_000_000;
/// Bytes per unit of work.
const BYTES_PER_UNIT: u64 = 32;
/// Units of work for compiling a pattern.
const PATTERN: usize = 5_000;
/// The largest text that may be made, in bytes.
pub(super) const MAX_TEXT: usize = 8 << 20;

/// The state that the functions of one evaluation share. It is made anew for every evaluation, so that the same
/// program, input and moment always give the same result.
#[derive(Debug)]
pub struct Evaluation {
    moment: Moment,
    work: Cell<u64>,
    random: Cell<u64>,
    patterns: RefCell<BTreeMap<String, Rc<Regex>>>,
}

impl Evaluation {
    /// An evaluation at this moment that has done nothing yet.
    pub fn new(moment: &Moment) -> Self {
        Self { moment: *moment, work: Cell::new(WORK), random: Cell::new(moment.seed), patterns: RefCell::default() }
    }

    /// What `now` answers.
    pub fn now(&self) -> jiff::Timestamp {
        self.moment.now
    }

    /// Takes units of work, or ends the evaluation when they are used up.
    pub(super) fn charge(&self, units: usize) -> Result<(), EvalError> {
        match self.work.get().checked_sub(units as u64) {
            Some(left) => {
                self.work.set(left);
                Ok(())
            }
            None => {
                self.work.set(0);
                Err(EvalError::new("the template does too much: its work is bounded"))
            }
        }
    }

    /// Takes the work of reading or making so many bytes.
    pub(super) fn charge_bytes(&self, bytes: usize) -> Result<(), EvalError> {
        self.charge((bytes as u64 / BYTES_PER_UNIT) as usize)
    }

    /// Takes the work of making a text of so many bytes, before it is made.
    pub(super) fn charge_text(&self, bytes: usize) -> Result<(), EvalError> {
        if bytes > MAX_TEXT {
            return Err(EvalError::new(format!("a text longer than {MAX_TEXT} bytes")));
        }
        self.charge_bytes(bytes)
    }

    /// The next number of the random sequence that the moment's seed begins (splitmix64, Steele and others 2014).
    pub(super) fn random(&self) -> u64 {
        let state = self.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.random.set(state);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A random number below `bound`; 0 when there is none.
    pub(super) fn random_below(&self, bound: u64) -> u64 {
        // The high half of the product is even enough for texts of letters.
        ((u128::from(self.random()) * u128::from(bound)) >> 64) as u64
    }

    /// The compiled pattern; each is compiled once.
    pub(super) fn pattern(&self, pattern: &str) -> Result<Rc<Regex>, EvalError> {
        if let Some(known) = self.patterns.try_borrow().ok().and_then(|known| known.get(pattern).cloned()) {
            return Ok(known);
        }
        self.charge(PATTERN + pattern.len())?;
        let compiled = Rc::new(Regex::compile(pattern).map_err(|error| EvalError::new(error.to_string()))?);
        if let Ok(mut known) = self.patterns.try_borrow_mut() {
            known.insert(pattern.to_owned(), compiled.clone());
        }
        Ok(compiled)
    }
}
