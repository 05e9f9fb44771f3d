//! YAML data as the JSON that the reference makes of it: YAML 1.1, keys sorted, of keys that stand twice the last one.
//!
//! The rules are those of sigs.k8s.io/yaml over goyaml.v2: only the first document counts, keys that are numbers or
//! booleans become text, and a plain scalar means what [`resolve`] says.

mod plain;

pub use plain::{Plain, resolve};

use crate::EvalError;
use crate::json::quote;
use crate::number::format_json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use granit_parser::{Event, Options, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;

/// How deep data may be nested.
const MAX_DEPTH: usize = 100;
/// How many bytes the values of a document may have, those of its aliases counted each time, and 16 for each value.
const MAX_SIZE: usize = 8 * 1024 * 1024;

/// The JSON text of a YAML text.
///
/// # Errors
/// A text that is no YAML, numbers and keys that JSON does not have, and more than an evaluation may use.
pub fn to_json(text: &str) -> Result<String, EvalError> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader::default();
    while let Some(event) = parser.next_event() {
        match event.map_err(|error| EvalError::new(format!("it is no YAML: {}", error.info())))?.0 {
            Event::DocumentEnd | Event::StreamEnd => break,
            event => reader.event(event)?,
        }
    }
    let mut out = String::new();
    write(&reader.root, &mut out);
    Ok(out)
}

/// Builds the value of one document.
#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    root: Value,
    anchors: HashMap<usize, (Value, usize)>,
    size: usize,
}

/// A collection that is still open.
struct Open {
    anchor: usize,
    items: Items,
}

enum Items {
    List(Vec<Value>),
    Map { members: Map<String, Value>, key: Option<Key>, merged: Vec<Value> },
}

/// The key whose value comes next.
enum Key {
    Name(String),
    Merge,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) -> Result<(), EvalError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(text.len())?;
                let awaits_key = matches!(self.open.last(), Some(Open { items: Items::Map { key: None, .. }, .. }));
                if awaits_key && text == "<<" && style == ScalarStyle::Plain {
                    return self.add_key(Key::Merge);
                }
                let value = scalar(&text, style, tag.as_deref())?;
                self.anchor(anchor, &value);
                self.add(value)
            }
            Event::SequenceStart(_, anchor, _) => self.start(anchor, Items::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                self.start(anchor, Items::Map { members: Map::new(), key: None, merged: Vec::new() })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(id) => {
                let (value, size) =
                    self.anchors.get(&id).cloned().ok_or_else(|| EvalError::new("an alias stands in its own value"))?;
                self.count(size)?;
                if self.open.len() + depth(&value) > MAX_DEPTH {
                    return Err(EvalError::new("it is nested too deep"));
                }
                self.add(value)
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, bytes: usize) -> Result<(), EvalError> {
        self.size = self.size.saturating_add(bytes + 16);
        if self.size > MAX_SIZE { Err(EvalError::new("it is too large")) } else { Ok(()) }
    }

    fn start(&mut self, anchor: usize, items: Items) -> Result<(), EvalError> {
        self.count(0)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(EvalError::new("it is nested too deep"));
        }
        self.open.push(Open { anchor, items });
        Ok(())
    }

    fn end(&mut self) -> Result<(), EvalError> {
        let Some(Open { anchor, items }) = self.open.pop() else { return Ok(()) };
        let value = match items {
            Items::List(items) => Value::Array(items),
            Items::Map { mut members, merged, .. } => {
                merged.into_iter().for_each(|value| merge(&mut members, value));
                Value::Object(members)
            }
        };
        self.anchor(anchor, &value);
        self.add(value)
    }

    fn anchor(&mut self, anchor: usize, value: &Value) {
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), size(value)));
        }
    }

    fn add_key(&mut self, next: Key) -> Result<(), EvalError> {
        if let Some(Open { items: Items::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = Some(next);
        }
        Ok(())
    }

    fn add(&mut self, value: Value) -> Result<(), EvalError> {
        match self.open.last_mut().map(|open| &mut open.items) {
            None => self.root = value,
            Some(Items::List(items)) => items.push(value),
            Some(Items::Map { members, key, merged }) => match key.take() {
                None => *key = Some(Key::Name(name(value)?)),
                Some(Key::Name(name)) => drop(members.insert(name, value)),
                Some(Key::Merge) => merged.push(value),
            },
        }
        Ok(())
    }
}

