//! `jsonpath(text, path)`: a value of a JSON text by a path such as `$.items[0].name`.
//!
//! Members, indexes, `*`, `..`, `length`, slices and unions, as the reference's library finds them. Paths with filters or
//! scripts (`[?(…)]`, `[(…)]`) are refused.

use super::meter::Meter;
use super::value::Value;
use crate::EvalError;

/// A part of a path.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Member(String),
    Index(i64),
    Members(Vec<String>),
    Indexes(Vec<i64>),
    /// From, to and step.
    Slice(Option<i64>, Option<i64>, Option<i64>),
    Wildcard,
    Recursive,
    Length,
}

/// The function as expressions call it.
pub(super) fn call(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let [Value::Text(text), Value::Text(path)] = arguments else {
        return Err(EvalError::new("jsonpath takes a JSON string and a path"));
    };
    meter.reserve(text.len().saturating_mul(8))?;
    let document: serde_json::Value =
        serde_json::from_str(text).map_err(|_| EvalError::new("jsonpath: the string is not JSON"))?;
    let parts = parse(path).ok_or_else(|| EvalError::new("jsonpath: not a path that can be read"))?;
    apply(&Value::from(document), &parts, meter)
}

fn parse(path: &str) -> Option<Vec<Part>> {
    let mut rest = path.strip_prefix(['$', '@'])?;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("..") {
            parts.push(Part::Recursive);
            rest = after;
        } else if let Some(inner) = rest.strip_prefix(".[").or_else(|| rest.strip_prefix('[')) {
            let end = subscript_end(inner)?;
            parts.push(subscript(inner.get(..end)?.trim())?);
            rest = inner.get(end + 1..)?;
        } else {
            let after_recursive = parts.last() == Some(&Part::Recursive);
            let name = match rest.strip_prefix('.') {
                Some(name) => name,
                None if after_recursive => rest,
                None => return None,
            };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            parts.push(match name.get(..end)?.trim() {
                "" => return None,
                "*" => Part::Wildcard,
                "length" => Part::Length,
                name => Part::Member(name.to_owned()),
            });
            rest = name.get(end..)?;
        }
    }
    Some(parts)
}

/// Where the bracket that closes a subscript stands; brackets in quotes do not count.
fn subscript_end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if std::mem::take(&mut escaped) => {}
            '\\' => escaped = quote.is_some(),
            '\'' | '"' if quote == Some(c) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(c),
            ']' if quote.is_none() => return Some(at),
            _ => {}
        }
    }
    None
}

fn subscript(text: &str) -> Option<Part> {
    if text == "*" {
        return Some(Part::Wildcard);
    }
    if let Some(members) = quoted_list(text) {
        return match <[String; 1]>::try_from(members) {
            Ok([member]) => Some(Part::Member(member)),
            Err(members) => Some(Part::Members(members)),
        };
    }
    if text.contains(':') {
        let ends = text.split(':').map(|end| match end.trim() {
            "" => Some(None),
            number => number.parse().ok().map(Some),
        });
        return match ends.collect::<Option<Vec<Option<i64>>>>()?.as_slice() {
            [from, to] => Some(Part::Slice(*from, *to, None)),
            [from, to, step] => Some(Part::Slice(*from, *to, *step)),
            _ => None,
        };
    }
    let indexes: Vec<i64> = text.split(',').map(|index| index.trim().parse().ok()).collect::<Option<_>>()?;
    match indexes.as_slice() {
        [index] => Some(Part::Index(*index)),
        _ => Some(Part::Indexes(indexes)),
    }
}

