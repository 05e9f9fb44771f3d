//! What operators and indexes make of values that are known when they run.

use super::value::{List, Value};
use crate::EvalError;
use std::cmp::Ordering;

/// An error about operands, by their types.
fn mismatch(operator: &str, left: &Value, right: &Value) -> EvalError {
    EvalError::new(format!("invalid operation: {} {operator} {}", left.kind(), right.kind()))
}

/// Both as floating point, if both are numbers.
fn floats(left: &Value, right: &Value) -> Option<(f64, f64)> {
    let float = |value: &Value| match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    };
    Some((float(left)?, float(right)?))
}

/// Whether two values are equal: numbers by their value, lists and maps only if even the types within are the same.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            floats(left, right).is_some_and(|(left, right)| left == right)
        }
        _ => (left.is_nil() && right.is_nil()) || identical(left, right),
    }
}

/// Equality that tells whole numbers from others.
fn identical(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) | (Value::Duration(left), Value::Duration(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::Time(left), Value::Time(right)) => left.instant == right.instant,
        (Value::List(left), Value::List(right)) => {
            std::mem::discriminant(left) == std::mem::discriminant(right)
                && left.len() == right.len()
                && left.iter().zip(right.iter()).all(|(left, right)| identical(&left, &right))
        }
        (Value::Map(left), Value::Map(right)) => {
            let (left, right) = (&left.members, &right.members);
            left.len() == right.len()
                && left.iter().zip(right).all(|((a, left), (b, right))| a == b && identical(left, right))
        }
        (Value::AnyMap(left), Value::AnyMap(right)) | (Value::Groups(left), Value::Groups(right)) => {
            left.members.len() == right.members.len()
                && left.members.iter().all(|(key, left)| {
                    right.members.iter().any(|(other, right)| identical(key, other) && identical(left, right))
                })
        }
        _ => false,
    }
}

/// The order of two numbers, texts, times or durations; `None` between `NaN` and anything.
pub(super) fn order(operator: &str, left: &Value, right: &Value) -> Result<Option<Ordering>, EvalError> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) | (Value::Duration(left), Value::Duration(right)) => {
            Ok(Some(left.cmp(right)))
        }
        (Value::Text(left), Value::Text(right)) => Ok(Some(left.cmp(right))),
        (Value::Time(left), Value::Time(right)) => Ok(Some(left.instant.cmp(&right.instant))),
        _ => match floats(left, right) {
            Some((left, right)) => Ok(left.partial_cmp(&right)),
            None => Err(mismatch(operator, left, right)),
        },
    }
}

/// `+`.
pub(super) fn add(left: &Value, right: &Value) -> Result<Value, EvalError> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Ok(Value::Int(left.wrapping_add(*right))),
        (Value::Text(left), Value::Text(right)) => Ok(Value::text([&**left, &**right].concat())),
        (Value::Duration(left), Value::Duration(right)) => Ok(Value::Duration(left.wrapping_add(*right))),
        (Value::Time(time), Value::Duration(nanoseconds)) | (Value::Duration(nanoseconds), Value::Time(time)) => {
            let later = time.plus(*nanoseconds).ok_or_else(|| EvalError::new("the time is out of range"))?;
            Ok(Value::Time(later.into()))
        }
        _ => match floats(left, right) {
            Some((left, right)) => Ok(Value::Float(left + right)),
            None => Err(mismatch("+", left, right)),
        },
    }
}

/// `-`.
pub(super) fn subtract(left: &Value, right: &Value) -> Result<Value, EvalError> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Ok(Value::Int(left.wrapping_sub(*right))),
        (Value::Duration(left), Value::Duration(right)) => Ok(Value::Duration(left.wrapping_sub(*right))),
        (Value::Time(left), Value::Time(right)) => Ok(Value::Duration(left.since(right))),
        (Value::Time(_), Value::Duration(nanoseconds)) => add(left, &Value::Duration(nanoseconds.wrapping_neg())),
        _ => match floats(left, right) {
            Some((left, right)) => Ok(Value::Float(left - right)),
            None => Err(mismatch("-", left, right)),
        },
    }
}

/// `*`.
pub(super) fn multiply(left: &Value, right: &Value) -> Result<Value, EvalError> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Ok(Value::Int(left.wrapping_mul(*right))),
        (Value::Int(left) | Value::Duration(left), Value::Int(right) | Value::Duration(right)) => {
            Ok(Value::Duration(left.wrapping_mul(*right)))
        }
        (Value::Float(number), Value::Duration(nanoseconds)) | (Value::Duration(nanoseconds), Value::Float(number)) => {
            Ok(Value::Float(number * *nanoseconds as f64))
        }
        _ => match floats(left, right) {
            Some((left, right)) => Ok(Value::Float(left * right)),
            None => Err(mismatch("*", left, right)),
        },
    }
}

/// `/`, which always gives a floating point number.
pub(super) fn divide(left: &Value, right: &Value) -> Result<Value, EvalError> {
    match floats(left, right) {
        Some((left, right)) => Ok(Value::Float(left / right)),
        None => Err(mismatch("/", left, right)),
    }
}

/// `%`, of whole numbers only.
pub(super) fn remainder(left: &Value, right: &Value) -> Result<Value, EvalError> {
    match (left, right) {
        (Value::Int(_), Value::Int(0)) => Err(EvalError::new("integer divide by zero")),
        (Value::Int(left), Value::Int(right)) => Ok(Value::Int(left.wrapping_rem(*right))),
        _ => Err(mismatch("%", left, right)),
    }
}

