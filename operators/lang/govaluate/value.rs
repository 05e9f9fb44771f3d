//! The values that expressions compute with.

use crate::number::format_general;
use std::collections::BTreeMap;
use std::fmt;

/// A value; two are equal if all of their parts are, and `NaN` is equal to nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON's `null`, and what `? :` gives for a side that is not there.
    Null,
    /// A truth.
    Bool(bool),
    /// A number; there are no others than 64-bit floating point.
    Number(f64),
    /// A text.
    Text(String),
    /// A list, from the event or written `(a, b)`.
    List(Vec<Value>),
    /// An object of the event.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// Roughly the memory that the value takes: the bytes of its texts, and 16 for each value in it.
    pub(super) fn size(&self) -> usize {
        16 + match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 0,
            Self::Text(text) => text.len(),
            Self::List(members) => members.iter().map(Self::size).sum(),
            Self::Object(members) => members.iter().map(|(name, member)| name.len() + member.size()).sum(),
        }
    }

    /// The value's type, for messages, which never show the value itself.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Bool(truth),
            serde_json::Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Array(members) => Self::List(members.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => {
                Self::Object(members.into_iter().map(|(name, member)| (name, Self::from(member))).collect())
            }
        }
    }
}

/// As Go's `%v` prints the value, which is what `+` appends to a text: `[1 2]`, `map[a:1]`, `<nil>`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("<nil>"),
            Self::Bool(truth) => truth.fmt(f),
            Self::Number(number) => f.write_str(&format_general(*number)),
            Self::Text(text) => f.write_str(text),
            Self::List(members) => {
                f.write_str("[")?;
                for (i, member) in members.iter().enumerate() {
                    write!(f, "{}{member}", if i == 0 { "" } else { " " })?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("map[")?;
                for (i, (name, member)) in members.iter().enumerate() {
                    write!(f, "{}{name}:{member}", if i == 0 { "" } else { " " })?;
                }
                f.write_str("]")
            }
        }
    }
}
