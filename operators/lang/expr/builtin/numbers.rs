//! Functions of numbers.

use super::wrong;
use crate::expr::meter::Meter;
use crate::expr::operate;
use crate::expr::value::Value;
use crate::{EvalError, number};
use std::cmp::Ordering;

pub(super) fn abs(arguments: &[Value]) -> Result<Value, EvalError> {
    match arguments {
        [Value::Int(number)] => Ok(Value::Int(number.wrapping_abs())),
        [Value::Float(number)] if *number < 0.0 => Ok(Value::Float(-number)),
        [Value::Float(number)] => Ok(Value::Float(*number)),
        [other, ..] => Err(wrong("abs", other)),
        [] => Err(wrong("abs", &Value::Nil)),
    }
}

pub(super) fn round(name: &str, arguments: &[Value], round: fn(f64) -> f64) -> Result<Value, EvalError> {
    match arguments {
        [Value::Int(number)] => Ok(Value::Float(*number as f64)),
        [Value::Float(number)] => Ok(Value::Float(round(*number))),
        [other, ..] => Err(wrong(name, other)),
        [] => Err(wrong(name, &Value::Nil)),
    }
}

/// A number's whole part, or a text with a whole number.
pub(in crate::expr) fn int(arguments: &[Value]) -> Result<Value, EvalError> {
    match arguments {
        [Value::Text(text)] => text.parse().map(Value::Int).map_err(|_| EvalError::new("the string is not an integer")),
        [number @ (Value::Int(_) | Value::Float(_))] => operate::integer(number).map(Value::Int),
        [other] => Err(wrong("int", other)),
        _ => Err(EvalError::new("int takes one argument")),
    }
}

/// A number, or a text with one.
pub(in crate::expr) fn float(arguments: &[Value]) -> Result<Value, EvalError> {
    match arguments {
        [Value::Text(text)] => {
            number::parse_float(text).map(Value::Float).map_err(|_| EvalError::new("the string is not a number"))
        }
        [Value::Int(number)] => Ok(Value::Float(*number as f64)),
        [Value::Float(number)] => Ok(Value::Float(*number)),
        [other] => Err(wrong("float", other)),
        _ => Err(EvalError::new("float takes one argument")),
    }
}

/// The argument that no other one replaces: each does that stands to the one so far in this order.
pub(super) fn extreme(arguments: &[Value], replaces: Ordering) -> Result<Value, EvalError> {
    let mut best = Value::Nil;
    for argument in arguments {
        if matches!(best, Value::Nil) || operate::order("<", &best, argument)? == Some(replaces) {
            best = argument.clone();
        }
    }
    Ok(best)
}

/// The members of a list of numbers; durations count as whole numbers.
fn members(name: &str, arguments: &[Value], meter: &mut Meter) -> Result<Vec<Value>, EvalError> {
    let [Value::List(list)] = arguments else {
        return Err(wrong(name, arguments.first().unwrap_or(&Value::Nil)));
    };
    meter.step(list.len())?;
    let number = |member| match member {
        Value::Duration(nanoseconds) => Ok(Value::Int(nanoseconds)),
        Value::Int(_) | Value::Float(_) => Ok(member),
        other => Err(wrong(name, &other)),
    };
    list.iter().map(number).collect()
}

pub(super) fn sum(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    members("sum", arguments, meter)?.iter().try_fold(Value::Int(0), |sum, member| operate::add(&sum, member))
}

fn as_float(number: &Value) -> f64 {
    match number {
        Value::Int(number) => *number as f64,
        Value::Float(number) => *number,
        _ => 0.0,
    }
}

pub(super) fn mean(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let members = members("mean", arguments, meter)?;
    let sum = members.iter().map(as_float).fold(0.0, |sum, member| sum + member);
    Ok(Value::Float(if members.is_empty() { 0.0 } else { sum / members.len() as f64 }))
}

pub(super) fn median(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let mut numbers: Vec<f64> = members("median", arguments, meter)?.iter().map(as_float).collect();
    numbers.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    let middle = numbers.len() / 2;
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0.0);
    Ok(Value::Float(match numbers.len() {
        0 => 0.0,
        length if length % 2 == 0 => (at(middle - 1) + at(middle)) / 2.0,
        _ => at(middle),
    }))
}
