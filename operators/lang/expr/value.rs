//! The values that expressions compute with.

use super::function::Callable;
use crate::dates::{self, Time};
use crate::{json, number};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A value; a copy shares what it holds.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Nil,
    Bool(bool),
    /// A whole number; the event has none, literals and some functions give them.
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    List(List),
    /// An object, with texts as keys.
    Map(Arc<Nest<BTreeMap<Arc<str>, Value>>>),
    /// A map with keys of any type, in the order in which they came.
    AnyMap(Arc<Nest<Vec<(Value, Value)>>>),
    /// What `groupBy` gives: a map with keys of any type whose members are lists.
    Groups(Arc<Nest<Vec<(Value, Value)>>>),
    Time(Arc<Time>),
    /// Nanoseconds.
    Duration(i64),
    Function(Callable),
}

/// Members that are values, how deeply values are nested in them, and how much there is to read in them.
#[derive(Debug)]
pub(super) struct Nest<T> {
    pub(super) members: T,
    depth: usize,
    weight: usize,
}

impl<T> Nest<T> {
    /// `measures` are depth and weight of all values in the members.
    fn new(members: T, (depth, weight): (usize, usize)) -> Arc<Self> {
        Arc::new(Self { members, depth: depth + 1, weight: weight.saturating_add(1) })
    }
}

/// The greatest depth and the whole weight of values.
fn measure<'a>(values: impl Iterator<Item = &'a Value>) -> (usize, usize) {
    values.fold((0, 0), |(depth, weight), value| (depth.max(value.depth()), weight.saturating_add(value.weight())))
}

/// A list and what its members are declared to be; lists of different declarations are never equal.
#[derive(Debug, Clone)]
pub(super) enum List {
    /// Of anything.
    Any(Arc<Nest<Vec<Value>>>),
    /// Of texts, from `split`.
    Texts(Arc<Nest<Vec<Value>>>),
    /// A key and its value, from `toPairs`.
    Pair(Arc<Nest<Vec<Value>>>),
    /// Whole numbers from the first on, so many of them.
    Range(i64, usize),
    /// The list of a group that is not there: empty, and nil as well.
    Nil,
}

impl List {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Any(list) | Self::Texts(list) | Self::Pair(list) => list.members.len(),
            Self::Range(_, count) => *count,
            Self::Nil => 0,
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<Value> {
        match self {
            Self::Any(list) | Self::Texts(list) | Self::Pair(list) => list.members.get(index).cloned(),
            Self::Range(first, count) => {
                (index < *count).then(|| Value::Int(first.wrapping_add(i64::try_from(index).unwrap_or(i64::MAX))))
            }
            Self::Nil => None,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Value> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The members from one index up to another.
    pub(super) fn slice(&self, from: usize, to: usize) -> Self {
        let part = |list: &Nest<Vec<Value>>| nest(list.members.get(from..to).unwrap_or_default().to_vec());
        match self {
            Self::Any(list) => Self::Any(part(list)),
            Self::Texts(list) => Self::Texts(part(list)),
            Self::Pair(list) => Self::Pair(part(list)),
            Self::Range(first, _) => {
                Self::Range(first.wrapping_add(i64::try_from(from).unwrap_or(i64::MAX)), to.saturating_sub(from))
            }
            Self::Nil => Self::Nil,
        }
    }
}

fn nest(members: Vec<Value>) -> Arc<Nest<Vec<Value>>> {
    let measures = measure(members.iter());
    Nest::new(members, measures)
}

fn nest_pairs(members: Vec<(Value, Value)>) -> Arc<Nest<Vec<(Value, Value)>>> {
    let measures = measure(members.iter().flat_map(|(key, value)| [key, value]));
    Nest::new(members, measures)
}

impl Value {
    pub(super) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn list(members: Vec<Self>) -> Self {
        Self::List(List::Any(nest(members)))
    }

    /// A list of texts.
    pub(super) fn texts(members: impl Iterator<Item = Arc<str>>) -> Self {
        Self::List(List::Texts(nest(members.map(Self::Text).collect())))
    }

    /// A key and its value.
    pub(super) fn pair(key: Self, value: Self) -> Self {
        Self::List(List::Pair(nest(vec![key, value])))
    }

    pub(super) fn map(members: BTreeMap<Arc<str>, Self>) -> Self {
        let measures = measure(members.values());
        Self::Map(Nest::new(members, measures))
    }

    pub(super) fn any_map(members: Vec<(Self, Self)>) -> Self {
        Self::AnyMap(nest_pairs(members))
    }

    pub(super) fn groups(members: Vec<(Self, Self)>) -> Self {
        Self::Groups(nest_pairs(members))
    }

    /// How many steps it takes to read the whole value.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => 1 + text.len() / 64,
            Self::List(List::Any(list) | List::Texts(list) | List::Pair(list)) => list.weight,
            Self::List(List::Range(_, count)) => *count,
            Self::Map(map) => map.weight,
            Self::AnyMap(map) | Self::Groups(map) => map.weight,
            _ => 1,
        }
    }

