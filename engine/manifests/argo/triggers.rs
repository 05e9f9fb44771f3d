//! The reference's rules for triggers.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use lang::cron::{Dialect, Schedule};
use lang::dates::Zone;
use model::manifest::trigger::{
    ArgoWorkflowTrigger, AwsLambdaTrigger, CustomTrigger, EmailTrigger, HttpTrigger, K8sTrigger, KafkaTrigger,
    NatsTrigger, OpenWhiskTrigger, SlackTrigger,
};
use model::manifest::{
    Action, ConditionsReset, K8sResourcePolicy, StatusPolicy, Trigger, TriggerPolicy, TriggerTemplate,
};

use super::super::rules::required;
use super::checks::Checks;
use super::{dependencies, parameters};

const K8S_OPERATIONS: [&str; 5] = ["", "create", "patch", "update", "delete"];
const WORKFLOW_OPERATIONS: [&str; 8] =
    ["submit", "submit-from", "suspend", "retry", "resume", "resubmit", "terminate", "stop"];
const METHODS: [&str; 6] = ["", "GET", "DELETE", "PATCH", "POST", "PUT"];

/// Checks the triggers of a Sensor.
pub(super) fn check(checks: &mut Checks, triggers: &[Trigger]) {
    checks.need_or(!triggers.is_empty(), "triggers", "say what the Sensor does", "no triggers found");
    let mut names = BTreeSet::new();
    checks.each("triggers", triggers, |checks, _, trigger| {
        one(checks, trigger);
        let name = trigger.name();
        if !name.is_empty() && !names.insert(name) {
            let argo = format!("duplicate trigger name: {name}");
            let message = format!("another trigger has the name `{name}`");
            let rule = &required::DUPLICATE_NAME;
            checks.within("template", |checks| checks.add(rule, "name", message, "give it a name of its own", argo));
        }
    });
}

/// Checks one trigger, and the one that takes its dead letters.
fn one(checks: &mut Checks, trigger: &Trigger) {
    let help = "say what the trigger does";
    checks.need_or(trigger.template.is_some(), "template", help, "trigger template can't be nil");
    if let Some(template) = &trigger.template {
        checks.within("template", |checks| check_template(checks, template));
        if let Some(check) = &trigger.policy {
            checks.within("policy", |checks| policy(checks, check, template));
        }
    }
    parameters::check(checks, "parameters", "template parameter", false, &trigger.parameters);
    let Some(dlq) = &trigger.dlq_trigger else { return };
    let argo = "to use dlqTrigger, trigger.atLeastOnce must be set to true";
    let (message, help) = ("Argo Events wants `atLeastOnce: true` beside a `dlqTrigger`", "add `atLeastOnce: true`");
    checks.refused(trigger.at_least_once != Some(true), "dlqTrigger", message, help, argo);
    checks.within("dlqTrigger", |checks| {
        let argo = "atLeastOnce must be set to true within the dlqTrigger";
        let message = "Argo Events wants `atLeastOnce: true` in a `dlqTrigger`";
        checks.refused(dlq.at_least_once != Some(true), "", message, help, argo);
        one(checks, dlq);
    });
}

fn check_template(checks: &mut Checks, template: &TriggerTemplate) {
    checks.need(!template.name.is_empty(), "name", "trigger must define a name");
    checks.each("conditionsReset", &template.conditions_reset, |checks, _, reset| check_reset(checks, reset));
    let name = &template.name;
    for (member, action) in template.actions() {
        let prefix = match action {
            Action::K8s(_) => format!("trigger for template {name} is invalid, "),
            _ => format!("template {name} is invalid, "),
        };
        checks.within(member, |checks| checks.prefixed(&prefix, |checks| check_action(checks, action)));
    }
}

