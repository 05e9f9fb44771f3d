//! The source `redis`.

use std::collections::BTreeMap;

use super::super::{SecretKeySelector, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages on Redis channels. What is published while nobody listens is lost.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct RedisEventSource {
    /// Host and port of the server; required.
    pub host_address: String,
    /// The password.
    pub password: Option<SecretKeySelector>,
    /// Needed beside `password`; not used.
    pub namespace: String,
    /// The database; 0 if it is not given.
    pub db: i32,
    /// The channels; required.
    pub channels: Option<Vec<String>>,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// The message is JSON and becomes part of the data as it is; without it, the data has the message as text.
    pub json_body: bool,
    /// The user name.
    pub username: String,
}
