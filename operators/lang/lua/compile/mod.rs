//! From the tree of a script to instructions: each local variable is the slot its value was left in.

mod assignment;
mod emitter;
mod expressions;
mod labels;
mod loops;
mod statements;

use super::code::{Function, Program};
use super::strings::{Strings, Texts};
use super::syntax;
use crate::CompileError;
use crate::budget::Budget;
use std::sync::Arc;

/// Compiles a script whose texts come after those of the library.
pub(super) fn program(text: &str, library: &Strings) -> Result<Program, CompileError> {
    let mut texts = Texts::over(library);
    let main = function(text, &mut texts, &mut Budget::unlimited())?;
    Ok(Program { main, texts: texts.into_compiled() })
}

/// Compiles a text to a function, adding its texts to `texts`.
pub(super) fn function(text: &str, texts: &mut Texts<'_>, budget: &mut Budget) -> Result<Arc<Function>, CompileError> {
    let tree = syntax::parse(text, texts, budget)?;
    emitter::compile(&tree).map(Arc::new)
}
