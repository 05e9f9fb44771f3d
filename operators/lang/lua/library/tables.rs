//! The module `table`.

use super::{Done, Native, sort};
use crate::budget::Exhausted;
use crate::lua::machine::{Arguments, Machine, Trap};
use crate::lua::value::{TableId, Value};

pub(super) const FUNCTIONS: &[(&str, Native)] = &[
    ("concat", Native::Plain(concat)),
    ("getn", Native::Plain(length)),
    ("insert", Native::Plain(insert)),
    ("maxn", Native::Plain(length)),
    ("remove", Native::Plain(remove)),
    ("sort", Native::Plain(sort::sort)),
];

fn length(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let length = machine.heap.length(table)?;
    machine.result(Value::Number(length as f64))
}

fn concat(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let separator = machine.text_or(arguments, 2, "")?;
    let length = machine.heap.length(table)? as i64;
    let first = machine.whole_or(arguments, 3, 1)?;
    let last = machine.whole_or(arguments, 4, length)?.min(length);
    if arguments.count == 3 && (first > length || first < 1) {
        return machine.text_result("");
    }
    let first = first.min(length).max(1);
    let start = machine.heap.texts.start();
    for position in first..=last {
        append_item(machine, table, position)?;
        if position < last {
            let heap = &mut machine.heap;
            heap.texts.append(separator, &mut heap.budget)?;
        }
    }
    let heap = &mut machine.heap;
    let joined = heap.texts.finish(start, &mut heap.budget)?;
    machine.result(Value::Text(joined))
}

fn append_item(machine: &mut Machine<'_>, table: TableId, position: i64) -> Result<(), Trap> {
    let item = machine.heap.table(table).item(position);
    match item {
        Value::Text(text) => {
            let heap = &mut machine.heap;
            heap.texts.append(text, &mut heap.budget)?;
        }
        Value::Number(_) => {
            let text = machine.display(item);
            let heap = &mut machine.heap;
            heap.texts.append_bytes(&text, &mut heap.budget)?;
        }
        other => {
            let kind = other.type_name();
            return Err(machine.error(format!("invalid value ({kind}) at index {position} in table for concat")));
        }
    }
    Ok(())
}

fn insert(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    match arguments.count {
        1 => return Err(machine.error("wrong number of arguments")),
        2 => {
            let value = machine.argument(arguments, 2);
            if value != Value::Nil {
                let end = machine.heap.length(table)? as f64 + 1.0;
                machine.heap.set(table, Value::Number(end), value)?;
            }
        }
        _ => {
            let position = machine.whole(arguments, 2)?;
            insert_at(machine, table, position, machine.argument(arguments, 3))?;
        }
    }
    Ok(0)
}

fn insert_at(machine: &mut Machine<'_>, table: TableId, position: i64, value: Value) -> Result<(), Exhausted> {
    let length = machine.heap.table(table).array.len();
    match usize::try_from(position) {
        Ok(position @ 1..) if position <= length => machine.heap.change(table, |table, budget| {
            budget.allocate(size_of::<Value>())?;
            budget.scan((length - position) * size_of::<Value>())?;
            table.array.insert(position - 1, value);
            Ok(())
        }),
        _ => machine.heap.set(table, Value::Number(position as f64), value),
    }
}

fn remove(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let position = if arguments.count == 1 { -1 } else { machine.whole(arguments, 2)? };
    let removed = machine.heap.change(table, |table, budget| -> Result<Option<Value>, Exhausted> {
        let length = table.array.len();
        match usize::try_from(position) {
            // Below the first position the last item goes, as in the reference.
            Err(_) | Ok(0) => Ok(table.array.pop()),
            Ok(position) if position <= length => {
                budget.scan((length - position) * size_of::<Value>())?;
                Ok(Some(table.array.remove(position - 1)))
            }
            Ok(_) => Ok(None),
        }
    });
    machine.result(removed?.unwrap_or(Value::Nil))
}
