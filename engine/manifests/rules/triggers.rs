//! Rules about triggers: that they do something, and that what is said about attempts holds.

use model::manifest::{Action, Sensor, Trigger, TriggerTemplate};

use super::super::judge::Judge;
use super::super::words;
use super::Rule;
use super::filters::WITHOUT_EFFECT;
use super::parameters;
use super::required::{BAD_VALUE, MISSING_FIELD};

/// A trigger without an action.
pub static NO_ACTION: Rule = Rule::error("no-action", "A trigger does nothing.");
/// A trigger with several actions.
pub static SEVERAL_ACTIONS: Rule = Rule::warning("several-actions", "A trigger has several actions; one of them runs.");
/// What Argo Events would not do.
pub static WORKS_ONLY_HERE: Rule =
    Rule::warning("works-only-here", "Tidegate does what is written, Argo Events does not.");
/// A rate of nothing.
pub static RATE_LIMIT: Rule =
    Rule::error("rate-limit", "A rate limit lets nothing through; Argo Events crashes on it.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&NO_ACTION, &SEVERAL_ACTIONS, &WORKS_ONLY_HERE, &RATE_LIMIT];

/// Judges the triggers of a Sensor.
pub(in crate::manifests) fn sensor(judge: &mut Judge<'_>, sensor: &Sensor) {
    for (index, trigger) in sensor.spec.triggers.iter().enumerate() {
        retries(judge, &format!("spec.triggers[{index}]"), trigger);
    }
    for (path, trigger) in parameters::triggers(sensor) {
        one(judge, &path, trigger);
    }
}

/// Without `atLeastOnce: true` the reference does not wait for an attempt's outcome, and so does not repeat it.
fn retries(judge: &mut Judge<'_>, path: &str, trigger: &Trigger) {
    if trigger.retry_strategy.is_some() && trigger.at_least_once != Some(true) {
        let message = "Argo Events ignores `retryStrategy` without `atLeastOnce: true`; Tidegate does not";
        judge.find(
            &WORKS_ONLY_HERE,
            &format!("{path}.retryStrategy"),
            message,
            "add `atLeastOnce: true` to have it there too",
        );
    }
}

fn one(judge: &mut Judge<'_>, path: &str, trigger: &Trigger) {
    if let Some(backoff) = &trigger.retry_strategy
        && let Err(error) = backoff.resolve()
    {
        let help = "write for example `{steps: 3, duration: 10s, factor: 2, jitter: 0.2}`";
        judge.find(&BAD_VALUE, &format!("{path}.retryStrategy"), error.to_string(), help);
    }
    if let Some(limit) = &trigger.rate_limit {
        if limit.requests_per_unit < 1 {
            let message = "the rate limit lets no firing through";
            let path = format!("{path}.rateLimit.requestsPerUnit");
            judge.find(&RATE_LIMIT, &path, message, "write at least 1, or remove `rateLimit`");
        }
        if !matches!(limit.unit.as_str(), "" | "Second" | "Minute" | "Hour") {
            let message = format!("`{}` is no unit, so that it is a second", limit.unit);
            let near = words::nearest(&limit.unit, ["Second", "Minute", "Hour"]);
            let help =
                near.map_or("write `Second`, `Minute` or `Hour`".to_owned(), |near| format!("did you mean `{near}`?"));
            judge.find(&WITHOUT_EFFECT, &format!("{path}.rateLimit.unit"), message, help);
        }
    }
    if let Some(template) = &trigger.template {
        actions(judge, path, trigger, template);
    }
}

fn actions(judge: &mut Judge<'_>, path: &str, trigger: &Trigger, template: &TriggerTemplate) {
    let actions = template.actions();
    let Some((first, action)) = actions.first() else {
        let help = "add an action, such as `http` or `log`";
        return judge.find(&NO_ACTION, &format!("{path}.template"), "the trigger does nothing", help);
    };
    for (other, _) in actions.iter().skip(1) {
        let message = format!("`{other}` never runs, because `{first}` is there too");
        judge.find(&SEVERAL_ACTIONS, &format!("{path}.template.{other}"), message, "make two triggers of it");
    }
    policy(judge, path, trigger, *action);
    settings(judge, &format!("{path}.template.{first}"), *action);
}

/// A policy of the other kind is not looked at.
fn policy(judge: &mut Judge<'_>, path: &str, trigger: &Trigger, action: Action<'_>) {
    let Some(policy) = &trigger.policy else { return };
    let by_labels = matches!(action, Action::K8s(_) | Action::ArgoWorkflow(_));
    let by_status = matches!(action, Action::Http(_) | Action::AwsLambda(_) | Action::OpenWhisk(_));
    if policy.status.is_some() && !by_status {
        let message = "this action has no response status, so that the policy is not used";
        judge.find(&WITHOUT_EFFECT, &format!("{path}.policy.status"), message, "remove it");
    }
    if policy.k8s.is_some() && !by_labels {
        let message = "this action writes no object, so that the policy is not used";
        judge.find(&WITHOUT_EFFECT, &format!("{path}.policy.k8s"), message, "remove it");
    }
}

/// What an action needs when it runs, beyond what the reference's validation asks for.
fn settings(judge: &mut Judge<'_>, path: &str, action: Action<'_>) {
    let mut need = |there: bool, field: &str, help: &str| {
        if !there {
            let message = format!("`{field}` is missing");
            judge.find(&MISSING_FIELD, &format!("{path}.{field}"), message, help);
        }
    };
    let payload = "add `payload`; an empty list is enough";
    match action {
        Action::Pulsar(trigger) => {
            need(!trigger.url.is_empty(), "url", "name the service");
            need(!trigger.topic.is_empty(), "topic", "name the topic");
            need(trigger.payload.is_some(), "payload", payload);
        }
        Action::AzureEventHubs(trigger) => {
            need(!trigger.fqdn.is_empty(), "fqdn", "name the namespace's host");
            need(!trigger.hub_name.is_empty(), "hubName", "name the hub");
            need(trigger.payload.is_some(), "payload", payload);
        }
        Action::AzureServiceBus(trigger) => {
            let target = !trigger.queue_name.is_empty() || !trigger.topic_name.is_empty();
            need(target, "queueName", "add `queueName` or `topicName`");
            need(trigger.payload.is_some(), "payload", payload);
        }
        Action::Http(trigger) => timeout(judge, path, trigger.timeout),
        _ => {}
    }
}

fn timeout(judge: &mut Judge<'_>, path: &str, timeout: i64) {
    if timeout < 0 {
        let help = "write a number of seconds, or remove it for 60";
        judge.find(&BAD_VALUE, &format!("{path}.timeout"), "the timeout is negative", help);
    }
}
