//! Functions of arrays and objects.

use super::{Native, Surroundings, argument, failed_with, refused, refused_with, row};
use crate::jq::operate::{add, contains};
use crate::jq::path::{expected_array, places};
use crate::jq::raise::Raise;
use crate::jq::value::{Members, Value};
use crate::jq::write::{preview, to_json};
use std::cmp::Ordering;

pub(super) const ROWS: &[Native] = &[
    row("_captures", 0, captures),
    row("_group_by", 1, |around, input, given| grouped(around, "group_by", input, argument(given, 0))),
    row("_max_by", 1, |around, input, given| extreme(around, "max_by", input, argument(given, 0), Ordering::Less)),
    row("_min_by", 1, |around, input, given| extreme(around, "min_by", input, argument(given, 0), Ordering::Greater)),
    row("_sort_by", 1, |around, input, given| {
        Ok(Value::array(sorted(around, "sort_by", input, argument(given, 0))?.into_iter().map(|item| item.1).collect()))
    }),
    row("_unique_by", 1, |around, input, given| unique(around, "unique_by", input, argument(given, 0))),
    row("add", 0, |around, input, _| {
        let items = values(input).ok_or_else(|| refused("add", input))?;
        sum(around, items.into_iter())
    }),
    row("bsearch", 1, |_, input, given| {
        let wanted = argument(given, 0);
        let Value::Array(array) = input else { return Err(refused_with("bsearch", input, wanted)) };
        let at = array.items.partition_point(|item| item.compare(wanted).is_lt());
        let found = array.items.get(at).is_some_and(|item| item.compare(wanted).is_eq());
        Ok(Value::whole(if found { at as i64 } else { -(at as i64) - 1 }))
    }),
    row("contains", 1, |around, input, given| {
        compared(around, input, argument(given, 0))?;
        contains(input, argument(given, 0)).map(Value::Bool)
    }),
    row("flatten", 0, |around, input, _| flatten(around, input, f64::NEG_INFINITY)),
    row("flatten", 1, |around, input, given| match argument(given, 0) {
        _ if values(input).is_none() => Err(refused("flatten", input)),
        Value::Number(depth) if depth.to_float() < 0.0 || depth.to_float().is_nan() => {
            let shown = preview(&Value::float(depth.to_float()));
            Err(Raise::message(format!("flatten depth should not be negative: {shown}")))
        }
        Value::Number(depth) => flatten(around, input, depth.to_float()),
        other => Err(refused("flatten", other)),
    }),
    row("has", 1, |_, input, given| match (input, argument(given, 0)) {
        (Value::Array(array), Value::Number(at)) => {
            Ok(Value::Bool(usize::try_from(at.to_whole()).is_ok_and(|at| at < array.items.len())))
        }
        (Value::Object(object), Value::Text(name)) => Ok(Value::Bool(object.members.contains_key(name))),
        (Value::Null, _) => Ok(Value::Bool(false)),
        (input, key) => Err(refused_with("has", input, key)),
    }),
    row("index", 1, |around, input, given| {
        found(around, "index", input, argument(given, 0), |all| all.next().map_or(Value::Null, Value::whole))
    }),
    row("indices", 1, |around, input, given| {
        found(around, "indices", input, argument(given, 0), |all| Value::array(all.map(Value::whole).collect()))
    }),
    row("inside", 1, |around, input, given| {
        compared(around, input, argument(given, 0))?;
        contains(argument(given, 0), input).map(Value::Bool)
    }),
    row("join", 1, join),
    row("keys", 0, |_, input, _| match input {
        Value::Array(array) => Ok(Value::array((0..array.items.len()).map(Value::whole).collect())),
        Value::Object(object) => Ok(Value::array(object.members.keys().cloned().map(Value::Text).collect())),
        other => Err(refused("keys", other)),
    }),
    row("length", 0, |_, input, _| match input {
        Value::Null => Ok(Value::whole(0)),
        Value::Number(number) => Ok(Value::Number(number.magnitude())),
        Value::Text(text) => Ok(Value::whole(text.chars().count())),
        Value::Array(array) => Ok(Value::whole(array.items.len())),
        Value::Object(object) => Ok(Value::whole(object.members.len())),
        Value::Bool(_) => Err(refused("length", input)),
    }),
    row("max", 0, |around, input, _| extreme(around, "max", input, input, Ordering::Less)),
    row("min", 0, |around, input, _| extreme(around, "min", input, input, Ordering::Greater)),
    row("reverse", 0, |_, input, _| match input {
        Value::Array(array) => Ok(Value::array(array.items.iter().rev().cloned().collect())),
        other => Err(refused("reverse", other)),
    }),
    row("rindex", 1, |around, input, given| {
        found(around, "rindex", input, argument(given, 0), |all| all.next_back().map_or(Value::Null, Value::whole))
    }),
    row("sort", 0, |around, input, _| {
        Ok(Value::array(sorted(around, "sort", input, input)?.into_iter().map(|item| item.1).collect()))
    }),
    row("transpose", 0, transpose),
    row("unique", 0, |around, input, _| unique(around, "unique", input, input)),
];

