//! The trigger that invokes an OpenWhisk action.

use super::super::{SecretKeySelector, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An invocation of an OpenWhisk action.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct OpenWhiskTrigger {
    /// The server's URL.
    pub host: String,
    /// The version of the API; `v1` if it is not given.
    pub version: String,
    /// The action's namespace; `_` if it is not given.
    pub namespace: String,
    /// The token.
    pub auth_token: Option<SecretKeySelector>,
    /// The action's name.
    pub action_name: String,
    /// The payload, built entry by entry.
    pub payload: Option<Vec<TriggerParameter>>,
    /// Values of events that are written into this section before it is used.
    pub parameters: Vec<TriggerParameter>,
}
