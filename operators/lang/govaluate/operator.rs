//! The operators: how they are written, how tightly they bind, and which kind of token they are.

use super::lexer::Kind;

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    /// `,`: makes a list, or appends to the list on the left.
    Comma,
    /// `?`: the right side if the left is true, else null.
    Then,
    /// `:` and `??`: the left side unless it is null, else the right.
    Else,
    Or,
    And,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Matches,
    MatchesNot,
    In,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// An operator before an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Negate,
    Not,
    BitNot,
}

/// One row of the table of operators.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) text: &'static str,
    pub(super) kind: Kind,
    pub(super) operator: Binary,
    /// The higher, the tighter it binds; all are left-associative.
    pub(super) level: u8,
}

const fn row(text: &'static str, kind: Kind, operator: Binary, level: u8) -> Row {
    Row { text, kind, operator, level }
}

/// Every operator between two operands, the loosest first.
pub(super) const BINARY: [Row; 26] = [
    row(",", Kind::Separator, Binary::Comma, 0),
    row("?", Kind::Ternary, Binary::Then, 1),
    row(":", Kind::Ternary, Binary::Else, 1),
    row("??", Kind::Ternary, Binary::Else, 1),
    row("||", Kind::Logical, Binary::Or, 2),
    row("&&", Kind::Logical, Binary::And, 3),
    row("==", Kind::Comparator, Binary::Equal, 4),
    row("!=", Kind::Comparator, Binary::NotEqual, 4),
    row(">", Kind::Comparator, Binary::Greater, 4),
    row(">=", Kind::Comparator, Binary::GreaterOrEqual, 4),
    row("<", Kind::Comparator, Binary::Less, 4),
    row("<=", Kind::Comparator, Binary::LessOrEqual, 4),
    row("=~", Kind::Comparator, Binary::Matches, 4),
    row("!~", Kind::Comparator, Binary::MatchesNot, 4),
    row("in", Kind::Comparator, Binary::In, 4),
    row("&", Kind::Modifier, Binary::BitAnd, 5),
    row("|", Kind::Modifier, Binary::BitOr, 5),
    row("^", Kind::Modifier, Binary::BitXor, 5),
    row("<<", Kind::Modifier, Binary::ShiftLeft, 6),
    row(">>", Kind::Modifier, Binary::ShiftRight, 6),
    row("+", Kind::Modifier, Binary::Add, 7),
    row("-", Kind::Modifier, Binary::Subtract, 7),
    row("*", Kind::Modifier, Binary::Multiply, 8),
    row("/", Kind::Modifier, Binary::Divide, 8),
    row("%", Kind::Modifier, Binary::Remainder, 8),
    row("**", Kind::Modifier, Binary::Power, 9),
];

/// Every operator before an operand; they bind tighter than all others.
pub(super) const UNARY: [(&str, Unary); 3] = [("-", Unary::Negate), ("!", Unary::Not), ("~", Unary::BitNot)];

/// The row of an operator.
pub(super) fn binary(text: &str) -> Option<&'static Row> {
    BINARY.iter().find(|row| row.text == text)
}

/// How an operator is written, for messages.
pub(super) fn text(operator: Binary) -> &'static str {
    BINARY.iter().find(|row| row.operator == operator).map_or("", |row| row.text)
}
