//! The trigger that sends an event to an Azure Event Hub.

use super::super::{SecretKeySelector, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An event for an Azure Event Hub.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureEventHubsTrigger {
    /// The namespace's host name, `<name>.servicebus.windows.net`.
    pub fqdn: String,
    /// The hub's name.
    pub hub_name: String,
    /// The name of the shared access key.
    pub shared_access_key_name: Option<SecretKeySelector>,
    /// The shared access key.
    pub shared_access_key: Option<SecretKeySelector>,
    /// The payload, built entry by entry.
    pub payload: Option<Vec<TriggerParameter>>,
    /// Values of events that are written into this section before it is used.
    pub parameters: Vec<TriggerParameter>,
}
