//! The tree of a script. Every name in it is already a variable, so that no later step looks at scopes.

use crate::lua::strings::StringId;

/// A function, or the script itself as one.
#[derive(Debug)]
pub(in crate::lua) struct FunctionTree {
    /// Line on which it starts.
    pub(in crate::lua) line: u32,
    /// How many parameters it has, `self` included; they are its first locals.
    pub(in crate::lua) parameters: u32,
    /// Whether it takes further arguments as `...`.
    pub(in crate::lua) variadic: bool,
    /// The local `arg` that gets the further arguments as a table, where the body does not use `...`.
    pub(in crate::lua) arg: Option<LocalId>,
    /// All its local variables, by [`LocalId`].
    pub(in crate::lua) locals: Vec<LocalInfo>,
    /// The variables of enclosing functions that it uses.
    pub(in crate::lua) captures: Vec<Capture>,
    /// Its body.
    pub(in crate::lua) body: Block,
}

/// Names a local variable of its function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lua) struct LocalId(pub(in crate::lua) u32);

/// What is known of a local variable.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::lua) struct LocalInfo {
    /// A function inside uses it, so that it must outlive its block.
    pub(in crate::lua) captured: bool,
}

/// Where a function finds a variable of its surroundings when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lua) enum Capture {
    /// A local variable of the enclosing function.
    Local(LocalId),
    /// One that the enclosing function itself captured.
    Outer(u32),
}

/// A variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lua) enum Variable {
    /// Of the function itself.
    Local(LocalId),
    /// Of an enclosing function, by place in `captures`.
    Captured(u32),
    /// A member of the table of globals.
    Global(StringId),
}

/// Statements in order.
pub(in crate::lua) type Block = Vec<Statement>;

/// A statement and the line it starts on.
#[derive(Debug)]
pub(in crate::lua) struct Statement {
    pub(in crate::lua) line: u32,
    /// Where it starts, for errors found after parsing.
    pub(in crate::lua) at: usize,
    pub(in crate::lua) kind: StatementKind,
}

/// What a statement does.
#[derive(Debug)]
pub(in crate::lua) enum StatementKind {
    /// `a, b.c = …`
    Assign(Vec<Expression>, Vec<Expression>),
    /// `local a, b = …`
    Local(Vec<LocalId>, Vec<Expression>),
    /// `local function f`; the function sees its own name.
    LocalFunction(LocalId, Expression),
    /// A call whose results are dropped.
    Call(Expression),
    /// `do … end`
    Do(Block),
    /// `while … do … end`
    While(Expression, Block),
    /// `repeat … until …`; the condition sees the locals of the block.
    Repeat(Block, Expression),
    /// `if … elseif … else … end`
    If(Vec<(Expression, Block)>, Block),
    /// `for i = first, last, step do … end`
    Count { variable: LocalId, range: Box<[Expression; 3]>, body: Block },
    /// `for a, b in … do … end`
    Each { variables: Vec<LocalId>, values: Vec<Expression>, body: Block },
    /// `return …`
    Return(Vec<Expression>),
    /// `break`
    Break,
    /// `goto name`
    Goto(StringId),
    /// `::name::`
    Label(StringId),
}

/// An expression and the line that errors in it name.
#[derive(Debug)]
pub(in crate::lua) struct Expression {
    pub(in crate::lua) line: u32,
    pub(in crate::lua) kind: ExpressionKind,
}

/// What an expression computes.
#[derive(Debug)]
pub(in crate::lua) enum ExpressionKind {
    Nil,
    Boolean(bool),
    Number(f64),
    Text(StringId),
    /// `...`
    Arguments,
    Function(Box<FunctionTree>),
    /// A variable, and its name for errors.
    Variable(Variable, StringId),
    /// A table's array items and keyed members in the order of the text.
    Table(Vec<Field>),
    /// An expression in parentheses, which has exactly one value.
    Single(Box<Expression>),
    /// A value, then what is indexed or called on it, from left to right.
    Chain(Box<Expression>, Vec<Link>),
    /// `not a`, `-a`, `#a`
    Unary(UnaryOperator, Box<Expression>),
    /// An operand, then operators with their right operands, applied from left to right.
    Binary(Box<Expression>, Vec<(BinaryOperator, Expression)>),
    /// Texts put together, from right to left.
    Concatenation(Vec<Expression>),
}

/// A field of a table constructor.
#[derive(Debug)]
pub(in crate::lua) enum Field {
    Item(Expression),
    Member(Expression, Expression),
}

/// What is done to the value before it.
#[derive(Debug)]
pub(in crate::lua) enum Link {
    /// `[key]` or `.name`
    Index(Expression),
    /// `(arguments)`
    Call(Vec<Expression>),
    /// `:name(arguments)`
    Method(StringId, Vec<Expression>),
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lua) enum UnaryOperator {
    Not,
    Negate,
    Length,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lua) enum BinaryOperator {
    Or,
    And,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Concatenate,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

impl Expression {
    /// Whether it can have any number of values: a call or `...`.
    pub(in crate::lua) fn is_open(&self) -> bool {
        match &self.kind {
            ExpressionKind::Arguments => true,
            ExpressionKind::Chain(_, links) => !matches!(links.last(), None | Some(Link::Index(_))),
            _ => false,
        }
    }
}
