//! The instructions that scripts are compiled to, for a machine with a stack.

use super::arithmetic::Arithmetic;
use super::strings::{StringId, Strings};
use super::value::Value;
use std::sync::Arc;

/// A whole compiled script.
#[derive(Debug)]
pub(super) struct Program {
    /// The script as a function.
    pub(super) main: Arc<Function>,
    /// All texts in it and in the library.
    pub(super) texts: Strings,
}

/// A compiled function.
#[derive(Debug)]
pub(super) struct Function {
    /// How many of its first slots are parameters.
    pub(super) parameters: u32,
    /// Whether it keeps further arguments for `...`.
    pub(super) variadic: bool,
    /// Its instructions.
    pub(super) code: Vec<Instruction>,
    /// For each instruction, the line that an error in it names.
    pub(super) lines: Vec<u32>,
    /// Numbers and texts.
    pub(super) constants: Vec<Value>,
    /// Functions made inside it.
    pub(super) functions: Vec<Arc<Function>>,
    /// Where a function made from this one finds what it shares.
    pub(super) captures: Vec<SlotCapture>,
    /// For the instructions that call, by position: the name of what they call.
    pub(super) called: Vec<(u32, StringId)>,
}

/// Where a shared variable is found when a function is made.
#[derive(Debug, Clone, Copy)]
pub(super) enum SlotCapture {
    /// In a slot of the maker, which holds a cell.
    Slot(Slot),
    /// Among what the maker itself shares.
    Outer(u32),
}

/// A place above the base of a call: local variables first, then the values being computed.
pub(super) type Slot = u32;

/// A position in the code.
pub(super) type Target = u32;

/// How many results a call should leave; `None` leaves all.
pub(super) type Wanted = Option<u32>;

/// An instruction. "Takes" means from the top of the stack, "leaves" means on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Instruction {
    /// Leaves this many `nil`.
    Nil(u32),
    /// Leaves a truth.
    Boolean(bool),
    /// Leaves a constant.
    Constant(u32),
    /// Takes values until this many stand above the base.
    Drop(Slot),
    /// Leaves the value of a local.
    Local(Slot),
    /// Takes a value into a local.
    SetLocal(Slot),
    /// Moves the value of a slot into a new cell there, so that it can be shared.
    Share(Slot),
    /// Leaves the value of the cell in a slot.
    Shared(Slot),
    /// Takes a value into the cell in a slot.
    SetShared(Slot),
    /// Leaves the value of a captured variable.
    Captured(u32),
    /// Takes a value into a captured variable.
    SetCaptured(u32),
    /// Leaves the value of a global.
    Global(u32),
    /// Takes a value into a global.
    SetGlobal(u32),
    /// Takes a key and an object; leaves the object's value of the key.
    Index,
    /// Takes an object; leaves its value of a constant key.
    Field(u32),
    /// Takes a value, and sets it for the object and key in two slots.
    SetIndex(Slot),
    /// Takes a value and a key, and sets them in the table in a slot.
    SetMember(Slot),
    /// Takes all values above a slot into the array of the table in it, from this position on.
    Append(Slot, u32),
    /// Leaves a new table.
    Table,
    /// Leaves a function made from one of this function's.
    Function(u32),
    /// Takes an object; leaves its value of a constant key and the object.
    Method(u32),
    /// Calls the function in a slot with all values above it; its results replace both.
    Call(Slot, Wanted),
    /// As `Call` with all results, and returns them.
    TailCall(Slot),
    /// Leaves further arguments.
    Arguments(Wanted),
    /// Leaves a table of the further arguments, with their count as `n`.
    ArgumentTable,
    /// Returns all values from a slot on.
    Return(Slot),
    /// Takes two numbers; leaves what an operator makes of them.
    Calculate(Arithmetic),
    /// Takes a number; leaves its negative.
    Negate,
    /// Takes a value; leaves whether it is false.
    Not,
    /// Takes a value; leaves its length.
    Length,
    /// Takes this many values; leaves them as one text.
    Concatenate(u32),
    /// Takes two values; leaves whether they are equal, or with `false` whether not.
    Equal(bool),
    /// Takes two values; leaves whether the lower one is less.
    Less,
    /// Takes two values; leaves whether the lower one is less or equal.
    LessOrEqual,
    /// Takes two values; leaves whether the upper one is less.
    Greater,
    /// Takes two values; leaves whether the upper one is less or equal.
    GreaterOrEqual,
    /// Goes on elsewhere.
    Jump(Target),
    /// Takes a value; goes on elsewhere if it is false.
    JumpIfFalse(Target),
    /// Goes on elsewhere if the top value is false, else takes it.
    And(Target),
    /// Goes on elsewhere if the top value is true, else takes it.
    Or(Target),
    /// Begins to count with first, last and step in three slots; goes on elsewhere, to `CountNext`.
    CountFrom(Slot, Target),
    /// Counts on; leaves the count and goes on at the body while the last is not passed.
    CountNext(Slot, Target),
    /// Calls the iterator in three slots; leaves this many results.
    Each(Slot, u32),
    /// Goes on elsewhere if the value in a slot is `nil`; else it is what the iterator gets next.
    EachUntilNil(Slot, Target),
}
