//! Reading a request's body: never more than the endpoint's limit, never for ever.

use super::endpoint::Refusal;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::{Body, Incoming};
use std::time::Duration;

/// The words of the reference's refusal.
const TOO_LARGE: &str = "failed to parse request body, http: request body too large";

/// How much memory a body that only announces its size may take in advance.
const ADVANCE: usize = 64 << 10;

/// The whole body, in the memory it was received in where it came in one piece.
///
/// A body that announces more than `limit` bytes is refused before any of it is read.
pub(super) async fn read(body: Incoming, limit: usize, time: Duration) -> Result<Bytes, Refusal> {
    let announced = body.size_hint().exact();
    if announced.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > limit)) {
        return Err(Refusal::bad(TOO_LARGE));
    }
    let slow =
        |_| Refusal { status: StatusCode::REQUEST_TIMEOUT, text: "the body came too slowly".into(), counted: true };
    tokio::time::timeout(time, collect(body, limit)).await.map_err(slow)?
}

async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, Refusal> {
    let mut whole = Whole { first: Bytes::new(), more: BytesMut::new() };
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Refusal::bad(format!("the body could not be read: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limit {
            return Err(Refusal::bad(TOO_LARGE));
        }
        let expected = body.size_hint().exact().and_then(|left| usize::try_from(left).ok()).unwrap_or(0);
        whole.push(data, expected);
    }
    Ok(whole.finish())
}

/// What has come of a body: one piece as it is, several joined.
struct Whole {
    first: Bytes,
    more: BytesMut,
}

impl Whole {
    fn len(&self) -> usize {
        self.first.len() + self.more.len()
    }

    /// Adds a piece after which `expected` more bytes are announced.
    fn push(&mut self, data: Bytes, expected: usize) {
        if self.len() == 0 {
            self.first = data;
            return;
        }
        if self.more.is_empty() {
            self.more.reserve(self.first.len() + data.len() + expected.min(ADVANCE));
            self.more.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.more.extend_from_slice(&data);
    }

    fn finish(self) -> Bytes {
        if self.more.is_empty() { self.first } else { self.more.freeze() }
    }
}
