//! Functions of texts.

use super::wrong;
use crate::EvalError;
use crate::expr::meter::Meter;
use crate::expr::operate;
use crate::expr::value::{List, Value};
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::sync::Arc;

/// The arguments that must be texts, all of them.
fn texts<const N: usize>(name: &str, arguments: &[Value]) -> Result<[Arc<str>; N], EvalError> {
    let mut texts: [Arc<str>; N] = std::array::from_fn(|_| Arc::from(""));
    for (text, argument) in texts.iter_mut().zip(arguments) {
        match argument {
            Value::Text(given) => *text = given.clone(),
            other => return Err(wrong(name, other)),
        }
    }
    Ok(texts)
}

/// The texts of a function whose second argument can be left out.
fn with_default(name: &str, arguments: &[Value], default: &str) -> Result<[Arc<str>; 2], EvalError> {
    let [text, part] = texts(name, arguments)?;
    Ok([text, if arguments.len() < 2 { Arc::from(default) } else { part }])
}

pub(super) fn string(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let value = arguments.first().unwrap_or(&Value::Nil);
    meter.step(value.weight())?;
    meter.reserve(value.size())?;
    Ok(match value {
        Value::Text(_) => value.clone(),
        other => Value::text(other.to_string()),
    })
}

pub(super) fn trim(arguments: &[Value]) -> Result<Value, EvalError> {
    let [text, cut] = texts("trim", arguments)?;
    Ok(Value::text(if arguments.len() < 2 { text.trim() } else { text.trim_matches(|c| cut.contains(c)) }))
}

pub(super) fn trim_prefix(arguments: &[Value]) -> Result<Value, EvalError> {
    let [text, prefix] = with_default("trimPrefix", arguments, " ")?;
    Ok(Value::text(text.strip_prefix(&*prefix).unwrap_or(&text)))
}

pub(super) fn trim_suffix(arguments: &[Value]) -> Result<Value, EvalError> {
    let [text, suffix] = with_default("trimSuffix", arguments, " ")?;
    Ok(Value::text(text.strip_suffix(&*suffix).unwrap_or(&text)))
}

/// Upper case, character by character: one that would become several stays as it is.
pub(super) fn upper(arguments: &[Value]) -> Result<Value, EvalError> {
    let [text] = texts("upper", arguments)?;
    let upper = |c: char| {
        let mut upper = c.to_uppercase();
        upper.next().filter(|_| upper.next().is_none()).unwrap_or(c)
    };
    Ok(Value::text(text.chars().map(upper).collect::<String>()))
}

/// Lower case, character by character; the capital I with a dot becomes a plain i.
pub(super) fn lower(arguments: &[Value]) -> Result<Value, EvalError> {
    let [text] = texts("lower", arguments)?;
    Ok(Value::text(text.chars().filter_map(|c| c.to_lowercase().next()).collect::<String>()))
}

/// Parts between separators, or each with its separator; an empty separator parts all characters.
pub(super) fn split(arguments: &[Value], after: bool, meter: &mut Meter) -> Result<Value, EvalError> {
    let [text, separator] = texts("split", arguments.get(..2).unwrap_or(arguments))?;
    let limit = match arguments.get(2) {
        Some(limit) => operate::integer(limit)?,
        None => -1,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut parts: Vec<Arc<str>> = Vec::new();
    let mut rest = &*text;
    while limit > parts.len() + 1 {
        let end = if separator.is_empty() {
            // The last character needs no separator after it.
            rest.char_indices().nth(1).map(|(end, _)| (end, end))
        } else {
            rest.find(&*separator).map(|start| (start, start + separator.len()))
        };
        let Some((end, next)) = end else { break };
        meter.reserve(32)?;
        parts.push(Arc::from(rest.get(..if after { next } else { end }).unwrap_or_default()));
        rest = rest.get(next..).unwrap_or_default();
    }
    if limit > 0 && !(separator.is_empty() && rest.is_empty()) {
        parts.push(Arc::from(rest));
    }
    Ok(Value::texts(parts.into_iter()))
}

pub(super) fn replace(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let [text, old, new] = texts("replace", arguments.get(..3).unwrap_or(arguments))?;
    let limit = match arguments.get(3) {
        Some(limit) => operate::integer(limit)?,
        None => -1,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let count = text.matches(&*old).count().min(limit);
    meter.reserve(text.len().saturating_add(count.saturating_mul(new.len())))?;
    Ok(Value::text(text.replacen(&*old, &new, limit)))
}

pub(super) fn repeat(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    const LIMIT: i64 = 1_000_000;
    let [text] = texts("repeat", arguments.get(..1).unwrap_or(arguments))?;
    let count = operate::integer(arguments.get(1).unwrap_or(&Value::Nil))?;
    let count = usize::try_from(count.min(LIMIT + 1)).map_err(|_| EvalError::new("repeat: the count is negative"))?;
    if count > LIMIT as usize {
        return Err(EvalError::new("repeat: the count is too large"));
    }
    meter.reserve(text.len().saturating_mul(count))?;
    Ok(Value::text(text.repeat(count)))
}

pub(super) fn join(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let Some(Value::List(list @ (List::Any(_) | List::Texts(_) | List::Nil))) = arguments.first() else {
        return Err(wrong("join", arguments.first().unwrap_or(&Value::Nil)));
    };
    let [glue] = texts("join", arguments.get(1..).unwrap_or_default())?;
    let mut joined = String::new();
    for (i, member) in list.iter().enumerate() {
        let Value::Text(text) = &member else { return Err(wrong("join", &member)) };
        meter.reserve(text.len() + glue.len())?;
        if i > 0 {
            joined.push_str(&glue);
        }
        joined.push_str(text);
    }
    Ok(Value::text(joined))
}

/// The byte at which a part of a text begins, or -1.
pub(super) fn index(arguments: &[Value], find: fn(&str, &str) -> Option<usize>) -> Result<Value, EvalError> {
    let [text, part] = texts("indexOf", arguments)?;
    Ok(Value::Int(find(&text, &part).and_then(|index| i64::try_from(index).ok()).unwrap_or(-1)))
}

pub(super) fn has(arguments: &[Value], has: fn(&str, &str) -> bool) -> Result<Value, EvalError> {
    let [text, part] = texts("hasPrefix", arguments)?;
    Ok(Value::Bool(has(&text, &part)))
}

/// The standard alphabet with padding; bits that are left over in the last character do not matter, as in Go.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

pub(super) fn to_base64(arguments: &[Value]) -> Result<Value, EvalError> {
    let [text] = texts("toBase64", arguments)?;
    Ok(Value::text(BASE64.encode(text.as_bytes())))
}

/// Line ends are skipped; bytes that are no text become U+FFFD.
pub(super) fn from_base64(arguments: &[Value]) -> Result<Value, EvalError> {
    let [text] = texts("fromBase64", arguments)?;
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let bytes = BASE64.decode(text).map_err(|_| EvalError::new("the string is not base64"))?;
    Ok(Value::text(String::from_utf8_lossy(&bytes).into_owned()))
}
