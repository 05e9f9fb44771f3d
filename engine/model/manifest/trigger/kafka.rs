//! The trigger that writes a record to a Kafka topic.

use std::collections::BTreeMap;

use super::super::{SaslConfig, SchemaRegistry, SecureHeader, TlsConfig, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A record for a Kafka topic.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct KafkaTrigger {
    /// The brokers, separated by commas.
    pub url: String,
    /// The topic.
    pub topic: String,
    /// Accepted; not used.
    pub partition: i32,
    /// Values of events that are written into this section before it is used.
    pub parameters: Vec<TriggerParameter>,
    /// How many replicas must have the record: `1` only the leader, `-1` all (default).
    pub required_acks: i32,
    /// Compress with Snappy.
    pub compress: bool,
    /// How long records are collected before they are sent.
    pub flush_frequency: i32,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// The record's value, built entry by entry as a JSON object.
    pub payload: Option<Vec<TriggerParameter>>,
    /// The record's key.
    pub partitioning_key: Option<String>,
    /// The version of the brokers; not needed by Tidegate.
    pub version: String,
    /// SASL of the connection.
    pub sasl: Option<SaslConfig>,
    /// The registry whose schema the value is written with, as Avro.
    pub schema_registry: Option<SchemaRegistry>,
    /// Headers of the record.
    pub headers: BTreeMap<String, String>,
    /// Headers whose values stand in Secrets or ConfigMaps.
    pub secure_headers: Vec<SecureHeader>,
}
