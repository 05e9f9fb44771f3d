//! Scripts in Lua 5.1 as GopherLua runs them: filters and transforms of event data.
//!
//! A [`Script`] is compiled once and may be evaluated on any number of threads. Each evaluation has a memory of its own
//! that is dropped at its end, so nothing passes from one event to the next. It is bounded by counts: instructions,
//! bytes asked for, open calls. A script finds the event's data in the global variable `event`; the last value that it
//! returns is its result. `docs/compatibility-languages.md` lists what differs from GopherLua 1.1.2.

mod arithmetic;
mod code;
mod compile;
mod events;
mod format;
mod heap;
mod json;
mod library;
mod machine;
mod pattern;
mod pattern_syntax;
mod strings;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod value;

use crate::budget::Budget;
use crate::{CompileError, EvalError, Moment};
use json::{ReadError, WriteError};
use machine::{Machine, Trap};
use value::Value;

/// Instructions of one evaluation.
const STEPS: u64 = 1_000_000;

/// Bytes that one evaluation may ask for.
const BYTES: u64 = 64 << 20;

/// A compiled script.
#[derive(Debug)]
pub struct Script {
    program: code::Program,
}

impl Script {
    /// Compiles a script. Only what GopherLua accepts is accepted: Lua 5.1 and `goto`.
    ///
    /// # Errors
    /// The text is not a script; says where.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        Ok(Self { program: compile::program(text, library::texts())? })
    }

    /// Whether the script accepts an event with this JSON object (or `null`) as data: only `true` does.
    ///
    /// # Errors
    /// The data is not an object, the script raised an error that it did not catch, or it passed a limit.
    pub fn filter(&self, event: &str, moment: &Moment) -> Result<bool, EvalError> {
        self.evaluate(event, moment, |_, result| Ok(result == Value::Boolean(true)))
    }

    /// The JSON text that the script makes of an event with this JSON object (or `null`) as data: the table that it
    /// returns, with sorted members.
    ///
    /// # Errors
    /// As for [`Script::filter`], or the result is not a table or contains what JSON cannot hold.
    pub fn transform(&self, event: &str, moment: &Moment) -> Result<String, EvalError> {
        self.evaluate(event, moment, |machine, result| match result {
            Value::Table(table) => json::from_table(table, &mut machine.heap).map_err(|error| match error {
                WriteError::NotFinite => EvalError::new("the result contains a number that JSON cannot hold"),
                WriteError::NotData(kind) => EvalError::new(format!("the result contains a {kind}")),
                WriteError::TooDeep => EvalError::new("the result contains itself or nests too deep"),
                WriteError::Exhausted(exhausted) => EvalError::new(exhausted.to_string()),
            }),
            other => Err(EvalError::new(format!("the script returned a {} and not a table", other.type_name()))),
        })
    }

    fn evaluate<T>(
        &self,
        event: &str,
        moment: &Moment,
        finish: impl FnOnce(&mut Machine<'_>, Value) -> Result<T, EvalError>,
    ) -> Result<T, EvalError> {
        let mut machine = Machine::new(&self.program, moment, Budget::new(STEPS, BYTES));
        let event = json::to_table(event, &mut machine.heap).map_err(|error| match error {
            ReadError::Syntax(error) => EvalError::new(format!("the data is {error}")),
            ReadError::NotAnObject => EvalError::new("the data is not a JSON object"),
            ReadError::Exhausted(exhausted) => EvalError::new(exhausted.to_string()),
        })?;
        let result = machine.set_global("event", Value::Table(event)).map_err(Trap::from);
        let result = result.and_then(|()| machine.run_script(&self.program.main));
        match result {
            Ok(value) => finish(&mut machine, value),
            Err(Trap::Error(_, fault)) => Err(EvalError::new(fault.to_string())),
            Err(Trap::Exhausted(exhausted)) => Err(EvalError::new(exhausted.to_string())),
            Err(Trap::Yield { .. }) => Err(EvalError::new("the script yields outside of a coroutine")),
        }
    }
}
