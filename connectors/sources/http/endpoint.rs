//! An endpoint: a path of a port, and the hook that makes payloads of its requests.

use super::hmac::Signature;
use crate::secret::Key;
use hyper::http::request::Parts;
use hyper::{HeaderMap, StatusCode, header};
use model::Origin;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use subtle::ConstantTimeEq;

/// What the payload shows in place of an `Authorization` header, as in the reference.
const MASK: header::HeaderValue = header::HeaderValue::from_static("*** Masked Auth Secret ***");

/// What makes a kind of endpoint: which requests it takes and what it makes of them.
pub(crate) trait Hook: Send + Sync + fmt::Debug {
    /// The payloads of a request whose body has been read; none is an answer of 200 without an event.
    fn payloads(&self, request: &Request<'_>) -> Result<Vec<Payload>, Refusal>;

    /// Refuses a request before its body is read.
    fn admit(&self, _head: &Parts) -> Result<(), Refusal> {
        Ok(())
    }
}

/// A request whose body has been read.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// Method, target and headers.
    pub(crate) head: &'a Parts,
    /// The body as it was sent.
    pub(crate) body: &'a [u8],
}

/// What becomes an event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    /// One valid JSON text.
    pub(crate) data: String,
    /// The sender's own id of the message.
    pub(crate) upstream_id: Option<String>,
}

/// Why a request makes no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// The body of the answer.
    pub(crate) text: Cow<'static, str>,
    /// It counts as a message that could not become an event; a caller without the right to call does not.
    pub(crate) counted: bool,
}

/// What an endpoint is made of besides its hook.
#[derive(Debug)]
pub(crate) struct Context {
    /// Where its events come from.
    pub(crate) origin: Arc<Origin>,
    /// The template of its path.
    pub(crate) path: String,
    /// How many bytes a body may have.
    pub(crate) limit: usize,
    /// The token that callers must send.
    pub(crate) token: Option<Key>,
    /// The signature that bodies must carry, where the manifest's annotation asks for one.
    pub(crate) signature: Option<Signature>,
}

/// A path of a port, and what happens with requests for it.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// Its settings.
    pub(super) context: Context,
    /// What makes its kind.
    pub(super) hook: Box<dyn Hook>,
    /// Its last event could not be published; it is told once, not for every request.
    pub(super) failing: AtomicBool,
}

impl Request<'_> {
    /// The first value of a header, where it is text.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }
}

impl Refusal {
    /// An answer of 400, counted.
    pub(crate) fn bad(text: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, text: text.into(), counted: true }
    }

    /// An answer to somebody who may not call, not counted.
    pub(crate) fn denied(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status, text: text.into(), counted: false }
    }
}

impl Endpoint {
    /// An endpoint of these settings and this kind.
    pub(crate) fn new(context: Context, hook: impl Hook + 'static) -> Self {
        Self { context, hook: Box::new(hook), failing: AtomicBool::new(false) }
    }

    /// Where its events come from.
    pub(crate) fn origin(&self) -> &Arc<Origin> {
        &self.context.origin
    }

    /// Checks what can be checked before the body is read, and hides the credentials from the payload.
    pub(super) fn admit(&self, head: &mut Parts) -> Result<(), Refusal> {
        if let Some(token) = &self.context.token {
            authorize(token, &head.headers)?;
        }
        if head.headers.contains_key(header::AUTHORIZATION) {
            head.headers.insert(header::AUTHORIZATION, MASK);
        }
        self.hook.admit(head)
    }

    /// The payloads of a request that was admitted.
    pub(super) fn payloads(&self, request: &Request<'_>) -> Result<Vec<Payload>, Refusal> {
        if let Some(signature) = &self.context.signature {
            signature.check(request)?;
        }
        self.hook.payloads(request)
    }
}

fn authorize(token: &Key, headers: &HeaderMap) -> Result<(), Refusal> {
    let expected = token.value().map_err(|error| {
        tracing::error!(%error, "the token of an endpoint cannot be read");
        Refusal::denied(StatusCode::INTERNAL_SERVER_ERROR, "Error loading auth token")
    })?;
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    match sent {
        None => Err(Refusal::denied(StatusCode::UNAUTHORIZED, "Invalid Authorization Header")),
        Some(sent) if bool::from(sent.ct_eq(expected.bytes())) => Ok(()),
        Some(_) => Err(Refusal::denied(StatusCode::UNAUTHORIZED, "Invalid Auth token")),
    }
}
