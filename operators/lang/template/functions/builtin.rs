//! The functions that Go's templates always have.

use super::escape;
use super::signature::{Arguments, Function, Outcome, Type};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::format;
use crate::template::value::Value;

use Type::{Any, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    // The evaluator stops early at these two; called with all arguments they decide by the last.
    Function::variadic("and", &[Any], Any, last),
    Function::variadic("or", &[Any], Any, last),
    Function::fixed("not", &[Any], |_, a| Ok(Value::Bool(!a.any(0).is_true()))),
    Function::variadic("call", &[Any], Any, |_, a| {
        Err(EvalError::new(format!("a value of type {} is no function", a.any(0).type_name())))
    }),
    Function::fixed("len", &[Any], length),
    Function::variadic("index", &[Any], Any, index),
    Function::variadic("print", &[], Any, |e, a| format::sprint(e, a.all()).map(Value::text)),
    Function::variadic("printf", &[Str], Any, |e, a| format::sprintf(e, a.bytes(0), a.from(1)).map(Value::text)),
    Function::variadic("println", &[], Any, |e, a| format::sprintln(e, a.all()).map(Value::text)),
    Function::variadic("html", &[], Any, |e, a| Ok(Value::text(escape::html(&printed(e, a)?)))),
    Function::variadic("js", &[], Any, |e, a| Ok(Value::text(escape::javascript(&printed(e, a)?)))),
    Function::variadic("urlquery", &[], Any, |e, a| Ok(Value::text(escape::query(&printed(e, a)?)))),
];

fn last(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    Ok(a.all().last().cloned().unwrap_or(Value::Nil))
}

/// The arguments as one text, nil ones as an action prints them.
fn printed(evaluation: &Evaluation, a: Arguments<'_>) -> Result<Vec<u8>, EvalError> {
    let shown = |value: &Value| if value.is_nil() { Value::text("<no value>") } else { value.clone() };
    let values: Vec<Value> = a.all().iter().map(shown).collect();
    let text = format::sprint(evaluation, &values)?;
    // An escaped byte is at most six times as long.
    evaluation.charge_text(6 * text.len())?;
    Ok(text)
}

fn length(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    let length = match a.any(0) {
        Value::Text(text) => text.as_bytes().len(),
        Value::List(list) => list.items().len(),
        Value::Dict(dict) => dict.len(),
        Value::Missing | Value::Nil => return Err(EvalError::new("len of nil pointer")),
        other => return Err(EvalError::new(format!("len of type {}", other.type_name()))),
    };
    Ok(Value::Int(length as i64))
}

/// The member of a member of … by the indexes; what a dict lacks is the zero of its members.
fn index(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut item = a.any(0).clone();
    if item.is_nil() {
        return Err(EvalError::new("index of untyped nil"));
    }
    for index in a.from(1) {
        evaluation.charge(1)?;
        item = match &item {
            Value::Text(text) => Value::Uint8(*at(text.as_bytes(), index)?),
            Value::List(list) => at(list.items(), index)?.clone(),
            Value::Dict(dict) => match index {
                Value::Text(key) => dict.get(key.as_bytes()).unwrap_or_else(|| dict.zero()),
                other => {
                    let found = other.type_name();
                    return Err(EvalError::new(format!("value has type {found}; should be string")));
                }
            },
            Value::Missing | Value::Nil => return Err(EvalError::new("index of nil pointer")),
            other => return Err(EvalError::new(format!("can't index item of type {}", other.type_name()))),
        };
    }
    Ok(item)
}

fn at<'a, T>(items: &'a [T], index: &Value) -> Result<&'a T, EvalError> {
    let place = match (index.signed(), index.unsigned()) {
        (Some(number), _) => usize::try_from(number).ok(),
        (_, Some(number)) => usize::try_from(number).ok(),
        _ if index.is_nil() => return Err(EvalError::new("cannot index slice/array with nil")),
        _ => return Err(EvalError::new(format!("cannot index slice/array with type {}", index.type_name()))),
    };
    place.and_then(|place| items.get(place)).ok_or_else(|| EvalError::new("index out of range"))
}
