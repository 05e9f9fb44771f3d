//! From tokens to the tree.

use super::builtin;
use super::lexer::{self, Content, Token};
use super::node::{Binary, Function, Kind, Loop, Node, OPERATORS, Pointer, Row, Unary};
use crate::CompileError;

/// The tree may be this high, and brackets in the text nested this deep.
const DEPTH: usize = 200;

/// Parses a whole text.
pub(super) fn parse(text: &str) -> Result<Node, CompileError> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, closures: 0, depth: 0 };
    let node = parser.expression(0)?;
    match parser.content() {
        Content::End => Ok(node),
        _ => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    /// How many bodies of functions are around.
    closures: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn content(&self) -> &'a Content {
        self.tokens.get(self.next).map_or(&Content::End, |token| &token.content)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |token| token.at)
    }

    fn unexpected(&self) -> CompileError {
        let found = match self.content() {
            Content::Name(text) | Content::Number(text) | Content::Operator(text) => text.clone(),
            Content::Text(_) => "a string".to_owned(),
            Content::Bracket(bracket) => bracket.to_string(),
            Content::End => "the end".to_owned(),
        };
        CompileError::new(self.at(), format!("unexpected {found}"))
    }

    fn is_operator(&self, text: &str) -> bool {
        matches!(self.content(), Content::Operator(operator) if operator == text)
    }

    fn is_bracket(&self, bracket: char) -> bool {
        *self.content() == Content::Bracket(bracket)
    }

    fn take_operator(&mut self, text: &str) -> bool {
        let next = self.is_operator(text);
        self.next += usize::from(next);
        next
    }

    fn take_bracket(&mut self, bracket: char) -> bool {
        let next = self.is_bracket(bracket);
        self.next += usize::from(next);
        next
    }

    fn expect_operator(&mut self, text: &str) -> Result<(), CompileError> {
        if self.take_operator(text) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn expect_bracket(&mut self, bracket: char) -> Result<(), CompileError> {
        if self.take_bracket(bracket) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn expect_name(&mut self) -> Result<&'a str, CompileError> {
        match self.content() {
            Content::Name(name) => {
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    /// A node, unless the tree gets too high with it.
    fn node(&self, at: usize, kind: Kind) -> Result<Node, CompileError> {
        let node = Node::new(at, kind);
        if node.height > DEPTH {
            return Err(CompileError::new(at, format!("the expression is nested deeper than {DEPTH}")));
        }
        Ok(node)
    }

    /// Parses operands joined by operators of this level or tighter ones; on level 0 also `let` and `? :`.
    fn expression(&mut self, level: u16) -> Result<Node, CompileError> {
        if self.depth == DEPTH {
            return Err(CompileError::new(self.at(), format!("the expression is nested deeper than {DEPTH}")));
        }
        self.depth += 1;
        let node = self.nested_expression(level);
        self.depth -= 1;
        node
    }

    fn nested_expression(&mut self, level: u16) -> Result<Node, CompileError> {
        if level == 0 && self.is_operator("let") {
            return self.declaration();
        }
        let mut left = self.primary()?;
        let mut coalesced = false;
        loop {
            // A `not` whose operator binds too loosely here is lost, as in the library.
            let negated = self.take_operator("not");
            let Some(row) = self.operator().filter(|row| row.level >= level) else { break };
            let at = self.at();
            self.next += 1;
            let Some(operator) = row.operator else {
                left = self.pipe(left)?;
                coalesced = false;
                continue;
            };
            if coalesced && operator != Binary::Coalesce {
                let message = format!("{} and ?? cannot be mixed without parentheses", row.text);
                return Err(CompileError::new(at, message));
            }
            coalesced = operator == Binary::Coalesce;
            let right = self.expression(if row.right { row.level } else { row.level + 1 })?;
            left = self.node(at, Kind::Binary(operator, Box::new(left), Box::new(right)))?;
            if negated {
                left = self.node(at, Kind::Unary(Unary::Not, Box::new(left)))?;
            }
        }
        if level == 0 { self.conditional(left) } else { Ok(left) }
    }

    /// The row of the operator that is next.
    fn operator(&self) -> Option<&'static Row> {
        match self.content() {
            Content::Operator(text) => OPERATORS.iter().find(|row| row.text == text),
            _ => None,
        }
    }

    fn declaration(&mut self) -> Result<Node, CompileError> {
        self.next += 1;
        let at = self.at();
        let name = self.expect_name()?.to_owned();
        self.expect_operator("=")?;
        let value = Box::new(self.expression(0)?);
        self.expect_operator(";")?;
        let body = Box::new(self.expression(0)?);
        self.node(at, Kind::Let { name, value, body })
    }

    fn conditional(&mut self, mut node: Node) -> Result<Node, CompileError> {
        while self.is_operator("?") {
            let at = self.at();
            self.next += 1;
            // `a ?: b` takes the condition itself.
            let then = if self.take_operator(":") {
                None
            } else {
                let then = Box::new(self.expression(0)?);
                self.expect_operator(":")?;
                Some(then)
            };
            let otherwise = Box::new(self.expression(0)?);
            node = self.node(at, Kind::Conditional { condition: Box::new(node), then, otherwise })?;
        }
        Ok(node)
    }

    fn primary(&mut self) -> Result<Node, CompileError> {
        let at = self.at();
        if let Content::Operator(text) = self.content() {
            let unary = match text.as_str() {
                "not" | "!" => Some((Unary::Not, 50)),
                "-" => Some((Unary::Minus, 90)),
                "+" => Some((Unary::Plus, 90)),
                _ => None,
            };
            if let Some((operator, level)) = unary {
                self.next += 1;
                let operand = self.expression(level)?;
                let node = self.node(at, Kind::Unary(operator, Box::new(operand)))?;
                return self.postfix(node);
            }
        }
        if self.take_bracket('(') {
            let node = self.expression(0)?;
            self.expect_bracket(')')?;
            return self.postfix(node);
        }
        if self.is_operator("#") || self.is_operator(".") {
            if self.closures == 0 {
                return Err(CompileError::new(at, "cannot use # outside of a function's body"));
            }
            let pointer = self.pointer();
            let node = self.node(at, Kind::Pointer(pointer))?;
            return self.postfix(node);
        }
        self.secondary(at)
    }

    /// Reads `#` and a name right after it; a dot alone means the element too and stays for the member after it.
    fn pointer(&mut self) -> Pointer {
        if !self.take_operator("#") {
            return Pointer::Element;
        }
        let Content::Name(name) = self.content() else { return Pointer::Element };
        self.next += 1;
        match name.as_str() {
            "index" => Pointer::Index,
            "acc" => Pointer::Accumulator,
            _ => Pointer::Unknown(name.clone()),
        }
    }

    fn secondary(&mut self, at: usize) -> Result<Node, CompileError> {
        let kind = match self.content() {
            Content::Name(name) => {
                self.next += 1;
                match name.as_str() {
                    "true" => Kind::Bool(true),
                    "false" => Kind::Bool(false),
                    "nil" => Kind::Nil,
                    _ => {
                        let node = self.call(name, at)?;
                        return self.postfix(node);
                    }
                }
            }
            Content::Number(text) => {
                self.next += 1;
                number(text).ok_or_else(|| CompileError::new(at, format!("invalid number {text}")))?
            }
            Content::Text(text) => {
                self.next += 1;
                Kind::Text(text.clone())
            }
            Content::Bracket('[') => {
                let node = self.array(at)?;
                return self.postfix(node);
            }
            Content::Bracket('{') => {
                let node = self.map(at)?;
                return self.postfix(node);
            }
            _ => return Err(self.unexpected()),
        };
        self.node(at, kind)
    }

    /// A name, or a call if a parenthesis follows it.
    fn call(&mut self, name: &str, at: usize) -> Result<Node, CompileError> {
        if !self.is_bracket('(') {
            return self.node(at, Kind::Name(name.to_owned()));
        }
        if let Some(function) = Function::named(name) {
            self.next += 1;
            let collection = self.expression(0)?;
            self.expect_operator(",")?;
            return self.loop_body(at, function, collection);
        }
        let arguments = self.arguments(Vec::new())?;
        self.call_of(name, at, arguments)
    }

    fn call_of(&self, name: &str, at: usize, arguments: Vec<Node>) -> Result<Node, CompileError> {
        if let Some(builtin) = builtin::find(name) {
            return self.node(at, Kind::Builtin { builtin, arguments });
        }
        let callee = Box::new(Node::new(at, Kind::Name(name.to_owned())));
        self.node(at, Kind::Call { callee, arguments })
    }

    /// Parses the body of a function, what `reduce` starts with, and the closing parenthesis.
    fn loop_body(&mut self, at: usize, function: Function, collection: Node) -> Result<Node, CompileError> {
        let braces = self.take_bracket('{');
        self.closures += 1;
        let body = self.expression(0)?;
        self.closures -= 1;
        if braces {
            self.expect_bracket('}')?;
        }
        let takes_initial = function == Function::Reduce && self.take_operator(",");
        let initial = if takes_initial { Some(self.expression(0)?) } else { None };
        self.expect_bracket(')')?;
        let each = Loop { function, collection, body, initial, map: None, throws: false };
        self.node(at, Kind::Loop(Box::new(each)))
    }

    fn pipe(&mut self, left: Node) -> Result<Node, CompileError> {
        let at = self.at();
        let name = self.expect_name()?;
        if let Some(function) = Function::named(name) {
            self.expect_bracket('(')?;
            return self.loop_body(at, function, left);
        }
        let arguments = self.arguments(vec![left])?;
        self.call_of(name, at, arguments)
    }

    fn arguments(&mut self, mut arguments: Vec<Node>) -> Result<Vec<Node>, CompileError> {
        self.expect_bracket('(')?;
        let mut first = true;
        while !self.is_bracket(')') {
            if !std::mem::take(&mut first) {
                self.expect_operator(",")?;
            }
            arguments.push(self.expression(0)?);
        }
        self.next += 1;
        Ok(arguments)
    }

    fn array(&mut self, at: usize) -> Result<Node, CompileError> {
        self.next += 1;
        let mut members = Vec::new();
        while !self.is_bracket(']') {
            if !members.is_empty() {
                self.expect_operator(",")?;
                if self.is_bracket(']') {
                    break;
                }
            }
            members.push(self.expression(0)?);
        }
        self.next += 1;
        self.node(at, Kind::Array(members))
    }

    fn map(&mut self, at: usize) -> Result<Node, CompileError> {
        self.next += 1;
        let mut pairs = Vec::new();
        while !self.is_bracket('}') {
            if !pairs.is_empty() {
                self.expect_operator(",")?;
                if self.is_bracket('}') {
                    break;
                }
            }
            let key_at = self.at();
            let key = match self.content() {
                Content::Number(text) | Content::Text(text) | Content::Name(text) => {
                    self.next += 1;
                    Node::new(key_at, Kind::Text(text.clone()))
                }
                Content::Bracket('(') => self.expression(0)?,
                _ => return Err(self.unexpected()),
            };
            self.expect_operator(":")?;
            pairs.push((key, self.expression(0)?));
        }
        self.next += 1;
        self.node(at, Kind::Map(pairs))
    }

    /// Parses members, indexes, slices and calls after an operand.
    fn postfix(&mut self, mut node: Node) -> Result<Node, CompileError> {
        loop {
            let at = self.at();
            let optional = self.is_operator("?.");
            if optional || self.is_operator(".") {
                self.next += 1;
                node = self.member(node, optional)?;
            } else if self.take_bracket('[') {
                node = self.index(node, at)?;
            } else {
                return Ok(node);
            }
        }
    }

    fn member(&mut self, node: Node, optional: bool) -> Result<Node, CompileError> {
        let at = self.at();
        let name = match self.content() {
            Content::Name(name) => name,
            // Words that are operators are names here.
            Content::Operator(name) if name.starts_with(|c: char| c.is_ascii_alphabetic()) => name,
            _ => return Err(CompileError::new(at, "expected name")),
        };
        self.next += 1;
        let (object, chained) = match node.kind {
            Kind::Chain(inner) => (inner, true),
            _ => (Box::new(node), false),
        };
        let property = Box::new(Node::new(at, Kind::Text(name.clone())));
        let mut member = self.node(at, Kind::Member { object, property, optional })?;
        if self.is_bracket('(') {
            let arguments = self.arguments(Vec::new())?;
            member = self.node(at, Kind::Call { callee: Box::new(member), arguments })?;
        }
        if chained || optional { self.node(at, Kind::Chain(Box::new(member))) } else { Ok(member) }
    }

    /// Parses `[i]`, `[from:to]` and the forms without one or both ends; the bracket has been read.
    fn index(&mut self, node: Node, at: usize) -> Result<Node, CompileError> {
        let object = Box::new(node);
        let from = if self.is_operator(":") { None } else { Some(Box::new(self.expression(0)?)) };
        if !self.take_operator(":") {
            self.expect_bracket(']')?;
            let Some(property) = from else { return Err(self.unexpected()) };
            return self.node(at, Kind::Member { object, property, optional: false });
        }
        let to = if self.is_bracket(']') { None } else { Some(Box::new(self.expression(0)?)) };
        self.expect_bracket(']')?;
        self.node(at, Kind::Slice { object, from, to })
    }
}

/// A literal number: whole without a dot and an exponent, and then of 64 bits; underscores are left out.
fn number(text: &str) -> Option<Kind> {
    let text = text.replace('_', "");
    if let Some((_, digits)) = text.split_once('x') {
        return i64::from_str_radix(digits, 16).ok().filter(|_| text.starts_with("0x")).map(Kind::Int);
    }
    if text.contains(['.', 'e', 'E']) {
        return crate::number::parse_float(&text).ok().map(Kind::Float);
    }
    text.parse().ok().map(Kind::Int)
}
