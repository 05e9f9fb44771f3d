//! The source `gitlab`: calls from GitLab that carry a token.

use super::http::{Hook, Payload, Refusal, Request, secret};
use super::outset::{Outset, Part};
use super::payload::{json, metadata, wrapped};
use crate::secret::Key;
use hyper::StatusCode;
use hyper::http::request::Parts;
use model::Result;
use model::manifest::event_source::Source;
use subtle::ConstantTimeEq;

/// Where GitLab puts the id of a delivery, the same when it tries again.
const DELIVERY: &str = "Idempotency-Key";

#[derive(Debug)]
struct Gitlab {
    token: Option<Key>,
    metadata: String,
}

/// The plan of a GitLab source. A secret token is checked wherever the manifest names one; the reference checks it only
/// where it manages the hooks too.
pub(super) fn plan(outset: &Outset<'_>, source: Source<'_>) -> Option<Result<Part>> {
    let Source::Gitlab(gitlab) = source else { return None };
    let url = gitlab.webhook.as_ref().is_some_and(|webhook| !webhook.url.is_empty());
    outset.hooks_by_hand(gitlab.access_token.is_some() && url);
    let token = gitlab.secret_token.as_ref().map(|selector| outset.key(selector));
    let hook = Gitlab { token, metadata: metadata(&gitlab.metadata) };
    Some(outset.endpoint(gitlab.webhook.as_ref(), hook))
}

impl Hook for Gitlab {
    fn admit(&self, head: &Parts) -> Result<(), Refusal> {
        let Some(token) = &self.token else { return Ok(()) };
        let expected = secret(token)?;
        let sent = head.headers.get("X-Gitlab-Token").map(|value| value.as_bytes()).unwrap_or_default();
        let equal = bool::from(sent.ct_eq(expected.bytes()));
        equal.then_some(()).ok_or_else(|| Refusal::denied(StatusCode::BAD_REQUEST, "token mismatch"))
    }

    fn payloads(&self, request: &Request<'_>) -> Result<Vec<Payload>, Refusal> {
        let body = json(request.body).map_err(|_| Refusal::bad("invalid event"))?;
        Ok(vec![wrapped(request, &body, &self.metadata, request.header(DELIVERY))])
    }
}
