//! Sorting lists; members that are equal stay in their order.

use super::wrong;
use crate::EvalError;
use crate::expr::meter::Meter;
use crate::expr::operate;
use crate::expr::value::{List, Value};
use std::cmp::Ordering;

pub(super) fn sort(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    match arguments {
        [Value::List(list), direction @ ..] => sorted(list, "", direction.first(), meter),
        _ => Err(wrong("sort", arguments.first().unwrap_or(&Value::Nil))),
    }
}

pub(super) fn sort_by(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    match arguments {
        [Value::List(list), Value::Text(field), direction @ ..] => sorted(list, field, direction.first(), meter),
        [Value::List(_), other, ..] => Err(wrong("sortBy", other)),
        _ => Err(wrong("sortBy", arguments.first().unwrap_or(&Value::Nil))),
    }
}

/// Sorts by the field of members that are maps, and by the member itself otherwise.
fn sorted(list: &List, field: &str, direction: Option<&Value>, meter: &mut Meter) -> Result<Value, EvalError> {
    let descending = match direction {
        None => false,
        Some(Value::Text(text)) if matches!(&**text, "asc" | "desc") => &**text == "desc",
        Some(_) => return Err(EvalError::new("sort: expected asc or desc")),
    };
    let length = list.len();
    meter.step(length.saturating_mul(length.max(2).ilog2() as usize))?;
    let mut keyed = Vec::with_capacity(length);
    for member in list.iter() {
        let key = match &member {
            Value::Map(map) => map.members.get(field).cloned(),
            Value::AnyMap(_) | Value::Groups(_) => Some(operate::fetch(&member, &Value::text(field))?),
            other => Some(other.clone()),
        };
        let key = key.ok_or_else(|| EvalError::new("sort: a member lacks the field"))?;
        keyed.push((key, member));
    }
    let kind = |key: &Value| std::mem::discriminant(key);
    if keyed.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if kind(a) != kind(b))) {
        return Err(EvalError::new("sort: members of different types"));
    }
    if let [(first, _), _, ..] = keyed.as_slice()
        && !matches!(first, Value::Int(_) | Value::Float(_) | Value::Text(_) | Value::Duration(_))
    {
        return Err(wrong("sort", first));
    }
    keyed.sort_by(|(a, _), (b, _)| {
        let order = operate::order("<", a, b).ok().flatten().unwrap_or(Ordering::Equal);
        if descending { order.reverse() } else { order }
    });
    Ok(Value::list(keyed.into_iter().map(|(_, member)| member).collect()))
}
