//! Payloads: JSON texts put together from the texts that came, so that every digit stays as it was sent.

use super::http::{Payload, Request, header_lists, push_string, text};
use model::{Error, Result};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The members of a JSON object with their texts as they stand there; of a name that comes twice the last.
pub(super) type Members<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// The body of a request as one valid JSON text.
///
/// # Errors
/// A body that is no JSON.
pub(super) fn json(body: &[u8]) -> Result<Cow<'_, str>> {
    let text = text(body);
    serde_json::from_str::<IgnoredAny>(&text).map_err(no_json)?;
    Ok(text)
}

/// The members of a JSON object.
///
/// # Errors
/// A text that is no JSON object.
pub(super) fn members(text: &str) -> Result<Members<'_>> {
    serde_json::from_str(text).map_err(no_json)
}

fn no_json(error: serde_json::Error) -> Error {
    Error::data(format!("the body is not JSON as it is expected here: {error}"))
}

/// Adds a member and the comma after it.
pub(super) fn push_member(out: &mut String, name: &str, value: &str) {
    push_string(out, name);
    out.push(':');
    out.push_str(value);
    out.push(',');
}

/// The member `metadata` of a payload with the comma before it; empty where the manifest has none.
pub(super) fn metadata(metadata: &BTreeMap<String, String>) -> String {
    let Ok(text) = serde_json::to_string(metadata) else { return String::new() };
    if metadata.is_empty() { String::new() } else { format!(r#","metadata":{text}"#) }
}

/// The payload of a source that a provider calls: `{"headers":{…},"body":…,"metadata"?}`.
pub(super) fn wrapped(request: &Request<'_>, body: &str, metadata: &str, upstream_id: Option<String>) -> Payload {
    let mut data = String::with_capacity(body.len() + metadata.len() + 1024);
    data.push_str(r#"{"headers":"#);
    header_lists(&mut data, &request.head.headers);
    data.push_str(r#","body":"#);
    data.push_str(body);
    data.push_str(metadata);
    data.push('}');
    Payload { data, upstream_id }
}
