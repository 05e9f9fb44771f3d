//! The source `redisStream`.

use std::collections::BTreeMap;

use super::super::{SecretKeySelector, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Entries of Redis streams.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct RedisStreamEventSource {
    /// Host and port of the server; required.
    pub host_address: String,
    /// The password.
    pub password: Option<SecretKeySelector>,
    /// The database; 0 if it is not given.
    pub db: i32,
    /// The streams, which must exist; required.
    pub streams: Option<Vec<String>>,
    /// How many entries of each stream are read at once; 10 if it is not given.
    pub max_msg_count_per_read: i32,
    /// The consumer group; `argo-events-cg` if it is not given.
    pub consumer_group: String,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// The user name.
    pub username: String,
}
