//! Walks a compiled template and writes what it says.

mod call;
mod pipeline;
mod range;

use super::evaluation::{Evaluation, MAX_TEXT};
use super::format;
use super::parser::MAIN;
use super::tree::{Branch, Invocation, Node, Templates};
use super::value::Value;
use crate::EvalError;

/// How deep templates, actions and parentheses may be under way in one another; Go allows 100,000 templates.
const MAX_DEPTH: usize = 200;

/// Writes the main template with `root` as its dot and `$`.
pub(super) fn evaluate(templates: &Templates, root: Value, evaluation: &Evaluation) -> Result<Vec<u8>, EvalError> {
    let variables = vec![("", root.clone())];
    let mut walk = Walk { templates, evaluation, out: Vec::new(), variables, depth: 0 };
    let main = templates.get(MAIN).map(|list| list.as_slice()).unwrap_or_default();
    walk.list(&root, main)?;
    Ok(walk.out)
}

struct Walk<'a> {
    templates: &'a Templates,
    evaluation: &'a Evaluation,
    out: Vec<u8>,
    /// The variables in the order of their declaration; the last of a name counts. `$` has the empty name.
    variables: Vec<(&'a str, Value)>,
    depth: usize,
}

/// How a list of actions ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

impl<'a> Walk<'a> {
    /// Runs `walk` one level deeper.
    fn deeper<T>(&mut self, walk: impl FnOnce(&mut Self) -> Result<T, EvalError>) -> Result<T, EvalError> {
        if self.depth == MAX_DEPTH {
            return Err(EvalError::new(format!("exceeded the depth of {MAX_DEPTH}")));
        }
        self.depth += 1;
        let result = walk(self);
        self.depth -= 1;
        result
    }

    fn list(&mut self, dot: &Value, list: &'a [Node]) -> Result<Flow, EvalError> {
        self.deeper(|walk| {
            for node in list {
                let flow = walk.node(dot, node)?;
                if flow != Flow::Next {
                    return Ok(flow);
                }
            }
            Ok(Flow::Next)
        })
    }

    fn node(&mut self, dot: &Value, node: &'a Node) -> Result<Flow, EvalError> {
        self.evaluation.charge(1)?;
        match node {
            Node::Text(text) => self.write(text.as_bytes())?,
            Node::Action(pipeline) => {
                let value = self.pipeline(dot, pipeline)?;
                if pipeline.variables.is_empty() {
                    self.print(&value)?;
                }
            }
            Node::If(branch) => return self.branch(dot, branch, false),
            Node::With(branch) => return self.branch(dot, branch, true),
            Node::Range(branch) => self.range(dot, branch)?,
            Node::Template(invocation) => self.invocation(dot, invocation)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), EvalError> {
        self.evaluation.charge_bytes(bytes.len())?;
        if self.out.len() + bytes.len() > MAX_TEXT {
            return Err(EvalError::new(format!("more than {MAX_TEXT} bytes come out")));
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn print(&mut self, value: &Value) -> Result<(), EvalError> {
        if let Value::Text(text) = value {
            return self.write(text.as_bytes());
        }
        let text = format::print(self.evaluation, value)?;
        self.write(&text)
    }

    fn branch(&mut self, dot: &Value, branch: &'a Branch, is_with: bool) -> Result<Flow, EvalError> {
        let mark = self.variables.len();
        let value = self.pipeline(dot, &branch.pipeline)?;
        let flow = match (value.is_true(), &branch.otherwise) {
            (true, _) => self.list(if is_with { &value } else { dot }, &branch.then)?,
            (false, Some(otherwise)) => self.list(dot, otherwise)?,
            (false, None) => Flow::Next,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn invocation(&mut self, dot: &Value, invocation: &'a Invocation) -> Result<(), EvalError> {
        let Some(list) = self.templates.get(&invocation.name) else {
            return Err(at(invocation.at, EvalError::new(format!("template {:?} not defined", invocation.name))));
        };
        // Variables that the pipeline declares live on here; the template itself sees none but its dot.
        let dot = match &invocation.pipeline {
            Some(pipeline) => self.pipeline(dot, pipeline)?,
            None => Value::Missing,
        };
        let variables = std::mem::replace(&mut self.variables, vec![("", dot.clone())]);
        self.list(&dot, list)?;
        self.variables = variables;
        Ok(())
    }

    fn set_variable(&mut self, name: &str, value: Value) -> Result<(), EvalError> {
        match self.variables.iter_mut().rev().find(|(known, _)| *known == name) {
            Some((_, held)) => {
                *held = value;
                Ok(())
            }
            None => Err(EvalError::new(format!("undefined variable: ${name}"))),
        }
    }
}

/// Says where in the template's text an error was met, the innermost place only.
fn at(at: usize, error: EvalError) -> EvalError {
    if error.0.starts_with("byte ") { error } else { EvalError::new(format!("byte {at}: {error}")) }
}
