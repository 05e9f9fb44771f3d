//! The module `string`, except for searching and replacing.

use super::refused::refuse;
use super::{Done, Native, letters, search, substitute};
use crate::lua::format::{self, Printed};
use crate::lua::machine::{Arguments, Machine, Trap};
use crate::lua::syntax::read_number;
use crate::lua::value::Value;

pub(super) const FUNCTIONS: &[(&str, Native)] = &[
    ("byte", Native::Plain(byte)),
    ("char", Native::Plain(character)),
    ("dump", Native::Plain(refuse)),
    ("find", Native::Plain(search::find)),
    ("format", Native::Plain(print)),
    ("gfind", Native::Plain(search::each_match)),
    ("gmatch", Native::Plain(search::each_match)),
    ("gsub", Native::Plain(substitute::substitute)),
    ("len", Native::Plain(length)),
    ("lower", Native::Plain(|machine, arguments| change_case(machine, arguments, letters::lower))),
    ("match", Native::Plain(search::first_match)),
    ("rep", Native::Plain(repeat)),
    ("reverse", Native::Plain(reverse)),
    ("sub", Native::Plain(part)),
    ("upper", Native::Plain(|machine, arguments| change_case(machine, arguments, letters::upper))),
];

/// A position counted from the end where it is negative.
fn from_end(length: usize, position: i64) -> i64 {
    if position < 0 { (length as i64).saturating_add(position).saturating_add(1) } else { position }
}

/// The offset of a start position as scripts count.
pub(super) fn start_offset(length: usize, position: i64) -> usize {
    let position = if position == 0 { 0 } else { position.saturating_sub(1) };
    usize::try_from(from_end(length, position)).unwrap_or(0)
}

fn byte(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let text = machine.text(arguments, 1)?;
    let length = machine.heap.bytes(text).len();
    let start = from_end(length, machine.whole_or(arguments, 2, 1)?.saturating_sub(1));
    let end = from_end(length, machine.whole_or(arguments, 3, -1)?).min(length as i64);
    // With one position the byte must be there; a range is cut to the text.
    let range = if arguments.count == 2 { start..start.saturating_add(1) } else { start.max(0)..end };
    let range = usize::try_from(range.start).unwrap_or(usize::MAX)..usize::try_from(range.end).unwrap_or(0);
    let bytes = machine.heap.bytes(text).get(range).unwrap_or_default().to_vec();
    machine.heap.budget.allocate(bytes.len() * size_of::<Value>())?;
    machine.stack.extend(bytes.iter().map(|byte| Value::Number(f64::from(*byte))));
    Ok(bytes.len())
}

fn character(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let mut bytes = Vec::with_capacity(arguments.count);
    for position in 1..=arguments.count {
        bytes.push(machine.whole(arguments, position)? as u8);
    }
    machine.text_result(bytes)
}

fn length(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let text = machine.text(arguments, 1)?;
    machine.result(Value::Number(machine.heap.bytes(text).len() as f64))
}

fn change_case(machine: &mut Machine<'_>, arguments: Arguments, letter: fn(char) -> char) -> Done {
    let text = machine.text(arguments, 1)?;
    let length = machine.heap.bytes(text).len();
    machine.heap.budget.steps(length as u64 / 4)?;
    let changed = letters::map(machine.heap.bytes(text), letter);
    machine.text_result(changed)
}

fn reverse(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let text = machine.text(arguments, 1)?;
    let reversed: Vec<u8> = machine.heap.bytes(text).iter().rev().copied().collect();
    machine.text_result(reversed)
}

fn part(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let text = machine.text(arguments, 1)?;
    let length = machine.heap.bytes(text).len();
    let start = start_offset(length, machine.whole(arguments, 2)?);
    let end = from_end(length, machine.whole_or(arguments, 3, -1)?).clamp(0, length as i64) as usize;
    let part = machine.heap.bytes(text).get(start..end).unwrap_or_default().to_vec();
    machine.text_result(part)
}

fn repeat(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let text = machine.text(arguments, 1)?;
    let count = usize::try_from(machine.whole(arguments, 2)?).unwrap_or(0);
    let length = machine.heap.bytes(text).len();
    machine.heap.budget.allocate(length.saturating_mul(count))?;
    let repeated = machine.heap.bytes(text).repeat(count);
    machine.text_result(repeated)
}

fn print(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let text = machine.text(arguments, 1)?;
    let text = machine.heap.bytes(text).to_vec();
    let mut printed = Vec::new();
    for position in 2..=arguments.count.min(directives(&text) + 1) {
        let value = machine.argument(arguments, position);
        printed.push(match value {
            Value::Number(number) => Printed::Number(number),
            Value::Text(_) => Printed::Text(machine.display(value)),
            Value::Boolean(truth) => Printed::Boolean(truth),
            _ => Printed::Other(machine.display(value)),
        });
    }
    let read = |text: &[u8]| std::str::from_utf8(text).ok().and_then(read_number);
    match format::format(&text, &printed, machine.heap.budget.bytes_left(), read) {
        Some(text) => machine.text_result(text),
        None => Err(Trap::Exhausted(crate::budget::Exhausted::Bytes)),
    }
}

/// How many values a format uses, by the reference's count: the percent signs without the pairs of them.
fn directives(text: &[u8]) -> usize {
    let (mut count, mut at) = (0, 0);
    while let Some(byte) = text.get(at) {
        let is_pair = *byte == b'%' && text.get(at + 1) == Some(&b'%');
        // Both signs of a pair count, and the pair counts once against them.
        count += usize::from(*byte == b'%');
        at += 1 + usize::from(is_pair);
    }
    count
}
