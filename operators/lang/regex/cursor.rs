//! A place in the pattern that is being read.

use crate::CompileError;

/// The pattern and how far it has been read.
pub(super) struct Cursor<'a> {
    text: &'a str,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads a character.
    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads `prefix` if it is next.
    pub(super) fn take(&mut self, prefix: &str) -> bool {
        let next = self.rest().starts_with(prefix);
        self.at += if next { prefix.len() } else { 0 };
        next
    }

    /// Reads everything up to `end` and `end` itself.
    pub(super) fn take_until(&mut self, end: &str) -> Option<&'a str> {
        let (taken, _) = self.rest().split_once(end)?;
        self.at += taken.len() + end.len();
        Some(taken)
    }

    /// An error about what was read since `start`.
    pub(super) fn error(&self, start: usize, message: &str) -> CompileError {
        CompileError::new(start, format!("{message}: {}", self.text.get(start..self.at).unwrap_or_default()))
    }
}