    /// Whether the value is nil, or a list or map that is not there.
    pub(super) fn is_nil(&self) -> bool {
        match self {
            Self::Nil | Self::List(List::Nil) => true,
            Self::Groups(map) => map.members.is_empty(),
            _ => false,
        }
    }

    /// How deeply lists and maps are nested in the value; 0 if it is neither.
    pub(super) fn depth(&self) -> usize {
        match self {
            Self::List(List::Any(list) | List::Texts(list) | List::Pair(list)) => list.depth,
            Self::List(List::Range(..) | List::Nil) => 1,
            Self::Map(map) => map.depth,
            Self::AnyMap(map) | Self::Groups(map) => map.depth,
            _ => 0,
        }
    }

    /// The value's type, for messages, which never show the value itself.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Map(_) | Self::AnyMap(_) | Self::Groups(_) => "map",
            Self::Time(_) => "time",
            Self::Duration(_) => "duration",
            Self::Function(_) => "function",
        }
    }

    /// Roughly the memory of the value itself, without what it shares.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => 16 + text.len(),
            Self::List(List::Any(list) | List::Texts(list) | List::Pair(list)) => 16 + 16 * list.members.len(),
            Self::Map(map) => 16 + 32 * map.members.len(),
            Self::AnyMap(map) | Self::Groups(map) => 16 + 32 * map.members.len(),
            _ => 16,
        }
    }

    /// The value as JSON, with members sorted by name; `None` for what JSON does not have. `indent` is the depth that
    /// a form with line breaks starts at.
    pub(super) fn to_json(&self, indent: Option<usize>) -> Option<String> {
        let mut out = String::new();
        self.write_json(indent, &mut out)?;
        Some(out)
    }

    fn write_json(&self, indent: Option<usize>, out: &mut String) -> Option<()> {
        match self {
            Self::Nil => out.push_str("null"),
            Self::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Int(number) | Self::Duration(number) => out.push_str(&number.to_string()),
            Self::Float(number) => out.push_str(&number::format_json(*number)?),
            Self::Text(text) => json::quote(text, out),
            Self::Time(time) => json::quote(&time.rfc3339(), out),
            Self::List(List::Nil) => out.push_str("null"),
            Self::List(list) => {
                let members = list.iter().map(|member| (None, member)).collect();
                write_members(['[', ']'], members, indent, out)?;
            }
            Self::Map(map) => {
                let members = map.members.iter().map(|(name, member)| (Some(name.clone()), member.clone())).collect();
                write_members(['{', '}'], members, indent, out)?;
            }
            // A map with keys of any type is none of JSON's.
            Self::AnyMap(_) | Self::Groups(_) | Self::Function(_) => return None,
        }
        Some(())
    }
}

fn write_members(
    [open, close]: [char; 2],
    members: Vec<(Option<Arc<str>>, Value)>,
    indent: Option<usize>,
    out: &mut String,
) -> Option<()> {
    let deeper = indent.map(|indent| indent + 1);
    let line = |indent: Option<usize>, out: &mut String| {
        if let Some(indent) = indent {
            out.push('\n');
            out.push_str(&"  ".repeat(indent));
        }
    };
    out.push(open);
    let empty = members.is_empty();
    for (i, (name, member)) in members.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        line(deeper, out);
        if let Some(name) = name {
            json::quote(&name, out);
            out.push_str(if indent.is_some() { ": " } else { ":" });
        }
        member.write_json(deeper, out)?;
    }
    if !empty {
        line(indent, out);
    }
    out.push(close);
    Some(())
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Nil,
            serde_json::Value::Bool(truth) => Self::Bool(truth),
            serde_json::Value::Number(number) => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Self::text(text),
            serde_json::Value::Array(members) => Self::list(members.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => {
                Self::map(members.into_iter().map(|(name, member)| (Arc::from(name), Self::from(member))).collect())
            }
        }
    }
}

/// As Go's `%v` prints the value: `[1 2]`, `map[a:1]`, `<nil>`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("<nil>"),
            Self::Bool(truth) => truth.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => f.write_str(&number::format_general(*number)),
            Self::Text(text) => f.write_str(text),
            Self::Time(time) => time.fmt(f),
            Self::Duration(nanoseconds) => f.write_str(&dates::duration_text(*nanoseconds)),
            Self::Function(_) => f.write_str("function"),
            Self::List(list) => {
                f.write_str("[")?;
                for (i, member) in list.iter().enumerate() {
                    write!(f, "{}{member}", if i == 0 { "" } else { " " })?;
                }
                f.write_str("]")
            }
            Self::Map(map) => write_map(f, map.members.iter()),
            Self::AnyMap(map) | Self::Groups(map) => {
                write_map(f, map.members.iter().map(|(key, member)| (key, member)))
            }
        }
    }
}

fn write_map<'a, K: fmt::Display + 'a>(
    f: &mut fmt::Formatter<'_>,
    members: impl Iterator<Item = (&'a K, &'a Value)>,
) -> fmt::Result {
    f.write_str("map[")?;
    for (i, (key, member)) in members.enumerate() {
        write!(f, "{}{key}:{member}", if i == 0 { "" } else { " " })?;
    }
    f.write_str("]")
}
