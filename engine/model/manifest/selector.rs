//! References to values that stand in Secrets and ConfigMaps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One key of a Secret.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["key"]))]
pub struct SecretKeySelector {
    /// The name of the Secret, in the namespace of the object that refers to it.
    pub name: String,
    /// The key whose value is used. One newline at its end is cut off.
    pub key: String,
    /// Accepted for Kubernetes' sake.
    pub optional: Option<bool>,
}

/// One key of a ConfigMap.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["key"]))]
pub struct ConfigMapKeySelector {
    /// The name of the ConfigMap, in the namespace of the object that refers to it.
    pub name: String,
    /// The key whose value is used. One newline at its end is cut off.
    pub key: String,
    /// Accepted for Kubernetes' sake.
    pub optional: Option<bool>,
}

/// Where a value comes from: a Secret or a ConfigMap.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ValueFromSource {
    /// A key of a Secret.
    pub secret_key_ref: Option<SecretKeySelector>,
    /// A key of a ConfigMap.
    pub config_map_key_ref: Option<ConfigMapKeySelector>,
}

/// A header whose value is not written in the manifest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SecureHeader {
    /// The header's name, sent as it is written.
    pub name: String,
    /// Where the value comes from.
    pub value_from: Option<ValueFromSource>,
}
