//! Parses expressions.

use super::lexer::Token;
use super::statement::Parser;
use super::tree::{BinaryOperator, Expression, ExpressionKind, Field, Link, UnaryOperator};
use crate::CompileError;
use crate::lua::arithmetic::{Arithmetic, calculate};

type Parsed<T> = Result<T, CompileError>;

/// The operators between two operands, with how tightly they bind to the left and to the right.
const BINARY: [(&str, BinaryOperator, u8, u8); 15] = [
    ("or", BinaryOperator::Or, 1, 1),
    ("and", BinaryOperator::And, 2, 2),
    ("<", BinaryOperator::Less, 3, 3),
    (">", BinaryOperator::Greater, 3, 3),
    ("<=", BinaryOperator::LessOrEqual, 3, 3),
    (">=", BinaryOperator::GreaterOrEqual, 3, 3),
    ("==", BinaryOperator::Equal, 3, 3),
    ("~=", BinaryOperator::NotEqual, 3, 3),
    ("..", BinaryOperator::Concatenate, 5, 5),
    ("+", BinaryOperator::Add, 6, 6),
    ("-", BinaryOperator::Subtract, 6, 6),
    ("*", BinaryOperator::Multiply, 7, 7),
    ("/", BinaryOperator::Divide, 7, 7),
    ("%", BinaryOperator::Modulo, 7, 7),
    ("^", BinaryOperator::Power, 10, 9),
];

const UNARY: [(&str, UnaryOperator); 3] =
    [("not", UnaryOperator::Not), ("-", UnaryOperator::Negate), ("#", UnaryOperator::Length)];

/// How tightly the operators before an operand bind.
const UNARY_PRIORITY: u8 = 8;

