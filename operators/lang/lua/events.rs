//! What metatables have a say in; their names are the first texts of the library, so that asking costs no search.

use super::strings::StringId;

macro_rules! events {
    ($($event:ident = $name:literal),* $(,)?) => {
        /// Something that a metatable can define.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Event { $(#[doc = $name] $event),* }

        /// The names of all events, in their order.
        pub(super) const NAMES: &[&str] = &[$($name),*];
    };
}

events! {
    Index = "__index",
    NewIndex = "__newindex",
    Call = "__call",
    Add = "__add",
    Subtract = "__sub",
    Multiply = "__mul",
    Divide = "__div",
    Modulo = "__mod",
    Power = "__pow",
    Negate = "__unm",
    Length = "__len",
    Concatenate = "__concat",
    Equal = "__eq",
    Less = "__lt",
    LessOrEqual = "__le",
    Print = "__tostring",
    Metatable = "__metatable",
    IsArray = "__is_array",
}

impl Event {
    /// Its name, in every script.
    #[inline]
    pub(super) fn name(self) -> StringId {
        StringId::of_library(self as u32)
    }
}
