//! An event as a manifest sees it: Argo's bare context attributes and the data.

use crate::Time;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// Context attributes in the form that filters, parameters and templates see: `source` is the EventSource's name,
/// `type` its kind, `subject` the event's name. An absent attribute is the empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Context<'a> {
    /// CloudEvent id.
    pub id: Cow<'a, str>,
    /// Name of the EventSource.
    pub source: Cow<'a, str>,
    /// CloudEvents version, `1.0` or `0.3`.
    pub specversion: Cow<'a, str>,
    /// Kind of the source.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// Media type of the data.
    pub datacontenttype: Cow<'a, str>,
    /// Name of the event.
    pub subject: Cow<'a, str>,
    /// When the event happened, as RFC 3339 text; empty when unset.
    pub time: Cow<'a, str>,
}

/// A CloudEvent as a sensor sees it; borrowed from a batch on the hot path, owned once it is a hit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Event<'a> {
    /// Its context attributes.
    pub context: Context<'a>,
    /// Its data; `None` where the event has none.
    #[serde(with = "data")]
    pub data: Option<Cow<'a, [u8]>>,
    /// The data is known to be one valid JSON text (its writer checked it); where false, a reader that needs JSON checks.
    pub data_is_json: bool,
}

/// One event of a firing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiredEvent {
    /// The dependency it came in by.
    pub dependency: Arc<str>,
    /// The time of its record.
    pub time: Time,
    /// The event, after the dependency's transform.
    pub event: Arc<Event<'static>>,
}

impl Context<'_> {
    /// The event's own time; `None` when unset or not RFC 3339.
    pub fn instant(&self) -> Option<jiff::Timestamp> {
        self.time.parse().ok()
    }

    /// The same attributes on their own memory.
    pub fn into_owned(self) -> Context<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Context {
            id: own(self.id),
            source: own(self.source),
            specversion: own(self.specversion),
            kind: own(self.kind),
            datacontenttype: own(self.datacontenttype),
            subject: own(self.subject),
            time: own(self.time),
        }
    }
}

impl Event<'_> {
    /// The data as text; `None` when absent or not UTF-8.
    pub fn text(&self) -> Option<&str> {
        self.data.as_deref().and_then(|data| std::str::from_utf8(data).ok())
    }

    /// The data as people are shown it: the text itself of JSON and of plain text, base64 of anything else, nothing where
    /// there is none. (Argo Events, `Event.DataString`.)
    pub fn data_string(&self) -> Cow<'_, str> {
        let Some(data) = self.data.as_deref() else { return Cow::Borrowed("") };
        let media_type = self.context.datacontenttype.split(';').next().unwrap_or_default().trim();
        if ["application/json", "text/plain"].iter().any(|text| media_type.eq_ignore_ascii_case(text)) {
            String::from_utf8_lossy(data)
        } else {
            Cow::Owned(BASE64.encode(data))
        }
    }

    /// The same event on its own memory.
    pub fn into_owned(self) -> Event<'static> {
        Event {
            context: self.context.into_owned(),
            data: self.data.map(|data| Cow::Owned(data.into_owned())),
            data_is_json: self.data_is_json,
        }
    }
}

/// Writes data as a byte string, which compact formats store as it is.
mod data {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::borrow::Cow;

    pub(super) fn serialize<S: Serializer>(data: &Option<Cow<'_, [u8]>>, to: S) -> Result<S::Ok, S::Error> {
        data.as_deref().map(serde_bytes::Bytes::new).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Cow<'static, [u8]>>, D::Error> {
        let data = Option::<serde_bytes::ByteBuf>::deserialize(from)?;
        Ok(data.map(|data| Cow::Owned(data.into_vec())))
    }
}
