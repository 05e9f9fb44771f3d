//! The second reading of a condition: `&&`, `||` and parentheses over the dependencies' own names.

use crate::CompileError;

/// Parentheses may be nested this deep.
const DEPTH: usize = 100;

/// A condition as a tree; neighbours of one operator are one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Constant(bool),
    Dependency(usize),
    All(Vec<Node>),
    Any(Vec<Node>),
}

impl Node {
    pub(super) fn holds(&self, hit: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Dependency(index) => hit(*index),
            Self::All(nodes) => nodes.iter().all(|node| node.holds(hit)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(hit)),
        }
    }
}

/// Parses a text without blanks; also gives the dependencies it names, each once and in order.
pub(super) fn parse(text: &str, dependencies: &[&str]) -> Result<(Node, Vec<usize>), CompileError> {
    let mut parser = Parser { text, at: 0, dependencies, named: Vec::new() };
    let node = parser.any(0)?;
    match parser.rest() {
        "" => Ok((node, parser.named)),
        _ => Err(parser.error("expected && or ||")),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    dependencies: &'a [&'a str],
    named: Vec<usize>,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&self, message: &str) -> CompileError {
        CompileError::new(self.at, format!("{message} in {}", self.text))
    }

    /// Steps over a sign if it is next.
    fn take(&mut self, sign: &str) -> bool {
        let next = self.rest().starts_with(sign);
        self.at += if next { sign.len() } else { 0 };
        next
    }

    fn any(&mut self, depth: usize) -> Result<Node, CompileError> {
        let mut nodes = vec![self.all(depth)?];
        while self.take("||") {
            nodes.push(self.all(depth)?);
        }
        Ok(one_or(nodes, Node::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Node, CompileError> {
        let mut nodes = vec![self.operand(depth)?];
        while self.take("&&") {
            nodes.push(self.operand(depth)?);
        }
        Ok(one_or(nodes, Node::All))
    }

    fn operand(&mut self, depth: usize) -> Result<Node, CompileError> {
        if self.take("(") {
            if depth == DEPTH {
                return Err(self.error(&format!("expected parentheses at most {DEPTH} deep")));
            }
            let node = self.any(depth + 1)?;
            return if self.take(")") { Ok(node) } else { Err(self.error("expected )")) };
        }
        let rest = self.rest();
        let name = rest.split(['&', '|', '(', ')']).next().unwrap_or_default();
        if matches!(name, "true" | "false") {
            self.at += name.len();
            return Ok(Node::Constant(name == "true"));
        }
        let letter_first = name.chars().next().is_some_and(char::is_alphabetic);
        let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        if !letter_first || !plain || matches!(name, "in" | "IN") {
            let rule = "a condition takes names that start with a letter and go on with letters, digits, - and _";
            return Err(self.error(&format!("{rule}, found {name:?}")));
        }
        let Some(index) = self.dependencies.iter().rposition(|dependency| *dependency == name) else {
            return Err(self.error(&format!("unknown dependency {name}")));
        };
        if !self.named.contains(&index) {
            self.named.push(index);
        }
        self.at += name.len();
        Ok(Node::Dependency(index))
    }
}

/// The only node, or all of them under an operator.
fn one_or(mut nodes: Vec<Node>, operator: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        last => {
            nodes.extend(last);
            operator(nodes)
        }
    }
}
