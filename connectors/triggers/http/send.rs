//! Sending a request and seeing it to its end: redirects followed, the answer's body taken in, the time kept.

use super::client::Client;
use super::redirect;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{HeaderName, PROXY_AUTHORIZATION};
use hyper::{HeaderMap, Method, Response, Uri};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use model::Error;
use model::ports::{Answer, Failure};
use std::error::Error as _;
use std::sync::OnceLock;
use std::time::Duration;

/// How many bytes of an answer's body are taken in so that its connection can be used again, and for how long.
const BODY: (usize, Duration) = (64 << 10, Duration::from_secs(1));

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// The headers that came from secrets.
    pub(super) secret: Vec<HeaderName>,
    pub(super) body: Bytes,
}

/// Sends a request and follows where it leads; the whole takes no longer than `time`.
pub(super) async fn send(client: &Client, request: Outgoing, time: Duration) -> Result<Answer, Failure> {
    let first = OnceLock::new();
    let place = place(&request);
    let failure = |error: Error, unsent| Failure { error: error.context(&place), unsent };
    match tokio::time::timeout(time, follow(client, request, &first)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err((error, unsent))) => Err(failure(error, unsent)),
        Err(_) => {
            let connected = first.get().is_some_and(|first: &CaptureConnection| first.connection_metadata().is_some());
            Err(failure(Error::external(format!("no answer within {} s", time.as_secs())), !connected))
        }
    }
}

/// The answer at the end of all redirects, or why there is none and whether it is sure that nothing was sent.
async fn follow(
    client: &Client,
    mut request: Outgoing,
    first: &OnceLock<CaptureConnection>,
) -> Result<Answer, (Error, bool)> {
    for hop in 0..=redirect::MOST {
        let mut outgoing = request.to_hyper(client);
        first.get_or_init(|| capture_connection(&mut outgoing));
        let answer = client.pool.request(outgoing).await;
        let answer = answer.map_err(|error| (Error::external(told(&error)), hop == 0 && error.is_connect()))?;
        let status = answer.status();
        let next = redirect::next(&request, status, answer.headers()).map_err(|error| (error, false))?;
        take_in(answer).await;
        match next {
            Some(next) => request = next,
            None => return Ok(Answer { status: Some(status.as_u16()) }),
        }
    }
    Err((Error::external(format!("stopped after {} redirects", redirect::MOST)), false))
}

/// Takes in the body of an answer. A connection whose body is too long or does not end is closed instead.
async fn take_in(answer: Response<Incoming>) {
    let mut body = answer.into_body();
    let (mut left, time) = BODY;
    let ended = async {
        while let Some(Ok(frame)) = body.frame().await {
            let len = frame.data_ref().map_or(0, Bytes::len);
            let Some(less) = left.checked_sub(len) else { return };
            left = less;
        }
    };
    // Either way the body is dropped, which closes a connection that still has some.
    let _ = tokio::time::timeout(time, ended).await;
}

impl Outgoing {
    fn to_hyper(&self, client: &Client) -> hyper::Request<Full<Bytes>> {
        let mut request = hyper::Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        if let Some(credentials) = client.proxies.credentials(&self.uri) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, credentials);
        }
        request
    }
}

/// Method and host for errors; path and query may hold what must not be told.
fn place(request: &Outgoing) -> String {
    let authority = request.uri.authority().map_or("", |authority| authority.as_str());
    format!("{} {}://{authority}", request.method, request.uri.scheme_str().unwrap_or_default())
}

/// An error with its causes.
fn told(error: &legacy::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!("{}{error}", if text.is_empty() { "" } else { ": " });
        cause = error.source();
    }
    if text.is_empty() { error.to_string() } else { text }
}
