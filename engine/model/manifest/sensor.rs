//! The Sensor: which events it depends on and what it does when they have come.

use std::collections::BTreeMap;

use super::{EventDependency, ObjectMeta, PodTemplate, Trigger};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A Sensor waits for events and fires triggers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["apiVersion", "kind", "metadata", "spec"]))]
pub struct Sensor {
    /// `argoproj.io/v1alpha1`.
    #[schemars(extend("const" = "argoproj.io/v1alpha1"))]
    pub api_version: String,
    /// `Sensor`.
    #[schemars(extend("const" = "Sensor"))]
    pub kind: String,
    /// Name, namespace and annotations. The annotations `tidegate.io/key`, `tidegate.io/window` and
    /// `tidegate.io/concurrency` refine how events are joined and triggers are run.
    pub metadata: ObjectMeta,
    /// What the Sensor does.
    pub spec: SensorSpec,
    /// Set by a cluster; not read.
    pub status: Option<Value>,
}

/// What a Sensor depends on and what it fires.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["dependencies", "triggers"]))]
pub struct SensorSpec {
    /// The events that the Sensor depends on, each under a name of its own.
    #[schemars(length(min = 1))]
    pub dependencies: Vec<EventDependency>,
    /// What is done when the events have come. Each trigger keeps its own state.
    #[schemars(length(min = 1))]
    pub triggers: Vec<Trigger>,
    /// The Sensor's pod, for clusters.
    pub template: Option<PodTemplate>,
    /// Accepted; nothing reads it, in Argo Events neither.
    pub error_on_failed_round: bool,
    /// The name of the EventBus that the events come from; `default` if it is not given.
    pub event_bus_name: String,
    /// The number of pods, for clusters; fewer than 1 counts as 1.
    pub replicas: Option<i32>,
    /// How many old revisions of the deployment a cluster keeps.
    pub revision_history_limit: Option<i32>,
    /// Keys and values to add to log lines.
    pub logging_fields: BTreeMap<String, String>,
}

impl SensorSpec {
    /// The bus that the Sensor reads from.
    pub fn bus(&self) -> &str {
        if self.event_bus_name.is_empty() { super::DEFAULT_BUS } else { &self.event_bus_name }
    }
}
