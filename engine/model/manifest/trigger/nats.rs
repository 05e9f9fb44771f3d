//! The trigger that publishes a message on a NATS subject.

use super::super::{NatsAuth, TlsConfig, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message on a NATS subject.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct NatsTrigger {
    /// The server's URL.
    pub url: String,
    /// The subject. The `parameters` of this section do not reach it; the trigger's own do.
    pub subject: String,
    /// The payload, built entry by entry.
    pub payload: Option<Vec<TriggerParameter>>,
    /// Values of events that are written into this section before it is used.
    pub parameters: Vec<TriggerParameter>,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// Who connects.
    pub auth: Option<NatsAuth>,
}
