//! Sources that are called over HTTP.

use lang::dates;
use model::manifest::event_source::{
    BitbucketEventSource, BitbucketServerEventSource, GerritEventSource, GithubEventSource, GitlabEventSource,
    SlackEventSource, SnsEventSource, StorageGridEventSource, StripeEventSource, WebhookContext,
};

use super::super::checks::Checks;

/// An HTTP endpoint. What is missing has a default here, which the reference does not know.
pub(super) fn endpoint(checks: &mut Checks, webhook: &WebhookContext) {
    let message = "Argo Events wants an `endpoint`; Tidegate takes `/webhook/` and the event's name";
    let help = "add `endpoint`, such as `/example`";
    checks.refused(webhook.endpoint.is_empty(), "endpoint", message, help, "endpoint can't be empty");
    let message = "Argo Events wants a `port`; Tidegate takes 12000";
    checks.refused(webhook.port.is_empty(), "port", message, "add `port: \"12000\"`", "port can't be empty");
    if !webhook.port.is_empty() && webhook.port.parse::<i64>().is_err() {
        let port = &webhook.port;
        let argo = format!("failed to parse server port {port}. err: strconv.Atoi: parsing {port:?}: invalid syntax");
        checks.bad("port", format!("`{port}` is not a port"), "write a number, such as `\"12000\"`", argo);
    }
}

fn webhook(checks: &mut Checks, webhook: Option<&WebhookContext>) {
    // The reference refuses a missing endpoint with an empty message.
    let message = "Argo Events wants `webhook`; Tidegate takes port 12000 and `/webhook/` with the event's name";
    checks.refused(webhook.is_none(), "webhook", message, "say where the calls arrive", "");
    if let Some(context) = webhook {
        checks.within("webhook", |checks| endpoint(checks, context));
    }
}

pub(super) fn github(checks: &mut Checks, source: &GithubEventSource) {
    let (repositories, organizations) = (!source.owned_repositories().is_empty(), !source.organizations.is_empty());
    let argo = "either repositories or organizations is required";
    checks.need_or(repositories || organizations, "repositories", "name repositories or organizations", argo);
    let argo = "only one of repositories and organizations is allowed";
    let message = "`repositories` and `organizations` exclude each other";
    checks.conflict(repositories && organizations, "organizations", message, "make two events of it", argo);
    let argo = "events must be defined to create a github webhook";
    checks.need_or(!source.manages_hooks() || !source.events.is_empty(), "events", "add `events: [\"*\"]`", argo);
    let argo = r#"content type must be "json" or "form""#;
    checks.one_of(&source.content_type, &["", "json", "form"], "contentType", argo);
    let (base, upload) = (!source.github_base_url.is_empty(), !source.github_upload_url.is_empty());
    checks.need(base || !upload, "githubBaseURL", "githubBaseURL is required when githubUploadURL is set");
    checks.need(upload || !base, "githubUploadURL", "githubUploadURL is required when githubBaseURL is set");
    webhook(checks, source.webhook.as_ref());
}

pub(super) fn gitlab(checks: &mut Checks, source: &GitlabEventSource) {
    let message = "Argo Events wants the events that it would register for";
    checks.refused(source.events.is_none(), "events", message, "add `events: [PushEvents]`", "events can't be empty");
    let message = "Argo Events wants the GitLab at which it would register";
    let help = "add `gitlabBaseURL: https://gitlab.com`";
    let argo = "gitlab base url can't be empty";
    checks.refused(source.gitlab_base_url.is_empty(), "gitlabBaseURL", message, help, argo);
    let message = "Argo Events wants a token even where it registers no hook";
    checks.refused(
        source.access_token.is_none(),
        "accessToken",
        message,
        "add `accessToken`",
        "access token can't be nil",
    );
    webhook(checks, source.webhook.as_ref());
}

