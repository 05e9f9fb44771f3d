//! The trigger that writes events to the log.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Writes the events to the log.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct LogTrigger {
    /// Accepted; it suppresses nothing, in Argo Events neither.
    pub interval_seconds: u64,
}
