//! Functions of texts.

use super::{Native, Surroundings, argument, failed, refused, refused_with, row};
use crate::jq::lexer::number_length;
use crate::jq::number::Number;
use crate::jq::raise::Raise;
use crate::jq::value::Value;
use std::sync::Arc;

pub(super) const ROWS: &[Native] = &[
    row("ascii_downcase", 0, |_, input, _| change("ascii_downcase", input, str::to_ascii_lowercase)),
    row("ascii_upcase", 0, |_, input, _| change("ascii_upcase", input, str::to_ascii_uppercase)),
    row("endswith", 1, |_, input, given| {
        pair("endswith", input, argument(given, 0), |text, end| Value::Bool(text.ends_with(end)))
    }),
    row("explode", 0, |around, input, _| match input {
        Value::Text(text) => {
            around.budget.allocate(24 * text.len())?;
            Ok(Value::array(text.chars().map(|char| Value::whole(u32::from(char))).collect()))
        }
        other => Err(refused("explode", other)),
    }),
    row("implode", 0, implode),
    row("ltrim", 0, |_, input, _| change("ltrim", input, |text| text.trim_start_matches(is_space).to_owned())),
    row("ltrimstr", 1, |_, input, given| {
        pair("ltrimstr", input, argument(given, 0), |text, start| Value::text(text.strip_prefix(start).unwrap_or(text)))
    }),
    row("rtrim", 0, |_, input, _| change("rtrim", input, |text| text.trim_end_matches(is_space).to_owned())),
    row("rtrimstr", 1, |_, input, given| {
        pair("rtrimstr", input, argument(given, 0), |text, end| Value::text(text.strip_suffix(end).unwrap_or(text)))
    }),
    row("split", 1, |around, input, given| {
        let (Value::Text(text), Value::Text(by)) = (input, argument(given, 0)) else {
            return Err(refused("split", if matches!(input, Value::Text(_)) { argument(given, 0) } else { input }));
        };
        around.budget.allocate(text.len() * 2)?;
        Ok(split(text, by))
    }),
    row("startswith", 1, |_, input, given| {
        pair("startswith", input, argument(given, 0), |text, start| Value::Bool(text.starts_with(start)))
    }),
    row("tonumber", 0, |_, input, _| match input {
        Value::Number(_) => Ok(input.clone()),
        Value::Text(text) => {
            to_number(text).map(Value::Number).ok_or_else(|| failed("tonumber", input, "invalid number"))
        }
        other => Err(refused("tonumber", other)),
    }),
    row("trim", 0, |_, input, _| change("trim", input, |text| text.trim_matches(is_space).to_owned())),
    row("trimstr", 1, |_, input, given| {
        pair("trimstr", input, argument(given, 0), |text, edge| {
            let text = text.strip_prefix(edge).unwrap_or(text);
            Value::text(text.strip_suffix(edge).unwrap_or(text))
        })
    }),
    row("utf8bytelength", 0, |_, input, _| match input {
        Value::Text(text) => Ok(Value::whole(text.len())),
        other => Err(refused("utf8bytelength", other)),
    }),
];

/// White space as Go's `unicode.IsSpace` knows it.
fn is_space(char: char) -> bool {
    char.is_whitespace()
}

fn change(name: &str, input: &Value, change: impl FnOnce(&str) -> String) -> Result<Value, Raise> {
    match input {
        Value::Text(text) => Ok(Value::text(change(text))),
        other => Err(refused(name, other)),
    }
}

fn pair(name: &str, input: &Value, with: &Value, run: impl FnOnce(&str, &str) -> Value) -> Result<Value, Raise> {
    match (input, with) {
        (Value::Text(text), Value::Text(with)) => Ok(run(text, with)),
        _ => Err(refused_with(name, input, with)),
    }
}

/// The parts of a text between `by`; its characters if that is empty.
pub(in crate::jq) fn split(text: &str, by: &str) -> Value {
    let parts: Vec<Value> = if by.is_empty() {
        text.chars().map(|char| Value::text(char.to_string())).collect()
    } else {
        text.split(by).map(Value::text).collect()
    };
    Value::array(parts)
}

fn implode(_: &mut Surroundings<'_>, input: &Value, _: &[Value]) -> Result<Value, Raise> {
    let Value::Array(array) = input else { return Err(refused("implode", input)) };
    let char = |item: &Value| match item {
        Value::Number(number) => {
            Ok(u32::try_from(number.to_whole()).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'))
        }
        _ => Err(refused("implode", input)),
    };
    let text: String = array.items.iter().map(char).collect::<Result<_, _>>()?;
    Ok(Value::Text(Arc::from(text)))
}

/// The number that a text is, with a sign before it or not.
fn to_number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned.strip_prefix('.').unwrap_or(unsigned);
    (digits.starts_with(|char: char| char.is_ascii_digit()) && number_length(unsigned) == unsigned.len())
        .then(|| Number::parse(text))
}
