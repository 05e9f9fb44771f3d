//! What a template computes with: the values of Go that a template over JSON can meet, with their Go types.

mod container;
mod read;
mod text;
mod write;

pub use container::{Dict, Entries, List, Members};
pub(in crate::template) use read::{Repeated, from_json};
pub use text::Text;
pub(in crate::template) use text::{REPLACEMENT, Rune, decode, runes};
pub(in crate::template) use write::{Escape, to_json, to_pretty_json};

use std::rc::Rc;

use super::functions::Version;
use crate::dates::Time;

/// A Go value. Integers of different width are different types, as in Go: they print alike, but are not equal.
#[derive(Debug, Clone)]
pub enum Value {
    /// No value at all: a member that is not there. Prints as `<no value>`; its members are missing too.
    Missing,
    /// Go's `nil`, which is JSON's `null`.
    Nil,
    /// `bool`
    Bool(bool),
    /// `int`: number literals, lengths, indexes.
    Int(i64),
    /// `int64`: what the arithmetic functions give.
    Int64(i64),
    /// `uint8`: a byte of a text.
    Uint8(u8),
    /// `uint64`: a part of a version.
    Uint64(u64),
    /// `float64`: every number of JSON.
    Float(f64),
    /// `string`
    Text(Text),
    /// A slice.
    List(Rc<List>),
    /// A map with string keys.
    Dict(Rc<Dict>),
    /// `time.Time`
    Time(Rc<Time>),
    /// `time.Duration`, in nanoseconds.
    Duration(i64),
    /// `time.Month`, from 1.
    Month(i8),
    /// `time.Weekday`, Sunday is 0.
    Weekday(i8),
    /// `*semver.Version`
    Version(Rc<Version>),
}

impl Value {
    /// The value of a JSON text as paths show it: of repeated members the first, every number a `float64`.
    ///
    /// # Errors
    /// A text that is not JSON, or nested too deep.
    pub fn of_json(text: &str) -> Result<Self, crate::EvalError> {
        from_json(text.as_bytes(), Repeated::First)
    }

    /// A `string`.
    pub fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    /// A `[]interface {}`.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Rc::new(List::new(Members::Any, items)))
    }

    /// A `[]string`.
    pub fn texts(items: impl IntoIterator<Item = impl Into<Text>>) -> Self {
        let items = items.into_iter().map(Self::text).collect();
        Self::List(Rc::new(List::new(Members::Text, items)))
    }

    /// A `map[string]interface {}`.
    pub fn dict(entries: Entries) -> Self {
        Self::Dict(Rc::new(Dict::new(Members::Any, entries)))
    }

    /// A `map[string]string`.
    pub fn text_dict(entries: Entries) -> Self {
        Self::Dict(Rc::new(Dict::new(Members::Text, entries)))
    }

    /// Whether Go would take it for the untyped nil.
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Missing | Self::Nil)
    }

    /// Go's name of its type, as `%T` prints it.
    pub fn type_name(&self) -> String {
        let name = match self {
            Self::Missing | Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Uint8(_) => "uint8",
            Self::Uint64(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(list) => return format!("[]{}", list.members().name()),
            Self::Dict(dict) => return format!("map[string]{}", dict.members().name()),
            Self::Time(_) => "time.Time",
            Self::Duration(_) => "time.Duration",
            Self::Month(_) => "time.Month",
            Self::Weekday(_) => "time.Weekday",
            Self::Version(_) => "*semver.Version",
        };
        name.to_owned()
    }

    /// Go's name of its kind, the type below named types.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Missing | Self::Nil => "invalid",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Month(_) | Self::Weekday(_) => "int",
            Self::Int64(_) | Self::Duration(_) => "int64",
            Self::Uint8(_) => "uint8",
            Self::Uint64(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(_) => "slice",
            Self::Dict(_) => "map",
            Self::Time(_) => "struct",
            Self::Version(_) => "ptr",
        }
    }

    /// Its number if its kind is a signed integer.
    pub fn signed(&self) -> Option<i64> {
        match self {
            Self::Int(number) | Self::Int64(number) | Self::Duration(number) => Some(*number),
            Self::Month(number) | Self::Weekday(number) => Some(i64::from(*number)),
            _ => None,
        }
    }

    /// Its number if its kind is an unsigned integer.
    pub fn unsigned(&self) -> Option<u64> {
        match self {
            Self::Uint8(number) => Some(u64::from(*number)),
            Self::Uint64(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether `if` takes it for true: not the zero, empty or nil of its type.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Missing | Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => !text.as_bytes().is_empty(),
            Self::List(list) => !list.items().is_empty(),
            Self::Dict(dict) => !dict.is_empty(),
            Self::Time(_) | Self::Version(_) => true,
            integer => integer.signed().is_some_and(|n| n != 0) || integer.unsigned().is_some_and(|n| n != 0),
        }
    }

    /// A rough size in bytes without what it holds, for bounding what a template may build.
    pub(in crate::template) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.as_bytes().len(),
            Self::List(list) => 16 * list.items().len(),
            Self::Dict(dict) => 64 * dict.len(),
            _ => 0,
        }
    }
}

/// JSON as Go's `encoding/json` decodes it into an `interface {}`: every number is a `float64`.
impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Nil,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Self::text(text.as_str()),
            serde_json::Value::Array(items) => Self::list(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => {
                Self::dict(members.iter().map(|(key, value)| (key.as_str().into(), value.into())).collect())
            }
        }
    }
}
