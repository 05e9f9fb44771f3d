//! Values as text: as jq writes them, as Go's `encoding/json` does, and shortened for messages.

use super::number::Number;
use super::value::Value;
use crate::json::quote;
use crate::number::format_json;
use std::fmt::Write as _;

/// What a text is written for.
#[derive(Clone, Copy, PartialEq)]
enum For {
    /// A program: NaN is null and infinities are the largest floats; nothing is escaped for HTML.
    Program,
    /// The event's data, as `encoding/json` writes it; what it cannot write is an error.
    Data,
}

/// The text of a value as `tojson` gives it.
pub(super) fn to_json(value: &Value) -> String {
    let mut out = String::new();
    // Only data can fail to be written.
    let _ = write(value, For::Program, usize::MAX, &mut out);
    out
}

/// The text of a value as event data; `None` where it has a number that JSON does not have.
pub(super) fn to_data(value: &Value) -> Option<String> {
    let mut out = String::new();
    write(value, For::Data, usize::MAX, &mut out).then_some(out)
}

/// The text itself of a text, JSON of everything else.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        other => to_json(other),
    }
}

/// At most 30 bytes of a value's text, as messages show it.
pub(super) fn preview(value: &Value) -> String {
    let mut text = String::new();
    let _ = write(value, For::Program, 40, &mut text);
    if text.len() <= 30 {
        return text;
    }
    let trailing = match value {
        Value::Text(_) => " ...\"",
        Value::Array(_) => " ...]",
        Value::Object(_) => " ...}",
        _ => " ...",
    };
    let mut end = (30 - trailing.len()).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text + trailing
}

/// A value with its type, as messages show it.
pub(super) fn typed(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        value => format!("{} ({})", value.type_name(), preview(value)),
    }
}

/// Writes until `out` has `enough` bytes; false where something cannot be written.
fn write(value: &Value, reader: For, enough: usize, out: &mut String) -> bool {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => return write_number(number, reader, out),
        Value::Text(text) => write_text(text, reader, out),
        Value::Array(array) => {
            out.push('[');
            for (n, item) in array.items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                if out.len() > enough {
                    return true;
                }
                if !write(item, reader, enough, out) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (n, (name, value)) in object.members.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                if out.len() > enough {
                    return true;
                }
                write_text(name, reader, out);
                out.push(':');
                if !write(value, reader, enough, out) {
                    return false;
                }
            }
            out.push('}');
        }
    }
    true
}

fn write_number(number: &Number, reader: For, out: &mut String) -> bool {
    let written = match number {
        Number::Whole(whole) => write!(out, "{whole}"),
        Number::Big(big) => write!(out, "{big}"),
        Number::Digits(text) => write!(out, "{text}"),
        Number::Float(float) => match format_json(*float) {
            Some(text) => write!(out, "{text}"),
            None if reader == For::Data => return false,
            None if float.is_nan() => write!(out, "null"),
            None => write!(out, "{}", format_json(f64::MAX.copysign(*float)).unwrap_or_default()),
        },
    };
    written.is_ok()
}

fn write_text(text: &str, reader: For, out: &mut String) {
    if reader == For::Data {
        return quote(text, out);
    }
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
}
