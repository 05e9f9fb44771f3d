//! The expressions of event source filters (`filter.expression`), in the language of antonmedv/expr 1.15.
//!
//! The stages are the library's: the text is parsed, checked for types, rewritten where that can be noticed, and run on
//! the event. Its counts bound a run instead of its memory budget: a million steps and 32 MiB of values.

mod builtin;
mod check;
mod evaluate;
mod function;
mod jsonpath;
mod lexer;
mod meter;
mod method;
mod names;
mod node;
mod operate;
mod optimize;
mod parse;
mod sprig;
#[cfg(test)]
mod tests;
mod types;
mod value;

use crate::{CompileError, EvalError, Moment};
use value::Value;

/// Whether the language has a function of this name; such a name means a value only where it stands alone.
pub(crate) fn is_function(name: &str) -> bool {
    builtin::is_name(name)
}

/// A compiled filter expression.
#[derive(Debug, Clone)]
pub struct Expression {
    tree: node::Node,
}

impl Expression {
    /// Compiles an expression. Nothing is known of the event, so that names have no types and none is unknown.
    ///
    /// # Errors
    /// What the library refuses, and expressions of more than 10,000 tokens or nested deeper than 200.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        let mut tree = parse::parse(text)?;
        check::check(&mut tree)?;
        optimize::optimize(&mut tree)?;
        Ok(Self { tree })
    }

    /// Whether the expression holds for an event's data, a JSON object.
    ///
    /// The members of the object are the names: `-` in a name is written `_`, and a name with dots stands for objects in
    /// objects. Besides there are `asInt`, `asFloat`, `jsonpath`, `toJson` and sprig's functions as members of `sprig`. An
    /// absent name is nil.
    ///
    /// # Errors
    /// Data that is no object, operands of the wrong type, members of nil, and a result that is not a bool; the
    /// reference drops such an event.
    ///
    /// ```
    /// use tidegate_lang::{Moment, expr::Expression};
    /// let pushed = Expression::compile(r#"body.ref == "refs/heads/main" and len(body.commits) > 0"#).unwrap();
    /// let event = r#"{"body": {"ref": "refs/heads/main", "commits": [{}]}}"#;
    /// assert_eq!(pushed.holds(event, &Moment::EPOCH), Ok(true));
    /// ```
    pub fn holds(&self, json: &str, moment: &Moment) -> Result<bool, EvalError> {
        let data: serde_json::Value =
            serde_json::from_str(json).map_err(|_| EvalError::new("the event's data is not JSON"))?;
        let serde_json::Value::Object(members) = data else {
            return Err(EvalError::new("the event's data is not an object"));
        };
        let names = names::of(members);
        match evaluate::run(&self.tree, &names, &mut meter::Meter::new(moment))? {
            Value::Bool(truth) => Ok(truth),
            other => Err(EvalError::new(format!("expected a bool, found {}", other.kind()))),
        }
    }
}
