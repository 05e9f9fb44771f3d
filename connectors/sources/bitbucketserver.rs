//! The source `bitbucketserver`: signed calls from a Bitbucket Server.

use super::http::{Algorithm, Hook, Payload, Refusal, Request, hex, secret};
use super::outset::{Outset, Part};
use super::payload::{json, members, metadata, push_member, wrapped};
use crate::secret::Key;
use hyper::StatusCode;
use model::manifest::event_source::Source;
use model::{Error, Result};
use serde_json::value::RawValue;

/// Where the server puts the id of a delivery.
const DELIVERY: &str = "X-Request-Id";

#[derive(Debug)]
struct BitbucketServer {
    secret: Option<Key>,
    one_event_per_change: bool,
    metadata: String,
}

/// The plan of a Bitbucket Server source. A secret is checked wherever the manifest names one; the reference checks it
/// only where it manages the hooks too.
pub(super) fn plan(outset: &Outset<'_>, source: Source<'_>) -> Option<Result<Part>> {
    let Source::BitbucketServer(server) = source else { return None };
    if server.skip_branch_refs_changed_on_open_pr {
        let text = "skipBranchRefsChangedOnOpenPR asks the server about pull requests, which this build does not do";
        return Some(Err(Error::user(text)));
    }
    outset.hooks_by_hand(server.manages_hooks());
    let hook = BitbucketServer {
        secret: server.webhook_secret.as_ref().map(|selector| outset.key(selector)),
        one_event_per_change: server.one_event_per_change,
        metadata: metadata(&server.metadata),
    };
    Some(outset.endpoint(server.webhook.as_ref(), hook))
}

impl Hook for BitbucketServer {
    fn payloads(&self, request: &Request<'_>) -> Result<Vec<Payload>, Refusal> {
        if let Some(key) = &self.secret {
            verify(secret(key)?.bytes(), request)?;
        }
        let body = json(request.body).map_err(|error| Refusal::bad(error.to_string()))?;
        let delivery = request.header(DELIVERY);
        if !self.one_event_per_change || request.header("X-Event-Key").as_deref() != Some("repo:refs_changed") {
            return Ok(vec![wrapped(request, &body, &self.metadata, delivery)]);
        }
        let bodies = by_change(&body).map_err(|error| Refusal::bad(error.to_string()))?;
        let numbered = bodies.iter().enumerate().map(|(index, body)| {
            let id = delivery.as_ref().map(|delivery| format!("{delivery}/{index}"));
            wrapped(request, body, &self.metadata, id)
        });
        Ok(numbered.collect())
    }
}

fn verify(secret: &[u8], request: &Request<'_>) -> Result<(), Refusal> {
    let denied = |why: &'static str| Refusal::denied(StatusCode::BAD_REQUEST, why);
    let sent = request.header("X-Hub-Signature").ok_or_else(|| denied("missing signature header"))?;
    let signature = sent.strip_prefix("sha256=").and_then(hex);
    let valid = signature.is_some_and(|signature| Algorithm::Sha256.verify(secret, request.body, &signature));
    valid.then_some(()).ok_or_else(|| denied("hmac verification failed"))
}

/// The event once for each entry of its list `changes`, with that entry only.
fn by_change(event: &str) -> Result<Vec<String>> {
    let members = members(event)?;
    let changes: Vec<&RawValue> = match members.get("changes") {
        Some(list) => serde_json::from_str(list.get()).map_err(|_| Error::data("changes is no list"))?,
        None => Vec::new(),
    };
    let mut others = String::new();
    for (name, value) in members.iter().filter(|(name, _)| *name != "changes") {
        push_member(&mut others, name, value.get());
    }
    Ok(changes.iter().map(|change| format!(r#"{{{others}"changes":[{}]}}"#, change.get())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_split_by_its_changes_and_keeps_the_rest() {
        let event = r#"{"date":"d","changes":[{"n":1.10},{"n":2}],"actor":{"id":12345678901234567890}}"#;
        let split = by_change(event).unwrap();
        assert_eq!(split[0], r#"{"actor":{"id":12345678901234567890},"date":"d","changes":[{"n":1.10}]}"#);
        assert_eq!(split.len(), 2);
        assert!(by_change(r#"{"changes":[]}"#).unwrap().is_empty());
        assert!(by_change(r#"{}"#).unwrap().is_empty());
        assert!(by_change(r#"[1]"#).is_err());
    }
}
