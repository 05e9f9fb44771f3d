//! Rules about the shape of an object: that its members exist and have the right types.

use model::manifest::{Mismatch, ObjectMeta, UnknownMember};

use super::super::finding::{FileId, Finding};
use super::super::tree::Node;
use super::super::words;
use super::Rule;

/// A member that does not exist.
pub static UNKNOWN_FIELD: Rule = Rule::warning("unknown-field", "A field does not exist; it is ignored.");
/// A member that exists, elsewhere.
pub static MISPLACED_FIELD: Rule =
    Rule::warning("misplaced-field", "A field stands in the wrong place; it is ignored.");
/// A value of the wrong type.
pub static WRONG_TYPE: Rule = Rule::error("wrong-type", "A value is of the wrong type.");
/// An object without a name.
pub static NO_NAME: Rule = Rule::error("no-name", "An object has no name.");
/// A value of a Secret or ConfigMap that is not base64.
pub static NOT_BASE64: Rule = Rule::error("not-base64", "A value of a Secret or ConfigMap is not base64.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&UNKNOWN_FIELD, &MISPLACED_FIELD, &WRONG_TYPE, &NO_NAME, &NOT_BASE64];

/// Members that are often written one level too deep or too high: the name, what the path to it ends with, and where it
/// belongs.
const MISPLACED: &[(&str, &str, &str)] = &[
    ("policy", "template", "beside `template`"),
    ("retryStrategy", "template", "beside `template`"),
    ("rateLimit", "template", "beside `template`"),
    ("atLeastOnce", "template", "beside `template`"),
    ("dlqTrigger", "template", "beside `template`"),
    ("name", "triggers[]", "inside `template`"),
    ("conditions", "triggers[]", "inside `template`"),
    ("conditionsReset", "triggers[]", "inside `template`"),
    ("filtersLogicalOperator", "filters", "beside `filters`"),
    ("dataLogicalOperator", "dependencies[]", "inside `filters`"),
    ("exprLogicalOperator", "dependencies[]", "inside `filters`"),
    ("transform", "filters", "beside `filters`"),
    ("dependencies", "", "inside `spec`"),
    ("triggers", "", "inside `spec`"),
    ("eventBusName", "", "inside `spec`"),
];

/// Judges what decoding could not use.
pub(in crate::manifests) fn judge(
    file: FileId,
    text: &str,
    node: &Node,
    metadata: &ObjectMeta,
    unknown: &[UnknownMember],
    mismatches: &[Mismatch],
) -> Vec<Finding> {
    let mut findings: Vec<_> = unknown.iter().map(|unknown| unknown_member(file, node, unknown)).collect();
    findings.extend(mismatches.iter().map(|mismatch| wrong_type(file, text, node, mismatch)));
    if metadata.name.is_empty() && metadata.generate_name.is_empty() {
        let span = node.at("metadata").span();
        let (message, help) = ("the object has no name".to_owned(), "give it a `metadata.name`".to_owned());
        findings.push(Finding { rule: &NO_NAME, file, span, message, help });
    }
    findings
}

fn wrong_type(file: FileId, text: &str, node: &Node, wrong: &Mismatch) -> Finding {
    let (name, expected, span) = (last(&wrong.path), wrong.expected, node.at(&wrong.path).span());
    let found = match wrong.found {
        "a number" if expected.contains("number") => text.get(span.start..span.end).unwrap_or(wrong.found),
        other => other,
    };
    let help = match wrong.found {
        "a number" | "a boolean" if expected == "text" => "put the value in quotes".to_owned(),
        _ => format!("write {expected}"),
    };
    let message = format!("`{name}` must be {expected}, but it is {found}");
    Finding { rule: &WRONG_TYPE, file, span, message, help }
}

fn unknown_member(file: FileId, node: &Node, unknown: &UnknownMember) -> Finding {
    let name = last(&unknown.path);
    let found = node.at(&unknown.path);
    let span = found.key.unwrap_or(found.node.span);
    let parent = parent(&unknown.path);
    let place = MISPLACED.iter().find(|(misplaced, within, _)| *misplaced == name && ends_with(&parent, within));
    if let Some((_, _, place)) = place {
        let message = format!("`{name}` has no effect here");
        return Finding { rule: &MISPLACED_FIELD, file, span, message, help: format!("write it {place}") };
    }
    let help = match words::nearest(&name, unknown.known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove it".to_owned(),
    };
    Finding {
        rule: &UNKNOWN_FIELD,
        file,
        span,
        message: format!("there is no field `{name}` here; it is ignored"),
        help,
    }
}

/// The last name of a path.
fn last(path: &str) -> String {
    if let Some((_, quoted)) = path.strip_suffix("\"]").and_then(|path| path.rsplit_once("[\"")) {
        return quoted.to_owned();
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    name.to_owned()
}

/// The path without its last name, with `[]` for every index.
fn parent(path: &str) -> String {
    let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
    let mut plain = String::with_capacity(parent.len());
    for part in parent.split_inclusive('[') {
        plain.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    plain
}

fn ends_with(parent: &str, within: &str) -> bool {
    if within.is_empty() { parent.is_empty() } else { parent == within || parent.ends_with(&format!(".{within}")) }
}
