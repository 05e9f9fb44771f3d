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

/// A body that may be longer than this is not read for the sake of a connection that could be used again.
const SHORT: u64 = 16 << 10;

/// Answers one request. `cut` is raised where the rest of the request is left unread and the connection ends.
pub(super) async fn answer(
    request: hyper::Request<Incoming>,
    routes: &Routes,
    intake: &dyn Intake,
    limits: &Limits,
    cut: &AtomicBool,
) -> Answer {
    let long = request.body().size_hint().upper().is_none_or(|size| size > SHORT);
    let (mut answer, unread) = match (request.uri().path(), routes.find(request.uri().path())) {
        (HEALTH, _) => (text(StatusCode::OK, "OK"), long),
        (_, None) => (text(StatusCode::NOT_FOUND, "404 page not found\n"), long),
        (_, Some(endpoint)) => match accept(request, endpoint, intake, limits).await {
            Ok(accepted) => (success(endpoint, &accepted), false),
            Err(failed) => failed.answer(endpoint, intake, long),
        },
    };
    if unread {
        cut.store(true, Ordering::Relaxed);
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// Why a request was not accepted.
enum Failed {
    /// Before its body was looked at.
    Unasked(Refusal),
    /// While its body was read.
    Unread(Refusal),
    /// For what its body is.
    Refused(Refusal),
    /// Because its event could not be made durable.
    Unpublished(Error),
}

async fn accept(
    request: hyper::Request<Incoming>,
    endpoint: &Endpoint,
    intake: &dyn Intake,
    limits: &Limits,
) -> Result<Vec<Accepted>, Failed> {
    let (mut head, body) = request.into_parts();
    endpoint.admit(&mut head).map_err(Failed::Unasked)?;
    let body = body::read(body, endpoint.context.limit, limits.body_time).await.map_err(Failed::Unread)?;
    let payloads = endpoint.payloads(&Request { head: &head, body: &body }).map_err(Failed::Refused)?;
    // While the event is made durable the connection has its memory back.
    drop((head, body));
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

impl Failed {
    /// The answer, and whether the body, which may be `long`, is left unread.
    fn answer(self, endpoint: &Endpoint, intake: &dyn Intake, long: bool) -> (Answer, bool) {
        let (refusal, unread) = match self {
            Self::Unasked(refusal) => (refusal, long),
            Self::Unread(refusal) => (refusal, true),
            Self::Refused(refusal) => (refusal, false),
            Self::Unpublished(error) => return (unpublished(endpoint, &error), false),
        };
        if refusal.counted {
            intake.failed(&endpoint.context.origin);
        }
        (text(refusal.status, refusal.text), unread)
    }
}

fn success(endpoint: &Endpoint, accepted: &[Accepted]) -> Answer {
    if endpoint.failing.load(Ordering::Relaxed) && endpoint.failing.swap(false, Ordering::Relaxed) {
        tracing::info!(event = endpoint.context.origin.route.path(), "events can be published again");
    }
    let mut answer = text(StatusCode::OK, "success");
    for id in accepted.iter().filter_map(|accepted| HeaderValue::from_str(&accepted.id).ok()) {
        answer.headers_mut().append(EVENT_ID, id);
    }
    answer
}

/// The answer where the event could not be made durable: the caller's fault, or 503 with the time to try again.
fn unpublished(endpoint: &Endpoint, error: &Error) -> Answer {
    if !endpoint.failing.swap(true, Ordering::Relaxed) {
        tracing::warn!(event = endpoint.context.origin.route.path(), %error, "events cannot be published");
    }
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
