//! The source `azureEventsHub`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Events of an Azure Event Hub.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureEventsHubEventSource {
    /// The namespace's host name, `<name>.servicebus.windows.net`; required.
    pub fqdn: String,
    /// The name of the shared access key; without both, the credentials of the surroundings are used.
    pub shared_access_key_name: Option<SecretKeySelector>,
    /// The shared access key.
    pub shared_access_key: Option<SecretKeySelector>,
    /// The hub's name; required.
    pub hub_name: String,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}
