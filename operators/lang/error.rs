//! The two ways a program of a manifest can fail: when it is compiled and when it is evaluated.

/// A program text that is not a program: what is wrong and where in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CompileError {
    /// What is wrong, and what was expected.
    pub message: String,
    /// Byte offset into the program text at which it was noticed.
    pub at: usize,
}

impl CompileError {
    /// An error noticed at byte `at` of the program text.
    pub fn new(at: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), at }
    }
}

/// An evaluation that gave no result; the text says why and carries no event data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EvalError(pub String);

impl EvalError {
    /// An error with this text.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}
