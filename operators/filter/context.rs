//! Context filters: attributes that an event must have, compared letter by letter.

use super::entries::Errors;
use super::{Kind, Seen, Setup};
use model::Context;
use model::envelope::{SOURCE_PREFIX, TYPE_PREFIX};
use model::manifest::{ContextFilter, EventDependencyFilter};

/// The attributes that count; `id`, `specversion` and `time` may be written but do not.
#[derive(Debug)]
struct Expected {
    event_type: String,
    source: String,
    subject: String,
    datacontenttype: String,
}

pub(super) fn compile(spec: &EventDependencyFilter, _: &mut Setup) -> Option<Box<dyn Kind>> {
    let ContextFilter { event_type, source, subject, datacontenttype, .. } = spec.context.clone()?;
    Some(Box::new(Expected { event_type, source, subject, datacontenttype }))
}

impl Kind for Expected {
    fn judge(&self, seen: &Seen<'_>) -> Result<bool, Errors> {
        let found = seen.context;
        // An event without any attribute has no context.
        Ok(*found != Context::default()
            && is_equal(&self.subject, &found.subject)
            && is_equal(&self.datacontenttype, &found.datacontenttype)
            && (is_equal(&self.event_type, &found.kind)
                || self.event_type.strip_prefix(TYPE_PREFIX) == Some(&found.kind))
            && (is_equal(&self.source, &found.source) || is_documented_source(&self.source, found)))
    }
}

fn is_equal(expected: &str, found: &str) -> bool {
    expected.is_empty() || expected == found
}

/// Whether this is the source that the event has on the bus: namespace, EventSource and event. A sensor sees its own
/// namespace only, so that one is not compared.
fn is_documented_source(expected: &str, found: &Context<'_>) -> bool {
    let parts = expected.strip_prefix(SOURCE_PREFIX).and_then(|parts| parts.split_once('/'));
    parts.and_then(|(_, rest)| rest.split_once('/')) == Some((&found.source, &found.subject))
}
