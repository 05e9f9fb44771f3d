//! The source `pubSub`: Pub/Sub of Google Cloud.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of a Google Cloud Pub/Sub topic.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct PubSubEventSource {
    /// The project of the subscription; the surroundings' if it is not given.
    #[serde(rename = "projectID")]
    pub project_id: String,
    /// The project of the topic; `projectID` if it is not given.
    #[serde(rename = "topicProjectID")]
    pub topic_project_id: String,
    /// The topic; needed to make a subscription.
    pub topic: String,
    /// The subscription; one made from this section if it is not given.
    #[serde(rename = "subscriptionID")]
    pub subscription_id: String,
    /// The credentials, as JSON; those of the surroundings if it is not given.
    pub credential_secret: Option<SecretKeySelector>,
    /// Delete the subscription when the source stops.
    pub delete_subscription_on_finish: bool,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}
