//! The trigger that sends a message to a Pulsar topic.

use std::collections::BTreeMap;

use super::super::{Backoff, SecretKeySelector, TlsConfig, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message for a Pulsar topic.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct PulsarTrigger {
    /// The service's URL.
    pub url: String,
    /// The topic.
    pub topic: String,
    /// Values of events that are written into this section before it is used.
    pub parameters: Vec<TriggerParameter>,
    /// The payload, built entry by entry.
    pub payload: Option<Vec<TriggerParameter>>,
    /// The certificate authority that the server's certificate is checked against.
    pub tls_trust_certs_secret: Option<SecretKeySelector>,
    /// Accept any certificate.
    pub tls_allow_insecure_connection: bool,
    /// Check that the certificate is for the server's name.
    pub tls_validate_hostname: bool,
    /// A client certificate; it wins over Athenz and the token.
    pub tls: Option<TlsConfig>,
    /// A token.
    pub auth_token_secret: Option<SecretKeySelector>,
    /// How connecting is repeated.
    pub connection_backoff: Option<Backoff>,
    /// Parameters of Athenz; it wins over the token.
    pub auth_athenz_params: BTreeMap<String, String>,
    /// The private key for Athenz.
    pub auth_athenz_secret: Option<SecretKeySelector>,
}
