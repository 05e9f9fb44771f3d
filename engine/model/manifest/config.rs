//! Secrets and ConfigMaps as they stand among manifests.

use std::collections::BTreeMap;
use std::fmt;

use super::ObjectMeta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A Secret of Kubernetes. Printing it for debugging shows its keys, never a value.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Secret {
    /// `v1`.
    pub api_version: String,
    /// `Secret`.
    pub kind: String,
    /// Name and namespace.
    pub metadata: ObjectMeta,
    /// Values in base64.
    pub data: BTreeMap<String, String>,
    /// Values as plain text; one of these wins over one in `data`.
    pub string_data: BTreeMap<String, String>,
    /// What the Secret is for, to Kubernetes.
    #[serde(rename = "type")]
    pub kind_of_secret: String,
    /// Whether a cluster refuses changes.
    pub immutable: Option<bool>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("name", &self.metadata.name)
            .field("namespace", &self.metadata.namespace)
            .field("data", &self.data.keys())
            .field("string_data", &self.string_data.keys())
            .finish()
    }
}

/// A ConfigMap of Kubernetes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ConfigMap {
    /// `v1`.
    pub api_version: String,
    /// `ConfigMap`.
    pub kind: String,
    /// Name and namespace.
    pub metadata: ObjectMeta,
    /// Values as text.
    pub data: BTreeMap<String, String>,
    /// Values in base64.
    pub binary_data: BTreeMap<String, String>,
    /// Whether a cluster refuses changes.
    pub immutable: Option<bool>,
}
