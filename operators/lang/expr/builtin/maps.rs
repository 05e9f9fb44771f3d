//! Functions of maps, and of any value.

use super::wrong;
use crate::EvalError;
use crate::expr::meter::Meter;
use crate::expr::operate;
use crate::expr::value::Value;

/// The name of a value's type.
pub(super) fn type_name(arguments: &[Value]) -> Result<Value, EvalError> {
    Ok(Value::text(match arguments.first().unwrap_or(&Value::Nil) {
        Value::Time(_) => "time.Time",
        Value::Duration(_) => "time.Duration",
        Value::Function(_) => "func",
        other => other.kind(),
    }))
}

pub(super) fn to_json(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let value = arguments.first().unwrap_or(&Value::Nil);
    meter.step(value.weight())?;
    meter.reserve(value.size())?;
    value.to_json(Some(0)).map(Value::text).ok_or_else(|| EvalError::new("the value cannot be written as JSON"))
}

pub(super) fn from_json(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let Some(Value::Text(text)) = arguments.first() else {
        return Err(wrong("fromJSON", arguments.first().unwrap_or(&Value::Nil)));
    };
    meter.reserve(text.len().saturating_mul(8))?;
    let value: serde_json::Value = serde_json::from_str(text).map_err(|_| EvalError::new("the string is not JSON"))?;
    Ok(Value::from(value))
}

/// Keys and their values; those of an object are sorted, where the library leaves their order to chance.
fn pairs(name: &str, arguments: &[Value]) -> Result<Vec<(Value, Value)>, EvalError> {
    match arguments {
        [Value::Map(map)] => {
            Ok(map.members.iter().map(|(name, member)| (Value::Text(name.clone()), member.clone())).collect())
        }
        [Value::AnyMap(map) | Value::Groups(map)] => Ok(map.members.clone()),
        _ => Err(wrong(name, arguments.first().unwrap_or(&Value::Nil))),
    }
}

pub(super) fn keys(arguments: &[Value]) -> Result<Value, EvalError> {
    Ok(Value::list(pairs("keys", arguments)?.into_iter().map(|(key, _)| key).collect()))
}

pub(super) fn values(arguments: &[Value]) -> Result<Value, EvalError> {
    Ok(Value::list(pairs("values", arguments)?.into_iter().map(|(_, member)| member).collect()))
}

pub(super) fn to_pairs(arguments: &[Value]) -> Result<Value, EvalError> {
    let pairs = pairs("toPairs", arguments)?;
    Ok(Value::list(pairs.into_iter().map(|(key, member)| Value::pair(key, member)).collect()))
}

/// A map from a list of pairs; of two pairs with one key the later counts.
pub(super) fn from_pairs(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let [Value::List(list)] = arguments else {
        return Err(wrong("fromPairs", arguments.first().unwrap_or(&Value::Nil)));
    };
    let mut members: Vec<(Value, Value)> = Vec::new();
    for pair in list.iter() {
        let Value::List(pair) = &pair else {
            return Err(EvalError::new("fromPairs takes a list of pairs"));
        };
        let (Some(key), Some(member), 2) = (pair.get(0), pair.get(1), pair.len()) else {
            return Err(EvalError::new("fromPairs takes lists of two members"));
        };
        operate::hashable(&key)?;
        meter.step(members.len())?;
        match members.iter_mut().find(|(known, _)| operate::same_key(known, &key)) {
            Some((_, known)) => *known = member,
            None => members.push((key, member)),
        }
    }
    Ok(Value::any_map(members))
}
