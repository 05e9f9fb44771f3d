//! The values of a script: numbers and truths as they are, everything else by its number in the evaluation's heap.

use super::strings::StringId;

/// A value; copying it copies no contents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    /// No value.
    Nil,
    /// A truth.
    Boolean(bool),
    /// A number; Lua 5.1 has only this kind.
    Number(f64),
    /// A byte string.
    Text(StringId),
    /// A table.
    Table(TableId),
    /// A function of the script.
    Closure(ClosureId),
    /// A function of the library, by its place in the table of natives.
    Native(NativeId),
    /// A function that resumes a coroutine, as `coroutine.wrap` makes.
    Wrapped(ThreadId),
    /// A coroutine.
    Thread(ThreadId),
    /// An opaque object: the state of an iteration, or what `newproxy` makes.
    Object(ObjectId),
    /// A local variable that closures share; lives in stack slots only, never seen by a script.
    Cell(CellId),
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) struct $name(pub(super) u32);
    )*};
}

ids! {
    /// Names a table of the heap.
    TableId,
    /// Names a closure of the heap.
    ClosureId,
    /// Names a function of the library.
    NativeId,
    /// Names a coroutine.
    ThreadId,
    /// Names an opaque object.
    ObjectId,
    /// Names a shared local variable.
    CellId
}

impl Value {
    /// Whether a condition takes the value as true: all but `nil` and `false`.
    #[inline]
    pub(super) fn is_true(self) -> bool {
        !matches!(self, Value::Nil | Value::Boolean(false))
    }

    /// What `type` answers.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Value::Nil | Value::Cell(_) => "nil",
            Value::Boolean(_) => "boolean",
            Value::Number(_) => "number",
            Value::Text(_) => "string",
            Value::Table(_) => "table",
            Value::Closure(_) | Value::Native(_) | Value::Wrapped(_) => "function",
            Value::Thread(_) => "thread",
            Value::Object(_) => "userdata",
        }
    }

    /// Whether it can be called without a metatable.
    pub(super) fn is_function(self) -> bool {
        matches!(self, Value::Closure(_) | Value::Native(_) | Value::Wrapped(_))
    }
}
