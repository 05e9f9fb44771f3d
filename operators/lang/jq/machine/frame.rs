//! What the machine has still to do: frames wait for a value, choices for the time when no more values come.

use super::chain::{Bindings, Next, Trace};
use crate::jq::functions::Native;
use crate::jq::path;
use crate::jq::tree::{Function, Node, Operator, Pattern};
use crate::jq::value::{Items, Map, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// A value, and where it lies while paths are asked for.
#[derive(Clone)]
pub(super) struct State {
    pub(super) value: Value,
    pub(super) trace: Trace,
}

impl State {
    /// A value whose place nobody asks for.
    pub(super) fn of(value: Value) -> Self {
        Self { value, trace: None }
    }

    /// Another value with the same trace; a path that goes on from it is an error unless it is the traced value.
    pub(super) fn with(&self, value: Value) -> Self {
        Self { value, trace: self.trace.clone() }
    }
}

/// A value that loops change.
pub(super) type Shared = Rc<RefCell<Value>>;

/// What is done with a value.
pub(super) enum What<'p> {
    /// The next stage of a pipe.
    Pipe(&'p Node, Bindings<'p>),
    /// The value is a key: evaluate the target.
    Key(&'p Node, Bindings<'p>, State),
    /// Look under the key.
    Look(Value),
    /// The value is a part's start: evaluate its end, then the target.
    SliceStart(&'p Node, &'p Node, Bindings<'p>, State),
    SliceEnd(Value, &'p Node, Bindings<'p>, State),
    Cut(Value, Value),
    Iterate,
    /// Add it to an array.
    Collect(Rc<RefCell<Vec<Value>>>),
    /// The value is a key of an object's member.
    MemberKey(Building<'p>),
    MemberValue(Building<'p>, Value),
    Negate,
    Plus,
    /// The value is on the right: evaluate the left.
    Right(Operator, &'p Node, Bindings<'p>, Value),
    Left(Operator, Value),
    /// A value of the left of `//`.
    Alternative(Rc<Cell<bool>>),
    If(&'p Node, &'p Node, Bindings<'p>, State),
    /// A value comes out of a `try`.
    TryEnd,
    /// The value is a loop's start.
    ReduceStart(&'p Node, Bindings<'p>, State),
    ForeachStart(&'p Node, Bindings<'p>, State),
    /// The value is one of a loop's source.
    Item(&'p Node, Bindings<'p>, Shared),
    /// The value is a loop's new state.
    Reduced(Shared),
    Folded(Shared, Option<&'p Node>, Bindings<'p>),
    /// The value is to be taken apart.
    Source(&'p Node, Bindings<'p>, State),
    /// The value is the key of a member that a pattern asks for.
    PatternKey(Taking<'p>),
    /// The value is an argument.
    Argument(Calling<'p>),
    /// The value is one of a `$` parameter.
    Parameter(Entering<'p>),
    RangeStep(&'p [Node; 3], Bindings<'p>, State),
    RangeTo(&'p [Node; 3], Bindings<'p>, State, Value),
    RangeFrom(State, Value, Value),
    /// The end of a path that began with this trace around it.
    PathEnd(Trace),
    /// The value is a path to go.
    Go(State),
    /// The value is to be put at paths.
    Assign(&'p Node, Bindings<'p>, State),
    AssignAt(Shared, Value),
    /// The value is a path at which something changes.
    ModifyAt(Shared, Change<'p>, Gone),
    /// With the label that ends the change: only its first value counts.
    Modified(Shared, Value, u64),
    /// The value is the right of `op=`.
    Update(Option<Operator>, &'p Node, Bindings<'p>, State),
}

/// How a value at a path changes.
#[derive(Clone)]
pub(super) enum Change<'p> {
    /// By a part of the program; without a value it is deleted.
    By(&'p Node, Bindings<'p>),
    Operate(Operator, Value),
    /// What is null or false becomes this.
    Default(Value),
}

/// The paths that are to be deleted.
pub(super) type Gone = Rc<RefCell<Vec<Value>>>;

/// An object that is being made.
#[derive(Clone)]
pub(super) struct Building<'p> {
    pub(super) members: &'p [(Node, Node)],
    pub(super) bindings: Bindings<'p>,
    pub(super) state: State,
    pub(super) done: Vec<(Value, Value)>,
}

/// Something that is being taken apart, and what follows.
#[derive(Clone)]
pub(super) struct Taking<'p> {
    pub(super) pattern: &'p Pattern,
    pub(super) step: usize,
    /// The values of the steps so far, the whole first.
    pub(super) values: Vec<Value>,
    /// By variable of the pattern, in the order of its steps.
    pub(super) variables: Vec<Value>,
    /// What its keys see.
    pub(super) bindings: Bindings<'p>,
    pub(super) then: Then<'p>,
}

/// What happens with the variables.
#[derive(Clone)]
pub(super) enum Then<'p> {
    Body(&'p Node, State),
    Loop(&'p Node, Shared, Trace),
}

/// A call whose arguments are being evaluated, the last one first.
#[derive(Clone)]
pub(super) struct Calling<'p> {
    pub(super) native: &'static Native,
    pub(super) nodes: &'p [Node],
    pub(super) bindings: Bindings<'p>,
    pub(super) state: State,
    /// The values so far, the last argument's first.
    pub(super) values: Vec<Value>,
}

/// A function that is being entered: its `$` parameters are bound one after the other.
#[derive(Clone)]
pub(super) struct Entering<'p> {
    pub(super) function: &'p Function,
    /// The parameters as closures, in order.
    pub(super) given: Rc<Vec<(&'p Node, Bindings<'p>)>>,
    /// The number of the parameter whose values come next.
    pub(super) at: usize,
    pub(super) bindings: Bindings<'p>,
    pub(super) state: State,
}

/// Where the machine goes on when no more values come, or an error does.
pub(super) enum Choice<'p> {
    /// Another way to go.
    Evaluate(&'p Node, Bindings<'p>, State, Next<'p>),
    Items(Arc<Items>, usize, Trace, Next<'p>),
    Members(Arc<Map>, Rc<Vec<Arc<str>>>, usize, Trace, Next<'p>),
    Range {
        at: Value,
        to: Value,
        step: Value,
        trace: Trace,
        next: Next<'p>,
    },
    /// Errors of what was tried end here.
    Try(Option<&'p Node>, Bindings<'p>, State, Next<'p>),
    /// A value came out of a `try`: errors of what followed are none of its own.
    Outside,
    Label(u64),
    /// All items are there.
    Collected(Rc<RefCell<Vec<Value>>>, Trace, Next<'p>),
    /// A loop's source is at its end.
    Reduced(Shared, Trace, Next<'p>),
    /// The left of `//` is at its end.
    Alternative(Rc<Cell<bool>>, &'p Node, Bindings<'p>, State, Next<'p>),
    /// What could not be taken apart, or failed afterwards, is tried with the next pattern.
    Pattern(&'p Node, usize, Bindings<'p>, Value, State, Next<'p>),
    /// A change gave no value.
    Unchanged(Gone, Value),
    /// All paths have changed.
    Modified(Shared, Gone, Trace, Next<'p>),
}

impl State {
    /// The value under a key.
    pub(super) fn look(&self, key: &Value) -> Result<Value, crate::jq::raise::Raise> {
        path::index(&self.value, key)
    }
}
