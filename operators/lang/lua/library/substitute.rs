//! `string.gsub`.

use super::Done;
use super::search::{captured, captures, matches};
use crate::lua::machine::{Arguments, Machine, Trap};
use crate::lua::pattern::{Capture, Matches};
use crate::lua::strings::StringId;
use crate::lua::value::Value;

pub(super) fn substitute(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let (text, pattern) = (machine.text(arguments, 1)?, machine.text(arguments, 2)?);
    let replacement = machine.argument(arguments, 3);
    if !matches!(replacement, Value::Text(_) | Value::Table(_)) && !replacement.is_function() {
        let problem = format!("string or table or function expected, got {}", replacement.type_name());
        return Err(machine.argument_error(3, &problem));
    }
    let limit = machine.whole_or(arguments, 4, -1)?;
    let found = matches(machine, text, pattern, 0, limit)?;
    if found.is_empty() {
        let unchanged = machine.argument(arguments, 1);
        machine.stack.extend([unchanged, Value::Number(0.0)]);
        return Ok(2);
    }
    let mut out = Vec::new();
    let mut copied = 0;
    for one in &found {
        if let Some(replaced) = replaced(machine, text, one, replacement)? {
            let range = one.range();
            out.extend_from_slice(machine.heap.bytes(text).get(copied..range.start).unwrap_or_default());
            out.extend_from_slice(&replaced);
            copied = range.end;
            machine.heap.budget.allocate(replaced.len())?;
        }
    }
    out.extend_from_slice(machine.heap.bytes(text).get(copied..).unwrap_or_default());
    let out = machine.heap.text(out)?;
    machine.stack.extend([out, Value::Number(found.len() as f64)]);
    Ok(2)
}

/// What takes the place of a match; `None` leaves it as it is.
fn replaced(
    machine: &mut Machine<'_>,
    text: StringId,
    found: &Matches,
    replacement: Value,
) -> Result<Option<Vec<u8>>, Trap> {
    let value = match replacement {
        Value::Text(template) => return fill(machine, text, found, template).map(Some),
        Value::Table(_) => {
            let key = captured(machine, text, found.capture(usize::from(found.len() > 1)))?;
            machine.get(replacement, key)?
        }
        function => {
            let given = captures(machine, text, found)?;
            machine.call_for_one(function, &given)?
        }
    };
    Ok(match value {
        Value::Nil | Value::Boolean(false) => None,
        Value::Text(_) | Value::Number(_) => Some(machine.display(value)),
        _ => Some(Vec::new()),
    })
}

/// A template with `%0` to `%9` replaced by what was captured.
fn fill(machine: &mut Machine<'_>, text: StringId, found: &Matches, template: StringId) -> Result<Vec<u8>, Trap> {
    let template = machine.heap.bytes(template).to_vec();
    machine.heap.budget.scan(template.len())?;
    let mut out = Vec::new();
    let mut bytes = template.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let escaped = bytes.next_if(|next| byte == b'%' && (next.is_ascii_digit() || *next == b'%'));
        match escaped {
            None | Some(b'%') => out.push(byte),
            Some(digit) => match numbered(machine, found, usize::from(digit - b'0'))? {
                Capture::Position(position) => out.extend(position.to_string().bytes()),
                Capture::Range(range) => {
                    let part = machine.heap.texts.get(text).get(range).unwrap_or_default();
                    machine.heap.budget.allocate(part.len())?;
                    out.extend_from_slice(part);
                }
            },
        }
    }
    Ok(out)
}

/// A capture by its number in a template; `%1` is the whole match where nothing is captured.
fn numbered(machine: &mut Machine<'_>, found: &Matches, number: usize) -> Result<Capture, Trap> {
    let number = if number == 1 && found.len() == 1 { 0 } else { number };
    match found.capture(number) {
        Some(capture) => Ok(capture),
        None => Err(machine.error("invalid capture index")),
    }
}
