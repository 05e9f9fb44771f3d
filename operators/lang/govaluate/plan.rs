//! From tokens to steps: the order of evaluation, as the library plans it.

use super::lexer::{Content, Kind, Token};
use super::operator::{Binary, Unary};
use super::value::Value;
use crate::CompileError;
use crate::regex::Regex;

/// Parentheses may be nested this deep.
const DEPTH: usize = 100;

/// One step of a program; a step takes its operands from a stack and leaves its result there.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Literal(Value),
    /// A text right after `=~` or `!~`, compiled, and its text.
    Pattern(Box<Regex>, String),
    Parameter(String),
    /// A member of a value, which no event's value has.
    Member(String),
    Unary(Unary),
    /// Looks at the left operand of a binary step and goes on at `end` if it decides alone.
    Decide {
        operator: Binary,
        end: usize,
    },
    Binary(Binary),
}

/// Plans a whole program; `end` is the length of its text.
pub(super) fn plan(tokens: &[Token], end: usize) -> Result<Vec<Step>, CompileError> {
    check(tokens, end)?;
    let mut planner = Planner { tokens, next: 0, depth: 0, steps: Vec::new() };
    // The library ignores what follows the expression.
    planner.expression(0)?;
    Ok(planner.steps)
}

/// Checks that parentheses are balanced, each token may follow the one before it, and patterns can be compiled.
fn check(tokens: &[Token], end: usize) -> Result<(), CompileError> {
    let count = |kind| tokens.iter().filter(|token| token.kind() == kind).count();
    if count(Kind::Open) != count(Kind::Close) {
        return Err(CompileError::new(end, "Unbalanced parenthesis"));
    }
    let mut before: Option<&Token> = None;
    for token in tokens {
        let (from, to) = (before.map_or(Kind::Start, Token::kind), token.kind());
        if !from.allows(to) {
            let message = match before.map(|before| &before.content) {
                Some(Content::Name(name)) if to == Kind::Open => format!("Undefined function {name}"),
                _ => format!("Cannot transition token types from {from:?} to {to:?}"),
            };
            return Err(CompileError::new(token.at, message));
        }
        if let (Content::Text(text), true) = (&token.content, before.is_some_and(is_match)) {
            Regex::compile(text).map_err(|error| CompileError::new(token.at, error.message))?;
        }
        before = Some(token);
    }
    if before.is_some_and(|last| last.kind().may_end()) {
        Ok(())
    } else {
        Err(CompileError::new(end, "Unexpected end of expression"))
    }
}

/// Whether the token is `=~` or `!~`: a text right after it is a pattern.
fn is_match(token: &Token) -> bool {
    matches!(&token.content, Content::Operator(row) if matches!(row.operator, Binary::Matches | Binary::MatchesNot))
}

struct Planner<'a> {
    tokens: &'a [Token],
    next: usize,
    depth: usize,
    steps: Vec<Step>,
}

impl<'a> Planner<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    /// Plans operands joined by operators of this level or tighter ones.
    fn expression(&mut self, level: u8) -> Result<(), CompileError> {
        self.operand()?;
        while let Some(Token { content: Content::Operator(row), .. }) = self.peek() {
            if row.level < level {
                break;
            }
            self.next += 1;
            let decides = matches!(row.operator, Binary::And | Binary::Or | Binary::Then | Binary::Else);
            let decide = self.steps.len();
            if decides {
                self.steps.push(Step::Decide { operator: row.operator, end: 0 });
            }
            self.expression(row.level + 1)?;
            self.steps.push(Step::Binary(row.operator));
            let after = self.steps.len();
            if let Some(Step::Decide { end, .. }) = self.steps.get_mut(decide).filter(|_| decides) {
                *end = after;
            }
        }
        Ok(())
    }

    /// Plans one operand; before a closing parenthesis there is none, and null stands for it.
    fn operand(&mut self) -> Result<(), CompileError> {
        let Some(token) = self.peek() else {
            self.steps.push(Step::Literal(Value::Null));
            return Ok(());
        };
        let is_pattern = self.next.checked_sub(1).and_then(|before| self.tokens.get(before)).is_some_and(is_match);
        self.next += 1;
        let step = match &token.content {
            Content::Number(value) | Content::Date(value) => Step::Literal(Value::Number(*value)),
            Content::Bool(truth) => Step::Literal(Value::Bool(*truth)),
            Content::Text(text) if is_pattern => {
                let regex = Regex::compile(text).map_err(|error| CompileError::new(token.at, error.message))?;
                Step::Pattern(Box::new(regex), text.clone())
            }
            Content::Text(text) => Step::Literal(Value::Text(text.clone())),
            Content::Name(name) => Step::Parameter(name.clone()),
            Content::Accessor(name) => return self.member(name),
            Content::Open => return self.parenthesis(token.at),
            Content::Close => {
                self.next -= 1;
                Step::Literal(Value::Null)
            }
            Content::Prefix(operator) => {
                self.operand()?;
                Step::Unary(*operator)
            }
            Content::Operator(row) => {
                return Err(CompileError::new(token.at, format!("expected a value, found {}", row.text)));
            }
        };
        self.steps.push(step);
        Ok(())
    }

    /// Plans what stands in parentheses; the library takes the token after it for the closing one, whatever it is.
    fn parenthesis(&mut self, at: usize) -> Result<(), CompileError> {
        if self.depth == DEPTH {
            return Err(CompileError::new(at, format!("parentheses are nested deeper than {DEPTH}")));
        }
        self.depth += 1;
        self.expression(0)?;
        self.depth -= 1;
        self.next += 1;
        Ok(())
    }

    /// Plans `a.B`, which can only fail; parentheses after it, and all that follows them, are its arguments.
    fn member(&mut self, name: &str) -> Result<(), CompileError> {
        if self.peek().is_some_and(|token| token.kind() == Kind::Open) {
            let steps = self.steps.len();
            self.expression(0)?;
            self.steps.truncate(steps);
        }
        self.steps.push(Step::Member(name.to_owned()));
        Ok(())
    }
}
