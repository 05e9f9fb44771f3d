//! Where values lie within others: looking, putting and deleting there.

use super::number::Number;
use super::raise::Raise;
use super::value::{MAX_DEPTH, Map, Members, Value};
use super::write::{preview, typed};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// An index beyond this is refused: the array would be filled with nulls up to it.
const MAX_INDEX: i64 = 0x2000_0000;

/// `value[key]`.
pub(super) fn index(value: &Value, key: &Value) -> Result<Value, Raise> {
    match (key, value) {
        (Value::Text(_) | Value::Number(_) | Value::Array(_) | Value::Object(_), Value::Null) => Ok(Value::Null),
        (Value::Text(name), Value::Object(object)) => Ok(object.members.get(name).cloned().unwrap_or_default()),
        (Value::Text(_), other) => Err(expected_object(other)),
        (Value::Number(number), Value::Array(array)) => {
            let at = position(number.to_whole(), array.items.len());
            Ok(at.and_then(|at| array.items.get(at)).cloned().unwrap_or_default())
        }
        (Value::Number(number), Value::Text(text)) => {
            let at = position(number.to_whole(), text.chars().count());
            Ok(at.and_then(|at| text.chars().nth(at)).map_or(Value::Null, |char| Value::text(char.to_string())))
        }
        (Value::Array(wanted), Value::Array(array)) => {
            Ok(Value::array(places(&array.items, &wanted.items).map(Value::whole).collect()))
        }
        (Value::Number(_) | Value::Array(_), other) => Err(expected_array(other)),
        (Value::Object(range), value) => {
            let (start, end) = bounds(range, key)?;
            slice(value, &start, &end)
        }
        (other, Value::Array(_)) => Err(not_a_number("an array", other)),
        (other, Value::Text(_)) => Err(not_a_number("a string", other)),
        (other, _) => Err(not_a_key(other)),
    }
}

/// Where a part begins and ends, as the key of a path says it.
fn bounds(range: &Map, key: &Value) -> Result<(Value, Value), Raise> {
    match (range.members.get("start"), range.members.get("end")) {
        (Some(start), Some(end)) => Ok((start.clone(), end.clone())),
        _ => Err(Raise::message(format!("expected \"start\" and \"end\" for slicing but got: {}", typed(key)))),
    }
}

/// The key of a path for a part.
pub(super) fn range_key(start: Value, end: Value) -> Value {
    Value::object(Members::from([("start".into(), start), ("end".into(), end)]))
}

/// `value[start:end]`.
pub(super) fn slice(value: &Value, start: &Value, end: &Value) -> Result<Value, Raise> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Array(array) => {
            let range = range(start, end, array.items.len(), "an array")?;
            Ok(Value::array(array.items.get(range).unwrap_or_default().to_vec()))
        }
        Value::Text(text) => {
            let range = range(start, end, text.chars().count(), "a string")?;
            Ok(Value::text(text.chars().skip(range.start).take(range.len()).collect::<String>()))
        }
        other => Err(expected_array(other)),
    }
}

fn range(start: &Value, end: &Value, length: usize, of: &str) -> Result<Range<usize>, Raise> {
    let number = |value: &Value, whole: fn(&Number) -> i64, default: usize, least: usize| match value {
        Value::Null => Ok(default),
        Value::Number(number) => Ok(clamp(whole(number), length).max(least)),
        other => Err(not_a_number(of, other)),
    };
    let start = number(start, Number::to_whole, 0, 0)?;
    let end = number(end, Number::to_whole_above, length, start)?;
    Ok(start..end.max(start))
}

/// A position between 0 and the length; negative ones count from the end.
fn clamp(at: i64, length: usize) -> usize {
    let from_end = if at < 0 { at.saturating_add(length as i64) } else { at };
    usize::try_from(from_end.max(0)).unwrap_or(usize::MAX).min(length)
}

/// A position that exists or, at or after the end, could; negative ones count from the end.
fn position(at: i64, length: usize) -> Option<usize> {
    usize::try_from(if at < 0 { at.saturating_add(length as i64) } else { at }).ok()
}

/// Where `wanted` stands in `items`; nowhere if it is empty.
pub(super) fn places<'a>(items: &'a [Value], wanted: &'a [Value]) -> impl DoubleEndedIterator<Item = usize> + 'a {
    let last = if wanted.is_empty() { 0 } else { (items.len() + 1).saturating_sub(wanted.len()) };
    (0..last).filter(move |at| {
        items
            .get(*at..*at + wanted.len())
            .is_some_and(|part| part.iter().zip(wanted).all(|(a, b)| a.compare(b).is_eq()))
    })
}

