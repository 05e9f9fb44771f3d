//! `table.sort`: by insertion where items are few, as in the reference, else by merging. Equal items keep their order,
//! and a comparison that contradicts itself does no harm.

use super::Done;
use crate::lua::machine::{Arguments, Machine, Trap};
use crate::lua::value::Value;

/// Up to how many items the reference sorts by insertion.
const FEW: usize = 12;

pub(super) fn sort(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let table = machine.table(arguments, 1)?;
    let compare = if arguments.count == 1 { None } else { Some(machine.function(arguments, 2)?) };
    let mut items = machine.heap.table(table).array.clone();
    machine.heap.budget.scan(items.len() * size_of::<Value>())?;
    if items.len() <= FEW {
        insert_all(machine, compare, &mut items)?;
    } else {
        items = merge_all(machine, compare, items)?;
    }
    machine.heap.change(table, |table, _| table.array = items);
    Ok(0)
}

fn insert_all(machine: &mut Machine<'_>, compare: Option<Value>, items: &mut [Value]) -> Result<(), Trap> {
    for next in 1..items.len() {
        for place in (1..=next).rev() {
            let (Some(left), Some(right)) = (items.get(place - 1).copied(), items.get(place).copied()) else { break };
            if !is_less(machine, compare, right, left)? {
                break;
            }
            items.swap(place - 1, place);
        }
    }
    Ok(())
}

fn merge_all(machine: &mut Machine<'_>, compare: Option<Value>, mut items: Vec<Value>) -> Result<Vec<Value>, Trap> {
    let mut spare = items.clone();
    let mut width = 1;
    while width < items.len() {
        for start in (0..items.len()).step_by(width * 2) {
            let middle = (start + width).min(items.len());
            let end = (start + width * 2).min(items.len());
            merge(machine, compare, &items, start..middle, middle..end, &mut spare)?;
        }
        std::mem::swap(&mut items, &mut spare);
        width *= 2;
    }
    Ok(items)
}

/// Merges two sorted neighbours into the same places of `merged`.
fn merge(
    machine: &mut Machine<'_>,
    compare: Option<Value>,
    items: &[Value],
    left: std::ops::Range<usize>,
    right: std::ops::Range<usize>,
    merged: &mut [Value],
) -> Result<(), Trap> {
    let places = left.start..right.end;
    let mut left = items.get(left).unwrap_or_default().iter().peekable();
    let mut right = items.get(right).unwrap_or_default().iter().peekable();
    for place in merged.get_mut(places).unwrap_or_default() {
        let takes_right = match (left.peek(), right.peek()) {
            (Some(left), Some(right)) => is_less(machine, compare, **right, **left)?,
            (None, _) => true,
            (_, None) => false,
        };
        if let Some(next) = if takes_right { right.next() } else { left.next() } {
            *place = *next;
        }
    }
    Ok(())
}

fn is_less(machine: &mut Machine<'_>, compare: Option<Value>, left: Value, right: Value) -> Result<bool, Trap> {
    machine.heap.budget.steps(2)?;
    match compare {
        Some(compare) => Ok(machine.call_for_one(compare, &[left, right])?.is_true()),
        None => machine.less(left, right),
    }
}