/// The text of a key.
fn name(key: Value) -> Result<String, EvalError> {
    match key {
        Value::String(text) => Ok(text),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(value) => Ok(number(&value)),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(EvalError::new("it has a key that is no text")),
    }
}

/// Adds what a merge key brings; what is there already stays.
fn merge(members: &mut Map<String, Value>, merged: Value) {
    match merged {
        Value::Object(more) => {
            for (name, value) in more {
                members.entry(name).or_insert(value);
            }
        }
        Value::Array(maps) => maps.into_iter().for_each(|map| merge(members, map)),
        _ => {}
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, EvalError> {
    let tag = tag.map(|tag| if tag.handle() == "tag:yaml.org,2002:" { tag.suffix() } else { "" });
    match tag {
        Some("binary") => {
            let compact: String = text.split_ascii_whitespace().collect();
            let bytes = BASE64.decode(compact).map_err(|_| EvalError::new("a `!!binary` value is no base64"))?;
            Ok(Value::String(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Some("int" | "float" | "bool" | "null") => plain(text),
        None if style == ScalarStyle::Plain => plain(text),
        _ => Ok(Value::String(text.to_owned())),
    }
}

fn plain(text: &str) -> Result<Value, EvalError> {
    match resolve(text) {
        Plain::Value(value) => Ok(value),
        Plain::NotFinite => Err(EvalError::new("it has a number that JSON does not have")),
    }
}

/// Levels of a value.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn size(value: &Value) -> usize {
    16 + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + size(value)).sum(),
        _ => 0,
    }
}

/// A number as Go's `encoding/json` writes it.
fn number(value: &Number) -> String {
    match value.as_f64() {
        Some(float) if value.is_f64() => format_json(float).unwrap_or_default(),
        _ => value.to_string(),
    }
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => out.push_str(&number(value)),
        Value::String(text) => quote(text, out),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (n, (name, value)) in members.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                quote(name, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_becomes_the_json_of_the_reference() {
        for (yaml, json) in [
            ("b: 1\na: [x, 'y', 2.50, 1e21]\n", r#"{"a":["x","y",2.5,1e+21],"b":1}"#),
            ("n: 5\non: yes\n1: x\n", r#"{"1":"x","false":5,"true":true}"#),
            ("a: 1\na: 2\n", r#"{"a":2}"#),
            ("base: &b {x: 1, z: 2}\nmore: {<<: *b, z: 3}\n", r#"{"base":{"x":1,"z":2},"more":{"x":1,"z":3}}"#),
            ("a: '<&>'\nb: !!str 5\nc: !!binary aGk=\n", r#"{"a":"\u003c\u0026\u003e","b":"5","c":"hi"}"#),
            ("first\n---\nsecond\n", r#""first""#),
            ("", "null"),
            ("# nothing\n", "null"),
            ("{\"json\": [1, null]}", r#"{"json":[1,null]}"#),
        ] {
            assert_eq!(to_json(yaml).as_deref(), Ok(json), "{yaml}");
        }
    }

    #[test]
    fn what_has_no_json_or_is_too_much_is_an_error() {
        let bomb = (0..20).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
            format!("{text}a{}: &a{} [*a{n}, *a{n}, *a{n}, *a{n}, *a{n}]\n", n + 1, n + 1)
        });
        let deep = "[".repeat(5000);
        for yaml in ["a: .nan", "a: [", "a: b: c", "~: 1", "[1]: 2", "&x [*x]", bomb.as_str(), deep.as_str()] {
            assert!(to_json(yaml).is_err(), "{}", yaml.get(..40).unwrap_or(yaml));
        }
    }
}
