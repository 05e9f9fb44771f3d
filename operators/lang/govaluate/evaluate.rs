//! Runs the steps of a program.

use super::operator::{self, Binary, Unary};
use super::plan::Step;
use super::value::Value;
use crate::EvalError;
use crate::math;
use crate::regex::Regex;
use std::borrow::Cow;

/// No text that `+` makes may be longer, in bytes.
const TEXT_LIMIT: usize = 4 << 20;

/// A run may read this much of the event, counted again each time a name is read; bytes of text and 16 for each value.
const READ_LIMIT: usize = 64 << 20;

/// A run may compile this many patterns that are known only then.
const PATTERN_LIMIT: usize = 50;

/// What stands on the stack.
enum Operand<'p> {
    Value(Cow<'p, Value>),
    /// A pattern that was compiled with the program, and its text.
    Pattern(&'p Regex, &'p str),
}

pub(super) fn run(steps: &[Step], parameter: &dyn Fn(&str) -> Option<Value>) -> Result<Value, EvalError> {
    let mut stack: Vec<Operand> = Vec::new();
    let mut next = 0;
    let mut unread = READ_LIMIT;
    let mut patterns = PATTERN_LIMIT;
    // Steps only ever lead forward, so that each runs at most once.
    while let Some(step) = steps.get(next) {
        next += 1;
        let result = match step {
            Step::Literal(value) => Operand::Value(Cow::Borrowed(value)),
            Step::Pattern(regex, text) => Operand::Pattern(regex, text),
            Step::Parameter(name) => {
                let read = parameter(name).ok_or_else(|| missing(name))?;
                unread = unread
                    .checked_sub(read.size())
                    .ok_or_else(|| EvalError::new("the expression reads too much of the event"))?;
                value(read)
            }
            Step::Member(name) => return Err(member(name, parameter)),
            Step::Unary(operator) => value(unary(*operator, &pop(&mut stack)?)?),
            Step::Decide { operator, end } => {
                if let Some(Operand::Value(left)) = stack.last_mut()
                    && let Some(result) = decides(*operator, left)
                {
                    if let Some(result) = result {
                        *left = Cow::Owned(result);
                    }
                    next = *end;
                }
                continue;
            }
            Step::Binary(operator) => {
                let right = pop(&mut stack)?;
                let left = pop(&mut stack)?;
                if let (Binary::Matches | Binary::MatchesNot, Operand::Value(_)) = (operator, &right) {
                    patterns = patterns
                        .checked_sub(1)
                        .ok_or_else(|| EvalError::new("the expression compiles too many patterns"))?;
                }
                value(binary(*operator, left, right)?)
            }
        };
        stack.push(result);
    }
    match pop(&mut stack)? {
        Operand::Value(value) => Ok(value.into_owned()),
        Operand::Pattern(..) => Err(unplanned()),
    }
}

fn value<'p>(value: Value) -> Operand<'p> {
    Operand::Value(Cow::Owned(value))
}

fn pop<'p>(stack: &mut Vec<Operand<'p>>) -> Result<Operand<'p>, EvalError> {
    stack.pop().ok_or_else(unplanned)
}

/// The plan makes sure that this never happens.
fn unplanned() -> EvalError {
    EvalError::new("the expression has no value")
}

fn missing(name: &str) -> EvalError {
    EvalError::new(format!("No parameter '{name}' found."))
}

fn member(name: &str, parameter: &dyn Fn(&str) -> Option<Value>) -> EvalError {
    let (parent, rest) = name.split_once('.').unwrap_or((name, ""));
    match parameter(parent) {
        None => missing(parent),
        Some(_) => EvalError::new(format!("Unable to access '{rest}', '{parent}' is not a struct")),
    }
}

/// Whether the left operand decides alone, and the result then if it is not the left operand itself.
fn decides(operator: Binary, left: &Value) -> Option<Option<Value>> {
    match (operator, left) {
        (Binary::And, Value::Bool(false)) | (Binary::Or, Value::Bool(true)) => Some(None),
        (Binary::Then, Value::Bool(false)) => Some(Some(Value::Null)),
        (Binary::Else, Value::Null) => None,
        (Binary::Else, _) => Some(None),
        _ => None,
    }
}

fn unary(operator: Unary, operand: &Operand) -> Result<Value, EvalError> {
    let Operand::Value(operand) = operand else { return Err(unplanned()) };
    match (operator, operand.as_ref()) {
        (Unary::Negate, Value::Number(number)) => Ok(Value::Number(-number)),
        (Unary::BitNot, Value::Number(number)) => Ok(Value::Number(!signed(*number) as f64)),
        (Unary::Not, Value::Bool(truth)) => Ok(Value::Bool(!truth)),
        (_, other) => Err(EvalError::new(format!("{} cannot be used with the prefix", other.kind()))),
    }
}

