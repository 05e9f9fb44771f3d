//! From the text of a path to its program.
//!
//! Every text is a path; one that makes no sense finds nothing. Only texts that are too long or nest too deep for a
//! bounded evaluation are refused.

use super::modifier::Modifier;
use super::pattern::Pattern;
use super::program::{Ask, AskId, Key, Next, Pick, Program, Query, Selector, Step, StepId};
use super::query::Test;
use super::syntax::{self, Element, Rest};
use super::text::decode;
use crate::{CompileError, json};
use std::collections::HashMap;

/// Bytes of a path.
const MAX_LENGTH: usize = 16 * 1024;
/// Components behind and paths within one another.
const MAX_DEPTH: usize = 256;

/// Compiles the text of a path.
pub(super) fn compile(text: &str) -> Result<Program, CompileError> {
    if text.len() > MAX_LENGTH {
        return Err(CompileError::new(MAX_LENGTH, format!("a path has at most {MAX_LENGTH} bytes")));
    }
    let mut compiler = Compiler::default();
    let start = compiler.ask(text)?;
    Ok(Program { asks: compiler.asks, steps: compiler.steps, start })
}

/// The tables so far. A text is compiled once, however often it occurs: the rest behind a component is read by objects
/// and by arrays alike.
#[derive(Default)]
struct Compiler<'t> {
    asks: Vec<Ask>,
    steps: Vec<Step>,
    ask_ids: HashMap<&'t str, AskId>,
    step_ids: HashMap<&'t str, StepId>,
    depth: usize,
}

impl<'t> Compiler<'t> {
    fn ask(&mut self, text: &'t str) -> Result<AskId, CompileError> {
        if let Some(id) = self.ask_ids.get(text) {
            return Ok(*id);
        }
        let ask = self.nested(|compiler| compiler.read_ask(text))?;
        let id = AskId(self.asks.len());
        self.asks.push(ask);
        self.ask_ids.insert(text, id);
        Ok(id)
    }

    fn step(&mut self, text: &'t str) -> Result<StepId, CompileError> {
        if let Some(id) = self.step_ids.get(text) {
            return Ok(*id);
        }
        let step = self.nested(|compiler| compiler.read_step(text))?;
        let id = StepId(self.steps.len());
        self.steps.push(step);
        self.step_ids.insert(text, id);
        Ok(id)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, CompileError>) -> Result<T, CompileError> {
        if self.depth == MAX_DEPTH {
            return Err(CompileError::new(0, format!("a path nests at most {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn read_ask(&mut self, text: &'t str) -> Result<Ask, CompileError> {
        // A mark alone is a name, not a modifier, literal or multipath.
        let marked = if text.len() > 1 { text } else { "" };
        if let Some((name, argument, rest)) = syntax::modifier(marked)
            && let Some(modifier) = Modifier::new(name, argument)
        {
            let argument = if modifier == Modifier::Dig { Some(self.ask(argument)?) } else { None };
            return Ok(Ask::Modify { modifier, argument, then: self.then(rest)? });
        }
        if let Some((literal, rest)) = syntax::literal(marked) {
            return Ok(Ask::Literal { text: literal.to_owned(), then: self.then(rest)? });
        }
        if marked.starts_with(['[', '{']) {
            return self.read_multipath(marked);
        }
        self.read_descent(text)
    }

    fn read_descent(&mut self, text: &'t str) -> Result<Ask, CompileError> {
        match text.strip_prefix("..") {
            Some(behind) => self.step(behind).map(Ask::Lines),
            None => self.step(text).map(Ask::Descend),
        }
    }

    /// What follows a modifier, literal or multipath; text without a dot or pipe in front is ignored.
    fn then(&mut self, rest: &'t str) -> Result<Option<AskId>, CompileError> {
        rest.strip_prefix(['.', '|']).map(|path| self.ask(path)).transpose()
    }

    fn read_multipath(&mut self, text: &'t str) -> Result<Ask, CompileError> {
        // Without its closing bracket a multipath is a name without text; with more behind it, only that counts.
        let Some((selectors, rest)) = syntax::selectors(text) else { return self.read_descent("") };
        if !rest.is_empty() && !rest.starts_with(['.', '|']) {
            return self.read_descent(rest);
        }
        let is_object = text.starts_with('{');
        let selectors = selectors.iter().map(|selector| self.selector(selector)).collect::<Result<_, _>>()?;
        Ok(Ask::Gather { selectors, is_object, then: self.then(rest)? })
    }

    fn selector(&mut self, selector: &syntax::Selector<'t>) -> Result<Selector, CompileError> {
        let name = if selector.name.is_empty() { syntax::last_name(selector.path) } else { selector.name };
        let mut quoted_name = String::new();
        if selector.name.starts_with('"') && json::valid(selector.name.as_bytes()) {
            quoted_name.push_str(name);
        } else {
            json::quote(name, &mut quoted_name);
        }
        Ok(Selector { quoted_name, ask: self.ask(selector.path)? })
    }

    fn read_step(&mut self, text: &'t str) -> Result<Step, CompileError> {
        let member = syntax::member(text);
        let key = if member.is_pattern { Key::Wild(Pattern::new(&member.name)) } else { Key::Exact(member.name) };
        let behind_key = self.next(member.rest)?;
        let (pick, behind_pick) = match syntax::element(text) {
            Element::Index(Some(index), rest) => (Pick::Index(index), self.next(rest)?),
            Element::Index(None, rest) | Element::Nothing(rest) => (Pick::Nothing, self.next(rest)?),
            Element::Count(rest) => (Pick::Count, self.next(rest)?),
            Element::Each(path) => {
                let (path, pipe) = self.path_and_pipe(path)?;
                (Pick::Each { ask: path, pipe }, Next::End)
            }
            Element::Where(query, rest) => self.query(&query, rest)?,
        };
        Ok(Step { key, behind_key, pick, behind_pick })
    }

    fn next(&mut self, rest: Rest<'t>) -> Result<Next, CompileError> {
        Ok(match rest {
            Rest::End => Next::End,
            Rest::Pipe(path) => Next::Pipe(self.ask(path)?),
            Rest::More(path) => Next::Step(self.step(path)?),
        })
    }

    fn path_and_pipe(&mut self, text: &'t str) -> Result<(AskId, Option<AskId>), CompileError> {
        let (path, pipe) = syntax::split_pipe(text);
        Ok((self.ask(path)?, pipe.map(|pipe| self.ask(pipe)).transpose()?))
    }

    fn query(&mut self, query: &syntax::Query<'t>, rest: Rest<'t>) -> Result<(Pick, Next), CompileError> {
        let (behind, next) = match rest {
            Rest::More(path) => (Some(self.path_and_pipe(path)?), Next::End),
            rest => (None, self.next(rest)?),
        };
        let quoted = query.operand.strip_prefix('"').and_then(|operand| operand.strip_suffix('"'));
        let test = match quoted {
            Some(operand) if query.has_escapes => Test::new(query.operator, &decode(operand)),
            Some(operand) => Test::new(query.operator, operand),
            None => Test::new(query.operator, query.operand),
        };
        let ask = self.ask(query.path)?;
        let query = Query { ask, takes_scalars: query.path.is_empty(), test, all: query.all, behind };
        Ok((Pick::Where(Box::new(query)), next))
    }
}
