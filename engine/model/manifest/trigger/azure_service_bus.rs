//! The trigger that sends a message to an Azure Service Bus.

use super::super::{SecretKeySelector, TlsConfig, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message for a queue or a topic of an Azure Service Bus.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureServiceBusTrigger {
    /// The connection string.
    pub connection_string: Option<SecretKeySelector>,
    /// The queue; it wins over `topicName`.
    pub queue_name: String,
    /// The topic.
    pub topic_name: String,
    /// Accepted; not used.
    pub subscription_name: String,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// The payload, built entry by entry.
    pub payload: Option<Vec<TriggerParameter>>,
    /// Values of events that are written into this section before it is used.
    pub parameters: Vec<TriggerParameter>,
}
