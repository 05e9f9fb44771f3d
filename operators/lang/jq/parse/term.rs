//! Terms: values, constructions, calls, and what may follow them.

use super::{KEYWORDS, Parser};
use crate::CompileError;
use crate::jq::lexer::{PartEnd, Token};
use crate::jq::number::Number;
use crate::jq::prelude;
use crate::jq::tree::{Node, Operator};
use crate::jq::value::{Members, Value};

impl<'t> Parser<'t> {
    /// A term with its suffixes.
    pub(super) fn term(&mut self) -> Result<Node, CompileError> {
        let start = self.lexer.start();
        let before = self.lexer.clone();
        let node = match self.next()? {
            Token::Mark(sign @ ("-" | "+")) => {
                let of = self.nested(Self::term)?;
                return Ok(match (sign, of) {
                    ("-", Node::Constant(Value::Number(number))) => Node::Constant(Value::Number(number.negate())),
                    ("-", of) => Node::Negate(Box::new(of)),
                    (_, of) => Node::Plus(Box::new(of)),
                });
            }
            Token::Mark(".") => self.dot()?,
            Token::Mark("..") => self.call(start, "recurse", Vec::new())?,
            Token::Field(name) => member(Node::Identity, name),
            Token::Number(digits) => Node::Constant(Value::Number(Number::parse(digits))),
            Token::Quote => self.text(None)?,
            Token::Format(name) => self.format(start, name)?,
            Token::Variable("ENV") if self.scope.find_variable("ENV").is_none() => {
                Node::Constant(Value::object(Members::new()))
            }
            Token::Variable(name) => Node::Variable(
                self.scope
                    .find_variable(name)
                    .ok_or_else(|| CompileError::new(start, format!("the variable ${name} is not bound here")))?,
            ),
            Token::Mark("(") => {
                let node = self.query()?;
                self.expect(")")?;
                node
            }
            Token::Mark("[") if self.take("]")? => Node::Constant(Value::array(Vec::new())),
            Token::Mark("[") => {
                let items = self.query()?;
                self.expect("]")?;
                Node::Array(Box::new(items))
            }
            Token::Mark("{") => self.object()?,
            Token::Name(name) => self.named(start, name)?,
            _ => {
                self.lexer = before;
                return self.unexpected("a term");
            }
        };
        self.suffixes(node)
    }

    /// What follows a lone dot.
    fn dot(&mut self) -> Result<Node, CompileError> {
        if self.take_token(Token::Quote)? {
            let key = self.text(None)?;
            return Ok(Node::Index(Box::new(Node::Identity), Box::new(key)));
        }
        Ok(Node::Identity)
    }

    /// A `?` belongs to the suffix before it alone, and a key in brackets before it sees what is looked into, as in the
    /// reference.
    fn suffixes(&mut self, mut node: Node) -> Result<Node, CompileError> {
        let mut last: Option<Node> = None;
        loop {
            let before = self.lexer.clone();
            let suffix = match self.next()? {
                Token::Field(name) => member(Node::Identity, name),
                Token::Mark("?") => {
                    node = match last.take() {
                        Some(suffix) => Node::Pipe(Box::new(node), Box::new(Node::Try(Box::new(suffix), None))),
                        None => Node::Try(Box::new(node), None),
                    };
                    continue;
                }
                Token::Mark("[") => self.bracket(Node::Identity)?,
                Token::Mark(".") if self.take_token(Token::Quote)? => {
                    let key = self.text(None)?;
                    Node::Index(Box::new(Node::Identity), Box::new(key))
                }
                Token::Mark(".") if self.take("[")? => self.bracket(Node::Identity)?,
                _ => {
                    self.lexer = before;
                    return Ok(applied(node, last));
                }
            };
            node = applied(node, last.replace(suffix));
        }
    }

    /// What follows `target[`.
    fn bracket(&mut self, target: Node) -> Result<Node, CompileError> {
        let target = Box::new(target);
        let null = || Box::new(Node::Constant(Value::Null));
        if self.take("]")? {
            return Ok(Node::Iterate(target));
        }
        if self.take(":")? {
            let end = Box::new(self.query()?);
            self.expect("]")?;
            return Ok(Node::Slice(target, null(), end));
        }
        let start = Box::new(self.query()?);
        if self.take(":")? {
            let end = if self.peek()? == Token::Mark("]") { null() } else { Box::new(self.query()?) };
            self.expect("]")?;
            return Ok(Node::Slice(target, start, end));
        }
        self.expect("]")?;
        Ok(Node::Index(target, start))
    }

    fn named(&mut self, start: usize, name: &'t str) -> Result<Node, CompileError> {
        match name {
            "null" => Ok(Node::Constant(Value::Null)),
            "true" => Ok(Node::Constant(Value::Bool(true))),
            "false" => Ok(Node::Constant(Value::Bool(false))),
            "if" => self.condition(),
            "try" => {
                let body = Box::new(self.nested(Self::term)?);
                let handler = if self.take_word("catch")? { Some(Box::new(self.nested(Self::term)?)) } else { None };
                Ok(Node::Try(body, handler))
            }
            "reduce" => self.fold(true),
            "foreach" => self.fold(false),
            "break" => {
                let label = self.expect_variable()?;
                let found = self.scope.find_label(label);
                found
                    .map(Node::Break)
                    .ok_or_else(|| CompileError::new(start, format!("there is no label ${label} here")))
            }
            _ if KEYWORDS.contains(&name) => {
                Err(CompileError::new(start, format!("expected a term, found the keyword `{name}`")))
            }
            _ => {
                let mut arguments = Vec::new();
                if self.take("(")? {
                    loop {
                        arguments.push(self.query()?);
                        if !self.take(";")? {
                            break;
                        }
                    }
                    self.expect(")")?;
                }
                self.call(start, name, arguments)
            }
        }
    }

