//! Rules that the reference checks too: what must be there, and what may stand in it.

use super::Rule;

/// A field that is needed.
pub static MISSING_FIELD: Rule = Rule::error("missing-field", "A required field is missing or empty.");
/// A word that is none of the allowed ones.
pub static UNKNOWN_VALUE: Rule = Rule::error("unknown-value", "A value is not one of those that exist.");
/// Text that cannot be read as what it should be.
pub static BAD_VALUE: Rule = Rule::error("bad-value", "A value cannot be read as what it should be.");
/// A name that stands twice.
pub static DUPLICATE_NAME: Rule = Rule::error("duplicate-name", "A name that must be unique stands twice.");
/// Fields that exclude or need each other.
pub static CONFLICT: Rule = Rule::error("conflict", "Two fields exclude each other.");
/// What Argo Events refuses and Tidegate runs.
pub static ARGO_REFUSES: Rule = Rule::warning("argo-refuses", "Argo Events refuses the object; Tidegate runs it.");
/// What Argo Events refuses, in its own words.
pub static REFUSED: Rule = Rule::error("refused", "Argo Events refuses the object.");

/// All rules of the family.
pub static RULES: &[&Rule] =
    &[&MISSING_FIELD, &UNKNOWN_VALUE, &BAD_VALUE, &DUPLICATE_NAME, &CONFLICT, &ARGO_REFUSES, &REFUSED];
