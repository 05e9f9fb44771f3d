//! The source `stripe`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::WebhookContext;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Calls from Stripe.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct StripeEventSource {
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// Register the hook at Stripe.
    pub create_webhook: bool,
    /// The key with which the hook is registered.
    pub api_key: Option<SecretKeySelector>,
    /// The types of events that are accepted; all if it is not given.
    pub event_filter: Vec<String>,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
}
