//! Values into JSON text, as Go's `encoding/json` writes them.

use crate::EvalError;
use crate::number;

use super::Value;

/// Whether `<`, `>` and `&` are escaped, as Go does unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Escape {
    /// `\u003c`, `\u003e`, `\u0026`
    Html,
    /// As they are.
    Plain,
}

/// How deep lists and dicts may nest, and how many bytes may come out.
const MAX_DEPTH: usize = 200;
const MAX_BYTES: usize = 8 << 20;

/// The value as compact JSON with sorted keys; `None` if a number in it is not finite, which JSON cannot say.
///
/// # Errors
/// A value too deep or too large to write.
pub(in crate::template) fn to_json(value: &Value, escape: Escape) -> Result<Option<String>, EvalError> {
    Writer { out: String::new(), escape, indent: false, is_finite: true }.write(value)
}

/// The value as [`to_json`] writes it, but over several lines, indented by two blanks.
///
/// # Errors
/// As [`to_json`].
pub(in crate::template) fn to_pretty_json(value: &Value) -> Result<Option<String>, EvalError> {
    Writer { out: String::new(), escape: Escape::Html, indent: true, is_finite: true }.write(value)
}

struct Writer {
    out: String,
    escape: Escape,
    indent: bool,
    is_finite: bool,
}

impl Writer {
    fn write(mut self, value: &Value) -> Result<Option<String>, EvalError> {
        self.value(value, 0)?;
        Ok(self.is_finite.then_some(self.out))
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<(), EvalError> {
        if depth > MAX_DEPTH || self.out.len() > MAX_BYTES {
            return Err(EvalError::new("the value is too large for JSON"));
        }
        match value {
            Value::Missing | Value::Nil => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Float(number) => match number::format_json(*number) {
                Some(digits) => self.out.push_str(&digits),
                None => self.is_finite = false,
            },
            Value::Text(text) => self.string(text.as_bytes()),
            Value::List(list) if list.is_nil() => self.out.push_str("null"),
            Value::List(list) => {
                self.container(('[', ']'), list.items().iter(), depth, |writer, item| writer.value(item, depth + 1))?;
            }
            Value::Dict(dict) if dict.is_nil() => self.out.push_str("null"),
            Value::Dict(dict) => dict.read(|entries| {
                self.container(('{', '}'), entries.iter(), depth, |writer, (key, value)| {
                    writer.string(key.as_bytes());
                    writer.out.push_str(if writer.indent { ": " } else { ":" });
                    writer.value(value, depth + 1)
                })
            })?,
            Value::Time(time) => self.string(time.rfc3339().as_bytes()),
            Value::Version(version) => self.string(version.to_string().as_bytes()),
            integer => match (integer.signed(), integer.unsigned()) {
                (Some(number), _) => self.out.push_str(&number.to_string()),
                (_, Some(number)) => self.out.push_str(&number.to_string()),
                _ => {}
            },
        }
        Ok(())
    }

    fn container<T>(
        &mut self,
        (open, close): (char, char),
        members: impl ExactSizeIterator<Item = T>,
        depth: usize,
        mut write: impl FnMut(&mut Self, T) -> Result<(), EvalError>,
    ) -> Result<(), EvalError> {
        let is_empty = members.len() == 0;
        self.out.push(open);
        for (at, member) in members.enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.line(depth + 1);
            write(self, member)?;
        }
        if !is_empty {
            self.line(depth);
        }
        self.out.push(close);
        Ok(())
    }

    fn line(&mut self, depth: usize) {
        if self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", depth));
        }
    }

    fn string(&mut self, bytes: &[u8]) {
        self.out.push('"');
        // A stray byte is written as an escape, a U+FFFD that was in the text as itself.
        for chunk in bytes.utf8_chunks() {
            chunk.valid().chars().for_each(|char| self.char(char));
            chunk.invalid().iter().for_each(|_| self.out.push_str("\\ufffd"));
        }
        self.out.push('"');
    }

    fn char(&mut self, char: char) {
        match char {
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\u{8}' => self.out.push_str("\\b"),
            '\u{c}' => self.out.push_str("\\f"),
            '<' | '>' | '&' if self.escape == Escape::Plain => self.out.push(char),
            '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                self.out.push_str(&format!("\\u{:04x}", u32::from(char)));
            }
            _ => self.out.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_go_writes() {
        let value = Value::list(vec![
            Value::text("<a&b>\u{1}\u{2028}\"\\/\u{7f}"),
            Value::text(b"\xff\xef\xbf\xbd".as_slice()),
            Value::Float(1e21),
            Value::Int(-3),
            Value::Nil,
            Value::list(vec![]),
        ]);
        let html =
            r#"["\u003ca\u0026b\u003e\u0001\u2028\"\\/"#.to_owned() + "\u{7f}\",\"\\ufffd\u{fffd}\",1e+21,-3,null,[]]";
        assert_eq!(to_json(&value, Escape::Html).unwrap().unwrap(), html);
        assert!(to_json(&value, Escape::Plain).unwrap().unwrap().starts_with(r#"["<a&b>\u0001"#));
        assert_eq!(to_json(&Value::Float(f64::NAN), Escape::Html), Ok(None));
        let nested = Value::list(vec![Value::list(vec![Value::Int(1)]), Value::list(vec![])]);
        assert_eq!(to_pretty_json(&nested).unwrap().unwrap(), "[\n  [\n    1\n  ],\n  []\n]");
    }

    #[test]
    fn shared_members_cannot_grow_without_end() {
        let mut value = Value::text("x".repeat(100));
        for _ in 0..60 {
            value = Value::list(vec![value.clone(), value]);
        }
        assert!(to_json(&value, Escape::Html).is_err());
    }
}
