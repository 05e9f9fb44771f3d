//! HTTP endpoints: the source `webhook`, and the endpoint of every other source that is called over HTTP.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An HTTP endpoint.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct WebhookContext {
    /// The path, which starts with `/`. A part in braces, `{name}`, stands for any text without a slash.
    pub endpoint: String,
    /// The HTTP method; for the source `webhook`, where it is compared letter by letter. Without one nothing is accepted.
    pub method: String,
    /// The port that is listened on, written as text: `"12000"`.
    pub port: String,
    /// The URL under which the endpoint can be reached from outside; with it hooks are registered at the sender.
    pub url: String,
    /// The certificate for HTTPS; needs `serverKeySecret` beside it.
    pub server_cert_secret: Option<SecretKeySelector>,
    /// The private key for HTTPS; needs `serverCertSecret` beside it.
    pub server_key_secret: Option<SecretKeySelector>,
    /// Text that is added to the data of every event; for the source `webhook`.
    pub metadata: BTreeMap<String, String>,
    /// A token that callers must send as `Authorization: Bearer …`.
    pub auth_secret: Option<SecretKeySelector>,
    /// How many bytes a body may have; 1048576 if it is not given.
    pub max_payload_size: Option<i64>,
    /// Which events are published; for the source `webhook`, the others have a filter of their own.
    pub filter: Option<EventSourceFilter>,
}

impl WebhookContext {
    /// How many bytes a body may have.
    pub fn max_payload_size(&self) -> i64 {
        self.max_payload_size.unwrap_or(1_048_576)
    }
}
