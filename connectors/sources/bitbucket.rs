//! The source `bitbucket`: calls from Bitbucket Cloud.

use super::http::{Hook, Payload, Refusal, Request};
use super::outset::{Outset, Part};
use super::payload::{json, metadata, wrapped};
use model::Result;
use model::manifest::event_source::Source;

/// Where Bitbucket puts the id of a delivery.
const DELIVERY: &str = "X-Request-UUID";

#[derive(Debug)]
struct Bitbucket {
    metadata: String,
}

/// The plan of a Bitbucket source. The manifest has no place for a secret; the annotation `tidegate.io/hmac` has.
pub(super) fn plan(outset: &Outset<'_>, source: Source<'_>) -> Option<Result<Part>> {
    let Source::Bitbucket(bitbucket) = source else { return None };
    outset.hooks_by_hand(bitbucket.manages_hooks());
    let hook = Bitbucket { metadata: metadata(&bitbucket.metadata) };
    Some(outset.endpoint(bitbucket.webhook.as_ref(), hook))
}

impl Hook for Bitbucket {
    fn payloads(&self, request: &Request<'_>) -> Result<Vec<Payload>, Refusal> {
        let body = json(request.body).map_err(|_| Refusal::bad("invalid event"))?;
        Ok(vec![wrapped(request, &body, &self.metadata, request.header(DELIVERY))])
    }
}