impl Parser<'_, '_> {
    /// Expressions with commas between them, at least one.
    pub(super) fn expressions(&mut self) -> Parsed<Vec<Expression>> {
        let mut list = vec![self.expression()?];
        while self.accept(",") {
            list.push(self.expression()?);
        }
        Ok(list)
    }

    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.operation(0)
    }

    /// An expression whose operators all bind tighter than `priority`.
    fn operation(&mut self, priority: u8) -> Parsed<Expression> {
        self.nested(|parser| {
            let mut left = parser.operand()?;
            while let Some((operator, right_priority)) = parser.binary_operator(priority) {
                parser.advance();
                let right = parser.operation(right_priority)?;
                left = combine(left, operator, right);
            }
            Ok(left)
        })
    }

    fn binary_operator(&self, priority: u8) -> Option<(BinaryOperator, u8)> {
        let Token::Sign(sign) = self.token() else { return None };
        let (_, operator, left, right) = BINARY.iter().find(|(written, ..)| written == sign)?;
        (*left > priority).then_some((*operator, *right))
    }

    /// An operand with the unary operators before it.
    fn operand(&mut self) -> Parsed<Expression> {
        let unary = UNARY.iter().find(|(sign, _)| *self.token() == Token::Sign(sign));
        let Some((_, operator)) = unary else { return self.simple() };
        self.advance();
        let operand = self.operation(UNARY_PRIORITY)?;
        let line = operand.line;
        let kind = match (operator, operand.kind) {
            (UnaryOperator::Negate, ExpressionKind::Number(value)) => ExpressionKind::Number(-value),
            (operator, kind) => ExpressionKind::Unary(*operator, Box::new(Expression { line, kind })),
        };
        Ok(Expression { line, kind })
    }

    fn simple(&mut self) -> Parsed<Expression> {
        let line = self.line();
        let kind = match self.token().clone() {
            Token::Number(value) => ExpressionKind::Number(value),
            Token::Text(text) => ExpressionKind::Text(self.name_text(&text)?),
            Token::Sign("nil") => ExpressionKind::Nil,
            Token::Sign("true") => ExpressionKind::Boolean(true),
            Token::Sign("false") => ExpressionKind::Boolean(false),
            Token::Sign("...") => return self.arguments(),
            Token::Sign("{") => return self.table(),
            Token::Sign("function") => {
                self.advance();
                return self.function(line, false);
            }
            _ => return self.chain(),
        };
        self.advance();
        Ok(Expression { line, kind })
    }

    fn arguments(&mut self) -> Parsed<Expression> {
        let line = self.line();
        match self.scopes.function() {
            Some(function) if function.variadic => function.uses_arguments = true,
            _ => return Err(self.error("cannot use '...' outside a function that takes '...'")),
        }
        self.advance();
        Ok(Expression { line, kind: ExpressionKind::Arguments })
    }

    /// A name or an expression in parentheses, with all that is indexed or called on it.
    pub(super) fn chain(&mut self) -> Parsed<Expression> {
        let line = self.line();
        let head = self.head()?;
        let mut links = Vec::new();
        loop {
            let link = match self.token() {
                Token::Sign(".") => {
                    self.advance();
                    Link::Index(self.name_as_text()?)
                }
                Token::Sign("[") => {
                    self.advance();
                    let key = self.expression()?;
                    self.expect("]")?;
                    Link::Index(key)
                }
                Token::Sign(":") => {
                    self.advance();
                    let name = self.name()?;
                    Link::Method(name, self.call_arguments()?)
                }
                Token::Sign("(" | "{") | Token::Text(_) => Link::Call(self.call_arguments()?),
                _ => break,
            };
            links.push(link);
        }
        if links.is_empty() {
            return Ok(head);
        }
        Ok(Expression { line, kind: ExpressionKind::Chain(Box::new(head), links) })
    }

    fn head(&mut self) -> Parsed<Expression> {
        let line = self.line();
        if !self.accept("(") {
            let name = self.name()?;
            let kind = ExpressionKind::Variable(self.scopes.resolve(name), name);
            return Ok(Expression { line, kind });
        }
        let inner = self.expression()?;
        self.expect(")")?;
        let is_literal = matches!(inner.kind, ExpressionKind::Number(_) | ExpressionKind::Text(_));
        let kind = if is_literal { inner.kind } else { ExpressionKind::Single(Box::new(inner)) };
        Ok(Expression { line, kind })
    }

    fn call_arguments(&mut self) -> Parsed<Vec<Expression>> {
        match self.token() {
            Token::Text(_) | Token::Sign("{") => Ok(vec![self.simple()?]),
            _ => {
                self.expect("(")?;
                if self.accept(")") {
                    return Ok(Vec::new());
                }
                let arguments = self.expressions()?;
                self.expect(")")?;
                Ok(arguments)
            }
        }
    }

    fn table(&mut self) -> Parsed<Expression> {
        let line = self.line();
        self.expect("{")?;
        let mut fields = Vec::new();
        while !self.accept("}") {
            fields.push(self.field()?);
            if !self.accept(",") && !self.accept(";") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Expression { line, kind: ExpressionKind::Table(fields) })
    }

    fn field(&mut self) -> Parsed<Field> {
        let named = matches!(self.token(), Token::Name(_)) && *self.token_after() == Token::Sign("=");
        let key = if named {
            self.name_as_text()?
        } else if self.accept("[") {
            let key = self.expression()?;
            self.expect("]")?;
            key
        } else {
            return Ok(Field::Item(self.expression()?));
        };
        self.expect("=")?;
        Ok(Field::Member(key, self.expression()?))
    }

    /// A name that stands for a text.
    pub(super) fn name_as_text(&mut self) -> Parsed<Expression> {
        let line = self.line();
        Ok(Expression { line, kind: ExpressionKind::Text(self.name()?) })
    }
}

/// Joins two operands. Chains stay flat, so that a long one costs no depth; two numbers are calculated at once.
fn combine(left: Expression, operator: BinaryOperator, right: Expression) -> Expression {
    let line = left.line;
    if let (ExpressionKind::Number(a), ExpressionKind::Number(b)) = (&left.kind, &right.kind)
        && let Some(arithmetic) = Arithmetic::of(operator)
    {
        return Expression { line, kind: ExpressionKind::Number(calculate(arithmetic, *a, *b)) };
    }
    let kind = match (left.kind, operator, right.kind) {
        (ExpressionKind::Concatenation(mut parts), BinaryOperator::Concatenate, last) => {
            parts.push(Expression { line: right.line, kind: last });
            ExpressionKind::Concatenation(parts)
        }
        (left, BinaryOperator::Concatenate, last) => ExpressionKind::Concatenation(vec![
            Expression { line, kind: left },
            Expression { line: right.line, kind: last },
        ]),
        (ExpressionKind::Binary(first, mut rest), operator, last) => {
            rest.push((operator, Expression { line: right.line, kind: last }));
            ExpressionKind::Binary(first, rest)
        }
        (first, operator, last) => ExpressionKind::Binary(
            Box::new(Expression { line, kind: first }),
            vec![(operator, Expression { line: right.line, kind: last })],
        ),
    };
    Expression { line, kind }
}
