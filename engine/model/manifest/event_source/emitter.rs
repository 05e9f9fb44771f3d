//! The source `emitter`.

use std::collections::BTreeMap;

use super::super::{Backoff, SecretKeySelector, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of an Emitter channel.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EmitterEventSource {
    /// The broker's URL; required.
    pub broker: String,
    /// The channel's key; required.
    pub channel_key: String,
    /// The channel's name; required.
    pub channel_name: String,
    /// The user name.
    pub username: Option<SecretKeySelector>,
    /// The password.
    pub password: Option<SecretKeySelector>,
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
