//! The source `storageGrid`.

use std::collections::BTreeMap;

use super::super::{SecretKeySelector, TlsConfig};
use super::WebhookContext;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Notifications of a StorageGRID bucket.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct StorageGridEventSource {
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// The notifications to register for, such as `ObjectCreated:Put`; required.
    pub events: Option<Vec<String>>,
    /// Which objects are meant.
    pub filter: Option<StorageGridFilter>,
    /// The topic's ARN; required.
    pub topic_arn: String,
    /// The bucket; required.
    pub bucket: String,
    /// Accepted; not used.
    pub region: String,
    /// A token for the StorageGRID API; required.
    pub auth_token: Option<SecretKeySelector>,
    /// The URL of the StorageGRID API; required.
    #[serde(rename = "apiURL")]
    pub api_url: String,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
}

/// Objects by the start and the end of their keys.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct StorageGridFilter {
    /// What the key starts with.
    pub prefix: String,
    /// What the key ends with.
    pub suffix: String,
}
