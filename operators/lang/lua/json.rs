//! Event data into tables, and tables into JSON, with what gets lost on the way in the reference.

use super::events::Event;
use super::heap::Heap;
use super::value::{TableId, Value};
use crate::budget::Exhausted;
use crate::document::{Scalar, Sink, SyntaxError, read};
use crate::json::quote;
use crate::number::format_json;
use std::borrow::Cow;

/// Why event data did not become a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadError {
    /// The text is not JSON.
    Syntax(SyntaxError),
    /// The JSON is not an object.
    NotAnObject,
    /// It is larger than an evaluation's memory.
    Exhausted(Exhausted),
}

/// Why a table did not become JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriteError {
    /// It contains an infinity or what is not a number.
    NotFinite,
    /// It contains a function, a coroutine or an object.
    NotData(&'static str),
    /// It contains itself, or nests too deep.
    TooDeep,
    /// It is larger than an evaluation's memory.
    Exhausted(Exhausted),
}

impl From<SyntaxError> for ReadError {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

impl From<Exhausted> for ReadError {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

impl From<Exhausted> for WriteError {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

/// Reads an object into a table; `null` is an empty one. Members and items that are `null` are left out, and so are
/// arrays directly inside arrays.
pub(super) fn to_table(text: &str, heap: &mut Heap<'_>) -> Result<TableId, ReadError> {
    let mut reader = Reader { heap, open: Vec::new(), key: Value::Nil, skipping: 0, root: None };
    read(text, &mut reader)?;
    reader.root.ok_or(ReadError::NotAnObject)
}

struct Reader<'h, 'p> {
    heap: &'h mut Heap<'p>,
    /// The tables being filled, outermost first, and for arrays the next position.
    open: Vec<Open>,
    /// The name of the member whose value comes next.
    key: Value,
    /// How many arrays are open that are left out.
    skipping: usize,
    root: Option<TableId>,
}

struct Open {
    table: TableId,
    /// `None` for an object.
    next_position: Option<u32>,
    /// The name under which an object holds this table.
    key: Value,
}

impl Reader<'_, '_> {
    /// Adds a value to the innermost table.
    fn add(&mut self, value: Value) -> Result<(), ReadError> {
        let Some(innermost) = self.open.last_mut() else {
            return match value {
                Value::Nil => {
                    self.root = Some(self.heap.new_table()?);
                    Ok(())
                }
                _ => Err(ReadError::NotAnObject),
            };
        };
        let key = match &mut innermost.next_position {
            None => self.key,
            Some(_) if value == Value::Nil => return Ok(()),
            Some(position) => {
                *position += 1;
                Value::Number(f64::from(*position))
            }
        };
        Ok(self.heap.set(innermost.table, key, value)?)
    }
}

impl Sink for Reader<'_, '_> {
    type Error = ReadError;

    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), ReadError> {
        if self.skipping > 0 {
            return Ok(());
        }
        let value = match scalar {
            Scalar::Null => Value::Nil,
            Scalar::Boolean(value) => Value::Boolean(value),
            Scalar::Number(value, _) => Value::Number(value),
            Scalar::Text(text) => self.heap.text(text.as_bytes())?,
        };
        self.add(value)
    }

    fn open(&mut self, object: bool) -> Result<(), ReadError> {
        let in_array = self.open.last().is_some_and(|innermost| innermost.next_position.is_some());
        if self.skipping > 0 || !object && in_array {
            self.skipping += 1;
            return Ok(());
        }
        if !object && self.open.is_empty() {
            return Err(ReadError::NotAnObject);
        }
        let table = self.heap.new_table()?;
        self.open.push(Open { table, next_position: (!object).then_some(0), key: self.key });
        Ok(())
    }

    fn key(&mut self, name: Cow<'_, str>) -> Result<(), ReadError> {
        if self.skipping == 0 {
            self.key = self.heap.text(name.as_bytes())?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadError> {
        if self.skipping > 0 {
            self.skipping -= 1;
            return Ok(());
        }
        let Some(closed) = self.open.pop() else { return Ok(()) };
        if self.open.is_empty() {
            self.root = Some(closed.table);
            return Ok(());
        }
        self.key = closed.key;
        self.add(Value::Table(closed.table))
    }
}

/// Deepest nesting of tables that is written.
const DEPTH: usize = 500;

/// Writes a table as JSON with sorted members: an array if its metatable says `__is_array`, or if it has an item at a
/// positive whole number; else an object.
pub(super) fn from_table(table: TableId, heap: &mut Heap<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    write_table(table, heap, DEPTH, &mut out)?;
    Ok(out)
}

fn write_table(id: TableId, heap: &mut Heap<'_>, depth: usize, out: &mut String) -> Result<(), WriteError> {
    let depth = depth.checked_sub(1).ok_or(WriteError::TooDeep)?;
    let marked =
        heap.table(id).metatable.map(|metatable| heap.table(metatable).get(Value::Text(Event::IsArray.name())));
    let length = heap.length(id)?;
    if length > 0 || marked == Some(Value::Boolean(true)) {
        return write_array(id, length, heap, depth, out);
    }
    let members: Vec<_> = heap.table(id).members().collect();
    heap.budget.allocate(members.len() * size_of::<(Vec<u8>, Value)>())?;
    let mut named: Vec<_> = members.into_iter().map(|(key, value)| (heap.display(key), value)).collect();
    // Of members whose names print alike, the last assigned stays.
    named.sort_by(|left, right| left.0.cmp(&right.0));
    out.push('{');
    let mut is_first = true;
    for (position, (name, value)) in named.iter().enumerate() {
        if named.get(position + 1).is_some_and(|(next, _)| next == name) {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            out.push(',');
        }
        heap.budget.allocate(name.len())?;
        quote_bytes(name, out);
        out.push(':');
        write_value(*value, heap, depth, out)?;
    }
    out.push('}');
    Ok(())
}

fn write_array(
    id: TableId,
    length: usize,
    heap: &mut Heap<'_>,
    depth: usize,
    out: &mut String,
) -> Result<(), WriteError> {
    out.push('[');
    for position in 1..=length {
        if position > 1 {
            out.push(',');
        }
        let item = heap.table(id).item(position as i64);
        write_value(item, heap, depth, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_value(value: Value, heap: &mut Heap<'_>, depth: usize, out: &mut String) -> Result<(), WriteError> {
    heap.budget.allocate(4)?;
    match value {
        Value::Nil => out.push_str("null"),
        Value::Boolean(value) => out.push_str(if value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&format_json(number).ok_or(WriteError::NotFinite)?),
        Value::Text(text) => {
            heap.budget.allocate(heap.texts.get(text).len())?;
            quote_bytes(heap.bytes(text), out);
        }
        Value::Table(table) => write_table(table, heap, depth, out)?,
        other => return Err(WriteError::NotData(other.type_name())),
    }
    Ok(())
}

/// Writes a text in quotes; each byte that is not UTF-8 becomes an escaped U+FFFD, as Go writes it.
fn quote_bytes(text: &[u8], out: &mut String) {
    if let Ok(text) = std::str::from_utf8(text) {
        return quote(text, out);
    }
    out.push('"');
    for chunk in text.utf8_chunks() {
        let mut quoted = String::new();
        quote(chunk.valid(), &mut quoted);
        out.push_str(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default());
        out.extend(chunk.invalid().iter().map(|_| "\\ufffd"));
    }
    out.push('"');
}
