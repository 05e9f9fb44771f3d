//! The trigger that sends an HTTP request.

use std::collections::BTreeMap;

use super::super::{BasicAuth, SecureHeader, TlsConfig, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An HTTP request.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct HttpTrigger {
    /// Where the request goes.
    pub url: String,
    /// The body, built entry by entry as a JSON object. An entry without `dest` is the whole body.
    pub payload: Option<Vec<TriggerParameter>>,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// `GET`, `DELETE`, `PATCH`, `POST` (default) or `PUT`.
    #[schemars(extend("enum" = ["", "GET", "DELETE", "PATCH", "POST", "PUT"]))]
    pub method: String,
    /// Values of events that are written into this section before it is used.
    pub parameters: Vec<TriggerParameter>,
    /// How long an attempt may take, in seconds; 60 if it is not given.
    pub timeout: i64,
    /// A user name and a password, sent as basic authentication.
    pub basic_auth: Option<BasicAuth>,
    /// Headers of the request.
    pub headers: BTreeMap<String, String>,
    /// Headers whose values stand in Secrets or ConfigMaps; they win over the others.
    pub secure_headers: Vec<SecureHeader>,
    /// Headers whose values come from events; `dest` is the header's name.
    pub dynamic_headers: Vec<TriggerParameter>,
    /// The `Host` header, if it differs from the URL's.
    pub host: String,
}
