//! The EventBus: the durable log between sources and sensors.

use std::collections::BTreeMap;

use super::{ContainerTemplate, KafkaConsumerGroup, Metadata, ObjectMeta, SaslConfig, SecretKeySelector, TlsConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An EventBus carries events from sources to sensors.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["apiVersion", "kind", "metadata", "spec"]))]
pub struct EventBus {
    /// `argoproj.io/v1alpha1`.
    #[schemars(extend("const" = "argoproj.io/v1alpha1"))]
    pub api_version: String,
    /// `EventBus`.
    #[schemars(extend("const" = "EventBus"))]
    pub kind: String,
    /// Name and namespace. Objects that name no bus use the one called `default`.
    pub metadata: ObjectMeta,
    /// Which bus it is.
    pub spec: EventBusSpec,
    /// Set by a cluster; not read.
    pub status: Option<Value>,
}

/// Which bus it is; of several the first in the order nats, jetstream, kafka, jetstreamExotic, embedded is used.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EventBusSpec {
    /// NATS Streaming, which is no longer maintained. `native` runs as the embedded bus.
    pub nats: Option<NatsBus>,
    /// A JetStream that Argo Events would deploy. It runs as the embedded bus.
    pub jetstream: Option<JetStreamBus>,
    /// A Kafka cluster.
    pub kafka: Option<KafkaBus>,
    /// A JetStream server that is there already.
    pub jetstream_exotic: Option<JetStreamConfig>,
    /// The bus inside Tidegate: a log in the data folder. An extension of Tidegate.
    pub embedded: Option<EmbeddedBus>,
}

impl EventBusSpec {
    /// A bus of no kind.
    pub const NONE: Self = Self { nats: None, jetstream: None, kafka: None, jetstream_exotic: None, embedded: None };
}

/// The bus inside Tidegate.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EmbeddedBus {
    /// How long records are kept, such as `72h`; `168h` if it is not given. Records that a sensor has not read are
    /// always kept.
    pub max_age: String,
    /// How many bytes of records are kept, such as `10Gi`; half of `quota` if it is not given.
    pub max_bytes: String,
    /// How many bytes the log may take before publishing fails, such as `20Gi`; most of the disk if it is not given.
    pub quota: String,
    /// How long a message that comes again is recognised and dropped, such as `60s` (default); `0` switches it off.
    pub duplicates: String,
    /// The form of events on the bus: `argo` for the form that Argo Events writes; without it, the documented one.
    #[schemars(extend("enum" = ["", "argo", "tidegate"]))]
    pub envelope: String,
}

/// A Kafka cluster as a bus.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct KafkaBus {
    /// The brokers, separated by commas.
    pub url: String,
    /// The topic of events; `<namespace>-<name of the bus>` if it is not given.
    pub topic: String,
    /// The version of the brokers; not needed by Tidegate.
    pub version: String,
    /// TLS of the connections.
    pub tls: Option<TlsConfig>,
    /// SASL of the connections.
    pub sasl: Option<SaslConfig>,
    /// The consumer group of sensors; `<namespace>-<sensor>` if it is not given.
    pub consumer_group: Option<KafkaConsumerGroup>,
    /// How records are spread over partitions: `random` (default), `hash`, `roundrobin` or `manual`.
    #[schemars(extend("enum" = ["", "random", "hash", "roundrobin", "manual"]))]
    pub partitioner: String,
    /// How long Argo Events waits to fill a batch of records, such as `100ms`.
    pub consumer_batch_max_wait: String,
    /// How long a message that comes again is recognised and dropped, such as `60s` (default); `0` switches it off. An
    /// extension of Tidegate.
    pub duplicates: String,
    /// The form of events on the bus: `argo` for the form that Argo Events writes. An extension of Tidegate.
    #[schemars(extend("enum" = ["", "argo", "tidegate"]))]
    pub envelope: String,
}

/// A JetStream server that is there already.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct JetStreamConfig {
    /// The server's URL.
    pub url: String,
    /// A Secret with YAML that has `username` and `password`.
    pub access_secret: Option<SecretKeySelector>,
    /// Settings of the stream as YAML text: `maxMsgs`, `maxAge`, `maxBytes`, `replicas`, `duplicates`, `retention`,
    /// `discard`.
    pub stream_config: String,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
}

