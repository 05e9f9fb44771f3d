//! The source `mns`: Message Service of Alibaba Cloud.

use super::super::SecretKeySelector;
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of an Alibaba Cloud MNS queue.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct MnsEventSource {
    /// The access key.
    pub access_key: Option<SecretKeySelector>,
    /// The secret key.
    pub secret_key: Option<SecretKeySelector>,
    /// The queue's name; required.
    pub queue: String,
    /// Accepted; not used.
    pub json_body: bool,
    /// The address of the service; required.
    pub endpoint: String,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}
