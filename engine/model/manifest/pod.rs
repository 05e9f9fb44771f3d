//! How a cluster would run the pods of an object: read and kept, used only by what deploys to a cluster.

use std::collections::BTreeMap;

use super::Metadata;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The pod of an EventSource or Sensor, for clusters.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct PodTemplate {
    /// Labels and annotations of the pod.
    pub metadata: Option<Metadata>,
    /// The service account of the pod.
    pub service_account_name: String,
    /// Resources, environment and mounts of the main container.
    pub container: Option<Value>,
    /// Volumes of the pod.
    pub volumes: Option<Value>,
    /// Security attributes of the pod.
    pub security_context: Option<Value>,
    /// Labels that a node must have.
    pub node_selector: BTreeMap<String, String>,
    /// Taints that the pod tolerates.
    pub tolerations: Option<Value>,
    /// Secrets for pulling images.
    pub image_pull_secrets: Option<Value>,
    /// The name of the pod's priority class.
    pub priority_class_name: String,
    /// The pod's priority.
    pub priority: Option<i32>,
    /// Scheduling constraints.
    pub affinity: Option<Value>,
}

/// One container of a bus that a cluster runs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerTemplate {
    /// Requests and limits.
    pub resources: Option<Value>,
    /// When the image is pulled.
    pub image_pull_policy: String,
    /// Security attributes of the container.
    pub security_context: Option<Value>,
}

/// The service that exposes an EventSource in a cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Service {
    /// Labels and annotations of the service.
    pub metadata: Option<Metadata>,
    /// The ports that are exposed.
    pub ports: Vec<ServicePort>,
    /// The service's address, `None` for a headless one, empty to let the cluster choose.
    #[serde(rename = "clusterIP")]
    pub cluster_ip: String,
}

/// One exposed port of a service.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ServicePort {
    /// The port's name.
    pub name: String,
    /// `TCP` (default), `UDP` or `SCTP`.
    pub protocol: String,
    /// The protocol of the application, as a hint.
    pub app_protocol: Option<String>,
    /// The port of the service.
    pub port: i32,
    /// The port of the pod, by number or name.
    pub target_port: Option<Value>,
    /// The port on every node.
    pub node_port: i32,
}
