//! The source `sns`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::{EventSourceFilter, WebhookContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Notifications of an AWS SNS topic, called over HTTP.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SnsEventSource {
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// The topic's ARN; required.
    pub topic_arn: String,
    /// The access key; without it, and without `roleARN`, the credentials of the surroundings are used.
    pub access_key: Option<SecretKeySelector>,
    /// The secret key.
    pub secret_key: Option<SecretKeySelector>,
    /// The topic's region; required.
    pub region: String,
    /// A role to assume; it wins over the keys.
    #[serde(rename = "roleARN")]
    pub role_arn: String,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Check the signature of every notification.
    pub validate_signature: bool,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// Another address for the SNS API.
    pub endpoint: String,
}
