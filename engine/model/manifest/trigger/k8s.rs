//! The trigger that writes an object to a Kubernetes cluster.

use super::super::{ArtifactLocation, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An object that is written to a Kubernetes cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct K8sTrigger {
    /// Where the object comes from.
    pub source: Option<ArtifactLocation>,
    /// `create` (default), `update`, `patch` or `delete`.
    #[schemars(extend("enum" = ["", "create", "update", "patch", "delete"]))]
    pub operation: String,
    /// Values of events that are written into the object.
    pub parameters: Vec<TriggerParameter>,
    /// The kind of patch; `application/merge-patch+json` if it is not given.
    pub patch_strategy: String,
    /// With `update`: apply the parameters to the object as it is in the cluster.
    pub live_object: bool,
}
