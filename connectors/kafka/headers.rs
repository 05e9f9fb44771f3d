//! The headers of a record.

use crate::fence::fenced;
use rdkafka::message::{Header, Headers};

/// The headers of a record in their order; `None` for one whose name is not UTF-8, which the client cannot give out: it
/// panics.
pub(crate) fn headers<H: Headers>(headers: &H) -> impl Iterator<Item = Option<Header<'_, &[u8]>>> {
    (0..headers.count()).map(|index| fenced(|| headers.get(index)))
}
