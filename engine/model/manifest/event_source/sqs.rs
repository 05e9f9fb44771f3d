//! The source `sqs`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of an AWS SQS queue.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SqsEventSource {
    /// The access key; without it, and without `roleARN`, the credentials of the surroundings are used.
    pub access_key: Option<SecretKeySelector>,
    /// The secret key.
    pub secret_key: Option<SecretKeySelector>,
    /// The queue's region; required.
    pub region: String,
    /// The queue's name; required.
    pub queue: String,
    /// How long a request waits for messages, in seconds; 3 if it is not given.
    pub wait_time_seconds: i64,
    /// A role to assume; it wins over the keys.
    #[serde(rename = "roleARN")]
    pub role_arn: String,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// The account that the queue belongs to.
    pub queue_account_id: String,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// The queue has a dead-letter queue: leave a message that is not JSON to it.
    pub dlq: bool,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// Another address for the SQS API.
    pub endpoint: String,
    /// The session token of temporary credentials.
    pub session_token: Option<SecretKeySelector>,
}
