//! The source `gerrit`.

use std::collections::BTreeMap;

use super::super::BasicAuth;
use super::{EventSourceFilter, WebhookContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Calls from Gerrit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GerritEventSource {
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// The name under which the hook is registered.
    pub hook_name: String,
    /// The events to register for, such as `patchset-created`; required.
    pub events: Option<Vec<String>>,
    /// With what hooks are registered; required.
    pub auth: Option<BasicAuth>,
    /// The URL of the Gerrit; required.
    #[serde(rename = "gerritBaseURL")]
    pub gerrit_base_url: String,
    /// Remove the hooks when the source stops.
    pub delete_hook_on_finish: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// The projects whose events are meant; at least one.
    pub projects: Vec<String>,
    /// Let Gerrit check the endpoint's certificate.
    pub ssl_verify: bool,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// How often Gerrit tries a call.
    pub max_tries: i64,
}
