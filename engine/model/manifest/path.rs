//! Paths to the members of an object, such as `spec.triggers[0].template.name` or `spec.webhook["a.b"].port`.

/// The path of a member of what stands at `parent`; the empty path is the object itself. A name that could be mistaken
/// for something else stands in brackets and quotes.
pub fn member(parent: &str, name: &str) -> String {
    if name.is_empty() || name.contains(['.', '[', ']', '"', '/']) {
        format!("{parent}[{}]", serde_json::Value::from(name))
    } else if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}
