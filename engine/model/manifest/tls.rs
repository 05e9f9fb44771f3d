//! How clients connect: TLS, SASL, passwords and tokens, Kafka's groups and schema registry.

use super::SecretKeySelector;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// TLS of a client connection.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct TlsConfig {
    /// The certificate authority that the server's certificate is checked against.
    pub ca_cert_secret: Option<SecretKeySelector>,
    /// The client's certificate; needs `clientKeySecret` beside it.
    pub client_cert_secret: Option<SecretKeySelector>,
    /// The client's private key; needs `clientCertSecret` beside it.
    pub client_key_secret: Option<SecretKeySelector>,
    /// Accept any certificate. The certificates named here are then not used.
    pub insecure_skip_verify: bool,
    /// Use TLS with the authorities that the system trusts, without naming any certificate.
    pub enabled: bool,
}

/// A user name and a password.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BasicAuth {
    /// The user name.
    pub username: Option<SecretKeySelector>,
    /// The password.
    pub password: Option<SecretKeySelector>,
}

/// SASL of a Kafka client.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SaslConfig {
    /// `PLAIN` (default), `OAUTHBEARER`, `SCRAM-SHA-256`, `SCRAM-SHA-512` or `GSSAPI`.
    pub mechanism: String,
    /// The user name; required.
    pub user_secret: Option<SecretKeySelector>,
    /// The password; required.
    pub password_secret: Option<SecretKeySelector>,
}

/// One way to prove to a NATS server who is connecting.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct NatsAuth {
    /// A user name and a password.
    pub basic: Option<BasicAuth>,
    /// A token.
    pub token: Option<SecretKeySelector>,
    /// An NKey seed.
    pub nkey: Option<SecretKeySelector>,
    /// A credentials file: a JWT and its seed.
    pub credential: Option<SecretKeySelector>,
}

/// A Kafka consumer group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct KafkaConsumerGroup {
    /// The group's name.
    pub group_name: String,
    /// A new group starts with the oldest record (true) or with what comes next (false, default).
    pub oldest: bool,
    /// How partitions are shared: `range` (default), `roundrobin` or `sticky`.
    pub rebalance_strategy: String,
}

/// A schema registry in Confluent's API, for Avro records.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SchemaRegistry {
    /// The registry's URL.
    pub url: String,
    /// The id of the schema that records are written with.
    pub schema_id: i32,
    /// The user and password of the registry.
    pub auth: Option<BasicAuth>,
}

/// Authentication at Amazon MSK with the IAM credentials of the surroundings; TLS is then on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AwsMskIam {
    /// The cluster's region, such as `us-east-1`.
    pub region: String,
}
