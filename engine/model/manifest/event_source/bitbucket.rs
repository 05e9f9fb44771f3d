//! The source `bitbucket`.

use std::collections::BTreeMap;

use super::super::{BasicAuth, SecretKeySelector};
use super::{EventSourceFilter, WebhookContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Calls from Bitbucket Cloud.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketEventSource {
    /// Remove the hooks when the source stops.
    pub delete_hook_on_finish: bool,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// The HTTP endpoint that takes the calls; required.
    pub webhook: Option<WebhookContext>,
    /// With what hooks are registered.
    pub auth: Option<BitbucketAuth>,
    /// The events to register for, such as `repo:push`.
    pub events: Vec<String>,
    /// The owner of a repository; `repositories` is the newer way to say it.
    pub owner: String,
    /// Accepted; not used.
    pub project_key: String,
    /// A repository; `repositories` is the newer way to say it.
    pub repository_slug: String,
    /// The repositories whose events are meant.
    pub repositories: Vec<BitbucketRepository>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketRepository {
    /// The owner.
    pub owner: String,
    /// The repository, as it stands in its URL.
    pub repository_slug: String,
}

/// With what hooks are registered; one of the two.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketAuth {
    /// A user name and a password.
    pub basic: Option<BasicAuth>,
    /// An OAuth token.
    pub oauth_token: Option<SecretKeySelector>,
}

impl BitbucketEventSource {
    /// The repositories, in the newer or the older way of saying it.
    pub fn all_repositories(&self) -> Vec<BitbucketRepository> {
        if self.repositories.is_empty() && !self.owner.is_empty() && !self.repository_slug.is_empty() {
            let (owner, repository_slug) = (self.owner.clone(), self.repository_slug.clone());
            return vec![BitbucketRepository { owner, repository_slug }];
        }
        self.repositories.clone()
    }

    /// Whether hooks are registered at Bitbucket.
    pub fn manages_hooks(&self) -> bool {
        let known = self.auth.as_ref().is_some_and(|auth| {
            let basic = auth.basic.as_ref().is_some_and(|basic| basic.username.is_some() && basic.password.is_some());
            basic || auth.oauth_token.is_some()
        });
        known && self.webhook.as_ref().is_some_and(|webhook| !webhook.url.is_empty())
    }
}
