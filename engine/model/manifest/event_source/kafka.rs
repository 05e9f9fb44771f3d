//! The source `kafka`.

use std::collections::BTreeMap;

use super::super::{AwsMskIam, Backoff, KafkaConsumerGroup, SaslConfig, SchemaRegistry, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Records of a Kafka topic.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct KafkaEventSource {
    /// The brokers, separated by commas; required.
    pub url: String,
    /// The partition to read; either this or `consumerGroup`.
    pub partition: String,
    /// The topic; required.
    pub topic: String,
    /// How connecting is repeated.
    pub connection_backoff: Option<Backoff>,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// The consumer group to read with; either this or `partition`.
    pub consumer_group: Option<KafkaConsumerGroup>,
    /// How many records are read in a second at most; without a limit if it is not given.
    pub limit_events_per_second: i64,
    /// The version of the brokers; not needed by Tidegate.
    pub version: String,
    /// SASL of the connection.
    pub sasl: Option<SaslConfig>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// More settings of the client, as YAML text in the form of the Go client Sarama.
    pub config: String,
    /// The registry whose schema values are read with, as Avro; needs `jsonBody`.
    pub schema_registry: Option<SchemaRegistry>,
    /// IAM authentication at Amazon MSK; it wins over `sasl`.
    pub aws_msk_iam_auth: Option<AwsMskIam>,
}
