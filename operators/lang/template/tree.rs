//! A compiled template: actions over pipelines of commands over operands.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::functions::Function;
use super::value::Text;

/// A sequence of actions.
pub(super) type List = Vec<Node>;

/// The named templates of a text; the main one has the empty name.
pub(super) type Templates = BTreeMap<String, Arc<List>>;

/// What is between two places of the text.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// Text as it is.
    Text(String),
    /// A pipeline whose value is printed unless it declares or assigns.
    Action(Pipeline),
    /// `if`
    If(Box<Branch>),
    /// `with`: the value becomes the dot.
    With(Box<Branch>),
    /// `range`
    Range(Box<Branch>),
    /// `template`, also what a `block` leaves behind.
    Template(Box<Invocation>),
    /// `break`
    Break,
    /// `continue`
    Continue,
}

/// A pipeline that decides and the two ways on.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) pipeline: Pipeline,
    pub(super) then: List,
    pub(super) otherwise: Option<List>,
}

/// The call of a named template; without a pipeline its dot is nothing.
#[derive(Debug, Clone)]
pub(super) struct Invocation {
    pub(super) name: String,
    pub(super) pipeline: Option<Pipeline>,
    pub(super) at: usize,
}

/// Commands, each with the value of the one before as its last argument.
#[derive(Debug, Clone)]
pub(super) struct Pipeline {
    pub(super) commands: Vec<Command>,
    /// The variables that it declares or assigns: at most one, two in a `range`.
    pub(super) variables: Vec<Arc<str>>,
    /// Whether the variables exist already.
    pub(super) assigns: bool,
    pub(super) at: usize,
}

/// An operand and its arguments.
#[derive(Debug, Clone)]
pub(super) struct Command {
    pub(super) operand: Operand,
    pub(super) arguments: Vec<Operand>,
}

/// A word of a command and where it stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    pub(super) term: Term,
    pub(super) at: usize,
}

/// What an operand is.
#[derive(Debug, Clone)]
pub(super) enum Term {
    /// `.`
    Dot,
    /// `nil`
    Nil,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Text),
    /// A function, by its row in the table.
    Function(&'static Function),
    /// `.a.b` of the dot.
    Fields(Vec<Text>),
    /// `$x.a.b`; `$` has an empty name.
    Variable(Arc<str>, Vec<Text>),
    /// `(pipeline)`
    Pipeline(Box<Pipeline>),
    /// `(pipeline).a.b`, or the fields of a function's value.
    Chain(Box<Operand>, Vec<Text>),
}

/// A number constant under every type that can hold it, as Go's untyped constants are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    pub(super) int: Option<i64>,
    pub(super) float: Option<f64>,
    /// Whether it is a `float64` where no type is asked for.
    pub(super) is_float: bool,
}
