//! Comparing and copying values through and through.

use std::rc::Rc;

use super::signature::{Function, Type};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::{Dict, Entries, List, Value};

use Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("deepEqual", &[Any, Any], |e, a| Ok(Value::Bool(deep_equal(e, a.any(0), a.any(1))?))),
    Function::fixed("deepCopy", &[Any], |e, a| deep_copy(e, a.any(0), 0)),
    Function::fixed("mustDeepCopy", &[Any], |e, a| deep_copy(e, a.any(0), 0)),
];

/// How deep lists and dicts may nest.
const MAX_DEPTH: usize = 200;

fn too_deep() -> EvalError {
    EvalError::new(format!("a value deeper than {MAX_DEPTH}"))
}

/// Go's `reflect.DeepEqual`: types count, and so does whether an empty list or dict is nil.
pub(super) fn deep_equal(evaluation: &Evaluation, a: &Value, b: &Value) -> Result<bool, EvalError> {
    equal_at(evaluation, a, b, 0)
}

fn equal_at(evaluation: &Evaluation, a: &Value, b: &Value, depth: usize) -> Result<bool, EvalError> {
    evaluation.charge(1)?;
    match (a, b) {
        _ if depth > MAX_DEPTH => Err(too_deep()),
        (Value::List(a), Value::List(b)) => lists_equal(evaluation, a, b, depth),
        (Value::Dict(a), Value::Dict(b)) => dicts_equal(evaluation, a, b, depth),
        (Value::Text(a), Value::Text(b)) => {
            evaluation.charge_bytes(a.as_bytes().len())?;
            Ok(a == b)
        }
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Float(a), Value::Float(b)) => Ok(a == b),
        (Value::Time(a), Value::Time(b)) => Ok(a == b),
        (Value::Version(a), Value::Version(b)) => Ok(a == b),
        _ if a.is_nil() || b.is_nil() => Ok(a.is_nil() && b.is_nil()),
        _ => Ok(a.type_name() == b.type_name() && a.signed() == b.signed() && a.unsigned() == b.unsigned()),
    }
}

fn lists_equal(evaluation: &Evaluation, a: &Rc<List>, b: &Rc<List>, depth: usize) -> Result<bool, EvalError> {
    let (left, right) = (a.items(), b.items());
    if a.members() != b.members() || a.is_nil() != b.is_nil() || left.len() != right.len() {
        return Ok(false);
    }
    if Rc::ptr_eq(a, b) {
        return Ok(true);
    }
    for (a, b) in left.iter().zip(right) {
        if !equal_at(evaluation, a, b, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn dicts_equal(evaluation: &Evaluation, a: &Rc<Dict>, b: &Rc<Dict>, depth: usize) -> Result<bool, EvalError> {
    if a.members() != b.members() || a.is_nil() != b.is_nil() || a.len() != b.len() {
        return Ok(false);
    }
    if Rc::ptr_eq(a, b) {
        return Ok(true);
    }
    a.read(|left| {
        for (key, a) in left {
            match b.get(key.as_bytes()) {
                Some(b) if equal_at(evaluation, a, &b, depth + 1)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    })
}

fn deep_copy(evaluation: &Evaluation, value: &Value, depth: usize) -> Result<Value, EvalError> {
    evaluation.charge(1)?;
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    match value {
        Value::List(list) if !list.is_nil() => {
            let items: Result<_, EvalError> =
                list.items().iter().map(|item| deep_copy(evaluation, item, depth + 1)).collect();
            Ok(Value::List(Rc::new(List::new(list.members(), items?))))
        }
        Value::Dict(dict) if !dict.is_nil() => {
            let copied: Result<Entries, EvalError> = dict.read(|entries| {
                let copy = |(key, value): (&_, _)| Ok((Clone::clone(key), deep_copy(evaluation, value, depth + 1)?));
                entries.iter().map(copy).collect()
            });
            Ok(Value::Dict(Rc::new(Dict::new(dict.members(), copied?))))
        }
        other => Ok(other.clone()),
    }
}
