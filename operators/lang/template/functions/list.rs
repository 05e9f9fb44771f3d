//! Lists. A function that is given something else fails, and an empty list often comes out as Go's nil slice.

use std::rc::Rc;

use super::deep::deep_equal;
use super::signature::{Arguments, Function, Outcome, Type};
use super::values::{is_empty, to_int};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::{List, Members, Value};

use Type::{Any, Int};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::variadic("list", &[], Any, |_, a| Ok(Value::list(a.all().to_vec()))),
    Function::variadic("tuple", &[], Any, |_, a| Ok(Value::list(a.all().to_vec()))),
    Function::fixed("append", &[Any, Any], append),
    Function::fixed("mustAppend", &[Any, Any], append),
    Function::fixed("push", &[Any, Any], append),
    Function::fixed("mustPush", &[Any, Any], append),
    Function::fixed("prepend", &[Any, Any], prepend),
    Function::fixed("mustPrepend", &[Any, Any], prepend),
    Function::variadic("concat", &[], Any, concatenate),
    Function::fixed("first", &[Any], |_, a| Ok(items(a.any(0))?.first().cloned().unwrap_or(Value::Nil))),
    Function::fixed("mustFirst", &[Any], |_, a| Ok(items(a.any(0))?.first().cloned().unwrap_or(Value::Nil))),
    Function::fixed("last", &[Any], |_, a| Ok(items(a.any(0))?.last().cloned().unwrap_or(Value::Nil))),
    Function::fixed("mustLast", &[Any], |_, a| Ok(items(a.any(0))?.last().cloned().unwrap_or(Value::Nil))),
    Function::fixed("rest", &[Any], |_, a| Ok(all_or_nil(items(a.any(0))?.split_first().map(|(_, rest)| rest)))),
    Function::fixed("mustRest", &[Any], |_, a| Ok(all_or_nil(items(a.any(0))?.split_first().map(|(_, rest)| rest)))),
    Function::fixed("initial", &[Any], |_, a| Ok(all_or_nil(items(a.any(0))?.split_last().map(|(_, rest)| rest)))),
    Function::fixed("mustInitial", &[Any], |_, a| Ok(all_or_nil(items(a.any(0))?.split_last().map(|(_, rest)| rest)))),
    Function::fixed("reverse", &[Any], reverse),
    Function::fixed("mustReverse", &[Any], reverse),
    Function::fixed("compact", &[Any], compact),
    Function::fixed("mustCompact", &[Any], compact),
    Function::fixed("uniq", &[Any], unique),
    Function::fixed("mustUniq", &[Any], unique),
    Function::variadic("without", &[Any], Any, without),
    Function::variadic("mustWithout", &[Any], Any, without),
    Function::fixed("has", &[Any, Any], has),
    Function::fixed("mustHas", &[Any, Any], has),
    Function::variadic("slice", &[Any], Any, slice),
    Function::variadic("mustSlice", &[Any], Any, slice),
    Function::fixed("chunk", &[Int, Any], chunk),
    Function::fixed("mustChunk", &[Int, Any], chunk),
];

fn list(value: &Value) -> Result<&Rc<List>, EvalError> {
    match value {
        Value::List(list) => Ok(list),
        other => Err(EvalError::new(format!("a list is expected, not a {}", other.type_name()))),
    }
}

fn items(value: &Value) -> Result<&[Value], EvalError> {
    list(value).map(|list| list.items())
}

/// A list of these items, or Go's nil slice.
fn all_or_nil(items: Option<&[Value]>) -> Value {
    match items {
        Some(items) => Value::list(items.to_vec()),
        None => Value::List(Rc::new(List::nil(Members::Any))),
    }
}

fn append(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    Ok(Value::list([items(a.any(0))?, &[a.any(1).clone()]].concat()))
}

fn prepend(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    Ok(Value::list([&[a.any(1).clone()], items(a.any(0))?].concat()))
}

fn concatenate(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut all = Vec::new();
    for value in a.all() {
        let items = items(value)?;
        evaluation.charge(items.len())?;
        all.extend_from_slice(items);
    }
    Ok(all_or_nil(Some(all.as_slice()).filter(|all| !all.is_empty())))
}

fn reverse(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    Ok(Value::list(items(a.any(0))?.iter().rev().cloned().collect()))
}

fn compact(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    Ok(Value::list(items(a.any(0))?.iter().filter(|item| !is_empty(item)).cloned().collect()))
}

fn contains(evaluation: &Evaluation, items: &[Value], wanted: &Value) -> Result<bool, EvalError> {
    for item in items {
        if deep_equal(evaluation, wanted, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unique(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut kept = Vec::new();
    for item in items(a.any(0))? {
        if !contains(evaluation, &kept, item)? {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

fn without(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut kept = Vec::new();
    for item in items(a.any(0))? {
        if !contains(evaluation, a.from(1), item)? {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

fn has(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    if a.any(1).is_nil() {
        return Ok(Value::Bool(false));
    }
    contains(evaluation, items(a.any(1))?, a.any(0)).map(Value::Bool)
}

/// The items from one place up to another; of the same type as the list, and nil of an empty one.
fn slice(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    let list = list(a.any(0))?;
    if list.items().is_empty() {
        return Ok(Value::Nil);
    }
    let place = |at: usize| a.all().get(at).map(to_int);
    let (start, end) = (place(1).unwrap_or(0), place(2).unwrap_or(list.items().len() as i64));
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let items = range.and_then(|(start, end)| list.items().get(start..end));
    let items = items.ok_or_else(|| EvalError::new("slice bounds out of range"))?;
    Ok(Value::List(Rc::new(List::new(list.members(), items.to_vec()))))
}

/// Lists of so many items each, the last one shorter if need be.
fn chunk(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    let (size, items) = (a.int(0), items(a.any(1))?);
    let chunks = match usize::try_from(size) {
        Ok(size) if size > 0 => items.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect(),
        _ => return Err(EvalError::new("a chunk of no size")),
    };
    Ok(Value::List(Rc::new(List::new(Members::Lists, chunks))))
}
