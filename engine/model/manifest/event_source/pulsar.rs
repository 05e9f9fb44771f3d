//! The source `pulsar`.

use std::collections::BTreeMap;

use super::super::{Backoff, SecretKeySelector, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of Pulsar topics.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct PulsarEventSource {
    /// The topics; required.
    pub topics: Option<Vec<String>>,
    /// The subscription: `exclusive` or `shared`; required.
    #[schemars(extend("enum" = ["exclusive", "shared"]))]
    #[serde(rename = "type")]
    pub subscription_type: String,
    /// The service's URL; required.
    pub url: String,
    /// The certificate authority that the server's certificate is checked against.
    pub tls_trust_certs_secret: Option<SecretKeySelector>,
    /// Accept any certificate.
    pub tls_allow_insecure_connection: bool,
    /// Check that the certificate is for the server's name.
    pub tls_validate_hostname: bool,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// How connecting is repeated.
    pub connection_backoff: Option<Backoff>,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// A token.
    pub auth_token_secret: Option<SecretKeySelector>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// Parameters of Athenz; it wins over the token.
    pub auth_athenz_params: BTreeMap<String, String>,
    /// The private key for Athenz.
    pub auth_athenz_secret: Option<SecretKeySelector>,
}