fn binary(operator: Binary, left: Operand, right: Operand) -> Result<Value, EvalError> {
    let (left, right) = match (left, right) {
        (Operand::Value(left), Operand::Value(right)) => (left, right),
        (Operand::Value(left), Operand::Pattern(regex, _)) => return matches(operator, &left, regex),
        (Operand::Pattern(_, pattern), Operand::Value(right)) => {
            // The pattern of a `=~` that goes on after its first text: only another text can be appended to it.
            return match (operator, right.as_ref()) {
                (Binary::Add, Value::Text(_)) => join(pattern, &right.to_string()),
                _ => Err(mismatch(operator, "a pattern")),
            };
        }
        (Operand::Pattern(..), Operand::Pattern(..)) => return Err(unplanned()),
    };
    match operator {
        Binary::Comma => Ok(list(left.into_owned(), right.into_owned())),
        // Reached only when the left operand did not decide.
        Binary::Then if matches!(*left, Value::Bool(true)) => Ok(right.into_owned()),
        Binary::Else => Ok(right.into_owned()),
        Binary::Equal => Ok(Value::Bool(left == right)),
        Binary::NotEqual => Ok(Value::Bool(left != right)),
        Binary::In => contains(&left, &right),
        Binary::Matches | Binary::MatchesNot => {
            let Value::Text(pattern) = right.as_ref() else { return Err(mismatch(operator, right.kind())) };
            let regex = Regex::compile(pattern).map_err(|error| {
                EvalError::new(format!("Unable to compile regexp pattern: {}", reason(&error.message)))
            })?;
            matches(operator, &left, &regex)
        }
        _ => match (left.as_ref(), right.as_ref()) {
            (Value::Bool(left), Value::Bool(right)) => truths(operator, *left, *right),
            (Value::Number(left), Value::Number(right)) => numbers(operator, *left, *right),
            (left, right) => texts(operator, left, right),
        },
    }
}

/// The reason of a pattern's error without the part of the pattern, which may be event data.
fn reason(message: &str) -> &str {
    message.split_once(": ").map_or(message, |(reason, _)| reason)
}

fn mismatch(operator: Binary, kind: &str) -> EvalError {
    EvalError::new(format!("{kind} cannot be used with {}", operator::text(operator)))
}

fn truths(operator: Binary, left: bool, right: bool) -> Result<Value, EvalError> {
    match operator {
        Binary::And => Ok(Value::Bool(left && right)),
        Binary::Or => Ok(Value::Bool(left || right)),
        _ => Err(mismatch(operator, "a bool")),
    }
}

fn numbers(operator: Binary, left: f64, right: f64) -> Result<Value, EvalError> {
    let number = match operator {
        Binary::Greater => return Ok(Value::Bool(left > right)),
        Binary::GreaterOrEqual => return Ok(Value::Bool(left >= right)),
        Binary::Less => return Ok(Value::Bool(left < right)),
        Binary::LessOrEqual => return Ok(Value::Bool(left <= right)),
        Binary::BitAnd => (signed(left) & signed(right)) as f64,
        Binary::BitOr => (signed(left) | signed(right)) as f64,
        Binary::BitXor => (signed(left) ^ signed(right)) as f64,
        Binary::ShiftLeft => shift(left, right, u64::checked_shl),
        Binary::ShiftRight => shift(left, right, u64::checked_shr),
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        Binary::Remainder => left % right,
        Binary::Power => math::pow(left, right),
        _ => return Err(mismatch(operator, "a number")),
    };
    Ok(Value::Number(number))
}

fn texts(operator: Binary, left: &Value, right: &Value) -> Result<Value, EvalError> {
    match (operator, left, right) {
        (Binary::Add, Value::Text(left), right) => join(left, &right.to_string()),
        (Binary::Add, left, Value::Text(right)) => join(&left.to_string(), right),
        (Binary::Greater, Value::Text(left), Value::Text(right)) => Ok(Value::Bool(left > right)),
        (Binary::GreaterOrEqual, Value::Text(left), Value::Text(right)) => Ok(Value::Bool(left >= right)),
        (Binary::Less, Value::Text(left), Value::Text(right)) => Ok(Value::Bool(left < right)),
        (Binary::LessOrEqual, Value::Text(left), Value::Text(right)) => Ok(Value::Bool(left <= right)),
        (_, Value::Bool(_), right) => Err(mismatch(operator, right.kind())),
        (_, left, _) => Err(mismatch(operator, left.kind())),
    }
}

fn join(left: &str, right: &str) -> Result<Value, EvalError> {
    if left.len() + right.len() > TEXT_LIMIT {
        return Err(EvalError::new(format!("+ makes a text of more than {TEXT_LIMIT} bytes")));
    }
    Ok(Value::Text([left, right].concat()))
}

fn matches(operator: Binary, left: &Value, regex: &Regex) -> Result<Value, EvalError> {
    match left {
        Value::Text(text) => Ok(Value::Bool(regex.is_match(text) == (operator == Binary::Matches))),
        other => Err(mismatch(operator, other.kind())),
    }
}

/// A list with one more member: a list on the left is appended to, anything else becomes the first member.
fn list(left: Value, right: Value) -> Value {
    let mut members = match left {
        Value::List(members) => members,
        first => vec![first],
    };
    members.push(right);
    Value::List(members)
}

fn contains(left: &Value, right: &Value) -> Result<Value, EvalError> {
    let Value::List(members) = right else { return Err(mismatch(Binary::In, right.kind())) };
    for member in members {
        match (left, member) {
            (Value::List(_), Value::List(_)) | (Value::Object(_), Value::Object(_)) => {
                return Err(EvalError::new(format!("in cannot compare {} with {}", left.kind(), member.kind())));
            }
            _ if left == member => return Ok(Value::Bool(true)),
            _ => {}
        }
    }
    Ok(Value::Bool(false))
}

/// The whole part as a signed number of 64 bits; what does not fit is the smallest one, as on the reference's machine.
fn signed(number: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) { number as i64 } else { i64::MIN }
}

/// The whole part as an unsigned number of 64 bits, as on the reference's machine: a negative one wraps around, and what
/// does not fit is 2^63.
fn unsigned(number: f64) -> u64 {
    let low = signed(number);
    let high = signed(number - 9_223_372_036_854_775_808.0);
    (low | (high & (low >> 63))) as u64
}

fn shift(left: f64, right: f64, shift: fn(u64, u32) -> Option<u64>) -> f64 {
    let places = u32::try_from(unsigned(right)).unwrap_or(u32::MAX);
    shift(unsigned(left), places).unwrap_or(0) as f64
}
