//! The functions that are global variables themselves.

use super::refused::refuse;
use super::{Control, Done, NEXT_ITEM, NEXT_PAIR, Native, environments};
use crate::lua::compile;
use crate::lua::events::Event;
use crate::lua::heap::{Closure, Object};
use crate::lua::machine::{Arguments, Machine, whole_number};
use crate::lua::syntax::read_whole;
use crate::lua::value::Value;
use crate::number::parse_float;

pub(super) const FUNCTIONS: &[(&str, Native)] = &[
    ("_printregs", Native::Plain(nothing)),
    ("assert", Native::Plain(assert)),
    ("collectgarbage", Native::Plain(nothing)),
    ("dofile", Native::Plain(refuse)),
    ("error", Native::Plain(error)),
    ("getfenv", Native::Plain(environments::get)),
    ("getmetatable", Native::Plain(get_metatable)),
    ("ipairs", Native::Plain(ipairs)),
    ("load", Native::Plain(load)),
    ("loadfile", Native::Plain(refuse)),
    ("loadstring", Native::Plain(load_text)),
    ("module", Native::Plain(refuse)),
    ("newproxy", Native::Plain(new_proxy)),
    ("next", Native::Plain(next)),
    ("pairs", Native::Plain(pairs)),
    ("pcall", Native::Control(Control::Protect)),
    ("print", Native::Plain(nothing)),
    ("rawequal", Native::Plain(raw_equal)),
    ("rawget", Native::Plain(raw_get)),
    ("rawset", Native::Plain(raw_set)),
    ("require", Native::Plain(refuse)),
    ("select", Native::Plain(select)),
    ("setfenv", Native::Plain(environments::set)),
    ("setmetatable", Native::Plain(set_metatable)),
    ("tonumber", Native::Plain(to_number)),
    ("tostring", Native::Plain(to_text)),
    ("type", Native::Plain(type_of)),
    ("unpack", Native::Plain(unpack)),
    ("xpcall", Native::Control(Control::ProtectWithHandler)),
];

/// Does nothing: nobody reads what a script prints, and memory is freed after each evaluation.
fn nothing(_: &mut Machine<'_>, _: Arguments) -> Done {
    Ok(0)
}

fn assert(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    if machine.argument(arguments, 1).is_true() {
        return Ok(arguments.count);
    }
    let message = machine.text_or(arguments, 2, "assertion failed!")?;
    let message = machine.heap.bytes(message).to_vec();
    Err(machine.error_with(&message, "assertion failed"))
}

fn error(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let value = machine.required(arguments, 1)?;
    let level = machine.whole_or(arguments, 2, 1)?;
    match value {
        Value::Text(text) if level > 0 => {
            let text = machine.heap.bytes(text).to_vec();
            // The reference counts `error` itself as a level, and passes over it for level 1.
            Err(machine.error_at_level(level.saturating_sub(1).max(1), &text, "the script raised an error"))
        }
        _ => Err(machine.thrown(value)),
    }
}

fn get_metatable(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let value = machine.required(arguments, 1)?;
    let shown = match machine.meta(value, Event::Metatable) {
        Value::Nil => machine.metatable(value).map_or(Value::Nil, Value::Table),
        instead => instead,
    };
    machine.result(shown)
}

fn set_metatable(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let metatable = match machine.argument(arguments, 2) {
        Value::Nil => None,
        Value::Table(table) => Some(table),
        other => {
            let problem = format!("nil or table expected, got {}", other.type_name());
            return Err(machine.argument_error(2, &problem));
        }
    };
    let object = machine.argument(arguments, 1);
    if object == Value::Nil {
        return Err(machine.error("cannot set metatable to a nil object."));
    }
    if machine.meta(object, Event::Metatable) != Value::Nil {
        return Err(machine.error("cannot change a protected metatable"));
    }
    match object {
        Value::Table(table) => machine.heap.change(table, |table, _| table.metatable = metatable),
        Value::Object(proxy) => {
            if let Some(Object::Proxy(of_proxy)) = machine.heap.object_mut(proxy) {
                *of_proxy = metatable;
            }
        }
        _ => return Err(machine.error("only tables and proxies can be given a metatable here")),
    }
    machine.result(object)
}

fn pairs(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    machine.stack.extend([NEXT_PAIR, Value::Table(table), Value::Nil]);
    Ok(3)
}

fn ipairs(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    machine.stack.extend([NEXT_ITEM, Value::Table(table), Value::Number(0.0)]);
    Ok(3)
}

pub(super) fn next_pair(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let Some((key, value)) = machine.heap.next(table, machine.argument(arguments, 2))? else { return Ok(0) };
    machine.stack.extend([key, value]);
    Ok(2)
}

pub(super) fn next_item(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let position = machine.whole(arguments, 2)?.saturating_add(1);
    let value = machine.heap.table(table).item(position);
    if value == Value::Nil {
        return Ok(0);
    }
    machine.stack.extend([Value::Number(position as f64), value]);
    Ok(2)
}

fn next(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    machine.table(arguments, 1)?;
    match next_pair(machine, arguments)? {
        0 => machine.result(Value::Nil),
        count => Ok(count),
    }
}

