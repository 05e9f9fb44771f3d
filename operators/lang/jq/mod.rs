//! jq as gojq 0.12.19 runs it: transforms of event data.
//!
//! A [`Filter`] is compiled once and may be evaluated on any number of threads. Its input is an object (`null` counts as an
//! empty one); its first output must be an object and becomes the data. There are no modules, no further inputs, no
//! environment; `now` is the moment's time and every zone is UTC. An evaluation is bounded by counts: steps, bytes
//! asked for, and how deep values nest. `docs/compatibility-languages.md` lists what differs from gojq.

mod functions;
mod lexer;
mod machine;
mod number;
mod operate;
mod parse;
mod path;
mod prelude;
mod raise;
mod read;
mod scope;
#[cfg(test)]
mod tests;
mod tree;
mod value;
mod write;

use crate::budget::Budget;
use crate::{CompileError, EvalError, Moment};
use machine::Machine;
use raise::Raise;
use read::Numbers;
use tree::Node;
use value::{Members, Value};

/// Steps of one evaluation.
const STEPS: u64 = 1_000_000;

/// Bytes that one evaluation may ask for.
const BYTES: u64 = 64 << 20;

/// A compiled program.
#[derive(Debug)]
pub struct Filter {
    program: Node,
}

impl Filter {
    /// Compiles a program.
    ///
    /// # Errors
    /// A text that is no program, names that are not bound, and programs nested deeper than 200 levels.
    ///
    /// ```
    /// use tidegate_lang::{Moment, jq::Filter};
    /// let filter = Filter::compile("{id: .body.id, count: (.body.items | length)}").unwrap();
    /// let data = filter.transform(r#"{"body":{"id":"x","items":[1,2]}}"#, &Moment::EPOCH).unwrap();
    /// assert_eq!(data, r#"{"count":2,"id":"x"}"#);
    /// ```
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        parse::program(text).map(|program| Self { program })
    }

    /// The data that the program makes of an event's, as `encoding/json` writes it.
    ///
    /// # Errors
    /// Data that is no object, a program that fails, gives nothing or no object, takes more than an evaluation may, or
    /// makes a number that JSON does not have.
    pub fn transform(&self, data: &str, moment: &Moment) -> Result<String, EvalError> {
        let input = match read::value(data, Numbers::Floats) {
            Ok(Value::Null) => Value::object(Members::new()),
            Ok(value @ Value::Object(_)) => value,
            Ok(other) => return Err(EvalError::new(format!("the data is {}, no object", article(&other)))),
            Err(_) => return Err(EvalError::new("the data is no JSON")),
        };
        match self.first(input, moment)? {
            Some(value @ Value::Object(_)) => {
                write::to_data(&value).ok_or_else(|| EvalError::new("the result has a number that JSON does not have"))
            }
            Some(other) => Err(EvalError::new(format!("the program gives {}, no object", article(&other)))),
            None => Err(EvalError::new("the program gives nothing")),
        }
    }

    fn first(&self, input: Value, moment: &Moment) -> Result<Option<Value>, EvalError> {
        let mut machine = Machine::new(moment, Budget::new(STEPS, BYTES));
        machine.first(&self.program, input).map_err(|raise| match raise {
            // Texts of errors may hold event data, which must not reach a log.
            Raise::Message(_) | Raise::Value(_) => EvalError::new("the program ended with an error"),
            Raise::Break(_) => EvalError::new("the program left a label that had ended"),
            Raise::Halt => EvalError::new("the program halted"),
            Raise::Exhausted(exhausted) => EvalError::new(exhausted.to_string()),
        })
    }

    /// The text of the program's first output for any input, as `tojson` gives it; for comparisons with gojq.
    ///
    /// # Errors
    /// As [`Filter::transform`]; an error that the program raised comes with its text.
    pub fn first_output(&self, input: &str, moment: &Moment) -> Result<Option<String>, String> {
        let input = read::value(input, Numbers::Floats).map_err(|_| "the input is no JSON".to_owned())?;
        let mut machine = Machine::new(moment, Budget::new(STEPS, BYTES));
        match machine.first(&self.program, input) {
            Ok(value) => Ok(value.map(|value| write::to_json(&value))),
            Err(Raise::Message(text)) => Err(text),
            Err(Raise::Value(value)) => Err(format!("error: {}", write::to_text(&value))),
            Err(Raise::Break(_)) => Err("break".to_owned()),
            Err(Raise::Halt) => Err("halt".to_owned()),
            Err(Raise::Exhausted(exhausted)) => Err(exhausted.to_string()),
        }
    }
}

/// The kind of a value in a sentence.
fn article(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::Text(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
