//! Semantic versions, read as leniently as the reference's library does, and constraints on them.

mod constraint;
mod version;

pub use version::Version;

use std::rc::Rc;

use super::signature::{Function, Outcome, Type};
use crate::template::value::Value;
use constraint::Constraint;

use Type::{Text as Str, Version as Ver};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("semver", &[Str], |_, a| of(Version::parse(&a.str(0))?)),
    Function::fixed("semverCompare", &[Str, Str], |_, a| {
        let constraint = Constraint::parse(&a.str(0))?;
        Ok(Value::Bool(constraint.accepts(&Version::parse(&a.str(1))?)))
    }),
];

/// The methods of a version; the first argument is the version itself.
pub(super) static METHODS: &[Function] = &[
    Function::fixed("Major", &[Ver], |_, a| Ok(Value::Uint64(a.version(0).major))),
    Function::fixed("Minor", &[Ver], |_, a| Ok(Value::Uint64(a.version(0).minor))),
    Function::fixed("Patch", &[Ver], |_, a| Ok(Value::Uint64(a.version(0).patch))),
    Function::fixed("Prerelease", &[Ver], |_, a| Ok(Value::text(a.version(0).prerelease.as_str()))),
    Function::fixed("Metadata", &[Ver], |_, a| Ok(Value::text(a.version(0).metadata.as_str()))),
    Function::fixed("Original", &[Ver], |_, a| Ok(Value::text(a.version(0).original.as_str()))),
    Function::fixed("String", &[Ver], |_, a| Ok(Value::text(a.version(0).to_string()))),
    Function::fixed("Compare", &[Ver, Ver], |_, a| Ok(Value::Int(a.version(0).compare(&a.version(1)) as i64))),
    Function::fixed("Equal", &[Ver, Ver], |_, a| Ok(Value::Bool(a.version(0).compare(&a.version(1)).is_eq()))),
    Function::fixed("LessThan", &[Ver, Ver], |_, a| Ok(Value::Bool(a.version(0).compare(&a.version(1)).is_lt()))),
    Function::fixed("LessThanEqual", &[Ver, Ver], |_, a| Ok(Value::Bool(a.version(0).compare(&a.version(1)).is_le()))),
    Function::fixed("GreaterThan", &[Ver, Ver], |_, a| Ok(Value::Bool(a.version(0).compare(&a.version(1)).is_gt()))),
    Function::fixed("GreaterThanEqual", &[Ver, Ver], |_, a| {
        Ok(Value::Bool(a.version(0).compare(&a.version(1)).is_ge()))
    }),
    Function::fixed("IncMajor", &[Ver], |_, a| of(a.version(0).next_major()?)),
    Function::fixed("IncMinor", &[Ver], |_, a| of(a.version(0).next_minor()?)),
    Function::fixed("IncPatch", &[Ver], |_, a| of(a.version(0).next_patch()?)),
];

fn of(version: Version) -> Outcome {
    Ok(Value::Version(Rc::new(version)))
}
