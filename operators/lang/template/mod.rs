//! Go's `text/template` with the functions of sprig 3.3.0: how manifests make texts of events.
//!
//! A template is compiled once and rendered where its input is. What differs from Go: functions that read the
//! environment, ask the network or make keys are refused when a template is compiled ([`functions::find`] says which
//! and why); `now` is the moment's time, the local zone is UTC, and random functions go on from the moment's seed;
//! dicts are walked by their sorted keys everywhere; complex numbers are refused; and what a template may do is
//! bounded, by counts alone.

mod evaluate;
mod evaluation;
mod format;
pub mod functions;
mod lexer;
mod literal;
mod parser;
mod tree;
pub mod value;

pub use evaluation::Evaluation;
pub use value::Value;

use crate::{CompileError, EvalError, Moment};

/// A compiled template.
#[derive(Debug, Clone)]
pub struct Template {
    templates: tree::Templates,
}

impl Template {
    /// Compiles a template's text.
    ///
    /// # Errors
    /// A text that is no template, one that calls a function that does not exist or is refused, and actions nested
    /// deeper than 100.
    ///
    /// ```
    /// use tidegate_lang::{Moment, template::{Template, Value}};
    /// let template = Template::compile("Hi {{ .Input.name | upper | quote }}!").unwrap();
    /// let input = Value::from(&serde_json::json!({"Input": {"name": "ada"}}));
    /// assert_eq!(template.render(input, &Moment::EPOCH).unwrap(), "Hi \"ADA\"!");
    /// ```
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        parser::parse(text).map(|templates| Self { templates })
    }

    /// Renders the template with `root` as its dot. What comes out that is no UTF-8 becomes U+FFFD, byte for byte.
    ///
    /// `root` is taken whole: a template may change the dicts in it.
    ///
    /// # Errors
    /// What Go would not execute, more work than an evaluation may do, and more than 8 MiB of text.
    pub fn render(&self, root: Value, moment: &Moment) -> Result<String, EvalError> {
        let bytes = evaluate::evaluate(&self.templates, root, &Evaluation::new(moment))?;
        Ok(value::decode(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests;