pub(super) fn bitbucket(checks: &mut Checks, source: &BitbucketEventSource) {
    let argo = "at least one repository is required";
    let message = "Argo Events wants a repository even where it registers no hook";
    checks.refused(source.all_repositories().is_empty(), "repositories", message, "name a repository", argo);
    let argo = "events must be defined to create a bitbucket webhooks";
    let there = !source.manages_hooks() || !source.events.is_empty();
    checks.need_or(there, "events", "add `events: [\"repo:push\"]`", argo);
    webhook(checks, source.webhook.as_ref());
}

pub(super) fn bitbucketserver(checks: &mut Checks, source: &BitbucketServerEventSource) {
    let argo = "at least one project or repository configuration is required";
    let message = "Argo Events wants a repository even where it registers no hook";
    let none = source.all_repositories().is_empty() && source.projects.is_empty();
    checks.refused(none, "repositories", message, "name a repository or a project", argo);
    let argo = "events must be defined to create a bitbucket server webhook";
    let there = !source.manages_hooks() || !source.events.is_empty();
    checks.need_or(there, "events", "add `events: [\"repo:refs_changed\"]`", argo);
    let argo = "bitbucket server base url can't be empty";
    let message = "Argo Events wants the server at which it would register";
    let help = "add `bitbucketserverBaseURL`";
    checks.refused(source.bitbucketserver_base_url.is_empty(), "bitbucketserverBaseURL", message, help, argo);
    let argo = "failed to parse webhook check interval duration";
    interval(checks, &source.check_interval, "checkInterval", argo);
    webhook(checks, source.webhook.as_ref());
}

/// A duration, if it is given.
pub(super) fn interval(checks: &mut Checks, text: &str, field: &str, argo: &str) {
    if !text.is_empty() && dates::duration(text).is_none() {
        checks.bad(field, format!("`{text}` is not a duration"), "write one such as `1m30s`", argo);
    }
}

pub(super) fn gerrit(checks: &mut Checks, source: &GerritEventSource) {
    checks.need_or(!source.projects.is_empty(), "projects", "name a project", "projects cannot be empty");
    let help = "add `events: [patchset-created]`";
    checks.need_or(source.events.is_some(), "events", help, "events can't be empty");
    checks.need(!source.gerrit_base_url.is_empty(), "gerritBaseURL", "gerrit base url can't be empty");
    checks.need(source.auth.is_some(), "auth", "username and password can't be empty");
    webhook(checks, source.webhook.as_ref());
}

pub(super) fn slack(checks: &mut Checks, source: &SlackEventSource) {
    checks.need(source.token.is_some(), "token", "token not provided");
    checks.need(source.signing_secret.is_some(), "signingSecret", "signingSecret not provided");
    webhook(checks, source.webhook.as_ref());
}

pub(super) fn stripe(checks: &mut Checks, source: &StripeEventSource) {
    let argo = "api key K8s secret selector not provided";
    checks.need(!source.create_webhook || source.api_key.is_some(), "apiKey", argo);
    webhook(checks, source.webhook.as_ref());
}

pub(super) fn storage_grid(checks: &mut Checks, source: &StorageGridEventSource) {
    checks.need(!source.topic_arn.is_empty(), "topicArn", "topic arn must be provided");
    checks.need(!source.api_url.is_empty(), "apiURL", "api url must be provided");
    checks.need(source.auth_token.is_some(), "authToken", "api auth token must be provided");
    checks.need(!source.bucket.is_empty(), "bucket", "bucket name must be provided");
    checks.need(source.events.is_some(), "events", "event types must be provided");
    webhook(checks, source.webhook.as_ref());
}

pub(super) fn sns(checks: &mut Checks, source: &SnsEventSource) {
    checks.need(!source.topic_arn.is_empty(), "topicArn", "must specify topic arn");
    checks.need(!source.region.is_empty(), "region", "must specify region");
    webhook(checks, source.webhook.as_ref());
}
