//! The functions of sprig, as `sprig.upper(s)`: those of templates, without the template language's own.

use super::meter::Meter;
use super::value::{List, Value};
use crate::EvalError;
use crate::template::functions::{self, Found};
use crate::template::value::{Entries, List as GoList, Members, Value as GoValue};
use std::rc::Rc;
use std::sync::Arc;

/// Functions of the template language that are none of sprig's.
#[rustfmt::skip]
const TEMPLATES_OWN: [&str; 18] = [
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf",
    "println", "urlquery",
];

/// The function of this name; `None` where sprig has none.
///
/// # Errors
/// A function that is refused here, and why.
pub(super) fn find(name: &str) -> Result<Option<&'static functions::Function>, EvalError> {
    if TEMPLATES_OWN.contains(&name) {
        return Ok(None);
    }
    match functions::find(name) {
        Found::Function(function) => Ok(Some(function)),
        Found::Refused(why) => Err(EvalError::new(format!("sprig.{name}: {why}"))),
        Found::Nothing => Ok(None),
    }
}

/// Calls a function with values of this language.
pub(super) fn call(function: &functions::Function, arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let given = arguments.iter().map(|argument| to_go(argument, meter)).collect::<Result<Vec<_>, _>>()?;
    let result = function.call(meter.evaluation(), &given)?;
    from_go(&result, meter)
}

fn to_go(value: &Value, meter: &mut Meter) -> Result<GoValue, EvalError> {
    meter.step(1)?;
    Ok(match value {
        Value::Nil => GoValue::Nil,
        Value::Bool(truth) => GoValue::Bool(*truth),
        Value::Int(number) => GoValue::Int(*number),
        Value::Float(number) => GoValue::Float(*number),
        Value::Text(text) => GoValue::text(&**text),
        Value::Time(time) => GoValue::Time(Rc::new((**time).clone())),
        Value::Duration(nanoseconds) => GoValue::Duration(*nanoseconds),
        Value::List(list) => {
            let items = list.iter().map(|member| to_go(&member, meter)).collect::<Result<Vec<_>, _>>()?;
            let members = match list {
                List::Texts(_) => Members::Text,
                List::Range(..) => Members::Int,
                List::Any(_) | List::Pair(_) | List::Nil => Members::Any,
            };
            GoValue::List(Rc::new(GoList::new(members, items)))
        }
        Value::Map(map) => {
            let mut entries = Entries::new();
            for (name, member) in &map.members {
                entries.insert((&**name).into(), to_go(member, meter)?);
            }
            GoValue::dict(entries)
        }
        Value::AnyMap(_) | Value::Groups(_) | Value::Function(_) => {
            return Err(EvalError::new(format!("sprig takes no {} of this kind", value.kind())));
        }
    })
}

fn from_go(value: &GoValue, meter: &mut Meter) -> Result<Value, EvalError> {
    meter.step(1)?;
    Ok(match value {
        GoValue::Missing | GoValue::Nil => Value::Nil,
        GoValue::Bool(truth) => Value::Bool(*truth),
        GoValue::Float(number) => Value::Float(*number),
        GoValue::Text(text) => Value::text(text.to_str()),
        GoValue::Time(time) => Value::Time(Arc::new((**time).clone())),
        GoValue::Duration(nanoseconds) => Value::Duration(*nanoseconds),
        GoValue::List(list) => {
            let items = list.items().iter().map(|item| from_go(item, meter)).collect::<Result<Vec<_>, _>>()?;
            match list.members() {
                Members::Text => Value::texts(items.into_iter().filter_map(|item| match item {
                    Value::Text(text) => Some(text),
                    _ => None,
                })),
                _ => Value::list(items),
            }
        }
        GoValue::Dict(dict) => {
            let entries = dict.entries();
            let members =
                entries.iter().map(|(name, member)| Ok((Arc::from(&*name.to_str()), from_go(member, meter)?)));
            Value::map(members.collect::<Result<_, EvalError>>()?)
        }
        GoValue::Version(_) => return Err(EvalError::new("a version cannot be used here")),
        // Whole numbers of all widths are compared by their value.
        other => match other.signed().or_else(|| other.unsigned().and_then(|number| i64::try_from(number).ok())) {
            Some(number) => Value::Int(number),
            None => return Err(EvalError::new("a number does not fit")),
        },
    })
}
