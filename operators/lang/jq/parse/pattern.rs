//! `as`, `reduce` and `foreach`: what takes values apart.

use super::Parser;
use crate::CompileError;
use crate::jq::lexer::Token;
use crate::jq::tree::{Node, Pattern, Step};
use crate::jq::value::Value;

/// A pattern that is being read.
#[derive(Default)]
struct Draft<'t> {
    steps: Vec<Step>,
    names: Vec<&'t str>,
    /// How many values the steps have made.
    values: usize,
}

impl<'t> Parser<'t> {
    /// What follows `source as`.
    pub(super) fn binding(&mut self, source: Node) -> Result<Node, CompileError> {
        let mut drafts = vec![self.draft()?];
        while self.take("?//")? {
            drafts.push(self.draft()?);
        }
        self.expect("|")?;
        let mark = self.scope.mark();
        let patterns = self.bind(drafts);
        let body = self.query()?;
        self.scope.back_to(mark);
        Ok(Node::Bind { source: Box::new(source), patterns, body: Box::new(body) })
    }

    /// `reduce` or `foreach`, whose word has been read.
    pub(super) fn fold(&mut self, is_reduce: bool) -> Result<Node, CompileError> {
        let source = Box::new(self.expression(0)?);
        self.expect_word("as")?;
        let draft = self.draft()?;
        self.expect("(")?;
        let start = Box::new(self.query()?);
        self.expect(";")?;
        let mark = self.scope.mark();
        let pattern = self.bind(vec![draft]).swap_remove(0);
        let update = Box::new(self.query()?);
        let extract = if !is_reduce && self.take(";")? { Some(Box::new(self.query()?)) } else { None };
        self.scope.back_to(mark);
        self.expect(")")?;
        Ok(if is_reduce {
            Node::Reduce { source, pattern, start, update }
        } else {
            Node::Foreach { source, pattern, start, update, extract }
        })
    }

    /// Makes the variables of all alternatives visible.
    fn bind(&mut self, drafts: Vec<Draft<'t>>) -> Vec<Pattern> {
        let mut all: Vec<&str> = Vec::new();
        for name in drafts.iter().flat_map(|draft| &draft.names) {
            if !all.contains(name) {
                all.push(name);
            }
        }
        all.iter().for_each(|name| self.scope.variable(name));
        let number = |name: &&str| all.iter().position(|other| other == name).unwrap_or(0);
        let pattern = |draft: Draft<'t>| Pattern {
            steps: draft.steps,
            variables: all.len(),
            bound: draft.names.iter().map(number).collect(),
        };
        drafts.into_iter().map(pattern).collect()
    }

    fn draft(&mut self) -> Result<Draft<'t>, CompileError> {
        let mark = self.scope.mark();
        let mut draft = Draft::default();
        let read = self.pattern(&mut draft, 0);
        self.scope.back_to(mark);
        read.map(|()| draft)
    }

    /// A pattern for value number `of`. Keys of later members see the variables of earlier ones.
    fn pattern(&mut self, draft: &mut Draft<'t>, of: usize) -> Result<(), CompileError> {
        self.nested(|parser| {
            let before = parser.lexer.clone();
            match parser.next()? {
                Token::Variable(name) => {
                    parser.variable(draft, of, name);
                    Ok(())
                }
                Token::Mark("[") => parser.items(draft, of),
                Token::Mark("{") => parser.members(draft, of),
                _ => {
                    parser.lexer = before;
                    parser.unexpected("a variable, `[` or `{`")
                }
            }
        })
    }

    fn variable(&mut self, draft: &mut Draft<'t>, of: usize, name: &'t str) {
        draft.steps.push(Step::Bind(of));
        draft.names.push(name);
        self.scope.variable(name);
    }

    fn items(&mut self, draft: &mut Draft<'t>, of: usize) -> Result<(), CompileError> {
        for index in 0.. {
            draft.steps.push(Step::Item(of, index));
            draft.values += 1;
            self.pattern(draft, draft.values)?;
            if !self.take(",")? {
                break;
            }
        }
        self.expect("]")
    }

    fn members(&mut self, draft: &mut Draft<'t>, of: usize) -> Result<(), CompileError> {
        loop {
            let before = self.lexer.clone();
            let (key, variable) = match self.next()? {
                Token::Variable(name) => (Node::Constant(Value::text(name)), Some(name)),
                Token::Name(name) => (Node::Constant(Value::text(name)), None),
                Token::Quote => (self.text(None)?, None),
                Token::Mark("(") => {
                    let key = self.query()?;
                    self.expect(")")?;
                    (key, None)
                }
                _ => {
                    self.lexer = before;
                    return self.unexpected("a key");
                }
            };
            draft.steps.push(Step::Member(of, key));
            draft.values += 1;
            let value = draft.values;
            if let Some(name) = variable {
                self.variable(draft, value, name);
            }
            if variable.is_none() || self.peek()? == Token::Mark(":") {
                self.expect(":")?;
                self.pattern(draft, value)?;
            }
            if !self.take(",")? {
                break;
            }
        }
        self.expect("}")
    }
}
