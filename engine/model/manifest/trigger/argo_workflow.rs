//! The trigger that does something with an Argo Workflow.

use super::super::{ArtifactLocation, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An operation on an Argo Workflow, run by the `argo` program.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ArgoWorkflowTrigger {
    /// Where the workflow comes from.
    pub source: Option<ArtifactLocation>,
    /// `submit`, `submit-from`, `suspend`, `resubmit`, `retry`, `resume`, `terminate` or `stop`; required.
    #[schemars(extend("enum" = ["submit", "submit-from", "suspend", "resubmit", "retry", "resume", "terminate", "stop"]))]
    pub operation: String,
    /// Values of events that are written into the workflow.
    pub parameters: Vec<TriggerParameter>,
    /// More arguments for the `argo` program.
    pub args: Vec<String>,
}