fn load(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let reader = machine.function(arguments, 1)?;
    let mut text = Vec::new();
    loop {
        let piece = match machine.call_for_one(reader, &[])? {
            Value::Nil => break,
            piece @ (Value::Text(_) | Value::Number(_)) => machine.display(piece),
            _ => {
                let problem = machine.heap.text("reader function must return a string")?;
                machine.stack.extend([Value::Nil, problem]);
                return Ok(2);
            }
        };
        if piece.is_empty() {
            break;
        }
        machine.heap.budget.allocate(piece.len())?;
        text.extend_from_slice(&piece);
    }
    load_bytes(machine, &text)
}

fn load_text(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let text = machine.text(arguments, 1)?;
    let text = machine.heap.bytes(text).to_vec();
    load_bytes(machine, &text)
}

fn load_bytes(machine: &mut Machine<'_>, text: &[u8]) -> Done {
    // A compiled script is about this much larger than its text.
    machine.heap.budget.allocate(text.len().saturating_mul(64))?;
    let globals = machine.current_globals();
    let text = String::from_utf8_lossy(text);
    match compile::function(&text, &mut machine.heap.texts, &mut machine.heap.budget) {
        Ok(function) => {
            let closure = machine.heap.new_closure(Closure { function, shared: Vec::new(), globals })?;
            machine.result(closure)
        }
        Err(error) => {
            let line = text.bytes().take(error.at).filter(|byte| *byte == b'\n').count() + 1;
            let problem = machine.heap.text(format!("<string> line:{line}: {}", error.message))?;
            machine.stack.extend([Value::Nil, problem]);
            Ok(2)
        }
    }
}

fn new_proxy(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let metatable = match machine.argument(arguments, 1) {
        Value::Boolean(true) => Some(machine.heap.new_table()?),
        other @ Value::Object(_) => machine.metatable(other),
        _ => None,
    };
    let proxy = machine.heap.new_object(Object::Proxy(metatable))?;
    machine.result(proxy)
}

fn raw_equal(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let (left, right) = (machine.required(arguments, 1)?, machine.required(arguments, 2)?);
    machine.result(Value::Boolean(left == right))
}

fn raw_get(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let key = machine.required(arguments, 2)?;
    machine.result(machine.heap.table(table).get(key))
}

fn raw_set(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let (key, value) = (machine.required(arguments, 2)?, machine.required(arguments, 3)?);
    machine.set_raw(table, key, value)?;
    Ok(0)
}

fn select(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let count = arguments.count as i64;
    match machine.argument(arguments, 1) {
        Value::Number(number) => {
            let position = whole_number(number);
            let position = if position < 0 { count.saturating_add(position) } else { position.min(count) };
            if position < 1 {
                return Err(machine.argument_error(1, "index out of range"));
            }
            Ok((count - position) as usize)
        }
        Value::Text(text) if machine.heap.bytes(text) == b"#" => machine.result(Value::Number((count - 1) as f64)),
        Value::Text(text) => {
            let text = String::from_utf8_lossy(machine.heap.bytes(text)).into_owned();
            let message = format!("bad argument #1 to {} (invalid string '{text}')", machine.called_name());
            Err(machine.error_with(message.as_bytes(), "bad argument #1 to select (invalid string)"))
        }
        other => {
            let problem = format!("number or string expected, got {}", other.type_name());
            Err(machine.argument_error(1, &problem))
        }
    }
}

fn to_number(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let base = machine.whole_or(arguments, 2, 10)?;
    let without_base = machine.argument(arguments, 2) == Value::Nil;
    let number = match machine.required(arguments, 1)? {
        Value::Number(number) => Some(number),
        Value::Text(text) => match std::str::from_utf8(machine.heap.bytes(text)) {
            Ok(text) => number_in_base(text.trim_matches([' ', '\n', '\t']), base, without_base),
            Err(_) => None,
        },
        _ => None,
    };
    machine.result(number.map_or(Value::Nil, Value::Number))
}

fn number_in_base(text: &str, base: i64, without_base: bool) -> Option<f64> {
    if text.contains('.') {
        return parse_float(text).ok();
    }
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).filter(|_| without_base);
    let whole = match hexadecimal {
        Some(digits) => read_whole(digits, 16),
        None => read_whole(text, u32::try_from(base).ok()?),
    };
    whole.map(|whole| whole as f64)
}

fn to_text(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let value = machine.required(arguments, 1)?;
    let function = machine.meta(value, Event::Print);
    if function.is_function() {
        let printed = machine.call_for_one(function, &[value])?;
        return machine.result(printed);
    }
    match value {
        Value::Text(_) => machine.result(value),
        _ => machine.text_result(machine.display(value)),
    }
}

fn type_of(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let value = machine.required(arguments, 1)?;
    machine.text_result(value.type_name())
}

/// How many values `unpack` leaves at most.
const UNPACKED: i64 = 100_000;

fn unpack(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let first = machine.whole_or(arguments, 2, 1)?;
    let length = machine.heap.length(table)? as i64;
    let last = machine.whole_or(arguments, 3, length)?;
    if last.saturating_sub(first) >= UNPACKED {
        return Err(machine.error("registry overflow"));
    }
    let count = usize::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(0);
    machine.heap.budget.scan(count * 16)?;
    for position in first..=last {
        let item = machine.heap.table(table).item(position);
        machine.stack.push(item);
    }
    Ok(count)
}
