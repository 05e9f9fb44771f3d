//! Collects what breaks the reference's rules, with the place of each.

use model::manifest::path;

use super::super::rules::{Rule, required};
use super::super::words;

/// A broken rule of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which of our rules it breaks.
    pub rule: &'static Rule,
    /// Where: a path within the object.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
    /// What the reference says.
    pub argo: String,
}

/// The violations so far, and the place that is being checked.
pub(super) struct Checks {
    at: String,
    violations: Vec<Violation>,
}

impl Checks {
    /// Starts at this path.
    pub(super) fn at(path: &str) -> Self {
        Self { at: path.to_owned(), violations: Vec::new() }
    }

    /// All violations, in the order in which they were found.
    pub(super) fn finish(self) -> Vec<Violation> {
        self.violations
    }

    /// Checks a member of the present place.
    pub(super) fn within(&mut self, member: &str, check: impl FnOnce(&mut Self)) {
        let inner = path::member(&self.at, member);
        let outer = std::mem::replace(&mut self.at, inner);
        check(self);
        self.at = outer;
    }

    /// Checks each item of a list at the present place.
    pub(super) fn each<'a, T: 'a>(
        &mut self,
        list: &str,
        items: impl IntoIterator<Item = &'a T>,
        mut check: impl FnMut(&mut Self, usize, &'a T),
    ) {
        for (index, item) in items.into_iter().enumerate() {
            let inner = format!("{}[{index}]", path::member(&self.at, list));
            let outer = std::mem::replace(&mut self.at, inner);
            check(self, index, item);
            self.at = outer;
        }
    }

    /// Puts a prefix before what the reference says of everything that `check` finds.
    pub(super) fn prefixed(&mut self, prefix: &str, check: impl FnOnce(&mut Self)) {
        let before = self.violations.len();
        check(self);
        for violation in self.violations.iter_mut().skip(before) {
            violation.argo.insert_str(0, prefix);
        }
    }

    /// A field that must be there.
    pub(super) fn need(&mut self, there: bool, field: &str, argo: &str) {
        self.need_or(there, field, &format!("add `{field}`"), argo);
    }

    /// A field that must be there, with what to do about it.
    pub(super) fn need_or(&mut self, there: bool, field: &str, help: &str, argo: &str) {
        if !there {
            self.add(&required::MISSING_FIELD, field, format!("`{field}` is missing"), help, argo);
        }
    }

    /// A value that must be one of several.
    pub(super) fn one_of(&mut self, value: &str, allowed: &[&str], field: &str, argo: impl Into<String>) {
        if allowed.contains(&value) {
            return;
        }
        let help = match words::nearest(value, allowed.iter().copied()) {
            Some(near) if !near.is_empty() => format!("did you mean `{near}`?"),
            _ => format!("write {}", words::any_of(allowed)),
        };
        if value.is_empty() {
            self.add(&required::MISSING_FIELD, field, format!("`{field}` is missing"), &help, argo);
        } else {
            self.add(&required::UNKNOWN_VALUE, field, format!("`{value}` is not a value of `{field}`"), &help, argo);
        }
    }

    /// A value that cannot be read.
    pub(super) fn bad(&mut self, field: &str, message: impl Into<String>, help: &str, argo: impl Into<String>) {
        self.add(&required::BAD_VALUE, field, message, help, argo);
    }

    /// Fields that exclude each other, or one that is nothing without another.
    pub(super) fn conflict(&mut self, holds: bool, field: &str, message: &str, help: &str, argo: &str) {
        if holds {
            self.add(&required::CONFLICT, field, message, help, argo);
        }
    }

    /// What only the reference refuses.
    pub(super) fn refused(&mut self, refused: bool, field: &str, message: &str, help: &str, argo: impl Into<String>) {
        if refused {
            self.add(&required::ARGO_REFUSES, field, message, help, argo);
        }
    }

    /// A violation at a field of the present place; at the place itself if the field is empty.
    pub(super) fn add(
        &mut self,
        rule: &'static Rule,
        field: &str,
        message: impl Into<String>,
        help: &str,
        argo: impl Into<String>,
    ) {
        let path = if field.is_empty() { self.at.clone() } else { path::member(&self.at, field) };
        let (message, argo) = (message.into(), argo.into());
        self.violations.push(Violation { rule, path, message, help: help.to_owned(), argo });
    }
}
