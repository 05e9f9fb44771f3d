//! The trigger that calls a gRPC server of the user's own.

use std::collections::BTreeMap;

use super::super::{SecretKeySelector, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A call of a gRPC server that implements the service `triggers.Trigger`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct CustomTrigger {
    /// The server's address.
    #[serde(rename = "serverURL")]
    pub server_url: String,
    /// Use TLS; needs `certSecret`.
    pub secure: bool,
    /// The certificate authority that the server's certificate is checked against.
    pub cert_secret: Option<SecretKeySelector>,
    /// The name that the server's certificate is checked for, if it differs from the address.
    pub server_name_override: String,
    /// What the server is told; its meaning is the server's own.
    pub spec: Option<BTreeMap<String, String>>,
    /// Values of events that are written into what the server fetched.
    pub parameters: Vec<TriggerParameter>,
    /// The payload, built entry by entry.
    pub payload: Option<Vec<TriggerParameter>>,
}
