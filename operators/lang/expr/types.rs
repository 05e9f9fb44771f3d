//! The types that an expression is checked with before it runs.

use std::fmt;

/// What is known of a value without running anything; the library's types are the host language's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Type {
    /// Nothing: `nil`, and what the check does not look at.
    #[default]
    Nil,
    /// Known only when it runs, as everything from the event.
    Any,
    Bool,
    Int,
    Float,
    Text,
    /// A list with members of a type.
    List(Box<Type>),
    /// An object, with texts as keys.
    Map,
    /// A map with keys of any type, and the type of its members.
    AnyMap(Box<Type>),
    Time,
    Duration,
    /// A built-in function that is not called, or a method of a time or duration.
    Function,
}

impl Type {
    /// A list with members of any type.
    pub(super) fn list() -> Self {
        Self::List(Box::new(Self::Any))
    }

    pub(super) fn is_any(&self) -> bool {
        *self == Self::Any
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self, Self::Map | Self::AnyMap(_))
    }

    /// A duration counts as a whole number, which it is in the host language.
    pub(super) fn is_integer(&self) -> bool {
        matches!(self, Self::Int | Self::Duration)
    }

    pub(super) fn is_number(&self) -> bool {
        self.is_integer() || *self == Self::Float
    }

    /// Whether both are of one kind, whatever their members are.
    pub(super) fn same_kind(&self, other: &Self) -> bool {
        self == other || (self.is_list() && other.is_list()) || (self.is_map() && other.is_map())
    }

    /// Whether `==` between them makes sense.
    pub(super) fn is_comparable(&self, other: &Self) -> bool {
        matches!(self, Self::Nil | Self::Any)
            || matches!(other, Self::Nil | Self::Any)
            || self.same_kind(other)
            || (self.is_number() && other.is_number())
    }

    /// Whether a value of this type can be put where `target` is wanted.
    pub(super) fn assigns_to(&self, target: &Self) -> bool {
        target.is_any() || self == target
    }

    /// The type of a sum or product of two numbers.
    pub(super) fn combined(&self, other: &Self) -> Self {
        if self == other {
            self.clone()
        } else if *self == Self::Float || *other == Self::Float {
            Self::Float
        } else {
            Self::Int
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Any => f.write_str("any"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Text => f.write_str("string"),
            Self::List(member) => write!(f, "array of {member}"),
            Self::Map => f.write_str("map"),
            Self::AnyMap(member) => write!(f, "map of {member}"),
            Self::Time => f.write_str("time"),
            Self::Duration => f.write_str("duration"),
            Self::Function => f.write_str("function"),
        }
    }
}
