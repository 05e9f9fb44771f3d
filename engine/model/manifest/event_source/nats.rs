//! The source `nats`.

use std::collections::BTreeMap;

use super::super::{Backoff, NatsAuth, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages on a NATS subject. What is published while nobody listens is lost.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct NatsEventSource {
    /// The server's URL; required.
    pub url: String,
    /// The subject; required.
    pub subject: String,
    /// How connecting is repeated.
    pub connection_backoff: Option<Backoff>,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Who connects.
    pub auth: Option<NatsAuth>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// A queue group: of several listeners with the same group one gets a message.
    pub queue: Option<String>,
}