/// The value at a path.
pub(super) fn get(value: &Value, path: &Value) -> Result<Value, Raise> {
    let refused = || Raise::message(format!("getpath({}) cannot be applied to: {}", preview(path), typed(value)));
    let Value::Array(keys) = path else { return Err(refused()) };
    let mut found = value.clone();
    for key in &keys.items {
        if !matches!(found, Value::Null | Value::Array(_) | Value::Object(_)) {
            return Err(refused());
        }
        found = index(&found, key).map_err(|raise| within("getpath", value, &[path], raise))?;
    }
    Ok(found)
}

/// The value with `new` at a path.
pub(super) fn set(value: Value, path: &Value, new: Value) -> Result<Value, Raise> {
    let Value::Array(keys) = path else {
        return Err(Raise::message(format!("setpath({}) cannot be applied to: {}", preview(path), typed(&value))));
    };
    let (before, shown) = (shallow(&value), new.clone());
    put(value, &keys.items, new).map_err(|raise| within("setpath", &before, &[path, &shown], raise))
}

/// Enough of a value to show it in a message, which keeps it from being the only other owner of a container.
fn shallow(value: &Value) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) => Value::text(preview(value)),
        other => other.clone(),
    }
}

fn put(value: Value, keys: &[Value], new: Value) -> Result<Value, Raise> {
    let Some((key, rest)) = keys.split_first() else { return Ok(new) };
    match (key, value) {
        (Value::Text(name), value @ (Value::Null | Value::Object(_))) => {
            let mut object = if let Value::Object(object) = value { object } else { Arc::default() };
            let map = Arc::make_mut(&mut object);
            let inner = map.members.get_mut(name).map(std::mem::take).unwrap_or_default();
            map.put(name.clone(), put(inner, rest, new)?);
            bounded(Value::Object(object))
        }
        (Value::Number(number), value @ (Value::Null | Value::Array(_))) => {
            let mut array = if let Value::Array(array) = value { array } else { Arc::default() };
            let whole = number.to_whole();
            let at = position(whole, array.items.len())
                .ok_or_else(|| Raise::message(format!("array index should not be negative: {whole}")))?;
            if at as i64 >= MAX_INDEX {
                return Err(Raise::message(format!("array index too large: {whole}")));
            }
            let items = Arc::make_mut(&mut array);
            let inner = items.items.get_mut(at).map(std::mem::take).unwrap_or_default();
            items.put(at, put(inner, rest, new)?);
            bounded(Value::Array(array))
        }
        (Value::Object(range_of), value @ (Value::Null | Value::Array(_))) => {
            let (start, end) = bounds(range_of, key)?;
            let mut array = if let Value::Array(array) = value { array } else { Arc::default() };
            let range = range(&start, &end, array.items.len(), "an array")?;
            let part = Value::array(array.items.get(range.clone()).unwrap_or_default().to_vec());
            match put(part, rest, new)? {
                Value::Array(part) => {
                    Arc::make_mut(&mut array).change(|items| drop(items.splice(range, part.items.iter().cloned())));
                    bounded(Value::Array(array))
                }
                other => Err(expected_array(&other)),
            }
        }
        (Value::Text(_), other) => Err(expected_object(&other)),
        (Value::Number(_) | Value::Object(_), other) => Err(expected_array(&other)),
        (other, Value::Array(_)) => Err(not_a_number("an array", other)),
        (other, _) => Err(not_a_key(other)),
    }
}

fn bounded(value: Value) -> Result<Value, Raise> {
    if value.depth() > MAX_DEPTH { Err(crate::budget::Exhausted::Depth.into()) } else { Ok(value) }
}

/// The value without what stands at the paths. All paths mean places in the value as it was.
pub(super) fn delete(mut value: Value, paths: &Value) -> Result<Value, Raise> {
    let Value::Array(list) = paths else {
        return Err(Raise::message(format!("delpaths({}) cannot be applied to: {}", preview(paths), typed(&value))));
    };
    let mut gone = BTreeSet::new();
    for path in &list.items {
        let found = match path {
            Value::Array(keys) => locate(&value, None, &keys.items, &mut Vec::new(), &mut gone),
            other => Err(expected_array(other)),
        };
        found.map_err(|raise| within("delpaths", &value, &[paths], raise))?;
    }
    // The last places first, so that no position moves before its turn.
    gone.iter().rev().for_each(|place| remove(&mut value, place));
    Ok(value)
}

