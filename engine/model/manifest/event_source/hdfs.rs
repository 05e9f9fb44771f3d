//! The source `hdfs`.

use std::collections::BTreeMap;

use super::super::{ConfigMapKeySelector, SecretKeySelector};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Changes of files in HDFS.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct HdfsEventSource {
    /// The folder, as a path from the root; required.
    pub directory: String,
    /// A path within the folder; either this or `pathRegexp`.
    pub path: String,
    /// A regular expression for paths within the folder.
    pub path_regexp: String,
    /// The changes that are meant: `CREATE`, `WRITE`, `REMOVE`, `RENAME`, `CHMOD`, several joined with `|`; required.
    #[serde(rename = "type")]
    pub event_type: String,
    /// How often the folder is read, such as `1m` (default).
    pub check_interval: String,
    /// The name nodes; at least one.
    pub addresses: Vec<String>,
    /// The user, without Kerberos.
    pub hdfs_user: String,
    /// A Kerberos credential cache.
    #[serde(rename = "krbCCacheSecret")]
    pub krb_c_cache_secret: Option<SecretKeySelector>,
    /// A Kerberos keytab.
    pub krb_keytab_secret: Option<SecretKeySelector>,
    /// The Kerberos user; needed with a keytab.
    pub krb_username: String,
    /// The Kerberos realm; needed with a keytab.
    pub krb_realm: String,
    /// The Kerberos configuration; needed with Kerberos.
    pub krb_config_config_map: Option<ConfigMapKeySelector>,
    /// The principal of the service; needed with Kerberos.
    pub krb_service_principal_name: String,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}
