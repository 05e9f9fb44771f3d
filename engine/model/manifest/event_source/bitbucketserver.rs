//! The source `bitbucketserver`.

use std::collections::BTreeMap;

use super::super::{SecretKeySelector, TlsConfig};
use super::{EventSourceFilter, WebhookContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Calls from a Bitbucket Server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketServerEventSource {
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// The project of a repository; `repositories` is the newer way to say it.
    pub project_key: String,
    /// A repository; `repositories` is the newer way to say it.
    pub repository_slug: String,
    /// Projects all of whose repositories are meant.
    pub projects: Vec<String>,
    /// The repositories whose events are meant.
    pub repositories: Vec<BitbucketServerRepository>,
    /// The events to register for, such as `repo:refs_changed`.
    pub events: Vec<String>,
    /// Of `repo:refs_changed`, leave out branches that have an open pull request.
    #[serde(rename = "skipBranchRefsChangedOnOpenPR")]
    pub skip_branch_refs_changed_on_open_pr: bool,
    /// Of `repo:refs_changed`, make one event of each change.
    pub one_event_per_change: bool,
    /// A token with which hooks are registered.
    pub access_token: Option<SecretKeySelector>,
    /// The secret that calls are signed with.
    pub webhook_secret: Option<SecretKeySelector>,
    /// The URL of the server; required.
    #[serde(rename = "bitbucketserverBaseURL")]
    pub bitbucketserver_base_url: String,
    /// Remove the hooks when the source stops.
    pub delete_hook_on_finish: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// How often the hooks are looked at, such as `1m` (default).
    pub check_interval: String,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketServerRepository {
    /// The project.
    pub project_key: String,
    /// The repository, as it stands in its URL.
    pub repository_slug: String,
}

impl BitbucketServerEventSource {
    /// The repositories, in the newer or the older way of saying it.
    pub fn all_repositories(&self) -> Vec<BitbucketServerRepository> {
        if self.repositories.is_empty() && !self.project_key.is_empty() && !self.repository_slug.is_empty() {
            let (project_key, repository_slug) = (self.project_key.clone(), self.repository_slug.clone());
            return vec![BitbucketServerRepository { project_key, repository_slug }];
        }
        self.repositories.clone()
    }

    /// Whether hooks are registered at the server.
    pub fn manages_hooks(&self) -> bool {
        self.access_token.is_some()
            && self.webhook.as_ref().is_some_and(|webhook| !webhook.url.is_empty())
            && !(self.all_repositories().is_empty() && self.projects.is_empty())
    }
}
