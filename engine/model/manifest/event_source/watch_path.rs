//! Which files the sources `file`, `hdfs` and `sftp` watch.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which files of a folder are watched: `path` or `pathRegexp`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct WatchPathConfig {
    /// The folder, as a path from the root; required.
    pub directory: String,
    /// A path within the folder.
    pub path: String,
    /// A regular expression for paths within the folder.
    pub path_regexp: String,
}