/// A key that is certain: a member that exists, or a position counted from the beginning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Name(Arc<str>),
    At(usize),
}

/// Adds the places that `keys` lead to, seen from `value` at `place`; of an array only those in `part`. What is gone
/// already is not looked into.
fn locate(
    value: &Value,
    part: Option<Range<usize>>,
    keys: &[Value],
    place: &mut Vec<Place>,
    gone: &mut BTreeSet<Vec<Place>>,
) -> Result<(), Raise> {
    if gone.contains(place) {
        return Ok(());
    }
    let Some((key, rest)) = keys.split_first() else {
        match part {
            None => drop(gone.insert(place.clone())),
            Some(part) => gone.extend(part.map(|at| [place.as_slice(), &[Place::At(at)]].concat())),
        }
        return Ok(());
    };
    let mut inside = |step: Place, inner: &Value| {
        place.push(step);
        let found = locate(inner, None, rest, place, gone);
        place.pop();
        found
    };
    match (key, value) {
        (Value::Text(name), Value::Object(object)) => match object.members.get(name) {
            Some(inner) => inside(Place::Name(name.clone()), inner),
            None => Ok(()),
        },
        (Value::Number(number), Value::Array(array)) => {
            let part = part.unwrap_or(0..array.items.len());
            let at = position(number.to_whole(), part.len()).filter(|at| *at < part.len()).map(|at| part.start + at);
            match at.and_then(|at| Some((at, array.items.get(at)?))) {
                Some((at, inner)) => inside(Place::At(at), inner),
                None => Ok(()),
            }
        }
        (Value::Object(wanted), Value::Array(array)) => {
            let (start, end) = bounds(wanted, key)?;
            let part = part.unwrap_or(0..array.items.len());
            let inner = range(&start, &end, part.len(), "an array")?;
            locate(value, Some(part.start + inner.start..part.start + inner.end), rest, place, gone)
        }
        (Value::Object(wanted), Value::Null) => bounds(wanted, key).map(drop),
        (Value::Text(_) | Value::Number(_), Value::Null) => Ok(()),
        (Value::Text(_), other) => Err(expected_object(other)),
        (Value::Number(_) | Value::Object(_), other) => Err(expected_array(other)),
        (other, Value::Array(_)) => Err(not_a_number("an array", other)),
        (other, _) => Err(not_a_key(other)),
    }
}

fn remove(value: &mut Value, place: &[Place]) {
    match (place, value) {
        ([], value) => *value = Value::Null,
        ([Place::Name(name), rest @ ..], Value::Object(object)) => {
            let members = &mut Arc::make_mut(object).members;
            match (rest, members.get_mut(name)) {
                ([], _) => drop(members.remove(name)),
                (rest, Some(inner)) => remove(inner, rest),
                (_, None) => {}
            }
        }
        ([Place::At(at), rest @ ..], Value::Array(array)) => {
            let items = &mut Arc::make_mut(array).items;
            match (rest, items.get_mut(*at)) {
                ([], Some(_)) => drop(items.remove(*at)),
                (rest, Some(inner)) => remove(inner, rest),
                (_, None) => {}
            }
        }
        _ => {}
    }
}

/// An error inside a function of paths, with what the function was given.
fn within(name: &str, value: &Value, arguments: &[&Value], raise: Raise) -> Raise {
    let Raise::Message(message) = raise else { return raise };
    let given: Vec<_> = arguments.iter().map(|argument| preview(argument)).collect();
    let shown = match value {
        Value::Text(text) if text.starts_with(['[', '{']) => text.to_string(),
        other => preview(other),
    };
    Raise::message(format!("{name}({}) cannot be applied to {shown}: {message}", given.join("; ")))
}

fn expected_object(value: &Value) -> Raise {
    Raise::message(format!("expected an object but got: {}", typed(value)))
}

pub(super) fn expected_array(value: &Value) -> Raise {
    Raise::message(format!("expected an array but got: {}", typed(value)))
}

pub(super) fn not_a_key(value: &Value) -> Raise {
    Raise::message(format!("expected a string for object key but got: {}", typed(value)))
}

fn not_a_number(of: &str, value: &Value) -> Raise {
    Raise::message(format!("expected a number for indexing {of} but got: {}", typed(value)))
}
