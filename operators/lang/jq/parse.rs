//! Reads a program's text into a tree.
//!
//! ```text
//! query   = "def" name ["(" parameter {";" parameter} ")"] ":" query ";" query
//!         | "label" "$name" "|" query | sequence ["|" query]
//! sequence = operand {"," operand};  operand = expression ["as" patterns "|" query]
//! ```
//! Operators from the loosest: `//` (right), `= |= +=` and the like (not in a row), `or`, `and`, comparisons (not in a
//! row), `+ -`, `* / %`.

mod pattern;
mod term;

use super::lexer::{Lexer, Token};
use super::prelude;
use super::scope::Scope;
use super::tree::{Function, Node, Operator};
use crate::CompileError;
use std::sync::Arc;

/// How deep a program may be nested.
const MAX_NESTING: usize = 200;

/// The words that are no names.
const KEYWORDS: [&str; 21] = [
    "or", "and", "module", "import", "include", "def", "as", "label", "break", "null", "true", "false", "if", "then",
    "elif", "else", "end", "try", "catch", "reduce", "foreach",
];

/// The tree of a program.
pub(super) fn program(text: &str) -> Result<Node, CompileError> {
    let mut parser = Parser { lexer: Lexer::new(text), scope: Scope::default(), nesting: 0 };
    let start = parser.lexer.start();
    match parser.peek()? {
        Token::Name(name @ ("module" | "import" | "include")) => {
            return Err(CompileError::new(start, format!("`{name}` is not possible here: there are no modules")));
        }
        Token::End => return Err(CompileError::new(start, "the program is empty; `.` gives the data as it is")),
        _ => {}
    }
    let node = parser.query()?;
    parser.expect_end()?;
    Ok(node)
}

/// The tree of a function of the prelude, in whose body only its parameters are bound.
pub(super) fn function(parameters: &[&str], body: &str) -> Result<Function, CompileError> {
    let mut parser = Parser { lexer: Lexer::new(body), scope: Scope::default(), nesting: 0 };
    parser.bind_parameters(parameters);
    let body = parser.query()?;
    parser.expect_end()?;
    Ok(Function { parameters: parameters.iter().map(|name| name.starts_with('$')).collect(), body })
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    scope: Scope,
    nesting: usize,
}

