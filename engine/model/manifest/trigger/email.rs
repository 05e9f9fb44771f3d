//! The trigger that sends an email.

use super::super::{SecretKeySelector, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An email; to, subject and body must not be empty when it is sent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EmailTrigger {
    /// Accepted; Argo Events does not apply them here. Use the trigger's own `parameters`.
    pub parameters: Vec<TriggerParameter>,
    /// The user name at the SMTP server.
    pub username: String,
    /// The password at the SMTP server.
    pub smtp_password: Option<SecretKeySelector>,
    /// The SMTP server's name.
    pub host: String,
    /// The SMTP server's port.
    pub port: i32,
    /// The addresses that the email goes to.
    pub to: Vec<String>,
    /// The sender's address.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}