/// Names in quotes with commas between them.
fn quoted_list(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut name = String::new();
        let mut chars = rest.char_indices().skip(1);
        let end = loop {
            match chars.next()? {
                (_, '\\') => {
                    let (_, c) = chars.next()?;
                    if c != quote {
                        name.push('\\');
                    }
                    name.push(c);
                }
                (at, c) if c == quote => break at + 1,
                (_, c) => name.push(c),
            }
        };
        names.push(name);
        rest = rest.get(end..)?.trim_start();
        if rest.is_empty() {
            return Some(names);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

fn absent() -> EvalError {
    EvalError::new("jsonpath: the path leads to nothing")
}

fn apply(value: &Value, parts: &[Part], meter: &mut Meter) -> Result<Value, EvalError> {
    meter.step(1)?;
    let Some((part, next)) = parts.split_first() else { return Ok(value.clone()) };
    match (part, value) {
        (Part::Member(name), Value::Map(map)) => apply(map.members.get(name.as_str()).ok_or_else(absent)?, next, meter),
        (Part::Index(index), Value::List(list)) => {
            let member = position(*index, list.len()).and_then(|index| list.get(index)).ok_or_else(absent)?;
            apply(&member, next, meter)
        }
        (Part::Members(names), Value::Map(map)) => {
            let members = names.iter().filter_map(|name| map.members.get(name.as_str()).cloned());
            selected(members.collect(), next, meter)
        }
        (Part::Indexes(indexes), Value::List(list)) => {
            let members = indexes.iter().filter_map(|index| list.get(position(*index, list.len())?));
            selected(members.collect(), next, meter)
        }
        (Part::Slice(from, to, step), Value::List(list)) => {
            let indexes = slice_indexes(*from, *to, step.unwrap_or(1), list.len()).ok_or_else(absent)?;
            selected(indexes.into_iter().filter_map(|index| list.get(index)).collect(), next, meter)
        }
        (Part::Wildcard, Value::Map(_) | Value::List(_)) => each(children(value), next, meter),
        (Part::Recursive, _) => {
            let mut found = Vec::new();
            descend(value, next, &mut found, meter)?;
            meter.make(Value::list(found))
        }
        (Part::Length, _) => {
            let own = match value {
                Value::Map(map) => map.members.get("length").cloned(),
                _ => None,
            };
            let length = match own {
                Some(length) => length,
                None => Value::Int(i64::try_from(super::operate::length(value)?).unwrap_or(i64::MAX)),
            };
            apply(&length, next, meter)
        }
        _ => Err(absent()),
    }
}

/// What the rest of the path finds in each value; where it finds nothing the value is left out.
fn each(values: Vec<Value>, next: &[Part], meter: &mut Meter) -> Result<Value, EvalError> {
    let mut found = Vec::new();
    for value in values {
        match apply(&value, next, meter) {
            Ok(Value::Nil) if !next.is_empty() => {}
            Ok(value) => found.push(value),
            // Used up is used up, whatever is left out otherwise.
            Err(_) => meter.step(1)?,
        }
    }
    meter.make(Value::list(found))
}

/// The rest of the path for members that were selected: an index right after them counts among them.
fn selected(values: Vec<Value>, next: &[Part], meter: &mut Meter) -> Result<Value, EvalError> {
    match next.first() {
        None | Some(Part::Index(_)) => apply(&Value::list(values), next, meter),
        Some(_) => each(values, next, meter),
    }
}

fn children(value: &Value) -> Vec<Value> {
    match value {
        Value::Map(map) => map.members.values().cloned().collect(),
        Value::List(list) => list.iter().collect(),
        _ => Vec::new(),
    }
}

/// What the rest of the path finds in a value and in everything below it; lists that it finds are taken apart.
fn descend(value: &Value, next: &[Part], found: &mut Vec<Value>, meter: &mut Meter) -> Result<(), EvalError> {
    if matches!(value, Value::Nil) {
        return Ok(());
    }
    match apply(value, next, meter) {
        Ok(Value::Nil) => {}
        Ok(Value::List(list)) if !next.is_empty() => found.extend(list.iter()),
        Ok(value) => found.push(value),
        Err(_) => meter.step(1)?,
    }
    for child in children(value) {
        descend(&child, next, found, meter)?;
    }
    Ok(())
}

fn position(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    usize::try_from(if index < 0 { length.checked_add(index)? } else { index }).ok()
}

/// The indexes of a slice in their order; a negative step goes backwards.
fn slice_indexes(from: Option<i64>, to: Option<i64>, step: i64, length: usize) -> Option<Vec<usize>> {
    let count = i64::try_from(length).ok()?;
    let end = |end: Option<i64>, default: i64| {
        end.map_or(default, |end| if end < 0 { end.saturating_add(count) } else { end }.clamp(0, count))
    };
    let (from, to) = (end(from, 0), end(to, count));
    let stride = usize::try_from(step.unsigned_abs()).ok().filter(|stride| *stride > 0)?;
    let all = from..to;
    let indexes: Vec<i64> = if step > 0 { all.step_by(stride).collect() } else { all.rev().step_by(stride).collect() };
    indexes.into_iter().map(|index| usize::try_from(index).ok()).collect()
}