impl<'t> Parser<'t> {
    fn next(&mut self) -> Result<Token<'t>, CompileError> {
        self.lexer.next()
    }

    fn peek(&mut self) -> Result<Token<'t>, CompileError> {
        self.lexer.clone().next()
    }

    /// Takes the mark if it is next.
    fn take(&mut self, mark: &str) -> Result<bool, CompileError> {
        self.take_token(Token::Mark(mark))
    }

    /// Takes the keyword if it is next.
    fn take_word(&mut self, word: &str) -> Result<bool, CompileError> {
        self.take_token(Token::Name(word))
    }

    fn take_token(&mut self, wanted: Token<'_>) -> Result<bool, CompileError> {
        let mut ahead = self.lexer.clone();
        let found = ahead.next()? == wanted;
        if found {
            self.lexer = ahead;
        }
        Ok(found)
    }

    fn expect(&mut self, mark: &str) -> Result<(), CompileError> {
        if self.take(mark)? { Ok(()) } else { self.unexpected(&format!("`{mark}`")) }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), CompileError> {
        if self.take_word(word)? { Ok(()) } else { self.unexpected(&format!("`{word}`")) }
    }

    fn expect_end(&mut self) -> Result<(), CompileError> {
        if self.peek()? == Token::End { Ok(()) } else { self.unexpected("the end of the program") }
    }

    fn expect_variable(&mut self) -> Result<&'t str, CompileError> {
        let before = self.lexer.clone();
        if let Token::Variable(name) = self.next()? {
            return Ok(name);
        }
        self.lexer = before;
        self.unexpected("a variable such as `$x`")
    }

    fn unexpected<T>(&mut self, expected: &str) -> Result<T, CompileError> {
        let start = self.lexer.start();
        let found = match self.next()? {
            Token::End => "the end of the program".to_owned(),
            Token::Quote => "a text".to_owned(),
            Token::Name(text) | Token::Number(text) | Token::Format(text) | Token::Mark(text) => format!("`{text}`"),
            Token::Variable(name) => format!("`${name}`"),
            Token::Field(name) => format!("`.{name}`"),
        };
        Err(CompileError::new(start, format!("expected {expected}, found {found}")))
    }

    /// Counts nesting while `parse` runs.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, CompileError>) -> Result<T, CompileError> {
        if self.nesting == MAX_NESTING {
            let message = format!("the program is nested more than {MAX_NESTING} levels deep");
            return Err(CompileError::new(self.lexer.start(), message));
        }
        self.nesting += 1;
        let result = parse(self);
        self.nesting -= 1;
        result
    }

    fn query(&mut self) -> Result<Node, CompileError> {
        self.nested(|parser| {
            let mut stages = vec![parser.sequence()?];
            while parser.take("|")? {
                stages.push(parser.sequence()?);
            }
            // Pipes are taken apart from the left, so that a long one needs no depth.
            let mut stages = stages.into_iter().rev();
            let last = stages.next().unwrap_or(Node::Identity);
            Ok(stages.fold(last, |rest, stage| Node::Pipe(Box::new(stage), Box::new(rest))))
        })
    }

    fn sequence(&mut self) -> Result<Node, CompileError> {
        let mut node = self.operand()?;
        while self.take(",")? {
            node = Node::Comma(Box::new(node), Box::new(self.operand()?));
        }
        Ok(node)
    }

    fn operand(&mut self) -> Result<Node, CompileError> {
        if self.take_word("def")? {
            return self.nested(Self::definition);
        }
        if self.take_word("label")? {
            let name = self.expect_variable()?;
            self.expect("|")?;
            let mark = self.scope.mark();
            self.scope.label(name);
            let body = self.query()?;
            self.scope.back_to(mark);
            return Ok(Node::Label(Box::new(body)));
        }
        let source = self.expression(0)?;
        if self.take_word("as")? { self.binding(source) } else { Ok(source) }
    }

    fn definition(&mut self) -> Result<Node, CompileError> {
        let start = self.lexer.start();
        let Token::Name(name) = self.next()? else {
            return Err(CompileError::new(start, "expected the name of a function"));
        };
        if KEYWORDS.contains(&name) {
            return Err(CompileError::new(start, format!("`{name}` is a keyword, no name for a function")));
        }
        let mut parameters = Vec::new();
        if self.take("(")? {
            loop {
                parameters.push(self.parameter()?);
                if !self.take(";")? {
                    break;
                }
            }
            self.expect(")")?;
        }
        self.expect(":")?;
        let mark = self.scope.mark();
        self.scope.function(name, parameters.len());
        let outside = self.scope.mark();
        self.bind_parameters(&parameters);
        let body = self.query()?;
        self.scope.back_to(outside);
        self.expect(";")?;
        let rest = self.query()?;
        self.scope.back_to(mark);
        let function = Function { parameters: parameters.iter().map(|name| name.starts_with('$')).collect(), body };
        Ok(Node::Define(Arc::new(function), Box::new(rest)))
    }

    /// The name of a parameter, with its `$` where it has one.
    fn parameter(&mut self) -> Result<&'t str, CompileError> {
        let start = self.lexer.start();
        match self.next()? {
            Token::Name(name) if !KEYWORDS.contains(&name) => Ok(name),
            Token::Variable(name) => Ok(self.lexer.text_before(name.len() + 1)),
            _ => Err(CompileError::new(start, "expected the name of a parameter")),
        }
    }

    fn bind_parameters(&mut self, parameters: &[&str]) {
        parameters.iter().for_each(|name| self.scope.parameter(name.trim_start_matches('$')));
        parameters.iter().filter_map(|name| name.strip_prefix('$')).for_each(|name| self.scope.variable(name));
    }

    /// Operators of at least this rank.
    fn expression(&mut self, least: u8) -> Result<Node, CompileError> {
        let mut left = self.nested(Self::term)?;
        let mut barred = None;
        loop {
            let start = self.lexer.start();
            let before = self.lexer.clone();
            let token = self.next()?;
            let Some((rank, joins, make)) = operator(token) else {
                self.lexer = before;
                return Ok(left);
            };
            if rank < least {
                self.lexer = before;
                return Ok(left);
            }
            if barred == Some(rank) {
                return Err(CompileError::new(
                    start,
                    "operators of this kind cannot follow each other: use parentheses",
                ));
            }
            let next = match joins {
                Joins::Right => rank,
                Joins::Left | Joins::Nothing => rank + 1,
            };
            let right = self.nested(|parser| parser.expression(next))?;
            left = make(Box::new(left), Box::new(right));
            barred = (joins == Joins::Nothing).then_some(rank);
        }
    }

    /// The call of a function by its name.
    fn call(&mut self, start: usize, name: &str, arguments: Vec<Node>) -> Result<Node, CompileError> {
        use super::scope::Callee;
        match self.scope.find_callee(name, arguments.len()) {
            Some(Callee::Function(ago)) => Ok(Node::Call(ago, arguments)),
            Some(Callee::Parameter(ago)) => Ok(Node::Parameter(ago)),
            None => prelude::call(name, arguments).map_err(|message| CompileError::new(start, message)),
        }
    }
}

