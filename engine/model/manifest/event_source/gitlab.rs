//! The source `gitlab`.

use std::collections::BTreeMap;

use super::super::SecretKeySelector;
use super::{EventSourceFilter, WebhookContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Calls from GitLab.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GitlabEventSource {
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// A project; `projects` is the newer way to say it.
    #[serde(rename = "projectID")]
    pub project_id: String,
    /// The events to register for, such as `PushEvents`; required.
    pub events: Option<Vec<String>>,
    /// A token with which hooks are registered; required.
    pub access_token: Option<SecretKeySelector>,
    /// Let GitLab check the endpoint's certificate.
    #[serde(rename = "enableSSLVerification")]
    pub enable_ssl_verification: bool,
    /// The URL of the GitLab; required.
    #[serde(rename = "gitlabBaseURL")]
    pub gitlab_base_url: String,
    /// Remove the hooks when the source stops.
    pub delete_hook_on_finish: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// The projects whose events are meant, by id or path.
    pub projects: Vec<String>,
    /// The token that calls must carry in `X-Gitlab-Token`.
    pub secret_token: Option<SecretKeySelector>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// The groups whose events are meant, by id or path.
    pub groups: Vec<String>,
}
