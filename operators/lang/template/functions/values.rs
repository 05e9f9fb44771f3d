//! What sprig makes of any value: its text, its texts, its number, and whether it is empty.

use crate::EvalError;
use crate::dates::Time;
use crate::number;
use crate::template::evaluation::Evaluation;
use crate::template::format;
use crate::template::literal::parse_integer;
use crate::template::value::{Text, Value};

/// The text of a value: itself if it is one, else as `%v` prints it.
pub(super) fn strval(evaluation: &Evaluation, value: &Value) -> Result<Text, EvalError> {
    format::text(evaluation, value)
}

/// The texts of a list's items, nil left out; any other value is a list of itself.
pub(super) fn texts_of(evaluation: &Evaluation, value: &Value) -> Result<Vec<Text>, EvalError> {
    match value {
        Value::List(list) => {
            let items = list.items().iter().filter(|item| !item.is_nil());
            items.map(|item| strval(evaluation, item)).collect()
        }
        Value::Missing | Value::Nil => Ok(Vec::new()),
        other => Ok(vec![strval(evaluation, other)?]),
    }
}

/// Whether a value is the zero of its type: 0, false, nothing in it.
pub(super) fn is_empty(value: &Value) -> bool {
    !value.is_true()
}

/// A value as an integer, 0 if it is none: numbers are cut, texts are read (`0x10`, `017`, `1_000`, `7.9`).
pub(super) fn to_int(value: &Value) -> i64 {
    match value {
        Value::Bool(truth) => i64::from(*truth),
        Value::Float(number) => cut(*number),
        Value::Text(text) => parse_cut(&text.to_str()),
        other => other.signed().or(other.unsigned().map(|number| number as i64)).unwrap_or(0),
    }
}

/// A float without its fraction. Beyond 64 bits it is the smallest integer, which is what the reference's machines give.
pub(super) fn cut(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) { number as i64 } else { i64::MIN }
}

/// An integer text, or the integer before the point of a decimal one.
fn parse_cut(text: &str) -> i64 {
    let whole = match text.split_once('.') {
        None => text,
        Some((whole, fraction)) => {
            let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
            let is_decimal = digits.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
            match whole {
                _ if !is_decimal => return 0,
                "" | "-" | "+" => return 0,
                whole => whole,
            }
        }
    };
    parse_integer(whole).and_then(|number| i64::try_from(number).ok()).unwrap_or(0)
}

/// A value as a float, 0 if it is none.
pub(super) fn to_float(value: &Value) -> f64 {
    match value {
        Value::Float(number) => *number,
        Value::Text(text) => number::parse_float(&text.to_str()).unwrap_or(0.0),
        Value::Uint64(number) => *number as f64,
        Value::Bool(_) => to_int(value) as f64,
        other => to_int(other) as f64,
    }
}

/// The instant that sprig takes a value for: a time, or seconds since 1970; any other is the present.
pub(super) fn to_time(evaluation: &Evaluation, value: &Value) -> Result<Time, EvalError> {
    let seconds = match value {
        Value::Time(time) => return Ok((**time).clone()),
        Value::Int(seconds) | Value::Int64(seconds) => *seconds,
        _ => return Ok(Time::utc(evaluation.now())),
    };
    Time::from_unix(seconds).ok_or_else(|| EvalError::new("a date beyond the years -9999 to 9999"))
}
