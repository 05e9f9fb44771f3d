//! The source `github`.

use std::collections::BTreeMap;

use super::super::{GitHubAppCreds, SecretKeySelector};
use super::{EventSourceFilter, WebhookContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Calls from GitHub.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GithubEventSource {
    /// Accepted; not used.
    pub id: i64,
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// The owner of `repository`; `repositories` is the newer way to say it.
    pub owner: String,
    /// A repository; `repositories` is the newer way to say it.
    pub repository: String,
    /// The events to register for, such as `push`, or `*` for all.
    pub events: Vec<String>,
    /// A token with which hooks are registered.
    pub api_token: Option<SecretKeySelector>,
    /// The secret that calls are signed with; a call with a wrong signature is refused.
    pub webhook_secret: Option<SecretKeySelector>,
    /// Let GitHub call without checking the endpoint's certificate.
    pub insecure: bool,
    /// Register hooks as active. Without it GitHub registers them but does not call.
    pub active: bool,
    /// The form of calls: `json` or `form`.
    #[schemars(extend("enum" = ["", "json", "form"]))]
    pub content_type: String,
    /// The API's URL of a GitHub of your own; needs `githubUploadURL` beside it.
    #[serde(rename = "githubBaseURL")]
    pub github_base_url: String,
    /// The upload URL of a GitHub of your own; needs `githubBaseURL` beside it.
    #[serde(rename = "githubUploadURL")]
    pub github_upload_url: String,
    /// Remove the hooks when the source stops.
    pub delete_hook_on_finish: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// The repositories whose events are meant; either these or `organizations`.
    pub repositories: Vec<OwnedRepositories>,
    /// The organizations whose events are meant; either these or `repositories`.
    pub organizations: Vec<String>,
    /// A GitHub App with which hooks are registered, instead of `apiToken`.
    pub github_app: Option<GitHubAppCreds>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}

/// Repositories of one owner.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct OwnedRepositories {
    /// The owner.
    pub owner: String,
    /// The repositories.
    pub names: Vec<String>,
}

impl GithubEventSource {
    /// The repositories, in the newer or the older way of saying it.
    pub fn owned_repositories(&self) -> Vec<OwnedRepositories> {
        if self.repositories.is_empty() && !self.owner.is_empty() && !self.repository.is_empty() {
            return vec![OwnedRepositories { owner: self.owner.clone(), names: vec![self.repository.clone()] }];
        }
        self.repositories.clone()
    }

    /// Whether hooks are registered at GitHub.
    pub fn manages_hooks(&self) -> bool {
        let app = self.github_app.as_ref().is_some_and(|app| app.private_key.is_some());
        let url = self.webhook.as_ref().is_some_and(|webhook| !webhook.url.is_empty());
        (self.api_token.is_some() || app) && url
    }
}
