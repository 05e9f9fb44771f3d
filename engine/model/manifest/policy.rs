//! When an attempt counts as a success, and how often attempts may be made.

use std::collections::BTreeMap;

use super::Backoff;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When an attempt counts as a success.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct TriggerPolicy {
    /// By the labels of the object that was written; for `k8s` and `argoWorkflow`.
    pub k8s: Option<K8sResourcePolicy>,
    /// By the status of the response; for `http`, `awsLambda` and `openWhisk`.
    pub status: Option<StatusPolicy>,
}

/// Success is an object that comes to have these labels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct K8sResourcePolicy {
    /// The labels that mean success; all must be there.
    pub labels: Option<BTreeMap<String, String>>,
    /// How often the object is looked at.
    pub backoff: Option<Backoff>,
    /// An object that has not got the labels in time is a failure (true) or a success (false, default).
    pub error_on_backoff_timeout: bool,
}

/// Success is a response with one of these statuses.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct StatusPolicy {
    /// The statuses that mean success.
    pub allow: Option<Vec<i32>>,
}

/// How often a trigger may run. Firings that come faster wait; none is dropped.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct RateLimit {
    /// `Second` (default), `Minute` or `Hour`.
    #[schemars(extend("enum" = ["", "Second", "Minute", "Hour"]))]
    pub unit: String,
    /// How many firings a unit of time may start; at least 1.
    pub requests_per_unit: i32,
}
