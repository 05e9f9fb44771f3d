//! The source `azureQueueStorage`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of an Azure Storage queue.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureQueueStorageEventSource {
    /// The storage account, to connect with the credentials of the surroundings.
    pub storage_account_name: String,
    /// The connection string; either this or `storageAccountName`.
    pub connection_string: Option<SecretKeySelector>,
    /// The queue; required.
    pub queue_name: String,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// Leave a message that cannot be read in the queue.
    pub dlq: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// Messages are in base64: decode them first.
    pub decode_message: bool,
    /// How long to wait after the queue was empty, in seconds; 3 if it is not given.
    pub wait_time_in_seconds: Option<i32>,
}
