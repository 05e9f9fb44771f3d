//! One request and its answer: found, admitted, read, made into payloads, published, and only then accepted.

use super::body;
use super::endpoint::{Endpoint, Refusal, Request};
use super::listener::Limits;
use super::routes::{HEALTH, Routes};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use model::ports::{Accepted, Arrival, Intake};
use model::{Error, ErrorKind};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The header that names the event a request became.
const EVENT_ID: HeaderName = HeaderName::from_static("x-event-id");

/// What every answer is: a short text.
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// An answer.
pub(super) type Answer = Response<Full<Bytes>>;

/// Answers one request. `cut` is raised where the rest of the request is left unread and the connection ends.
pub(super) async fn answer(
    request: hyper::Request<Incoming>,
    routes: &Routes,
    intake: &dyn Intake,
    limits: &Limits,
    cut: &AtomicBool,
) -> Answer {
    let path = request.uri().path();
    if path == HEALTH {
        return text(StatusCode::OK, "OK");
    }
    let Some(endpoint) = routes.find(path) else {
        return text(StatusCode::NOT_FOUND, "404 page not found\n");
    };
    match accept(request, endpoint, intake, limits, cut).await {
        Ok(accepted) => success(&accepted),
        Err(Failed::Refused(refusal)) => {
            if refusal.counted {
                intake.failed(&endpoint.context.origin);
            }
            let mut answer = text(refusal.status, refusal.text);
            if cut.load(Ordering::Relaxed) {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        }
        Err(Failed::Unpublished(error)) => unpublished(endpoint, &error),
    }
}

/// Why a request was not accepted.
enum Failed {
    Refused(Refusal),
    Unpublished(Error),
}

async fn accept(
    request: hyper::Request<Incoming>,
    endpoint: &Endpoint,
    intake: &dyn Intake,
    limits: &Limits,
    cut: &AtomicBool,
) -> Result<Vec<Accepted>, Failed> {
    let (mut head, body) = request.into_parts();
    let unread = |refusal| {
        cut.store(true, Ordering::Relaxed);
        Failed::Refused(refusal)
    };
    if let Err(refusal) = endpoint.admit(&mut head) {
        return Err(if body.is_end_stream() { Failed::Refused(refusal) } else { unread(refusal) });
    }
    let body = body::read(body, endpoint.context.limit, limits.body_time).await.map_err(unread)?;
    let payloads = endpoint.payloads(&Request { head: &head, body: &body }).map_err(Failed::Refused)?;
    drop(body);
    let mut accepted = Vec::with_capacity(payloads.len());
    for payload in payloads {
        let arrival = Arrival {
            origin: Arc::clone(&endpoint.context.origin),
            upstream_id: payload.upstream_id,
            data: payload.data,
        };
        accepted.push(intake.publish(arrival).await.map_err(Failed::Unpublished)?);
    }
    Ok(accepted)
}

fn success(accepted: &[Accepted]) -> Answer {
    let mut answer = text(StatusCode::OK, "success");
    for id in accepted.iter().filter_map(|accepted| HeaderValue::from_str(&accepted.id).ok()) {
        answer.headers_mut().append(EVENT_ID, id);
    }
    answer
}

/// The answer where the event could not be made durable: the caller's fault, or 503 with the time to try again.
fn unpublished(endpoint: &Endpoint, error: &Error) -> Answer {
    let event = endpoint.context.origin.route.path();
    tracing::warn!(event, %error, "an event could not be published");
    if error.kind() == ErrorKind::User {
        return text(StatusCode::BAD_REQUEST, error.to_string());
    }
    let wait = error.retry_hint().map_or(1, |wait| wait.as_secs_f64().ceil().max(1.0) as u64);
    let mut answer = text(StatusCode::SERVICE_UNAVAILABLE, "failed to record event");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait));
    answer
}

fn text(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Answer {
    let body = match text.into() {
        Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
        Cow::Owned(text) => Bytes::from(text),
    };
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, PLAIN);
    answer
}