    fn condition(&mut self) -> Result<Node, CompileError> {
        let condition = Box::new(self.query()?);
        self.expect_word("then")?;
        let then = Box::new(self.query()?);
        let otherwise = if self.take_word("elif")? {
            return Ok(Node::If(condition, then, Box::new(self.nested(Self::condition)?)));
        } else if self.take_word("else")? {
            self.query()?
        } else {
            Node::Identity
        };
        self.expect_word("end")?;
        Ok(Node::If(condition, then, Box::new(otherwise)))
    }

    fn object(&mut self) -> Result<Node, CompileError> {
        let mut members = Vec::new();
        if self.take("}")? {
            return Ok(Node::Constant(Value::object(Members::new())));
        }
        loop {
            members.push(self.object_member()?);
            if !self.take(",")? {
                break;
            }
            if self.peek()? == Token::Mark("}") {
                break;
            }
        }
        self.expect("}")?;
        Ok(Node::Object(members))
    }

    fn object_member(&mut self) -> Result<(Node, Node), CompileError> {
        let start = self.lexer.start();
        let before = self.lexer.clone();
        let name = |name: &str| Node::Constant(Value::text(name));
        let (key, short): (Node, Option<Node>) = match self.next()? {
            Token::Variable(variable) => {
                let value = |parser: &Self| {
                    let bound = parser.scope.find_variable(variable).map(Node::Variable);
                    bound.ok_or_else(|| CompileError::new(start, format!("the variable ${variable} is not bound here")))
                };
                if self.peek()? == Token::Mark(":") {
                    (value(self)?, None)
                } else {
                    (name(variable), Some(value(self)?))
                }
            }
            Token::Name(key) => (name(key), Some(member(Node::Identity, key))),
            Token::Quote => {
                let mark = self.lexer.clone();
                let key = self.text(None)?;
                let short = if self.peek()? == Token::Mark(":") {
                    None
                } else {
                    let end = std::mem::replace(&mut self.lexer, mark);
                    let again = self.text(None)?;
                    self.lexer = end;
                    Some(Node::Index(Box::new(Node::Identity), Box::new(again)))
                };
                (key, short)
            }
            Token::Mark("(") => {
                let key = self.query()?;
                self.expect(")")?;
                (key, None)
            }
            _ => {
                self.lexer = before;
                return self.unexpected("a key or `}`");
            }
        };
        match short {
            Some(short) if self.peek()? != Token::Mark(":") => Ok((key, short)),
            _ => {
                self.expect(":")?;
                Ok((key, self.object_value()?))
            }
        }
    }

    /// Expressions in a pipe; a comma begins the next member.
    fn object_value(&mut self) -> Result<Node, CompileError> {
        let first = self.expression(0)?;
        if !self.take("|")? {
            return Ok(first);
        }
        let rest = self.nested(Self::object_value)?;
        Ok(Node::Pipe(Box::new(first), Box::new(rest)))
    }

    fn format(&mut self, start: usize, name: &str) -> Result<Node, CompileError> {
        if self.take_token(Token::Quote)? {
            return self.text(Some((start, name)));
        }
        Ok(prelude::format(name))
    }

    /// The rest of a text whose opening quote has been read; what its queries give goes through `format`.
    pub(super) fn text(&mut self, format: Option<(usize, &str)>) -> Result<Node, CompileError> {
        let mut whole: Option<Node> = None;
        let mut add = |part: Node| {
            whole = Some(match whole.take() {
                None => part,
                Some(before) => Node::Binary(Operator::Add, Box::new(before), Box::new(part)),
            });
        };
        let mut queries = false;
        loop {
            let (part, end) = self.lexer.text_part()?;
            if end == PartEnd::Quote && !queries {
                return Ok(Node::Constant(Value::text(part)));
            }
            if !part.is_empty() {
                add(Node::Constant(Value::text(part)));
            }
            if end == PartEnd::Quote {
                return Ok(whole.unwrap_or(Node::Constant(Value::text(""))));
            }
            queries = true;
            let query = self.query()?;
            self.expect(")")?;
            let shown = prelude::format(format.map_or("@text", |(_, name)| name));
            add(Node::Pipe(Box::new(query), Box::new(shown)));
        }
    }
}

/// A suffix of the identity as one of `target`.
fn applied(target: Node, suffix: Option<Node>) -> Node {
    let target = Box::new(target);
    match suffix {
        None => *target,
        Some(Node::Index(_, key)) => Node::Index(target, key),
        Some(Node::Slice(_, start, end)) => Node::Slice(target, start, end),
        Some(Node::Iterate(_)) => Node::Iterate(target),
        Some(other) => Node::Pipe(target, Box::new(other)),
    }
}

/// `target.name`.
fn member(target: Node, name: &str) -> Node {
    Node::Index(Box::new(target), Box::new(Node::Constant(Value::text(name))))
}
