//! The source `generic`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Events of a gRPC server of your own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GenericEventSource {
    /// The server's address; required.
    pub url: String,
    /// Text that the server is started with; its meaning is the server's own. Required.
    pub config: String,
    /// Connect without TLS.
    pub insecure: bool,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// A token that the server is sent.
    pub auth_secret: Option<SecretKeySelector>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}
