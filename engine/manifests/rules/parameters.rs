//! Rules about parameters: that they name a dependency, and that what they do has an effect.

use std::collections::BTreeSet;

use model::manifest::{Action, Sensor, Trigger, TriggerParameter};

use super::super::judge::Judge;
use super::super::words;
use super::Rule;
use super::filters::WITHOUT_EFFECT;

/// A parameter that names no dependency.
pub static UNKNOWN_DEPENDENCY: Rule = Rule::warning("unknown-dependency", "A parameter names no dependency.");
/// A payload entry whose value cannot be there.
pub static ABSENT_VALUE: Rule = Rule::error("absent-value", "A payload needs a value that is never there.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&UNKNOWN_DEPENDENCY, &ABSENT_VALUE];

/// The parameters of one list, and what the list is.
pub(super) struct List<'a> {
    pub(super) path: String,
    pub(super) parameters: &'a [TriggerParameter],
    /// A new object is built from the list.
    payload: bool,
}

/// Judges the parameters of a Sensor.
pub(in crate::manifests) fn sensor(judge: &mut Judge<'_>, sensor: &Sensor) {
    let names: Vec<&str> = sensor.spec.dependencies.iter().map(|dependency| dependency.name.as_str()).collect();
    for (path, trigger) in triggers(sensor) {
        let replaced: BTreeSet<String> = trigger
            .parameters
            .iter()
            .map(|parameter| format!("{path}.template.{}", indexed(&parameter.dest)))
            .collect();
        if let Some((member, action)) = trigger.template.as_ref().and_then(|template| template.action()) {
            ignored(judge, &format!("{path}.template.{member}.parameters"), action);
        }
        for list in lists_of(&path, trigger) {
            for (index, parameter) in list.parameters.iter().enumerate() {
                let path = format!("{}[{index}]", list.path);
                one(judge, &path, parameter, list.payload, &names, &replaced);
            }
        }
    }
}

/// All triggers of a Sensor with their paths, those for dead letters too.
pub(super) fn triggers(sensor: &Sensor) -> Vec<(String, &Trigger)> {
    let mut triggers = Vec::new();
    for (index, top) in sensor.spec.triggers.iter().enumerate() {
        let (mut path, mut trigger) = (format!("spec.triggers[{index}]"), Some(top));
        while let Some(this) = trigger {
            triggers.push((path.clone(), this));
            path.push_str(".dlqTrigger");
            trigger = this.dlq_trigger.as_deref();
        }
    }
    triggers
}

/// All lists of parameters of a Sensor.
pub(super) fn lists(sensor: &Sensor) -> Vec<List<'_>> {
    triggers(sensor).into_iter().flat_map(|(path, trigger)| lists_of(&path, trigger)).collect()
}

fn lists_of<'a>(path: &str, trigger: &'a Trigger) -> Vec<List<'a>> {
    let top = List { path: format!("{path}.parameters"), parameters: &trigger.parameters, payload: false };
    let mut lists = vec![top];
    if let Some((member, action)) = trigger.template.as_ref().and_then(|template| template.action()) {
        lists.extend(action_lists(&format!("{path}.template.{member}"), action));
    }
    lists
}

/// An sjson path in the form of ours: `http.payload.0.dest` is `http.payload[0].dest`.
fn indexed(dest: &str) -> String {
    let mut path = String::new();
    for part in dest.split('.') {
        if part.parse::<usize>().is_ok() {
            path.push_str(&format!("[{part}]"));
        } else {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(part);
        }
    }
    path
}

/// The lists of parameters within an action.
fn action_lists<'a>(path: &str, action: Action<'a>) -> Vec<List<'a>> {
    let (parameters, payload): (&[TriggerParameter], &[TriggerParameter]) = match action {
        Action::K8s(trigger) => (&trigger.parameters, &[]),
        Action::ArgoWorkflow(trigger) => (&trigger.parameters, &[]),
        Action::Http(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::AwsLambda(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::AzureEventHubs(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::AzureServiceBus(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::Kafka(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::Pulsar(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::Nats(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::OpenWhisk(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::Custom(trigger) => (&trigger.parameters, trigger.payload.as_deref().unwrap_or_default()),
        Action::Slack(trigger) => (&trigger.parameters, &[]),
        Action::Email(trigger) => (&trigger.parameters, &[]),
        Action::Log(_) => (&[], &[]),
    };
    let headers: &[TriggerParameter] = match action {
        Action::Http(trigger) => &trigger.dynamic_headers,
        _ => &[],
    };
    vec![
        List { path: format!("{path}.parameters"), parameters, payload: false },
        List { path: format!("{path}.payload"), parameters: payload, payload: true },
        List { path: format!("{path}.dynamicHeaders"), parameters: headers, payload: true },
    ]
}

/// The reference applies the parameters of these actions to a copy that it does not use.
fn ignored(judge: &mut Judge<'_>, path: &str, action: Action<'_>) {
    let ignored = match action {
        Action::Slack(trigger) => !trigger.parameters.is_empty(),
        Action::Email(trigger) => !trigger.parameters.is_empty(),
        Action::Nats(trigger) => trigger.parameters.iter().any(|parameter| parameter.dest == "subject"),
        _ => false,
    };
    if ignored {
        let message = "parameters at this place have no effect on what is sent";
        judge.find(
            &WITHOUT_EFFECT,
            path,
            message,
            "write them beside `template`, with the action's name in front of `dest`",
        );
    }
}

fn one(
    judge: &mut Judge<'_>,
    path: &str,
    parameter: &TriggerParameter,
    payload: bool,
    names: &[&str],
    replaced: &BTreeSet<String>,
) {
    let Some(src) = &parameter.src else { return };
    let name = src.dependency_name.as_str();
    let name_path = format!("{path}.src.dependencyName");
    if !name.is_empty() && !names.contains(&name) && !replaced.contains(&name_path) {
        let near = words::nearest(name, names.iter().copied());
        let help = near.map_or_else(
            || "name one of the Sensor's dependencies".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let needed = payload && src.value.is_none() && !parameter.dest.is_empty();
        let rule = if needed { &ABSENT_VALUE } else { &UNKNOWN_DEPENDENCY };
        judge.find(rule, &name_path, format!("there is no dependency `{name}`"), help);
    }
    let context = !src.context_key.is_empty() || !src.context_template.is_empty();
    if context && (!src.data_key.is_empty() || !src.data_template.is_empty()) {
        let field = if src.context_key.is_empty() { "contextTemplate" } else { "contextKey" };
        let message = format!("`{field}` is not used, because a value of the data is asked for too");
        judge.find(&WITHOUT_EFFECT, &format!("{path}.src.{field}"), message, "remove one of them");
    }
    if payload && !matches!(parameter.operation.as_str(), "" | "overwrite") {
        let message = "a payload is built from nothing, so that `operation` is not used";
        judge.find(&WITHOUT_EFFECT, &format!("{path}.operation"), message, "remove it");
    }
}
