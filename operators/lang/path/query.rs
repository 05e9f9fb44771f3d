//! The comparison of a query: `#(a>=5)` tests `a` of each element against `>=5`.

use super::found::{Found, Kind, truth};
use super::pattern::Pattern;
use crate::number;

/// A compiled comparison.
#[derive(Debug, Clone)]
pub(super) struct Test {
    operator: Operator,
    operand: Operand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Exists,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Like,
    NotLike,
    Unknown,
}

#[derive(Debug, Clone)]
enum Operand {
    /// A literal with the number it stands for (0 if none) and the pattern it is.
    Literal { text: String, number: f64, pattern: Pattern },
    /// `~true` and the like: not the value is compared, but whether this holds of it.
    Truth(Holds),
    /// `~` and anything else.
    Unknown,
}

/// Whether something holds of a value, which may be absent.
type Holds = fn(Option<&Found<'_>>) -> bool;

/// What `~name` asks.
const TRUTHS: [(&str, Holds); 4] = [
    ("*", |found| found.is_some()),
    ("null", |found| found.is_none_or(|found| found.kind() == Kind::Null)),
    ("true", |found| found.is_some_and(Found::bool_view)),
    ("false", is_falsy),
];

impl Test {
    /// The comparison by an operator of the path language with an operand without quotes.
    pub(super) fn new(operator: &str, operand: &str) -> Self {
        let operator = match operator {
            "" => Operator::Exists,
            "=" | "==" => Operator::Equal,
            "!=" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterEqual,
            "%" => Operator::Like,
            "!%" => Operator::NotLike,
            _ => Operator::Unknown,
        };
        let operand = match operand.strip_prefix('~') {
            Some(name) => TRUTHS
                .iter()
                .find_map(|(known, holds)| (*known == name).then_some(Operand::Truth(*holds)))
                .unwrap_or(Operand::Unknown),
            None => Operand::Literal {
                text: operand.to_owned(),
                number: number::float_or_zero(operand),
                pattern: Pattern::new(operand),
            },
        };
        Self { operator, operand }
    }

    /// Whether a value, or its absence, passes.
    pub(super) fn accepts(&self, found: Option<&Found<'_>>) -> bool {
        match (&self.operand, found) {
            (Operand::Truth(holds), found) => self.accepts_truth(holds(found), "true"),
            (Operand::Unknown, _) | (_, None) => false,
            (Operand::Literal { text, number, pattern }, Some(found)) => match found.kind() {
                _ if self.operator == Operator::Exists => true,
                Kind::String => self.accepts_text(&found.string_view(), text, pattern),
                Kind::Number => self.accepts_number(number::float_or_zero(found.raw()), *number),
                Kind::True => self.accepts_truth(true, text),
                Kind::False => self.accepts_truth(false, text),
                Kind::Null | Kind::Json => false,
            },
        }
    }

    fn accepts_text(&self, found: &str, operand: &str, pattern: &Pattern) -> bool {
        match self.operator {
            Operator::Equal => found == operand,
            Operator::NotEqual => found != operand,
            Operator::Less => found < operand,
            Operator::LessEqual => found <= operand,
            Operator::Greater => found > operand,
            Operator::GreaterEqual => found >= operand,
            Operator::Like => pattern.matches(found),
            Operator::NotLike => !pattern.matches(found),
            Operator::Exists | Operator::Unknown => false,
        }
    }

    fn accepts_number(&self, found: f64, operand: f64) -> bool {
        match self.operator {
            Operator::Equal => found == operand,
            Operator::NotEqual => found != operand,
            Operator::Less => found < operand,
            Operator::LessEqual => found <= operand,
            Operator::Greater => found > operand,
            Operator::GreaterEqual => found >= operand,
            _ => false,
        }
    }

    /// False is below true; any value is at least false and at most true, whatever it is compared with.
    fn accepts_truth(&self, found: bool, operand: &str) -> bool {
        let own_name = if found { "true" } else { "false" };
        match self.operator {
            Operator::Exists => true,
            Operator::Equal => operand == own_name,
            Operator::NotEqual => operand != own_name,
            Operator::Greater => found && operand == "false",
            Operator::GreaterEqual => found,
            Operator::Less => !found && operand == "true",
            Operator::LessEqual => !found,
            _ => false,
        }
    }
}

fn is_falsy(found: Option<&Found<'_>>) -> bool {
    let Some(found) = found else { return true };
    match found.kind() {
        Kind::Null | Kind::False => true,
        Kind::String => truth(&found.string_view()) == Some(false),
        Kind::Number => number::float_or_zero(found.raw()) == 0.0,
        Kind::True | Kind::Json => false,
    }
}
