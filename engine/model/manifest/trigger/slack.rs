//! The trigger that sends a message to Slack.

use super::super::{SecretKeySelector, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message to a Slack channel; at least one of message, attachments and blocks is needed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SlackTrigger {
    /// Accepted; Argo Events does not apply them here. Use the trigger's own `parameters`.
    pub parameters: Vec<TriggerParameter>,
    /// The token of the Slack application; required.
    pub slack_token: Option<SecretKeySelector>,
    /// The channel; one `#` at its start is cut off.
    pub channel: String,
    /// The message.
    pub message: String,
    /// Attachments, as the text of a JSON array.
    pub attachments: String,
    /// Blocks, as the text of a JSON array.
    pub blocks: String,
    /// Messages that belong together.
    pub thread: SlackThread,
    /// Under which name and picture the message appears.
    pub sender: SlackSender,
}

/// Messages that belong together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SlackThread {
    /// Messages with the same key go to one thread.
    pub message_aggregation_key: String,
    /// Show the message in the channel too.
    pub broadcast_message_to_channel: bool,
}

/// Under which name and picture a message appears.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SlackSender {
    /// The name.
    pub username: String,
    /// The picture: `:name:` of an emoji, or a URL.
    pub icon: String,
}
