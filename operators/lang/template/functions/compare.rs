//! Comparisons with Go's rules: values of different basic types are not compared, not even an integer with a float.

use std::cmp::Ordering;
use std::rc::Rc;

use super::signature::{Arguments, Function, Outcome, Type};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::Value;

use Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::variadic("eq", &[Any], Any, equal),
    Function::fixed("ne", &[Any, Any], |e, a| equal(e, a).map(|value| Value::Bool(!value.is_true()))),
    Function::fixed("lt", &[Any, Any], |_, a| less(a.any(0), a.any(1)).map(Value::Bool)),
    Function::fixed("le", &[Any, Any], |_, a| less_or_equal(a.any(0), a.any(1)).map(Value::Bool)),
    Function::fixed("gt", &[Any, Any], |_, a| Ok(Value::Bool(!less_or_equal(a.any(0), a.any(1))?))),
    Function::fixed("ge", &[Any, Any], |_, a| Ok(Value::Bool(!less(a.any(0), a.any(1))?))),
];

/// A value of a basic type.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Basic<'a> {
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(&'a [u8]),
}

impl<'a> Basic<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        match value {
            Value::Bool(truth) => Some(Self::Bool(*truth)),
            Value::Float(number) => Some(Self::Float(*number)),
            Value::Text(text) => Some(Self::Text(text.as_bytes())),
            other => {
                let unsigned = other.unsigned().map(i128::from);
                Some(Self::Integer(other.signed().map(i128::from).or(unsigned)?))
            }
        }
    }
}

fn incompatible(a: &Value, b: &Value) -> EvalError {
    EvalError::new(format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name()))
}

/// Whether the first argument equals any other.
fn equal(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let others = a.from(1);
    if others.is_empty() {
        return Err(EvalError::new("missing argument for comparison"));
    }
    evaluation.charge(others.len())?;
    for other in others {
        if are_equal(a.any(0), other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn are_equal(a: &Value, b: &Value) -> Result<bool, EvalError> {
    match (Basic::of(a), Basic::of(b)) {
        (Some(x), Some(y)) if std::mem::discriminant(&x) == std::mem::discriminant(&y) => Ok(x == y),
        (None, None) => identical(a, b),
        _ if a.is_nil() || b.is_nil() => Ok(false),
        _ => Err(incompatible(a, b)),
    }
}

/// Equality of what has no basic type: nil, and what Go compares as a whole.
fn identical(a: &Value, b: &Value) -> Result<bool, EvalError> {
    let is_nil = |value: &Value| match value {
        Value::List(list) => list.is_nil(),
        Value::Dict(dict) => dict.is_nil(),
        other => other.is_nil(),
    };
    match (a, b) {
        _ if a.kind_name() != b.kind_name() && !a.is_nil() && !b.is_nil() => {
            Err(EvalError::new(format!("non-comparable types {} and {}", a.type_name(), b.type_name())))
        }
        _ if is_nil(a) || is_nil(b) => Ok(is_nil(a) == is_nil(b)),
        (Value::Time(a), Value::Time(b)) => Ok(a == b),
        (Value::Version(a), Value::Version(b)) => Ok(Rc::ptr_eq(a, b)),
        _ => Err(EvalError::new(format!("non-comparable type {}", b.type_name()))),
    }
}

fn order(a: &Value, b: &Value) -> Result<Option<Ordering>, EvalError> {
    match (Basic::of(a), Basic::of(b)) {
        (Some(Basic::Integer(a)), Some(Basic::Integer(b))) => Ok(Some(a.cmp(&b))),
        (Some(Basic::Float(a)), Some(Basic::Float(b))) => Ok(a.partial_cmp(&b)),
        (Some(Basic::Text(a)), Some(Basic::Text(b))) => Ok(Some(a.cmp(b))),
        (Some(Basic::Bool(_)), Some(Basic::Bool(_))) | (None, _) | (_, None) => {
            Err(EvalError::new("invalid type for comparison"))
        }
        _ => Err(incompatible(a, b)),
    }
}

fn less(a: &Value, b: &Value) -> Result<bool, EvalError> {
    Ok(order(a, b)? == Some(Ordering::Less))
}

fn less_or_equal(a: &Value, b: &Value) -> Result<bool, EvalError> {
    Ok(matches!(order(a, b)?, Some(Ordering::Less | Ordering::Equal)))
}
