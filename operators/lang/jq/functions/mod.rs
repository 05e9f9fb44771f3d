//! The functions of values: one row each, with the number of their arguments.

mod arrays;
mod formats;
mod numbers;
mod patterns;
mod texts;
mod times;

use super::path;
pub(super) use texts::split;

use super::prelude;
use super::raise::Raise;
use super::read::{self, Numbers};
use super::value::{MAX_DEPTH, Value};
use super::write::{preview, to_json, to_text, typed};
use crate::Moment;
use crate::budget::{Budget, Exhausted};

/// A function of values.
#[derive(Debug)]
pub(super) struct Native {
    pub(super) name: &'static str,
    /// How many arguments it takes besides its input.
    pub(super) arguments: usize,
    run: Run,
}

/// What a function does with its input and arguments.
type Run = fn(&mut Surroundings<'_>, &Value, &[Value]) -> Result<Value, Raise>;

/// What a function sees besides its input.
pub(super) struct Surroundings<'a> {
    pub(super) moment: &'a Moment,
    pub(super) budget: &'a mut Budget,
}

impl Native {
    /// Stands where no function is.
    pub(super) const MISSING: Self = row("", 0, |_, _, _| Err(Raise::message("there is no such function")));

    /// Calls it.
    pub(super) fn call(&self, around: &mut Surroundings<'_>, input: &Value, given: &[Value]) -> Result<Value, Raise> {
        around.budget.scan(input.size() + given.iter().map(Value::size).sum::<usize>())?;
        let value = (self.run)(around, input, given)?;
        around.budget.allocate(value.size())?;
        if value.depth() > MAX_DEPTH {
            return Err(Exhausted::Depth.into());
        }
        Ok(value)
    }
}

const fn row(name: &'static str, arguments: usize, run: Run) -> Native {
    Native { name, arguments, run }
}

/// The function of this name with so many arguments.
pub(super) fn find(name: &str, arguments: usize) -> Option<&'static Native> {
    all().find(|native| native.name == name && native.arguments == arguments)
}

/// All functions.
pub(super) fn all() -> impl Iterator<Item = &'static Native> {
    [GENERAL, arrays::ROWS, formats::ROWS, numbers::ROWS, patterns::ROWS, texts::ROWS, times::ROWS]
        .into_iter()
        .flatten()
}

const GENERAL: &[Native] = &[
    row("builtins", 0, |_, _, _| Ok(Value::array(prelude::names().into_iter().map(Value::text).collect()))),
    row("delpaths", 1, |_, input, given| path::delete(input.clone(), argument(given, 0))),
    row("error", 0, |_, input, _| Err(Raise::Value(input.clone()))),
    row("error", 1, |_, _, given| Err(Raise::Value(argument(given, 0).clone()))),
    row("fromjson", 0, from_json),
    row("halt", 0, |_, _, _| Err(Raise::Halt)),
    row("halt_error", 0, |_, _, _| Err(Raise::Halt)),
    row("halt_error", 1, |_, _, given| match argument(given, 0) {
        Value::Number(_) => Err(Raise::Halt),
        other => Err(refused("halt_error", other)),
    }),
    row("modulemeta", 0, |_, input, _| match input {
        Value::Text(name) => Err(Raise::message(format!("cannot load module: {name:?}"))),
        other => Err(refused("modulemeta", other)),
    }),
    row("setpath", 2, |_, input, given| path::set(input.clone(), argument(given, 0), argument(given, 1).clone())),
    row("toboolean", 0, |_, input, _| match input {
        Value::Bool(_) => Ok(input.clone()),
        Value::Text(text) if matches!(&**text, "true" | "false") => Ok(Value::Bool(&**text == "true")),
        Value::Text(_) => Err(failed("toboolean", input, "invalid boolean")),
        other => Err(refused("toboolean", other)),
    }),
    row("tojson", 0, |around, input, _| written(around, to_json(input))),
    row("tostring", 0, |around, input, _| match input {
        Value::Text(_) => Ok(input.clone()),
        other => written(around, to_json(other)),
    }),
    row("type", 0, |_, input, _| Ok(Value::text(input.type_name()))),
];

/// The argument with this number.
fn argument(given: &[Value], number: usize) -> &Value {
    given.get(number).unwrap_or(&Value::Null)
}

/// A text that was just written, its length counted.
fn written(around: &mut Surroundings<'_>, text: String) -> Result<Value, Raise> {
    around.budget.scan(text.len())?;
    Ok(Value::text(text))
}

/// The error of a function that is not for such values.
fn refused(name: &str, value: &Value) -> Raise {
    Raise::message(format!("{name} cannot be applied to: {}", typed(value)))
}

/// The same, with its argument.
fn refused_with(name: &str, value: &Value, argument: &Value) -> Raise {
    Raise::message(format!("{name}({}) cannot be applied to: {}", preview(argument), typed(value)))
}

/// The error of a function that is for such values, but not for this one.
fn failed(name: &str, value: &Value, why: &str) -> Raise {
    Raise::message(format!("{name} cannot be applied to {}: {why}", preview(value)))
}

/// The same, with its argument.
fn failed_with(name: &str, value: &Value, argument: &Value, why: &str) -> Raise {
    Raise::message(format!("{name}({}) cannot be applied to {}: {why}", preview(argument), preview(value)))
}

fn from_json(around: &mut Surroundings<'_>, input: &Value, _: &[Value]) -> Result<Value, Raise> {
    let Value::Text(text) = input else { return Err(refused("fromjson", input)) };
    around.budget.allocate(16 * text.len())?;
    read::value(text, Numbers::Digits).map_err(|_| failed("fromjson", input, "it is no JSON"))
}

/// The text of a value for a format.
fn shown(value: &Value) -> String {
    to_text(value)
}
