//! Makes what a destination names and a document does not have.

use super::Insert;
use super::part::Part;
use crate::path::elements;
use crate::{EvalError, json};

/// Elements that are made up to reach an index.
const MAX_PADDING: usize = 65_536;

impl Insert<'_> {
    /// Appends the JSON text of what is written.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Insert::Raw(raw) => out.push_str(raw),
            Insert::Text(text) => write_string(text, out),
        }
    }
}

/// Appends a JSON string. As in sjson, `<`, `>` and `&` are escaped only if something else in the text must be.
fn write_string(text: &str, out: &mut String) {
    if text.bytes().any(|byte| !matches!(byte, b' '..=0x7f) || matches!(byte, b'"' | b'\\')) {
        json::quote(text, out);
    } else {
        out.extend(["\"", text, "\""]);
    }
}

/// Appends a value with what the parts name added to it. A scalar, and nothing, become a container of the kind that the
/// first part needs.
pub(super) fn create(value: &str, parts: &[Part], insert: Insert<'_>, out: &mut String) -> Result<(), EvalError> {
    let Some(first) = parts.first() else { return Ok(()) };
    let value = value.trim_start_matches(|c| c <= ' ');
    let value = match (value.starts_with(['{', '[']), first.index) {
        (true, _) => value,
        (false, Some(_)) => "[]",
        (false, None) => "{}",
    };
    if value.starts_with('{') {
        let inside = value.rsplit_once('}').map_or(value, |(inside, _)| inside);
        out.push_str(inside);
        separate(inside, out);
        write_member(parts, insert, out)?;
        out.push('}');
    } else {
        match first.index {
            Some(index) => pad(value, index, out)?,
            None if first.appends => {
                let inside = value.trim_end_matches(|c| c <= ' ');
                let inside = inside.strip_suffix(']').unwrap_or(inside);
                out.push_str(inside);
                separate(inside, out);
            }
            None => {
                let name = &first.name;
                return Err(EvalError(format!("cannot set array element for non-numeric key '{name}'")));
            }
        }
        write_value(parts, insert, out)?;
        out.push(']');
    }
    Ok(())
}

/// A comma, unless the container that starts so is empty.
fn separate(inside: &str, out: &mut String) {
    if inside.bytes().skip(1).any(|byte| byte > b' ') {
        out.push(',');
    }
}

/// The elements of an array, and nulls up to an index behind them, ready for one more.
fn pad(array: &str, index: usize, out: &mut String) -> Result<(), EvalError> {
    out.push('[');
    let mut count = 0;
    for element in elements(array) {
        out.push_str(element);
        out.push(',');
        count += 1;
    }
    write_nulls(index.saturating_sub(count), out)
}

fn write_nulls(count: usize, out: &mut String) -> Result<(), EvalError> {
    if count > MAX_PADDING {
        return Err(EvalError(format!("an index more than {MAX_PADDING} behind the end of its array")));
    }
    (0..count).for_each(|_| out.push_str("null,"));
    Ok(())
}

/// Appends a member: its name, and a value made of the parts behind it.
fn write_member(parts: &[Part], insert: Insert<'_>, out: &mut String) -> Result<(), EvalError> {
    write_string(parts.first().map_or("", |part| &part.name), out);
    out.push(':');
    write_value(parts, insert, out)
}

/// Appends what the first part is to hold: containers for the parts behind it around the value that is written.
fn write_value(parts: &[Part], insert: Insert<'_>, out: &mut String) -> Result<(), EvalError> {
    let mut closing = Vec::new();
    for part in parts.iter().skip(1) {
        if part.index.is_some() || part.appends {
            out.push('[');
            write_nulls(part.index.unwrap_or(0), out)?;
            closing.push(']');
        } else {
            out.push('{');
            write_string(&part.name, out);
            out.push(':');
            closing.push('}');
        }
    }
    insert.write(out);
    out.extend(closing.iter().rev());
    Ok(())
}
