//! One sensor in words: its dependencies, what they let through, and its triggers.

use crate::manifests::annotations;
use model::manifest::annotations::SensorAnnotations;
use model::manifest::{Action, Backoff, EventDependency, Sensor, Trigger, TriggerTemplate};

/// A sensor.
#[derive(Debug)]
pub(super) struct Drawing {
    /// `namespace/name`.
    pub(super) name: String,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) triggers: Vec<Firing>,
}

/// A dependency.
#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// `namespace/eventSource/event`.
    pub(super) route: String,
    /// The source's kind; `None` where no EventSource has the event.
    pub(super) kind: Option<String>,
    /// What happens to its events, in order: transform, then filters.
    pub(super) screen: Vec<String>,
    /// The path of its correlation key.
    pub(super) key: Option<String>,
}

/// A trigger.
#[derive(Debug)]
pub(super) struct Firing {
    pub(super) name: String,
    pub(super) condition: String,
    /// The names of the dependencies that the condition uses.
    pub(super) uses: Vec<String>,
    /// It holds hits until its condition holds.
    pub(super) joins: bool,
    /// How long hits are held: window and resets.
    pub(super) holds: Vec<String>,
    /// What it does.
    pub(super) action: String,
    /// How it does it: retries, rate, delivery.
    pub(super) manner: Vec<String>,
    /// What is done when all attempts have failed.
    pub(super) rescue: Option<String>,
}

impl Drawing {
    pub(super) fn of(sensor: &Sensor, namespace: &str, sources: &[(String, String)]) -> Self {
        // Annotations that cannot be read are the linter's to tell.
        let extensions = annotations::of_sensor(sensor).unwrap_or_default();
        let spec = &sensor.spec;
        let dependency = |spec: &EventDependency| {
            let route = format!("{namespace}/{}/{}", spec.event_source_name, spec.event_name);
            let kind = sources.iter().find(|(found, _)| *found == route).map(|(_, kind)| kind.clone());
            let key = extensions.key.as_ref().and_then(|key| key.of(&spec.name)).cloned();
            Dependency { name: spec.name.clone(), route, kind, screen: screen(spec), key }
        };
        let dependencies: Vec<_> = spec.dependencies.iter().map(dependency).collect();
        let names: Vec<&str> = spec.dependencies.iter().map(|dependency| dependency.name.as_str()).collect();
        let triggers = spec.triggers.iter().map(|trigger| firing(trigger, &names, &extensions)).collect();
        Self { name: format!("{namespace}/{}", sensor.metadata.name), dependencies, triggers }
    }
}

fn screen(spec: &EventDependency) -> Vec<String> {
    let mut steps = Vec::new();
    if let Some(transform) = &spec.transform {
        if !transform.jq.is_empty() {
            steps.push("transform jq".to_owned());
        } else if !transform.script.is_empty() {
            steps.push("transform script".to_owned());
        }
    }
    let Some(filters) = &spec.filters else { return steps };
    let paths = |paths: Vec<&str>| paths.join(", ");
    let mut kinds = Vec::new();
    if !filters.exprs.is_empty() {
        kinds.push(format!("exprs {}", paths(filters.exprs.iter().map(|entry| entry.expr.as_str()).collect())));
    }
    if !filters.data.is_empty() {
        kinds.push(format!("data {}", paths(filters.data.iter().map(|entry| entry.path.as_str()).collect())));
    }
    if filters.context.is_some() {
        kinds.push("context".to_owned());
    }
    if let Some(time) = &filters.time {
        kinds.push(format!("time {}-{}", time.start, time.stop));
    }
    if !filters.script.is_empty() {
        kinds.push("script".to_owned());
    }
    if !kinds.is_empty() {
        let operator = if spec.filters_logical_operator == "or" { " or " } else { " and " };
        steps.push(format!("filter {}", kinds.join(operator)));
    }
    steps
}

fn firing(trigger: &Trigger, names: &[&str], extensions: &SensorAnnotations) -> Firing {
    let default = TriggerTemplate::default();
    let template = trigger.template.as_ref().unwrap_or(&default);
    let written = template.conditions.trim();
    let condition = if written.is_empty() { names.join(" && ") } else { written.to_owned() };
    let compiled = lang::conditions::Condition::compile((!written.is_empty()).then_some(written), names);
    let (uses, joins) = match &compiled {
        Ok(condition) => {
            let mut used: Vec<usize> = condition.dependencies().to_vec();
            used.sort_unstable();
            let names = used.iter().filter_map(|n| names.get(*n)).map(|name| (*name).to_owned());
            (names.collect(), !condition.is_stateless())
        }
        Err(_) => (Vec::new(), false),
    };
    let mut holds = Vec::new();
    if let Some(window) = extensions.window.as_ref().and_then(|window| window.of(&template.name)) {
        holds.push(format!("window {window}"));
    }
    for reset in template.conditions_reset.iter().filter_map(|reset| reset.by_time.as_ref()) {
        let zone = if reset.timezone.is_empty() { "UTC" } else { &reset.timezone };
        holds.push(format!("reset {} {zone}", reset.cron));
    }
    let mut manner = Vec::new();
    if let Some(limit) = &trigger.rate_limit {
        let unit = if limit.unit.is_empty() { "Second" } else { &limit.unit };
        manner.push(format!("at most {} a {}", limit.requests_per_unit, unit.to_lowercase()));
    }
    if let Some(attempts) = trigger.retry_strategy.as_ref().and_then(attempts) {
        manner.push(format!("{attempts} attempts"));
    }
    if trigger.at_least_once == Some(false) {
        manner.push("at most once".to_owned());
    }
    if let Some(places) = extensions.concurrency.as_ref().and_then(|places| places.of(&template.name)) {
        manner.push(format!("{places} at a time"));
    }
    Firing {
        name: template.name.clone(),
        condition,
        uses,
        joins,
        holds,
        action: action(template),
        manner,
        rescue: trigger.dlq_trigger.as_ref().map(|rescue| {
            let action = rescue.template.as_ref().map_or_else(|| "nothing".to_owned(), action);
            format!("{}: {action}", rescue.name())
        }),
    }
}

fn attempts(backoff: &Backoff) -> Option<u32> {
    backoff.resolve().ok().map(|backoff| backoff.steps)
}

/// What a trigger does, without anything that may be secret.
fn action(template: &TriggerTemplate) -> String {
    match template.action() {
        None => "nothing".to_owned(),
        Some((_, Action::Http(http))) => {
            let method = if http.method.is_empty() { "POST" } else { &http.method };
            format!("http {method} {}", without_user(&http.url))
        }
        Some((name, _)) => name.to_owned(),
    }
}

/// An URL without the user, password and query in it.
fn without_user(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}
