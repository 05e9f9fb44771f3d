//! What operators do with two values.

use super::number::Number;
use super::raise::Raise;
use super::tree::Operator;
use super::value::{Map, Value};
use super::write::{preview, typed};
use crate::budget::{Budget, Exhausted};
use std::sync::Arc;

/// A repeated text may have so many bytes in the reference.
const MAX_REPEATED: u64 = i32::MAX as u64;

/// The value of `left operator right`.
pub(super) fn operate(budget: &mut Budget, operator: Operator, left: Value, right: Value) -> Result<Value, Raise> {
    use Operator::*;
    budget.scan(left.size() + right.size())?;
    let order = |wanted: fn(std::cmp::Ordering) -> bool| Ok(Value::Bool(wanted(left.compare(&right))));
    match operator {
        Equal => order(std::cmp::Ordering::is_eq),
        NotEqual => order(std::cmp::Ordering::is_ne),
        Less => order(std::cmp::Ordering::is_lt),
        LessOrEqual => order(std::cmp::Ordering::is_le),
        Greater => order(std::cmp::Ordering::is_gt),
        GreaterOrEqual => order(std::cmp::Ordering::is_ge),
        Add => add(budget, left, right),
        Subtract => subtract(budget, &left, &right),
        Multiply => multiply(budget, &left, &right),
        Divide => divide(budget, &left, &right),
        Modulo => modulo(&left, &right),
    }
}

/// The sum: of numbers, texts, arrays (one after the other), objects (the right one's members win); null adds nothing.
pub(super) fn add(budget: &mut Budget, left: Value, right: Value) -> Result<Value, Raise> {
    match (left, right) {
        (Value::Null, other) | (other, Value::Null) => Ok(other),
        (Value::Number(a), Value::Number(b)) => number(a.add(&b)),
        (Value::Text(a), Value::Text(b)) => {
            budget.allocate(a.len() + b.len())?;
            Ok(Value::Text([&*a, &*b].concat().into()))
        }
        (Value::Array(a), Value::Array(b)) if b.items.is_empty() => Ok(Value::Array(a)),
        (Value::Array(a), Value::Array(b)) if a.items.is_empty() => Ok(Value::Array(b)),
        (Value::Array(mut a), Value::Array(b)) => {
            // Only what is copied counts: an array that nothing else holds grows in place.
            let copied = if Arc::get_mut(&mut a).is_some() { 0 } else { a.items.len() };
            budget.allocate(24 * (copied + b.items.len()))?;
            let items = Arc::make_mut(&mut a);
            b.items.iter().for_each(|item| items.put(items.items.len(), item.clone()));
            Ok(Value::Array(a))
        }
        (Value::Object(mut a), Value::Object(b)) => {
            let copied = if Arc::get_mut(&mut a).is_some() { 0 } else { a.members.len() };
            budget.allocate(64 * (copied + b.members.len()))?;
            let map = Arc::make_mut(&mut a);
            b.members.iter().for_each(|(name, value)| map.put(name.clone(), value.clone()));
            Ok(Value::Object(a))
        }
        (left, right) => Err(cannot("add", &left, &right)),
    }
}

fn subtract(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Raise> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => number(a.subtract(b)),
        (Value::Array(a), Value::Array(b)) => {
            budget.steps(a.items.len() as u64 * b.items.len() as u64 + 1)?;
            let kept = a.items.iter().filter(|item| !b.items.iter().any(|gone| item.compare(gone).is_eq()));
            let kept: Vec<_> = kept.cloned().collect();
            budget.allocate(24 * kept.len())?;
            Ok(Value::array(kept))
        }
        _ => Err(cannot("subtract", left, right)),
    }
}

fn multiply(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Raise> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => number(a.multiply(b)),
        (Value::Object(a), Value::Object(b)) => merge(budget, a, b),
        (Value::Text(text), Value::Number(times)) | (Value::Number(times), Value::Text(text)) => {
            repeat(budget, text, times)
        }
        _ => Err(cannot("multiply", left, right)),
    }
}

fn merge(budget: &mut Budget, left: &Arc<Map>, right: &Arc<Map>) -> Result<Value, Raise> {
    budget.allocate(64 * (left.members.len() + right.members.len()))?;
    let mut merged = (**left).clone();
    for (name, value) in &right.members {
        let value = match (merged.members.get(name), value) {
            (Some(Value::Object(a)), Value::Object(b)) => merge(budget, &a.clone(), b)?,
            (_, value) => value.clone(),
        };
        merged.put(name.clone(), value);
    }
    Ok(Value::Object(Arc::new(merged)))
}

fn repeat(budget: &mut Budget, text: &str, times: &Number) -> Result<Value, Raise> {
    let times = times.to_float();
    if times < 0.0 || times.is_nan() {
        return Ok(Value::Null);
    }
    let count = times.min(f64::from(i32::MAX)) as u64;
    let length = (text.len() as u64).saturating_mul(count);
    if length >= MAX_REPEATED {
        let (text, times) = (preview(&Value::text(text)), preview(&Value::float(times)));
        return Err(Raise::message(format!("repeat string result too large: {text} * {times}")));
    }
    budget.allocate(length as usize)?;
    Ok(Value::text(text.repeat(count as usize)))
}

fn divide(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Raise> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a
            .divide(b)
            .map(Value::Number)
            .ok_or_else(|| Raise::message(format!("cannot divide {} by: {}", typed(left), typed(right)))),
        (Value::Text(text), Value::Text(_)) if text.is_empty() => Ok(Value::array(Vec::new())),
        (Value::Text(text), Value::Text(by)) => {
            budget.allocate(2 * text.len())?;
            Ok(super::functions::split(text, by))
        }
        _ => Err(cannot("divide", left, right)),
    }
}

fn modulo(left: &Value, right: &Value) -> Result<Value, Raise> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a
            .modulo(b)
            .map(Value::Number)
            .ok_or_else(|| Raise::message(format!("cannot modulo {} by: {}", typed(left), typed(right)))),
        _ => Err(cannot("modulo", left, right)),
    }
}

/// Whether all of `wanted` is in `value`: parts of texts, items of arrays, members of objects.
pub(super) fn contains(value: &Value, wanted: &Value) -> Result<bool, Raise> {
    match (value, wanted) {
        (Value::Number(a), Value::Number(b)) => Ok(!a.to_float().is_nan() && a.compare(b).is_eq()),
        (Value::Text(text), Value::Text(part)) => Ok(text.contains(&**part)),
        (Value::Array(array), Value::Array(wanted)) => {
            let has = |wanted: &Value| array.items.iter().any(|item| contains(item, wanted).unwrap_or(false));
            Ok(wanted.items.iter().all(has))
        }
        (Value::Object(object), Value::Object(wanted)) => {
            let has = |(name, wanted): (&Arc<str>, &Value)| {
                object.members.get(name).is_some_and(|value| contains(value, wanted).unwrap_or(false))
            };
            Ok(object.members.len() >= wanted.members.len() && wanted.members.iter().all(has))
        }
        (Value::Null, Value::Null) => Ok(true),
        (Value::Bool(a), Value::Bool(b)) if a == b => Ok(true),
        _ => Err(Raise::message(format!("contains({}) cannot be applied to: {}", preview(wanted), typed(value)))),
    }
}

fn number(value: Option<Number>) -> Result<Value, Raise> {
    value.map(Value::Number).ok_or(Raise::Exhausted(Exhausted::Bytes))
}

fn cannot(what: &str, left: &Value, right: &Value) -> Raise {
    Raise::message(format!("cannot {what}: {} and {}", typed(left), typed(right)))
}