/// NATS Streaming; exactly one of the two.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct NatsBus {
    /// A server that Argo Events would deploy.
    pub native: Option<NatsNative>,
    /// A server that is there already.
    pub exotic: Option<NatsConfig>,
}

/// A NATS Streaming server that is there already.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct NatsConfig {
    /// The server's URL.
    pub url: String,
    /// The cluster's id.
    #[serde(rename = "clusterID")]
    pub cluster_id: Option<String>,
    /// `none` (default), `token` or `basic`.
    pub auth: Option<String>,
    /// The Secret with the token or password.
    pub access_secret: Option<SecretKeySelector>,
}

/// A NATS Streaming server that Argo Events would deploy; nothing of it is used here.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct NatsNative {
    /// The number of servers.
    pub replicas: i32,
    /// `none` (default) or `token`.
    pub auth: Option<String>,
    /// The volume of each server.
    pub persistence: Option<Value>,
    /// The server's container.
    pub container_template: Option<ContainerTemplate>,
    /// The container that exports metrics.
    pub metrics_container_template: Option<ContainerTemplate>,
    /// Spread the servers over nodes; no longer read by Argo Events.
    pub anti_affinity: Option<bool>,
    /// Labels that a node must have.
    pub node_selector: BTreeMap<String, String>,
    /// Taints that the pods tolerate.
    pub tolerations: Option<Value>,
    /// Labels and annotations of the pods.
    pub metadata: Option<Metadata>,
    /// Security attributes of the pods.
    pub security_context: Option<Value>,
    /// How long messages are kept, such as `72h`.
    pub max_age: Option<String>,
    /// Secrets for pulling images.
    pub image_pull_secrets: Option<Value>,
    /// The service account of the pods.
    pub service_account_name: String,
    /// The name of the pods' priority class.
    pub priority_class_name: String,
    /// The pods' priority.
    pub priority: Option<i32>,
    /// Scheduling constraints.
    pub affinity: Option<Value>,
    /// How many messages a channel keeps.
    pub max_msgs: Option<u64>,
    /// How many bytes a channel keeps, such as `1GB`.
    pub max_bytes: Option<String>,
    /// How many subscriptions a channel may have.
    pub max_subs: Option<u64>,
    /// How large a message may be, such as `1MB`.
    pub max_payload: Option<String>,
    /// How long a follower waits for a leader.
    pub raft_heartbeat_timeout: Option<String>,
    /// How long a candidate waits for votes.
    pub raft_election_timeout: Option<String>,
    /// How long a leader stays without a quorum.
    pub raft_lease_timeout: Option<String>,
    /// How long a leader waits before it sends a heartbeat.
    pub raft_commit_timeout: Option<String>,
}

/// A JetStream that Argo Events would deploy; of it, `streamConfig` alone has a meaning here.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct JetStreamBus {
    /// The server's version.
    pub version: String,
    /// The number of servers: 1, or 3 and more.
    pub replicas: Option<i32>,
    /// The server's container.
    pub container_template: Option<ContainerTemplate>,
    /// The container that reloads the configuration.
    pub reloader_container_template: Option<ContainerTemplate>,
    /// The container that exports metrics.
    pub metrics_container_template: Option<ContainerTemplate>,
    /// The volume of each server.
    pub persistence: Option<Value>,
    /// Labels and annotations of the pods.
    pub metadata: Option<Metadata>,
    /// Labels that a node must have.
    pub node_selector: BTreeMap<String, String>,
    /// Taints that the pods tolerate.
    pub tolerations: Option<Value>,
    /// Security attributes of the pods.
    pub security_context: Option<Value>,
    /// Secrets for pulling images.
    pub image_pull_secrets: Option<Value>,
    /// The name of the pods' priority class.
    pub priority_class_name: String,
    /// The pods' priority.
    pub priority: Option<i32>,
    /// Scheduling constraints.
    pub affinity: Option<Value>,
    /// The service account of the pods.
    pub service_account_name: String,
    /// The server's own settings, as text.
    pub settings: Option<String>,
    /// Arguments of the server.
    pub start_args: Vec<String>,
    /// Settings of the stream as YAML text: `maxMsgs`, `maxAge`, `maxBytes`, `replicas`, `duplicates`, `retention`,
    /// `discard`.
    pub stream_config: Option<String>,
    /// How large a message may be, such as `1MB`.
    pub max_payload: Option<String>,
}
