//! The source `azureServiceBus`.

use std::collections::BTreeMap;

use super::super::{SecretKeySelector, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of an Azure Service Bus.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureServiceBusEventSource {
    /// The connection string; either this or `fullyQualifiedNamespace`.
    pub connection_string: Option<SecretKeySelector>,
    /// The queue; either this, or `topicName` and `subscriptionName`.
    pub queue_name: String,
    /// The topic.
    pub topic_name: String,
    /// The subscription of the topic.
    pub subscription_name: String,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// The namespace's host name, to connect with the credentials of the surroundings.
    pub fully_qualified_namespace: String,
    /// Remove a message only when its event is on the bus.
    pub defer_delete: bool,
}
