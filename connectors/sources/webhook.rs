//! The source `webhook`: an HTTP endpoint of the user's own.

use super::http::{Hook, Payload, Refusal, Request, header_lists, header_texts, query_lists, query_texts};
use super::outset::{Outset, Part};
use super::payload::{json, metadata};
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use model::manifest::event_source::Source;
use model::{Error, Result};

/// Takes any JSON or form, or the query of a GET.
///
/// Its payload is the reference's `header`, `body` and `metadata`, followed by `headers` and `queryString` as the AsyncAPI
/// document has them.
#[derive(Debug)]
struct Webhook {
    method: Method,
    metadata: String,
}

/// The plan of a webhook. Without a method it takes POST.
pub(super) fn plan(outset: &Outset<'_>, source: Source<'_>) -> Option<Result<Part>> {
    let Source::Webhook(webhook) = source else { return None };
    let method = if webhook.method.is_empty() { "POST" } else { &webhook.method };
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes());
    let hook = method.map(|method| Webhook { method, metadata: metadata(&webhook.metadata) });
    let hook = hook.map_err(|_| Error::user(format!("method {:?} is no HTTP method", webhook.method)));
    Some(hook.and_then(|hook| outset.endpoint(Some(webhook), hook)))
}

impl Hook for Webhook {
    fn admit(&self, head: &Parts) -> Result<(), Refusal> {
        if head.method != self.method {
            return Err(Refusal::denied(StatusCode::BAD_REQUEST, "http method does not match"));
        }
        if !matches!(head.method, Method::GET | Method::POST) {
            return Err(Refusal::bad(format!("unsupported method: {}", head.method)));
        }
        Ok(())
    }

    fn payloads(&self, request: &Request<'_>) -> Result<Vec<Payload>, Refusal> {
        let head = request.head;
        let query = head.uri.query().unwrap_or_default().as_bytes();
        let size: usize = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 8).sum();
        let mut data =
            String::with_capacity(request.body.len() + 2 * size + 2 * query.len() + self.metadata.len() + 64);
        data.push_str(r#"{"header":"#);
        header_lists(&mut data, &head.headers);
        data.push_str(r#","body":"#);
        if head.method == Method::GET {
            query_lists(&mut data, query);
        } else if head.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/x-www-form-urlencoded") {
            query_lists(&mut data, request.body);
        } else {
            data.push_str(&json(request.body).map_err(|error| Refusal::bad(error.to_string()))?);
        }
        data.push_str(&self.metadata);
        data.push_str(r#","headers":"#);
        header_texts(&mut data, &head.headers);
        data.push_str(r#","queryString":"#);
        query_texts(&mut data, query);
        data.push('}');
        Ok(vec![Payload { data, upstream_id: None }])
    }
}
