//! Regular expressions with Go's RE2 syntax and meaning.
//!
//! A pattern is read by Go's rules and rewritten for the `regex` crate, which is of the same family: linear time, the
//! leftmost match, the first alternative that matches. The rewriting leaves nothing to chance: every literal is
//! escaped, every flag is applied where it holds, and Perl's classes and `\b` are spelled out for ASCII as in Go.

mod class;
mod cursor;
#[cfg(test)]
mod tests;
mod translate;

use crate::CompileError;
use regex::bytes::{Captures, RegexBuilder};
use std::ops::Range;

/// The most memory a compiled pattern may take, in bytes; Go's own bound is far above it.
const SIZE_LIMIT: usize = 4 << 20;

/// A compiled regular expression.
#[derive(Debug, Clone)]
pub struct Regex {
    /// Works on bytes, because only there `\B` may be asked for in ASCII; what matches is still whole characters.
    compiled: regex::bytes::Regex,
    names: Vec<Option<String>>,
    /// The pattern has a `\B`, which may hold inside a character too.
    inside: bool,
}

/// Where the groups of a match lie in the text, in bytes; the first is the whole match.
pub type Groups = Vec<Option<Range<usize>>>;

impl Regex {
    /// Compiles a pattern that Go's `regexp.Compile` accepts.
    ///
    /// # Errors
    /// Names what Go refuses (back-references, look-around, unknown escapes and classes, repetitions above 1000 or of
    /// nothing), and patterns that compile to more than 4 MiB or nest deeper than 100 groups.
    ///
    /// ```
    /// use tidegate_lang::regex::Regex;
    /// let tag = Regex::compile(r"^v(?<major>\d+)\.").unwrap();
    /// assert!(tag.is_match("v12.1") && !tag.is_match("v٣.1"));
    /// ```
    pub fn compile(pattern: &str) -> Result<Self, CompileError> {
        let translated = translate::translate(pattern)?;
        let compiled = RegexBuilder::new(&translated.pattern)
            .size_limit(SIZE_LIMIT)
            .nest_limit(2 * translate::DEPTH as u32 + 10)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => CompileError::new(0, "the regular expression is too large"),
                other => CompileError::new(0, format!("the regular expression cannot be compiled: {other}")),
            })?;
        Ok(Self { compiled, names: translated.names, inside: translated.inside })
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled.is_match(text.as_bytes()) && (!self.inside || self.captures_at(text, 0).is_some())
    }

    /// The names of the groups, beginning with the whole match's, which has none.
    pub fn group_names(&self) -> &[Option<String>] {
        &self.names
    }

    /// The first match that starts at byte `start` or later.
    pub fn find_at(&self, text: &str, start: usize) -> Option<Groups> {
        let captures = self.captures_at(text, start)?;
        Some(captures.iter().map(|group| group.map(|group| group.range())).collect())
    }

    /// All matches that do not overlap, at most `limit` of them; as in Go, an empty match right after another match is
    /// left out.
    pub fn find_all(&self, text: &str, limit: usize) -> Vec<Groups> {
        let mut all = Vec::new();
        let mut start = 0;
        let mut last_end = None;
        while all.len() < limit && start <= text.len() {
            let Some(groups) = self.find_at(text, start) else { break };
            let Some(Some(whole)) = groups.first().cloned() else { break };
            let empty = whole.end == start;
            let next_char = text.get(start..).and_then(|rest| rest.chars().next());
            start = if empty { start + next_char.map_or(1, char::len_utf8) } else { whole.end };
            if !(empty && last_end == Some(whole.start)) {
                all.push(groups);
            }
            last_end = Some(whole.end);
        }
        all
    }

    /// As [`find_at`](Self::find_at), but never a match inside a character, where an ASCII `\B` would hold.
    fn captures_at<'t>(&self, text: &'t str, start: usize) -> Option<Captures<'t>> {
        let mut at = start;
        while at <= text.len() {
            let captures = self.compiled.captures_at(text.as_bytes(), at)?;
            let start = captures.get_match().start();
            if text.is_char_boundary(start) {
                return Some(captures);
            }
            at = start + 1;
        }
        None
    }
}