fn check_action(checks: &mut Checks, action: Action<'_>) {
    match action {
        Action::K8s(trigger) => k8s(checks, trigger),
        Action::ArgoWorkflow(trigger) => argo_workflow(checks, trigger),
        Action::Http(trigger) => http(checks, trigger),
        Action::AwsLambda(trigger) => aws_lambda(checks, trigger),
        Action::Kafka(trigger) => kafka(checks, trigger),
        Action::Nats(trigger) => nats(checks, trigger),
        Action::Slack(trigger) => slack(checks, trigger),
        Action::OpenWhisk(trigger) => open_whisk(checks, trigger),
        Action::Custom(trigger) => custom(checks, trigger),
        Action::Email(trigger) => email(checks, trigger),
        Action::AzureEventHubs(_) | Action::AzureServiceBus(_) | Action::Pulsar(_) | Action::Log(_) => {}
    }
}

fn check_reset(checks: &mut Checks, reset: &ConditionsReset) {
    checks.need(reset.by_time.is_some(), "byTime", "invalid conditionsReset");
    let Some(by_time) = &reset.by_time else { return };
    checks.within("byTime", |checks| {
        if let Err(error) = Schedule::parse(&by_time.cron, Dialect::default(), &TimeZone::UTC) {
            let argo = format!("invalid cron expression {}", quoted(&by_time.cron));
            let message = format!("the schedule cannot be read: {error}");
            let help = "write five fields: minute, hour, day of the month, month, day of the week";
            checks.bad("cron", message, help, argo);
        }
        if Zone::load(&by_time.timezone).is_none() {
            let argo = format!("invalid timezone {}", quoted(&by_time.timezone));
            dependencies::timezone(checks, &by_time.timezone, argo);
        }
    });
}

/// Text in quotes as Go's `%q` writes it, for what a manifest is likely to hold.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn k8s(checks: &mut Checks, trigger: &K8sTrigger) {
    let help = "say where the object comes from";
    checks.need_or(trigger.source.is_some(), "source", help, "k8s trigger does not contain an absolute action");
    let argo = format!("unknown operation type {}", trigger.operation);
    checks.one_of(&trigger.operation, &K8S_OPERATIONS, "operation", argo);
    parameters::check(checks, "parameters", "resource parameter", false, &trigger.parameters);
}

fn argo_workflow(checks: &mut Checks, trigger: &ArgoWorkflowTrigger) {
    let argo = "argoWorkflow trigger does not contain an absolute action";
    checks.need_or(trigger.source.is_some(), "source", "say where the workflow comes from", argo);
    let argo = format!("unknown operation type {}", trigger.operation);
    checks.one_of(&trigger.operation, &WORKFLOW_OPERATIONS, "operation", argo);
    parameters::check(checks, "parameters", "resource parameter", false, &trigger.parameters);
}

fn http(checks: &mut Checks, trigger: &HttpTrigger) {
    checks.need_or(!trigger.url.is_empty(), "url", "say where the request goes", "server URL is not specified");
    let argo = "only GET, DELETE, PATCH, POST and PUT methods are supported";
    checks.one_of(&trigger.method, &METHODS, "method", argo);
    parameters::check(checks, "parameters", "resource parameter", false, &trigger.parameters);
    parameters::check(checks, "payload", "payload", true, trigger.payload.iter().flatten());
}

fn aws_lambda(checks: &mut Checks, trigger: &AwsLambdaTrigger) {
    checks.need(!trigger.function_name.is_empty(), "functionName", "function name is not specified");
    checks.need(!trigger.region.is_empty(), "region", "region in not specified");
    payload_there(checks, trigger.payload.is_some(), "payload parameters are not specified");
    parameters::check(checks, "parameters", "resource parameter", false, &trigger.parameters);
    parameters::check(checks, "payload", "payload", false, trigger.payload.iter().flatten());
}

fn payload_there(checks: &mut Checks, there: bool, argo: &str) {
    checks.need_or(there, "payload", "add `payload`; an empty list is enough", argo);
}

