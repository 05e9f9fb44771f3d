//! `string.find`, `match` and `gmatch`.

use super::texts::start_offset;
use super::{Done, NEXT_MATCH};
use crate::lua::heap::Object;
use crate::lua::machine::{Arguments, Machine, Trap};
use crate::lua::pattern::{self, Capture, Matches, PatternError};
use crate::lua::strings::StringId;
use crate::lua::value::Value;

/// All matches of a pattern in a text from an offset on, up to a limit.
pub(super) fn matches(
    machine: &mut Machine<'_>,
    text: StringId,
    pattern: StringId,
    start: usize,
    limit: i64,
) -> Result<Vec<Matches>, Trap> {
    let heap = &mut machine.heap;
    let found = pattern::find(heap.texts.get(pattern), heap.texts.get(text), start, limit, &mut heap.budget);
    found.map_err(|problem| match problem {
        PatternError::Exhausted(exhausted) => exhausted.into(),
        PatternError::Wrong(problem) => machine.error(problem),
    })
}

/// A capture as a value.
pub(super) fn captured(machine: &mut Machine<'_>, text: StringId, capture: Option<Capture>) -> Result<Value, Trap> {
    match capture {
        Some(Capture::Position(position)) => Ok(Value::Number(position as f64)),
        Some(Capture::Range(range)) => {
            let part = machine.heap.bytes(text).get(range).unwrap_or_default().to_vec();
            Ok(machine.heap.text(part)?)
        }
        None => Ok(Value::Nil),
    }
}

/// All captures as values, or the whole match where there are none.
pub(super) fn captures(machine: &mut Machine<'_>, text: StringId, found: &Matches) -> Result<Vec<Value>, Trap> {
    let first = usize::from(found.len() > 1);
    (first..found.len()).map(|number| captured(machine, text, found.capture(number))).collect()
}

fn push_captures(machine: &mut Machine<'_>, text: StringId, found: &Matches) -> Done {
    let captures = captures(machine, text, found)?;
    machine.stack.extend_from_slice(&captures);
    Ok(captures.len())
}

pub(super) fn find(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let (text, pattern) = (machine.text(arguments, 1)?, machine.text(arguments, 2)?);
    if machine.heap.bytes(pattern).is_empty() {
        machine.stack.extend([Value::Number(1.0), Value::Number(0.0)]);
        return Ok(2);
    }
    let length = machine.heap.bytes(text).len();
    let start = start_offset(length, machine.whole_or(arguments, 3, 1)?);
    if arguments.count == 4 && machine.argument(arguments, 4).is_true() {
        return find_plain(machine, text, pattern, start);
    }
    let found = matches(machine, text, pattern, start, 1)?;
    let Some(found) = found.first() else { return machine.result(Value::Nil) };
    let range = found.range();
    machine.stack.extend([Value::Number((range.start + 1) as f64), Value::Number(range.end as f64)]);
    for number in 1..found.len() {
        let value = captured(machine, text, found.capture(number))?;
        machine.stack.push(value);
    }
    Ok(found.len() + 1)
}

fn find_plain(machine: &mut Machine<'_>, text: StringId, sought: StringId, start: usize) -> Done {
    let heap = &mut machine.heap;
    let sought = heap.texts.get(sought);
    let Some(rest) = heap.texts.get(text).get(start..) else {
        return Err(machine.error("the start lies behind the end of the text"));
    };
    heap.budget.scan(rest.len())?;
    match memchr::memmem::find(rest, sought) {
        None => machine.result(Value::Nil),
        Some(found) => {
            let (first, last) = (start + found + 1, start + found + sought.len());
            machine.stack.extend([Value::Number(first as f64), Value::Number(last as f64)]);
            Ok(2)
        }
    }
}

/// As in the reference, no match gives no result at all.
pub(super) fn first_match(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let (text, pattern) = (machine.text(arguments, 1)?, machine.text(arguments, 2)?);
    let length = machine.heap.bytes(text).len() as i64;
    let start = machine.whole_or(arguments, 3, 1)?;
    let start = if start < 0 { length.saturating_add(start).saturating_add(1) } else { start };
    let start = usize::try_from(start.saturating_sub(1)).unwrap_or(0);
    let found = matches(machine, text, pattern, start, 1)?;
    found.first().map_or(Ok(0), |found| push_captures(machine, text, found))
}

pub(super) fn each_match(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let (text, pattern) = (machine.text(arguments, 1)?, machine.text(arguments, 2)?);
    let found = matches(machine, text, pattern, 0, -1)?;
    let state = machine.heap.new_object(Object::Matches(text, found, 0))?;
    machine.stack.extend([NEXT_MATCH, state]);
    Ok(2)
}

pub(super) fn next_match(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let Value::Object(state) = machine.argument(arguments, 1) else {
        return Err(machine.type_error(arguments, 1, "userdata"));
    };
    let Some(Object::Matches(text, found, next)) = machine.heap.object_mut(state) else { return Ok(0) };
    let (text, found) = (*text, found.get(*next).cloned());
    *next += 1;
    found.map_or(Ok(0), |found| push_captures(machine, text, &found))
}
