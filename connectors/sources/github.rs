//! The source `github`: signed calls from GitHub, with the kind and the id of the delivery written into the body.

use super::http::{Algorithm, Hook, Payload, Refusal, Request, hex, push_string, secret, text};
use super::outset::{Outset, Part};
use super::payload::{members, metadata, push_member, wrapped};
use crate::secret::Key;
use hyper::header::CONTENT_TYPE;
use hyper::{HeaderMap, StatusCode};
use model::Result;
use model::manifest::event_source::Source;
use std::borrow::Cow;

/// Where GitHub puts the id of a delivery, the same when it tries again.
const DELIVERY: &str = "X-GitHub-Delivery";
/// The headers that are written into the body.
const INJECTED: [&str; 2] = ["X-GitHub-Event", DELIVERY];

#[derive(Debug)]
struct Github {
    secret: Option<Key>,
    metadata: String,
}

/// The plan of a GitHub source.
pub(super) fn plan(outset: &Outset<'_>, source: Source<'_>) -> Option<Result<Part>> {
    let Source::Github(github) = source else { return None };
    outset.hooks_by_hand(github.manages_hooks());
    let secret = github.webhook_secret.as_ref().map(|selector| outset.key(selector));
    let hook = Github { secret, metadata: metadata(&github.metadata) };
    Some(outset.endpoint(github.webhook.as_ref(), hook))
}

impl Hook for Github {
    fn payloads(&self, request: &Request<'_>) -> Result<Vec<Payload>, Refusal> {
        let headers = &request.head.headers;
        let event = event(headers, request.body)?;
        if let Some(key) = &self.secret {
            verify(secret(key)?.bytes(), headers, request.body)?;
        }
        let body = inject(&text(&event), headers)?;
        Ok(vec![wrapped(request, &body, &self.metadata, request.header(DELIVERY))])
    }
}

/// The event in a body: the body itself, or the form field `payload`.
fn event<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<Cow<'a, [u8]>, Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Cow::Borrowed(body)),
        "application/x-www-form-urlencoded" => {
            let payload = form_urlencoded::parse(body).find(|(name, _)| name == "payload");
            Ok(Cow::Owned(payload.map(|(_, value)| value.into_owned().into_bytes()).unwrap_or_default()))
        }
        _ => Err(Refusal::bad(format!("webhook request has unsupported Content-Type {kind:?}"))),
    }
}

/// Checks the signature in the better of GitHub's two headers.
fn verify(secret: &[u8], headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let denied = |why: &'static str| Refusal::denied(StatusCode::BAD_REQUEST, why);
    let sent = headers.get("X-Hub-Signature-256").or_else(|| headers.get("X-Hub-Signature"));
    let sent = sent.and_then(|value| value.to_str().ok()).ok_or_else(|| denied("missing signature"))?;
    let (prefix, digits) = sent.split_at(sent.find('=').map_or(0, |end| end + 1));
    let algorithm = Algorithm::of_prefix(prefix).ok_or_else(|| denied("unknown kind of signature"))?;
    let signature = hex(digits).ok_or_else(|| denied("the signature is not hexadecimal"))?;
    let valid = algorithm.verify(secret, body, &signature);
    valid.then_some(()).ok_or_else(|| denied("payload signature check failed"))
}

/// The event's object with the values of two headers among its members, empty where a header is missing.
fn inject(event: &str, headers: &HeaderMap) -> Result<String, Refusal> {
    let members = members(event).map_err(|error| Refusal::bad(error.to_string()))?;
    let mut out = String::with_capacity(event.len() + 128);
    out.push('{');
    for name in INJECTED {
        let value = headers.get(name).map(|value| text(value.as_bytes())).unwrap_or_default();
        push_string(&mut out, name);
        out.push(':');
        push_string(&mut out, &value);
        out.push(',');
    }
    for (name, value) in members.iter().filter(|(name, _)| !INJECTED.contains(&&***name)) {
        push_member(&mut out, name, value.get());
    }
    out.pop();
    out.push('}');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_take_the_place_of_members_of_their_names() {
        let mut headers = HeaderMap::new();
        headers.insert("x-github-event", "push".parse().unwrap());
        let injected = |event: &str| inject(event, &headers);
        let event = "{ \"id\":12345678901234567890.10, \"X\\u002dGitHub-Event\":1}";
        let expected = r#"{"X-GitHub-Event":"push","X-GitHub-Delivery":"","id":12345678901234567890.10}"#;
        assert_eq!(injected(event).unwrap(), expected);
        assert_eq!(injected("{}").unwrap(), r#"{"X-GitHub-Event":"push","X-GitHub-Delivery":""}"#);
        assert!(injected("[]").is_err());
        assert!(injected("{} {}").is_err());
    }
}
