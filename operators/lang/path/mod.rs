//! Paths into JSON documents, in the language of gjson 1.19: how filters, parameters and templates name values.
//!
//! A path such as `body.commits.#(author=="kim")#.id` is compiled once. Paths of names and numbers only, which most are,
//! are answered in one pass over the document's structure ([`PathSet`] answers many in the same pass); all others are
//! asked step by step. Either way values are parts of the document, and what no path asks for is never read.
//!
//! Documents are expected to be valid JSON ([`crate::json::valid`]); on other texts nothing panics, and what is found is
//! unspecified. Work is bounded by a count of bytes; a path that needs more finds nothing.

mod blocks;
mod compile;
mod evaluate;
mod found;
mod modifier;
mod pattern;
mod plain;
mod pretty;
mod program;
mod query;
mod scan;
mod syntax;
mod text;

pub use found::{Found, Kind};

use crate::CompileError;
use evaluate::{Hit, Place};
use plain::{MAX_PATHS, Tree};
use program::Program;
use std::ops::Range;

/// A compiled path.
#[derive(Debug, Clone)]
pub struct Path {
    program: Program,
    /// The same path as a tree, if it is one of names and numbers only.
    plain: Option<Tree>,
}

impl Path {
    /// Compiles a path. Every text is a path, if perhaps one that finds nothing.
    ///
    /// # Errors
    /// A path longer than 16 KiB, or one that nests more than 256 deep.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        let program = compile::compile(text)?;
        let plain = plain::components(&program).map(|components| {
            let mut tree = Tree::default();
            tree.add(&components, 0);
            tree
        });
        Ok(Self { program, plain })
    }

    /// The value that the path names in a document.
    pub fn get<'a>(&self, json: &'a str) -> Option<Found<'a>> {
        let mut answer = None;
        let is_answered = self.plain.as_ref().is_some_and(|tree| tree.find(json, |_, found| answer = Some(found)));
        if is_answered { answer } else { evaluate::evaluate(&self.program, json).map(|hit| hit.found) }
    }
}

impl Path {
    /// Where in a document the values stand that the path finds, one after the other; none if what it finds is nowhere in
    /// the document, as behind a modifier, or is the document itself.
    pub(crate) fn places(&self, json: &str) -> Vec<Range<usize>> {
        match evaluate::evaluate(&self.program, json) {
            Some(Hit { place: Place::At(at), found }) if at > 0 => std::iter::once(at..at + found.raw.len()).collect(),
            Some(Hit { place: Place::Each(places), .. }) => places,
            _ => Vec::new(),
        }
    }
}

/// The elements of an array, as they are written.
pub(crate) fn elements(array: &str) -> impl Iterator<Item = &str> {
    scan::entries(array, 0).map(|entry| entry.value.raw)
}

/// Many paths that are asked of the same documents. Paths of names and numbers share one pass over a document.
#[derive(Debug, Clone, Default)]
pub struct PathSet {
    texts: Vec<String>,
    paths: Vec<Path>,
    /// Trees of up to [`MAX_PATHS`] paths each, with the places of these paths in the set.
    trees: Vec<(Tree, Vec<usize>)>,
}

impl PathSet {
    /// Adds a path and returns its place among the answers; a text that is in the set already keeps its place.
    ///
    /// # Errors
    /// As [`Path::compile`].
    pub fn add(&mut self, text: &str) -> Result<usize, CompileError> {
        if let Some(place) = self.texts.iter().position(|known| known == text) {
            return Ok(place);
        }
        let path = Path::compile(text)?;
        let place = self.paths.len();
        if let Some(components) = plain::components(&path.program) {
            if self.trees.last().is_none_or(|(_, places)| places.len() == MAX_PATHS) {
                self.trees.push((Tree::default(), Vec::new()));
            }
            if let Some((tree, places)) = self.trees.last_mut() {
                tree.add(&components, places.len());
                places.push(place);
            }
        }
        self.texts.push(text.to_owned());
        self.paths.push(path);
        Ok(place)
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// What every path finds in a document, in the order of their places.
    pub fn get<'a>(&self, json: &'a str) -> Vec<Option<Found<'a>>> {
        let mut answers = vec![None; self.paths.len()];
        let mut is_answered = true;
        for (tree, places) in &self.trees {
            is_answered &= tree.find(json, |path, found| {
                if let Some(answer) = places.get(path).and_then(|place| answers.get_mut(*place)) {
                    *answer = Some(found);
                }
            });
        }
        for (path, answer) in self.paths.iter().zip(&mut answers) {
            if path.plain.is_none() || !is_answered {
                *answer = path.get(json);
            }
        }
        answers
    }
}

#[cfg(test)]
pub(crate) mod tests;
