//! The source `nsq`.

use std::collections::BTreeMap;

use super::super::{Backoff, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of an NSQ topic.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct NsqEventSource {
    /// Host and port of an nsqlookupd; required.
    pub host_address: String,
    /// The topic; required.
    pub topic: String,
    /// The channel; required.
    pub channel: String,
    /// How connecting is repeated.
    pub connection_backoff: Option<Backoff>,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}