/// The items of an array, or the values of an object.
fn values(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(array) => Some(array.items.clone()),
        Value::Object(object) => Some(object.members.values().cloned().collect()),
        _ => None,
    }
}

/// The sum of values, from null; texts, arrays and objects are put together in place.
fn sum(around: &mut Surroundings<'_>, items: impl Iterator<Item = Value>) -> Result<Value, Raise> {
    let mut total = Value::Null;
    let mut text: Option<String> = None;
    for item in items {
        around.budget.scan(item.size())?;
        match (&mut text, item) {
            (Some(text), Value::Text(more)) => {
                around.budget.allocate(more.len())?;
                text.push_str(&more);
            }
            (_, Value::Null) => {}
            (None, Value::Text(first)) if matches!(total, Value::Null) => text = Some(first.to_string()),
            (_, item) => {
                if let Some(text) = text.take() {
                    total = Value::text(text);
                }
                total = add(around.budget, total, item)?;
            }
        }
    }
    Ok(text.map_or(total, Value::text))
}

fn join(around: &mut Surroundings<'_>, input: &Value, given: &[Value]) -> Result<Value, Raise> {
    let by = argument(given, 0);
    let items = values(input).ok_or_else(|| refused_with("join", input, by))?;
    if items.is_empty() {
        return Ok(Value::text(""));
    }
    let parts = items.into_iter().enumerate().flat_map(|(n, item)| {
        let item = match item {
            Value::Bool(_) | Value::Number(_) => Value::text(to_json(&item)),
            other => other,
        };
        [if n == 0 { Value::text("") } else { by.clone() }, item]
    });
    sum(around, parts)
}

fn flatten(around: &mut Surroundings<'_>, input: &Value, depth: f64) -> Result<Value, Raise> {
    fn level(around: &mut Surroundings<'_>, items: &[Value], depth: f64, out: &mut Vec<Value>) -> Result<(), Raise> {
        around.budget.allocate(16 * items.len())?;
        for item in items {
            match item {
                Value::Array(array) if depth != 0.0 => level(around, &array.items, depth - 1.0, out)?,
                other => out.push(other.clone()),
            }
        }
        Ok(())
    }
    let items = values(input).ok_or_else(|| refused("flatten", input))?;
    let mut out = Vec::new();
    level(around, &items, depth, &mut out)?;
    Ok(Value::array(out))
}

/// Counts the comparisons of all parts of one value with all parts of another.
fn compared(around: &mut Surroundings<'_>, one: &Value, other: &Value) -> Result<(), Raise> {
    let steps = parts(one).saturating_mul(parts(other)) / 8;
    Ok(around.budget.steps(steps)?)
}

/// How many values a value has in it, itself included.
fn parts(value: &Value) -> u64 {
    1 + match value {
        Value::Array(array) => array.items.iter().map(parts).sum(),
        Value::Object(object) => object.members.values().map(parts).sum(),
        _ => 0,
    }
}

fn found(
    around: &mut Surroundings<'_>,
    name: &str,
    input: &Value,
    wanted: &Value,
    take: impl FnOnce(&mut dyn DoubleEndedIterator<Item = usize>) -> Value,
) -> Result<Value, Raise> {
    compared(around, input, wanted)?;
    let letters = |text: &str| text.chars().map(|char| Value::whole(u32::from(char))).collect::<Vec<_>>();
    match (input, wanted) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::Array(array), Value::Array(wanted)) => Ok(take(&mut places(&array.items, &wanted.items))),
        (Value::Array(array), item) => Ok(take(&mut places(&array.items, std::slice::from_ref(item)))),
        (Value::Text(text), Value::Text(wanted)) => Ok(take(&mut places(&letters(text), &letters(wanted)))),
        _ => Err(refused_with(name, input, wanted)),
    }
}

