//! The expressions of data filters (`exprs`), in the language of Knetic/govaluate.
//!
//! Numbers, texts, truths and lists; arithmetic, comparison, `in`, `=~`, `&&`, `||`, `? :` and `??`. There are no
//! functions. The oddities of the library are kept, since manifests were written with them: neighbouring symbols are one
//! token (`a==-1` is an error), either kind of quote ends a text, a text that looks like a date is a number of seconds,
//! and what follows a complete expression without an operator is ignored.

mod evaluate;
mod lexer;
mod operator;
mod plan;
#[cfg(test)]
mod tests;
mod value;

use crate::{CompileError, EvalError};
pub use value::Value;

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Program {
    steps: Vec<plan::Step>,
}

impl Program {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Whatever the library refuses, and programs of more than 10,000 tokens or 100 nested parentheses. Where the
    /// library would crash (a backslash at the end) there is an error too.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        let tokens = lexer::tokens(text)?;
        Ok(Self { steps: plan::plan(&tokens, text.len())? })
    }

    /// Evaluates the expression with the values that `parameter` gives for names.
    ///
    /// Each step runs at most once, and no text grows beyond 4 MiB.
    ///
    /// # Errors
    /// Operands of the wrong type, a name without a value (only if the evaluation reaches it), a regular expression
    /// that is none. `in` between two objects or two lists, which crashes the library, is an error.
    ///
    /// ```
    /// use tidegate_lang::govaluate::{Program, Value};
    /// let program = Program::compile("size > 10 && color in ('red', 'blue')").unwrap();
    /// let event = |name: &str| match name {
    ///     "size" => Some(Value::Number(12.0)),
    ///     "color" => Some(Value::Text("red".into())),
    ///     _ => None,
    /// };
    /// assert_eq!(program.eval(&event), Ok(Value::Bool(true)));
    /// ```
    pub fn eval(&self, parameter: &dyn Fn(&str) -> Option<Value>) -> Result<Value, EvalError> {
        evaluate::run(&self.steps, parameter)
    }
}
