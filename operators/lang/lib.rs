//! The small languages of Argo manifests, each compiled once and evaluated where events flow.
//!
//! Every language is one module with a compiled program type: `compile(text)` gives the program or a [`CompileError`]
//! that points into the text; evaluating it never panics, never reads a clock, the environment or a random source, and
//! is bounded by a count that is equal on every machine. What a program may know of time and chance is a [`Moment`].

mod budget;
pub mod conditions;
pub mod cron;
pub mod dates;
mod document;
mod error;
pub mod expr;
pub mod govaluate;
pub mod jq;
pub mod json;
pub mod lua;
mod mask;
mod math;
mod moment;
pub mod number;
pub mod path;
pub mod regex;
pub mod set;
pub mod template;
mod unicode;
pub mod yaml;

pub use error::{CompileError, EvalError};
pub use moment::Moment;
