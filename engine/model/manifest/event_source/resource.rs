//! The source `resource`: changes of Kubernetes objects.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Changes of Kubernetes objects.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceEventSource {
    /// The namespace of the objects; all if it is not given.
    pub namespace: String,
    /// Which objects are meant.
    pub filter: Option<ResourceFilter>,
    /// The API group, such as `apps`; empty for the core group.
    pub group: String,
    /// The API version, such as `v1`; required.
    pub version: String,
    /// The plural name of the objects, such as `deployments`; required.
    pub resource: String,
    /// The changes that are meant: `ADD`, `UPDATE`, `DELETE`; at least one.
    pub event_types: Option<Vec<String>>,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
}

/// Which objects are meant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceFilter {
    /// What the name starts with.
    pub prefix: String,
    /// What the labels must fulfil.
    pub labels: Vec<Selector>,
    /// What fields must fulfil: the key is a gjson path, the value a regular expression.
    pub fields: Vec<Selector>,
    /// Only objects created at or before this moment, in RFC 3339.
    pub created_by: Option<String>,
    /// Only changes after the source has started.
    pub after_start: bool,
}

/// A requirement of one label or field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Selector {
    /// The label, or the path of the field; required.
    pub key: String,
    /// For labels `==` (default), `=`, `!=`, `in`, `notin`, `exists`, `!`, `gt` or `lt`; for fields `==`, `=` or `!=`.
    pub operation: String,
    /// What it is compared with; for `in` and `notin` several, separated by commas.
    pub value: String,
}
