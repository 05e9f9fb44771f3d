//! A finding: which rule is broken, where, and what would be right.

use super::rules::{Rule, Severity};
use super::tree::{Lines, Span};

/// A file as it was read.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path as it was given or found; `<stdin>` for the standard input.
    pub name: String,
    /// Its text; empty if it could not be read.
    pub text: String,
    /// The lines of the text.
    pub lines: Lines,
}

/// The place of a file in [`super::Manifests::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(super) usize);

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The file.
    pub file: FileId,
    /// What of its text is wrong.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What would be right; empty if there is nothing to say.
    pub help: String,
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }
}
