//! From the text of a script to its tree, with every name already resolved to a variable.

mod expression;
mod lexer;
mod number;
mod scope;
mod statement;
pub(super) mod tree;

pub(super) use number::{read_number, read_whole};
pub(super) use statement::parse;