fn kafka(checks: &mut Checks, trigger: &KafkaTrigger) {
    checks.need_or(!trigger.url.is_empty(), "url", "name the brokers", "broker url must not be empty");
    payload_there(checks, trigger.payload.is_some(), "payload must not be empty");
    checks.need(!trigger.topic.is_empty(), "topic", "topic must not be empty");
    parameters::check(checks, "payload", "payload", false, trigger.payload.iter().flatten());
}

fn nats(checks: &mut Checks, trigger: &NatsTrigger) {
    checks.need(!trigger.url.is_empty(), "url", "nats server url can't be empty");
    checks.need(!trigger.subject.is_empty(), "subject", "nats subject can't be empty");
    payload_there(checks, trigger.payload.is_some(), "payload can't be nil");
    parameters::check(checks, "payload", "payload", false, trigger.payload.iter().flatten());
}

fn slack(checks: &mut Checks, trigger: &SlackTrigger) {
    checks.need(trigger.slack_token.is_some(), "slackToken", "slack token can't be empty");
    parameters::check(checks, "parameters", "resource parameter", false, &trigger.parameters);
}

fn open_whisk(checks: &mut Checks, trigger: &OpenWhiskTrigger) {
    checks.need(!trigger.action_name.is_empty(), "actionName", "action name is not specified");
    checks.need(!trigger.host.is_empty(), "host", "host URL is not specified");
    if let Some(token) = &trigger.auth_token {
        checks.within("authToken", |checks| {
            let argo = "auth token key and name must be specified";
            checks.need(!token.name.is_empty(), "name", argo);
            checks.need(!token.key.is_empty(), "key", argo);
        });
    }
    parameters::check(checks, "parameters", "resource parameter", false, &trigger.parameters);
    payload_there(checks, trigger.payload.is_some(), "payload parameters are not specified");
    parameters::check(checks, "payload", "resource parameter", false, trigger.payload.iter().flatten());
}

fn custom(checks: &mut Checks, trigger: &CustomTrigger) {
    let argo = "custom trigger gRPC server url is not defined";
    checks.need(!trigger.server_url.is_empty(), "serverURL", argo);
    checks.need_or(trigger.spec.is_some(), "spec", "add `spec`; `{}` is enough", "trigger body can't be empty");
    let argo = "certSecret can't be nil when the trigger server connection is secure";
    checks.need(!trigger.secure || trigger.cert_secret.is_some(), "certSecret", argo);
    parameters::check(checks, "parameters", "resource parameter", false, &trigger.parameters);
}

fn email(checks: &mut Checks, trigger: &EmailTrigger) {
    checks.need_or(!trigger.host.is_empty(), "host", "name the SMTP server", "host can't be empty");
    if !(0..=65535).contains(&trigger.port) {
        let argo = format!("port: {}, port should be between 0-65535", trigger.port);
        checks.bad("port", format!("there is no port {}", trigger.port), "write a number from 0 to 65535", argo);
    }
    parameters::check(checks, "parameters", "resource parameter", false, &trigger.parameters);
}

/// The reference looks at the policy of the first of these actions only.
fn policy(checks: &mut Checks, policy: &TriggerPolicy, template: &TriggerTemplate) {
    let by_labels = template.k8s.is_some() || template.argo_workflow.is_some();
    let by_status = template.http.is_some() || template.aws_lambda.is_some();
    if by_labels {
        if let Some(K8sResourcePolicy { labels: None, .. }) = policy.k8s {
            let help = "name the labels that mean success";
            let argo = "resource labels are not specified";
            checks.within("k8s", |checks| checks.need_or(false, "labels", help, argo));
        }
    } else if by_status && policy.status == Some(StatusPolicy { allow: None }) {
        let help = "name the statuses that mean success";
        let argo = "list of allowed response status is not specified";
        checks.within("status", |checks| checks.need_or(false, "allow", help, argo));
    }
}