/// `**`.
pub(super) fn power(left: &Value, right: &Value) -> Result<Value, EvalError> {
    match floats(left, right) {
        Some((base, exponent)) => Ok(Value::Float(crate::math::pow(base, exponent))),
        None => Err(mismatch("**", left, right)),
    }
}

/// The whole part of a number; what does not fit in 64 bits is the smallest one, as on the reference's machine.
pub(super) fn integer(value: &Value) -> Result<i64, EvalError> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    match value {
        Value::Int(number) => Ok(*number),
        Value::Float(number) if (-LIMIT..LIMIT).contains(number) => Ok(*number as i64),
        Value::Float(_) => Ok(i64::MIN),
        other => Err(EvalError::new(format!("expected a number, found {}", other.kind()))),
    }
}

/// A member of a list, a text (its byte) or a map; an absent member of a map is nil, one of a list an error.
pub(super) fn fetch(object: &Value, key: &Value) -> Result<Value, EvalError> {
    match object {
        Value::List(list) => {
            let index = position(integer(key)?, list.len());
            index.and_then(|index| list.get(index)).ok_or_else(|| EvalError::new("the index is out of range"))
        }
        Value::Text(text) => {
            let byte = position(integer(key)?, text.len()).and_then(|index| text.as_bytes().get(index));
            byte.map(|byte| Value::Int(i64::from(*byte))).ok_or_else(|| EvalError::new("the index is out of range"))
        }
        Value::Map(map) => {
            let name = match key {
                Value::Text(name) => name,
                Value::Nil => "",
                other => return Err(EvalError::new(format!("cannot use {} as the name of a member", other.kind()))),
            };
            Ok(map.members.get(name).cloned().unwrap_or(Value::Nil))
        }
        Value::AnyMap(map) => {
            hashable(key)?;
            let found = map.members.iter().find(|(known, _)| identical(known, key));
            Ok(found.map_or(Value::Nil, |(_, member)| member.clone()))
        }
        Value::Groups(map) => {
            hashable(key)?;
            let found = map.members.iter().find(|(known, _)| identical(known, key));
            Ok(found.map_or(Value::List(List::Nil), |(_, member)| member.clone()))
        }
        other => Err(EvalError::new(format!("cannot fetch a member from {}", other.kind()))),
    }
}

/// An index as a position; a negative one counts from the end.
fn position(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    usize::try_from(if index < 0 { length.checked_add(index)? } else { index }).ok()
}

/// Lists and maps cannot be keys.
pub(super) fn hashable(key: &Value) -> Result<(), EvalError> {
    match key {
        Value::List(List::Pair(_)) => Ok(()),
        Value::List(_) | Value::Map(_) | Value::AnyMap(_) | Value::Groups(_) | Value::Function(_) => {
            Err(EvalError::new(format!("cannot use {} as a key", key.kind())))
        }
        _ => Ok(()),
    }
}

/// Whether a list has a member, or a map a key; nothing is in nil.
pub(super) fn contains(needle: &Value, haystack: &Value) -> Result<bool, EvalError> {
    match haystack {
        Value::Nil => Ok(false),
        Value::List(list) => Ok(list.iter().any(|member| equal(&member, needle))),
        Value::Map(map) => match needle {
            Value::Text(name) => Ok(map.members.contains_key(name)),
            Value::Nil => Ok(map.members.contains_key("")),
            other => Err(EvalError::new(format!("cannot use {} as the name of a member", other.kind()))),
        },
        Value::AnyMap(map) | Value::Groups(map) => {
            hashable(needle)?;
            Ok(map.members.iter().any(|(key, _)| identical(key, needle)))
        }
        other => Err(EvalError::new(format!("in is not defined on {}", other.kind()))),
    }
}

/// The length of a list, a map, or a text in bytes.
pub(super) fn length(value: &Value) -> Result<usize, EvalError> {
    match value {
        Value::Text(text) => Ok(text.len()),
        Value::List(list) => Ok(list.len()),
        Value::Map(map) => Ok(map.members.len()),
        Value::AnyMap(map) | Value::Groups(map) => Ok(map.members.len()),
        other => Err(EvalError::new(format!("invalid argument for len: {}", other.kind()))),
    }
}

/// Part of a list or of a text's bytes; ends beyond the value are cut. What remains of a character that is cut in two is
/// shown as U+FFFD.
pub(super) fn slice(object: &Value, from: &Value, to: &Value) -> Result<Value, EvalError> {
    let length = match object {
        // The host language cannot slice its pairs.
        Value::List(List::Pair(_)) => return Err(EvalError::new("cannot slice a pair")),
        Value::List(_) | Value::Text(_) => length(object)?,
        other => return Err(EvalError::new(format!("cannot slice {}", other.kind()))),
    };
    let end = |index: i64| {
        let from_start =
            if index < 0 { index.saturating_add(i64::try_from(length).unwrap_or(i64::MAX)) } else { index };
        usize::try_from(from_start.max(0)).unwrap_or(usize::MAX).min(length)
    };
    let (from, to) = (end(integer(from)?), end(integer(to)?));
    let from = from.min(to);
    Ok(match object {
        Value::List(list) => Value::List(list.slice(from, to)),
        Value::Text(text) => {
            let bytes = text.as_bytes().get(from..to).unwrap_or_default();
            Value::text(String::from_utf8_lossy(bytes).into_owned())
        }
        _ => Value::Nil,
    })
}

/// Whether two keys of a map are one.
pub(super) fn same_key(left: &Value, right: &Value) -> bool {
    identical(left, right)
}
