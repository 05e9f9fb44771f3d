//! The source `slack`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::{EventSourceFilter, WebhookContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Calls from Slack: events, commands and interactions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SlackEventSource {
    /// The secret that Slack signs calls with; required.
    pub signing_secret: Option<SecretKeySelector>,
    /// The token that Slack sends to prove who it is; required.
    pub token: Option<SecretKeySelector>,
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// Accepted; not used.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}
