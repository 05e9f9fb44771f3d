//! Rules about files: that they can be read, and that what is in them is an object.

use super::Rule;

/// A file or folder that cannot be opened.
pub static UNREADABLE: Rule = Rule::error("unreadable", "A file or folder cannot be read.");
/// Text that is not YAML.
pub static SYNTAX: Rule = Rule::error("yaml-syntax", "The text is not YAML.");
/// A document beyond the limits.
pub static LIMIT: Rule = Rule::error("too-large", "A file or document is larger or deeper than an object can be.");
/// A key that is no text.
pub static KEY: Rule = Rule::error("bad-key", "A key of a map is not text.");
/// A key that stands twice.
pub static DUPLICATE_KEY: Rule = Rule::error("duplicate-key", "A key stands twice in a map.");
/// An infinity.
pub static NOT_FINITE: Rule = Rule::error("not-finite", "A number is infinite or not a number.");
/// A document that is no object.
pub static NOT_AN_OBJECT: Rule = Rule::error("not-an-object", "A document is not an object with a kind.");
/// Another API version of one of our kinds.
pub static API_VERSION: Rule = Rule::error("api-version", "An EventBus, EventSource or Sensor has another apiVersion.");
/// A document of another kind.
pub static OTHER_KIND: Rule = Rule::note("other-kind", "A document is of a kind that is not used here.");

/// All rules of the family.
pub static RULES: &[&Rule] =
    &[&UNREADABLE, &SYNTAX, &LIMIT, &KEY, &DUPLICATE_KEY, &NOT_FINITE, &NOT_AN_OBJECT, &API_VERSION, &OTHER_KIND];
