//! The tree of a program: every name is resolved, variables and functions to how far back they were bound.

use super::functions::Native;
use super::value::Value;
use std::sync::Arc;

/// A part of a program.
#[derive(Debug)]
pub(super) enum Node {
    Identity,
    Constant(Value),
    /// The value that was bound this many bindings ago.
    Variable(usize),
    Pipe(Box<Node>, Box<Node>),
    Comma(Box<Node>, Box<Node>),
    /// `target[key]`.
    Index(Box<Node>, Box<Node>),
    /// `target[start:end]`.
    Slice(Box<Node>, Box<Node>, Box<Node>),
    /// `target[]`.
    Iterate(Box<Node>),
    Array(Box<Node>),
    Object(Vec<(Node, Node)>),
    Negate(Box<Node>),
    /// A unary plus, which only numbers have.
    Plus(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Alternative(Box<Node>, Box<Node>),
    /// Condition, then, else.
    If(Box<Node>, Box<Node>, Box<Node>),
    /// Body and handler; without a handler errors end it silently.
    Try(Box<Node>, Option<Box<Node>>),
    Reduce {
        source: Box<Node>,
        pattern: Pattern,
        start: Box<Node>,
        update: Box<Node>,
    },
    Foreach {
        source: Box<Node>,
        pattern: Pattern,
        start: Box<Node>,
        update: Box<Node>,
        extract: Option<Box<Node>>,
    },
    /// `source as pattern ?// pattern | body`.
    Bind {
        source: Box<Node>,
        patterns: Vec<Pattern>,
        body: Box<Node>,
    },
    Label(Box<Node>),
    /// Ends the label that was bound this many bindings ago.
    Break(usize),
    /// A function and what it is visible in.
    Define(Arc<Function>, Box<Node>),
    /// A function bound this many bindings ago.
    Call(usize, Vec<Node>),
    /// A parameter bound this many bindings ago.
    Parameter(usize),
    /// A function of the prelude.
    Prelude(usize, Vec<Node>),
    /// A function of values; one call for each combination of its arguments' values.
    Native(&'static Native, Vec<Node>),
    /// From, to, step.
    Range(Box<[Node; 3]>),
    Path(Box<Node>),
    GetPath(Box<Node>),
    /// `paths = value`.
    Assign(Box<Node>, Box<Node>),
    /// `paths |= change`.
    Modify(Box<Node>, Box<Node>),
    /// `paths op= value`; without an operator `//=`.
    Update(Option<Operator>, Box<Node>, Box<Node>),
    Empty,
}

/// An operator of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A function of the program or the prelude. In its body the parameters are bound one after the other, after that the
/// values of those that are written with `$`.
#[derive(Debug)]
pub(super) struct Function {
    /// For each parameter: whether it is written with `$`.
    pub(super) parameters: Vec<bool>,
    pub(super) body: Node,
}

/// What a value is taken apart by.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) steps: Vec<Step>,
    /// How many variables the body sees: those of all alternatives.
    pub(super) variables: usize,
    /// For each variable of this pattern, in the order of [`Step::Bind`]: its number among those of the body.
    pub(super) bound: Vec<usize>,
}

/// A step of taking apart. Values are numbered in the order of the steps that make them; 0 is the whole.
#[derive(Debug)]
pub(super) enum Step {
    /// An item of an array, which the value must be.
    Item(usize, usize),
    /// A member by a key that is computed from the value.
    Member(usize, Node),
    /// Gives the value to the next variable.
    Bind(usize),
}