/// How operators of one rank follow each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    Left,
    Right,
    Nothing,
}

type Make = Box<dyn Fn(Box<Node>, Box<Node>) -> Node>;

/// The rank of an operator, how it joins, and the node it makes.
fn operator(token: Token<'_>) -> Option<(u8, Joins, Make)> {
    use Operator::*;
    let binary =
        |rank, joins, operator| Some((rank, joins, Box::new(move |l, r| Node::Binary(operator, l, r)) as Make));
    let update = |operator: Option<Operator>| {
        Some((1, Joins::Nothing, Box::new(move |l, r| Node::Update(operator, l, r)) as Make))
    };
    match token {
        Token::Mark("//") => Some((0, Joins::Right, Box::new(Node::Alternative))),
        Token::Mark("=") => Some((1, Joins::Nothing, Box::new(Node::Assign))),
        Token::Mark("|=") => Some((1, Joins::Nothing, Box::new(Node::Modify))),
        Token::Mark("+=") => update(Some(Add)),
        Token::Mark("-=") => update(Some(Subtract)),
        Token::Mark("*=") => update(Some(Multiply)),
        Token::Mark("/=") => update(Some(Divide)),
        Token::Mark("%=") => update(Some(Modulo)),
        Token::Mark("//=") => update(None),
        Token::Name("or") => Some((2, Joins::Left, Box::new(|l, r| both(l, constant(true), truth(r))))),
        Token::Name("and") => Some((3, Joins::Left, Box::new(|l, r| both(l, truth(r), constant(false))))),
        Token::Mark("==") => binary(4, Joins::Nothing, Equal),
        Token::Mark("!=") => binary(4, Joins::Nothing, NotEqual),
        Token::Mark("<") => binary(4, Joins::Nothing, Less),
        Token::Mark("<=") => binary(4, Joins::Nothing, LessOrEqual),
        Token::Mark(">") => binary(4, Joins::Nothing, Greater),
        Token::Mark(">=") => binary(4, Joins::Nothing, GreaterOrEqual),
        Token::Mark("+") => binary(5, Joins::Left, Add),
        Token::Mark("-") => binary(5, Joins::Left, Subtract),
        Token::Mark("*") => binary(6, Joins::Left, Multiply),
        Token::Mark("/") => binary(6, Joins::Left, Divide),
        Token::Mark("%") => binary(6, Joins::Left, Modulo),
        _ => None,
    }
}

fn constant(value: bool) -> Node {
    Node::Constant(super::value::Value::Bool(value))
}

fn both(condition: Box<Node>, then: Node, otherwise: Node) -> Node {
    Node::If(condition, Box::new(then), Box::new(otherwise))
}

/// Whether what the node gives is true.
fn truth(node: Box<Node>) -> Node {
    both(node, constant(true), constant(false))
}