/// Items with the keys they are compared by, in the order of the keys; equal ones stay in their order.
fn sorted(
    around: &mut Surroundings<'_>,
    name: &str,
    input: &Value,
    keys: &Value,
) -> Result<Vec<(Value, Value)>, Raise> {
    let mut items = keyed(name, input, keys)?;
    let count = items.len();
    around.budget.steps(count as u64 * u64::from(usize::BITS - count.leading_zeros()))?;
    items.sort_by(|a, b| a.0.compare(&b.0));
    Ok(items)
}

/// Items with their keys.
fn keyed(name: &str, input: &Value, keys: &Value) -> Result<Vec<(Value, Value)>, Raise> {
    let Value::Array(items) = input else {
        return Err(if name.ends_with("_by") { refused_with(name, input, keys) } else { refused(name, input) });
    };
    let Value::Array(keys_of) = keys else { return Err(refused_with(name, input, keys)) };
    if items.items.len() != keys_of.items.len() {
        return Err(failed_with(name, input, keys, "length mismatch"));
    }
    Ok(keys_of.items.iter().cloned().zip(items.items.iter().cloned()).collect())
}

fn grouped(around: &mut Surroundings<'_>, name: &str, input: &Value, keys: &Value) -> Result<Value, Raise> {
    let items = sorted(around, name, input, keys)?;
    let groups = items.chunk_by(|a, b| a.0.compare(&b.0).is_eq());
    Ok(Value::array(groups.map(|group| Value::array(group.iter().map(|item| item.1.clone()).collect())).collect()))
}

fn unique(around: &mut Surroundings<'_>, name: &str, input: &Value, keys: &Value) -> Result<Value, Raise> {
    let items = sorted(around, name, input, keys)?;
    let groups = items.chunk_by(|a, b| a.0.compare(&b.0).is_eq());
    Ok(Value::array(groups.filter_map(|group| Some(group.first()?.1.clone())).collect()))
}

/// The last item that is greatest, or the first that is least; an item takes the place of one that compares `worse`.
fn extreme(_: &mut Surroundings<'_>, name: &str, input: &Value, keys: &Value, worse: Ordering) -> Result<Value, Raise> {
    let Value::Array(_) = input else {
        return Err(if name.ends_with("_by") { refused_with(name, input, keys) } else { refused(name, input) });
    };
    let mut best: Option<(Value, Value)> = None;
    for item in keyed(name, input, keys)? {
        let replaces = best.as_ref().is_none_or(|best| {
            let order = best.0.compare(&item.0);
            // Of equal ones the last is the greatest and the first the least.
            if worse == Ordering::Greater { order.is_gt() } else { order.is_le() }
        });
        if replaces {
            best = Some(item);
        }
    }
    Ok(best.map_or(Value::Null, |best| best.1))
}

fn transpose(around: &mut Surroundings<'_>, input: &Value, _: &[Value]) -> Result<Value, Raise> {
    let rows: Option<Vec<&Vec<Value>>> = match input {
        Value::Array(array) => {
            array.items.iter().map(|row| if let Value::Array(row) = row { Some(&row.items) } else { None }).collect()
        }
        _ => None,
    };
    let rows = rows.ok_or_else(|| refused("transpose", input))?;
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    around.budget.allocate(16 * width * rows.len())?;
    let column = |at: usize| Value::array(rows.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect());
    Ok(Value::array((0..width).map(column).collect()))
}

fn captures(_: &mut Surroundings<'_>, input: &Value, _: &[Value]) -> Result<Value, Raise> {
    let Value::Array(array) = input else { return Err(expected_array(input)) };
    let mut named = Members::new();
    for capture in &array.items {
        if let Value::Object(capture) = capture
            && let Some(Value::Text(name)) = capture.members.get("name")
        {
            named.insert(name.clone(), capture.members.get("string").cloned().unwrap_or_default());
        }
    }
    Ok(Value::object(named))
}
