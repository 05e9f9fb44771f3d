//! The source `sftp`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::{EventSourceFilter, WatchPathConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Changes of files on an SFTP server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SftpEventSource {
    /// The change that is meant: `CREATE` or `REMOVE`; required.
    pub event_type: String,
    /// Which files are watched.
    pub watch_path_config: WatchPathConfig,
    /// The user name.
    pub username: Option<SecretKeySelector>,
    /// The password; either this or `sshKeySecret`.
    pub password: Option<SecretKeySelector>,
    /// A private key.
    pub ssh_key_secret: Option<SecretKeySelector>,
    /// Host and port of the server.
    pub address: Option<SecretKeySelector>,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// How often the folder is read, such as `10s` (default).
    pub poll_interval_duration: String,
}
