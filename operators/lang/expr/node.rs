//! The tree of an expression.

use super::builtin::Builtin;
use super::types::Type;
use super::value::Value;
use crate::regex::Regex;

/// A node of the tree.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// The byte in the text that it is about.
    pub(super) at: usize,
    /// The type that the check found; [`Type::Nil`] also where it did not look.
    pub(super) ty: Type,
    /// The longest way down to a leaf.
    pub(super) height: usize,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// A value that was computed ahead.
    Constant(Value),
    Name(String),
    Unary(Unary, Box<Node>),
    Binary(Binary, Box<Node>, Box<Node>),
    /// `matches` with a pattern that was compiled ahead.
    Matches(Box<Node>, Box<Regex>),
    /// `in` with a list of texts, which is made a set: a number on its left is an error then.
    InTexts(Box<Node>, Vec<String>),
    /// `in` with a range of two literal numbers, for a left side that is known to be a whole number.
    InRange(Box<Node>, i64, i64),
    /// Where a `?.` in it that meets nil goes on.
    Chain(Box<Node>),
    Member {
        object: Box<Node>,
        property: Box<Node>,
        optional: bool,
    },
    Slice {
        object: Box<Node>,
        from: Option<Box<Node>>,
        to: Option<Box<Node>>,
    },
    Call {
        callee: Box<Node>,
        arguments: Vec<Node>,
    },
    Builtin {
        builtin: &'static Builtin,
        arguments: Vec<Node>,
    },
    Loop(Box<Loop>),
    Pointer(Pointer),
    Let {
        name: String,
        value: Box<Node>,
        body: Box<Node>,
    },
    /// Without `then` the condition itself is meant.
    Conditional {
        condition: Box<Node>,
        then: Option<Box<Node>>,
        otherwise: Box<Node>,
    },
    Array(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// A function that runs an expression for each member of a list.
#[derive(Debug, Clone)]
pub(super) struct Loop {
    pub(super) function: Function,
    pub(super) collection: Node,
    pub(super) body: Node,
    /// What `reduce` starts with.
    pub(super) initial: Option<Node>,
    /// What becomes of a member that `filter` or `find` takes.
    pub(super) map: Option<Node>,
    /// It is an error to find none.
    pub(super) throws: bool,
}

/// Which of the functions with a body it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    All,
    None,
    Any,
    One,
    Filter,
    Map,
    Count,
    Find,
    FindIndex,
    FindLast,
    FindLastIndex,
    GroupBy,
    Reduce,
}

impl Function {
    /// The function of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "all" => Self::All,
            "none" => Self::None,
            "any" => Self::Any,
            "one" => Self::One,
            "filter" => Self::Filter,
            "map" => Self::Map,
            "count" => Self::Count,
            "find" => Self::Find,
            "findIndex" => Self::FindIndex,
            "findLast" => Self::FindLast,
            "findLastIndex" => Self::FindLastIndex,
            "groupBy" => Self::GroupBy,
            "reduce" => Self::Reduce,
            _ => return None,
        })
    }
}

/// What `#`, `#index` and `#acc` stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pointer {
    Element,
    Index,
    Accumulator,
    /// A name that nothing has.
    Unknown(String),
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    Plus,
    Minus,
}

/// An operator between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    Greater,
    GreaterOrEqual,
    LessOrEqual,
    In,
    Matches,
    Contains,
    StartsWith,
    EndsWith,
    Range,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Coalesce,
}

/// A row of the table of operators; `|` has one too, but is no operator of the tree.
pub(super) struct Row {
    pub(super) text: &'static str,
    pub(super) level: u16,
    pub(super) operator: Option<Binary>,
    pub(super) right: bool,
}

const fn row(text: &'static str, level: u16, operator: Binary) -> Row {
    Row { text, level, operator: Some(operator), right: false }
}

/// Every operator between two operands, the loosest first.
pub(super) const OPERATORS: [Row; 25] = [
    Row { text: "|", level: 0, operator: None, right: false },
    row("or", 10, Binary::Or),
    row("||", 10, Binary::Or),
    row("and", 15, Binary::And),
    row("&&", 15, Binary::And),
    row("==", 20, Binary::Equal),
    row("!=", 20, Binary::NotEqual),
    row("<", 20, Binary::Less),
    row(">", 20, Binary::Greater),
    row(">=", 20, Binary::GreaterOrEqual),
    row("<=", 20, Binary::LessOrEqual),
    row("in", 20, Binary::In),
    row("matches", 20, Binary::Matches),
    row("contains", 20, Binary::Contains),
    row("startsWith", 20, Binary::StartsWith),
    row("endsWith", 20, Binary::EndsWith),
    row("..", 25, Binary::Range),
    row("+", 30, Binary::Add),
    row("-", 30, Binary::Subtract),
    row("*", 60, Binary::Multiply),
    row("/", 60, Binary::Divide),
    row("%", 60, Binary::Remainder),
    Row { text: "**", level: 100, operator: Some(Binary::Power), right: true },
    Row { text: "^", level: 100, operator: Some(Binary::Power), right: true },
    row("??", 500, Binary::Coalesce),
];

/// How an operator is written, for messages.
pub(super) fn text(operator: Binary) -> &'static str {
    OPERATORS.iter().find(|row| row.operator == Some(operator)).map_or("", |row| row.text)
}

impl Node {
    pub(super) fn new(at: usize, kind: Kind) -> Self {
        let mut node = Self { kind, at, ty: Type::Nil, height: 0 };
        let mut height = 0;
        node.each_child(&mut |child| height = height.max(child.height + 1));
        node.height = height;
        node
    }

    /// Visits the direct children, in the order of the text.
    pub(super) fn each_child(&mut self, visit: &mut dyn FnMut(&mut Node)) {
        match &mut self.kind {
            Kind::Nil | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {}
            Kind::Constant(_) | Kind::Name(_) | Kind::Pointer(_) => {}
            Kind::Unary(_, node) | Kind::Chain(node) => visit(node),
            Kind::Matches(node, _) | Kind::InTexts(node, _) | Kind::InRange(node, ..) => visit(node),
            Kind::Binary(_, left, right) => {
                visit(left);
                visit(right);
            }
            Kind::Member { object, property, .. } => {
                visit(object);
                visit(property);
            }
            Kind::Slice { object, from, to } => {
                visit(object);
                from.iter_mut().chain(to).for_each(|node| visit(node));
            }
            Kind::Call { callee, arguments } => {
                visit(callee);
                arguments.iter_mut().for_each(visit);
            }
            Kind::Builtin { arguments, .. } | Kind::Array(arguments) => arguments.iter_mut().for_each(visit),
            Kind::Loop(each) => {
                visit(&mut each.collection);
                visit(&mut each.body);
                each.initial.iter_mut().chain(&mut each.map).for_each(visit);
            }
            Kind::Let { value, body, .. } => {
                visit(value);
                visit(body);
            }
            Kind::Conditional { condition, then, otherwise } => {
                visit(condition);
                then.iter_mut().for_each(|node| visit(node));
                visit(otherwise);
            }
            Kind::Map(pairs) => pairs.iter_mut().for_each(|(key, value)| {
                visit(key);
                visit(value);
            }),
        }
    }

    /// Visits everything below and then the node itself.
    pub(super) fn walk(&mut self, visit: &mut dyn FnMut(&mut Node)) {
        self.each_child(&mut |child| child.walk(visit));
        visit(self);
    }

    /// Takes the node's content, leaving nil.
    pub(super) fn take(&mut self) -> Kind {
        std::mem::replace(&mut self.kind, Kind::Nil)
    }
}
