//! The source `file`.

use std::collections::BTreeMap;

use super::{EventSourceFilter, WatchPathConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Changes of files in a folder.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct FileEventSource {
    /// The change that is meant: `CREATE`, `WRITE`, `REMOVE`, `RENAME` or `CHMOD`, several joined with `|`; required.
    pub event_type: String,
    /// Which files are watched.
    pub watch_path_config: WatchPathConfig,
    /// Look again and again instead of asking the system to tell.
    pub polling: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}
