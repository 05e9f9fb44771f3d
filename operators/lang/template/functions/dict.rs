//! Dicts. `set`, `unset` and the merging functions change the dict they are given; keys come sorted.

use std::rc::Rc;

use super::signature::{Arguments, Function, Outcome, Type};
use super::values::strval;
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::{Dict as Map, Entries, Text, Value};

use Type::{Any, Dict, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::variadic("dict", &[], Any, dict),
    Function::fixed("get", &[Dict, Str], |_, a| Ok(a.dict(0).get(a.bytes(1)).unwrap_or_else(|| Value::text("")))),
    Function::fixed("set", &[Dict, Str, Any], |e, a| {
        insert(e, &a.dict(0), a.bytes(1).into(), a.any(2).clone())?;
        Ok(a.any(0).clone())
    }),
    Function::fixed("unset", &[Dict, Str], |_, a| {
        a.dict(0).write(|entries| entries.remove(a.bytes(1)));
        Ok(a.any(0).clone())
    }),
    Function::fixed("hasKey", &[Dict, Str], |_, a| Ok(Value::Bool(a.dict(0).get(a.bytes(1)).is_some()))),
    Function::variadic("keys", &[], Dict, |_, a| Ok(Value::texts(entries(a.all()).map(|(key, _)| key)))),
    Function::fixed("values", &[Dict], |_, a| Ok(Value::list(entries(a.all()).map(|(_, value)| value).collect()))),
    Function::variadic("pluck", &[Str], Dict, |_, a| {
        let found = a.from(1).iter().filter_map(|dict| member(dict, a.bytes(0)));
        Ok(Value::list(found.collect()))
    }),
    Function::variadic("pick", &[Dict], Str, |_, a| {
        let keys = a.from(1).iter().filter_map(key);
        let picked = keys.filter_map(|key| Some((key.clone(), a.dict(0).get(key.as_bytes())?)));
        Ok(Value::dict(picked.collect()))
    }),
    Function::variadic("omit", &[Dict], Str, |_, a| {
        let mut kept = a.dict(0).entries();
        a.from(1).iter().filter_map(key).for_each(|key| drop(kept.remove(key.as_bytes())));
        Ok(Value::dict(kept))
    }),
    Function::variadic("dig", &[], Any, dig),
];

fn key(value: &Value) -> Option<&Text> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

fn member(value: &Value, key: &[u8]) -> Option<Value> {
    if let Value::Dict(dict) = value { dict.get(key) } else { None }
}

/// The entries of all dicts, one after the other.
fn entries(dicts: &[Value]) -> impl Iterator<Item = (Text, Value)> + '_ {
    dicts.iter().filter_map(|value| if let Value::Dict(dict) = value { Some(dict.entries()) } else { None }).flatten()
}

/// Writes an entry. A dict that would hold itself is refused: printing it would never end.
pub(super) fn insert(evaluation: &Evaluation, dict: &Rc<Map>, key: Text, value: Value) -> Result<(), EvalError> {
    if holds(evaluation, &value, dict)? {
        return Err(EvalError::new("a dict cannot hold itself"));
    }
    evaluation.charge_bytes(key.as_bytes().len())?;
    match dict.write(|entries| entries.insert(key, value)) {
        Some(_) => Ok(()),
        None => Err(EvalError::new("assignment to entry in nil map")),
    }
}

/// Whether a value is this dict or holds it. Every value inside is looked at, without recursion.
fn holds(evaluation: &Evaluation, value: &Value, dict: &Rc<Map>) -> Result<bool, EvalError> {
    let mut pending = vec![value.clone()];
    while let Some(value) = pending.pop() {
        evaluation.charge(1)?;
        match value {
            Value::Dict(found) if Rc::ptr_eq(&found, dict) => return Ok(true),
            Value::Dict(found) => found.read(|entries| pending.extend(entries.values().filter(is_container).cloned())),
            Value::List(list) => pending.extend(list.items().iter().filter(is_container).cloned()),
            _ => {}
        }
    }
    Ok(false)
}

fn is_container(value: &&Value) -> bool {
    matches!(value, Value::Dict(_) | Value::List(_))
}

/// Keys and values by turns; a key without a value has the empty text.
fn dict(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut made = Entries::new();
    for pair in a.all().chunks(2) {
        let key = strval(evaluation, pair.first().unwrap_or(&Value::Nil))?;
        made.insert(key, pair.get(1).cloned().unwrap_or_else(|| Value::text("")));
    }
    evaluation.charge(made.len())?;
    Ok(Value::dict(made))
}

/// The member at the end of the keys, or the last but one argument when a key is not there.
fn dig(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    let (Some((dict, before)), true) = (a.all().split_last(), a.all().len() >= 3) else {
        return Err(EvalError::new("dig needs at least three arguments"));
    };
    let Some((default, keys)) = before.split_last() else { return Ok(Value::Nil) };
    let mut found = dict.clone();
    // All keys are looked at before the first step.
    if let Some(wrong) = keys.iter().find(|value| key(value).is_none()) {
        return Err(EvalError::new(format!("a key is {}, not string", wrong.type_name())));
    }
    for key in keys.iter().filter_map(key) {
        let step = match &found {
            Value::Dict(dict) if Type::Dict.accept(found.clone()).is_ok() => dict.get(key.as_bytes()),
            other => return Err(EvalError::new(format!("{} is no map[string]interface {{}}", other.type_name()))),
        };
        match step {
            Some(value) => found = value,
            None => return Ok(default.clone()),
        }
    }
    Ok(found)
}
