//! What every object carries beside its spec: name, namespace, labels, annotations.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Name, namespace, labels and annotations of an object; what a cluster adds to them is kept as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["name"]))]
pub struct ObjectMeta {
    /// The name of the object, unique among the objects of its kind in a namespace.
    pub name: String,
    /// The namespace of the object. Without one it belongs to the namespace given on the command line.
    pub namespace: String,
    /// A prefix from which a cluster makes the name when there is none.
    pub generate_name: String,
    /// Text by which objects can be selected.
    pub labels: BTreeMap<String, String>,
    /// Text for programs. Keys that start with `tidegate.io/` are extensions of Tidegate; Argo Events ignores them.
    pub annotations: BTreeMap<String, String>,
    /// Set by a cluster.
    pub uid: Option<Value>,
    /// Set by a cluster.
    pub resource_version: Option<Value>,
    /// Set by a cluster.
    pub generation: Option<Value>,
    /// Set by a cluster.
    pub creation_timestamp: Option<Value>,
    /// Set by a cluster.
    pub deletion_timestamp: Option<Value>,
    /// Set by a cluster.
    pub deletion_grace_period_seconds: Option<Value>,
    /// Set by a cluster.
    pub finalizers: Option<Value>,
    /// Set by a cluster.
    pub owner_references: Option<Value>,
    /// Set by a cluster.
    pub managed_fields: Option<Value>,
    /// Set by a cluster.
    pub self_link: Option<Value>,
}

/// Labels and annotations for the pods or the service that a cluster makes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Metadata {
    /// Annotations to add.
    pub annotations: BTreeMap<String, String>,
    /// Labels to add.
    pub labels: BTreeMap<String, String>,
}
