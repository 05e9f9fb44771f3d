//! Rules across objects: that dependencies find their events, and that objects and endpoints do not collide.

use std::collections::{BTreeMap, BTreeSet};

use model::manifest::{EventSource, SecretKeySelector, Sensor, WebhookContext, path};

use super::super::finding::Finding;
use super::super::judge::Judge;
use super::super::load::{Loaded, Manifests, Object};
use super::super::words;
use super::Rule;

/// Two objects of the same name.
pub static DUPLICATE_OBJECT: Rule =
    Rule::error("duplicate-object", "Two objects have the same kind, namespace and name.");
/// A dependency that no loaded EventSource provides.
pub static NO_SUCH_EVENT: Rule =
    Rule::warning("no-such-event", "No loaded EventSource provides the event of a dependency.");
/// Two endpoints at the same place.
pub static ENDPOINT_CLASH: Rule = Rule::error("endpoint-clash", "Two sources listen at the same port and path.");
/// Two certificates at one port.
pub static PORT_CLASH: Rule =
    Rule::error("port-clash", "Two sources listen at the same port with different certificates.");
/// A bus that is not loaded.
pub static NO_SUCH_BUS: Rule = Rule::warning("no-such-bus", "No loaded EventBus has the name that an object asks for.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&DUPLICATE_OBJECT, &NO_SUCH_EVENT, &ENDPOINT_CLASH, &PORT_CLASH, &NO_SUCH_BUS];

/// Judges all objects together.
pub(in crate::manifests) fn all(manifests: &Manifests) -> Vec<Finding> {
    let mut findings = Vec::new();
    duplicates(manifests, &manifests.buses, &mut findings);
    duplicates(manifests, &manifests.event_sources, &mut findings);
    duplicates(manifests, &manifests.sensors, &mut findings);
    endpoints(manifests, &mut findings);
    events(manifests, &mut findings);
    buses(manifests, &mut findings);
    findings
}

fn duplicates<T: Object>(manifests: &Manifests, objects: &[Loaded<T>], findings: &mut Vec<Finding>) {
    let mut seen = BTreeMap::new();
    for loaded in objects {
        let metadata = loaded.object.metadata();
        if metadata.name.is_empty() {
            continue;
        }
        if let Some(first) = seen.insert((&metadata.namespace, &metadata.name), loaded) {
            let mut judge = Judge::of(manifests, loaded);
            let place = manifests.position(first.file, first.node.at("metadata.name").span().start);
            let message = format!("`{}` is also at {place}", metadata.name);
            judge.find(&DUPLICATE_OBJECT, "metadata.name", message, "give it a name of its own");
            findings.extend(judge.finish());
        }
    }
}

/// Who listens at a port first: with which certificate, and who at which path.
struct Port {
    owner: String,
    certificate: Certificate,
    paths: BTreeMap<String, String>,
}

/// The certificate and key of an endpoint, if it has them.
type Certificate = Option<(SecretKeySelector, SecretKeySelector)>;

/// All sources run in one process, so that a port has one certificate, and a path of it belongs to one source.
fn endpoints(manifests: &Manifests, findings: &mut Vec<Finding>) {
    let mut ports: BTreeMap<String, Port> = BTreeMap::new();
    for loaded in &manifests.event_sources {
        let mut judge = Judge::of(manifests, loaded);
        for (kind, name, source) in loaded.object.spec.sources() {
            let Some(webhook) = source.webhook() else { continue };
            let mut place = path::member(&format!("spec.{}", kind.member), name);
            if kind.member != "webhook" {
                place.push_str(".webhook");
            }
            let owner = format!("`{name}` of `{}`", loaded.object.metadata.name);
            endpoint(&mut judge, &mut ports, &place, name, owner, webhook);
        }
        findings.extend(judge.finish());
    }
}

/// One endpoint beside those before it. What is not given has the defaults of the sources.
fn endpoint(
    judge: &mut Judge<'_>,
    ports: &mut BTreeMap<String, Port>,
    place: &str,
    name: &str,
    owner: String,
    webhook: &WebhookContext,
) {
    let number = if webhook.port.is_empty() { "12000" } else { &webhook.port };
    let path = match webhook.endpoint.as_str() {
        "" => format!("/webhook/{name}"),
        path if path.starts_with('/') => path.to_owned(),
        path => format!("/{path}"),
    };
    if path == "/health" {
        let message = "`/health` is the health check of every port";
        judge.find(&ENDPOINT_CLASH, &format!("{place}.endpoint"), message, "choose another path");
    }
    let certificate = webhook.server_cert_secret.clone().zip(webhook.server_key_secret.clone());
    let port = ports.entry(number.to_owned()).or_insert_with(|| Port {
        owner: owner.clone(),
        certificate: certificate.clone(),
        paths: BTreeMap::new(),
    });
    if port.certificate != certificate {
        let message = format!("{} listens at port {number} with another certificate, or without TLS", port.owner);
        let help = "give all endpoints of a port the same certificate, or another port";
        judge.find(&PORT_CLASH, &format!("{place}.port"), message, help);
    }
    match port.paths.get(&path) {
        Some(other) => {
            let message = format!("{other} listens at port {number} and path `{path}` too");
            judge.find(&ENDPOINT_CLASH, &format!("{place}.endpoint"), message, "give it a port or path of its own");
        }
        None => {
            port.paths.insert(path, owner);
        }
    }
}

/// The sources of a namespace and bus, by name, with their events.
type Provided<'a> = BTreeMap<&'a str, (&'a EventSource, BTreeSet<&'a str>)>;

/// Dependencies whose event nobody provides. Where no EventSource is loaded they may come from elsewhere.
fn events(manifests: &Manifests, findings: &mut Vec<Finding>) {
    let mut namespaces: BTreeMap<&str, Provided<'_>> = BTreeMap::new();
    for loaded in &manifests.event_sources {
        let source = &loaded.object;
        let events = source.spec.sources().into_iter().map(|(_, name, _)| name).collect();
        let provided = namespaces.entry(source.metadata.namespace.as_str()).or_default();
        provided.insert(&source.metadata.name, (source, events));
    }
    for loaded in &manifests.sensors {
        if let Some(provided) = namespaces.get(loaded.object.metadata.namespace.as_str()) {
            let mut judge = Judge::of(manifests, loaded);
            dependencies(&mut judge, &loaded.object, provided);
            findings.extend(judge.finish());
        }
    }
}

fn dependencies(judge: &mut Judge<'_>, sensor: &Sensor, provided: &Provided<'_>) {
    for (index, dependency) in sensor.spec.dependencies.iter().enumerate() {
        let place = format!("spec.dependencies[{index}]");
        let (source_name, event) = (dependency.event_source_name.as_str(), dependency.event_name.as_str());
        if source_name.is_empty() || event.is_empty() {
            continue;
        }
        let Some((source, events)) = provided.get(source_name) else {
            let help = near(source_name, provided.keys().copied(), "load the EventSource too");
            let message = format!("no loaded EventSource is called `{source_name}`");
            judge.find(&NO_SUCH_EVENT, &format!("{place}.eventSourceName"), message, help);
            continue;
        };
        if !events.contains(event) {
            let help = near(event, events.iter().copied(), "name one of its events");
            let message = format!("the EventSource `{source_name}` has no event `{event}`");
            judge.find(&NO_SUCH_EVENT, &format!("{place}.eventName"), message, help);
        } else if source.spec.bus() != sensor.spec.bus() {
            let (theirs, ours) = (source.spec.bus(), sensor.spec.bus());
            let message = format!("`{source_name}` publishes to the bus `{theirs}`, the Sensor reads from `{ours}`");
            let help = "give both the same `eventBusName`";
            judge.find(&NO_SUCH_EVENT, &format!("{place}.eventSourceName"), message, help);
        }
    }
}

fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    words::nearest(word, known).map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
}

/// A bus of another name than `default` must be described somewhere.
fn buses(manifests: &Manifests, findings: &mut Vec<Finding>) {
    let known: BTreeSet<_> = manifests
        .buses
        .iter()
        .map(|bus| (bus.object.metadata.namespace.as_str(), bus.object.metadata.name.as_str()))
        .collect();
    let mut check = |mut judge: Judge<'_>, namespace: &str, asked: &str| {
        if !asked.is_empty() && asked != "default" && !known.contains(&(namespace, asked)) {
            let message = format!("no loaded EventBus is called `{asked}`");
            let names = known.iter().filter(|(home, _)| *home == namespace).map(|(_, name)| *name);
            let help = near(asked, names, "load the EventBus too");
            judge.find(&NO_SUCH_BUS, "spec.eventBusName", message, help);
            findings.extend(judge.finish());
        }
    };
    for loaded in &manifests.event_sources {
        let object = &loaded.object;
        check(Judge::of(manifests, loaded), &object.metadata.namespace, &object.spec.event_bus_name);
    }
    for loaded in &manifests.sensors {
        let object = &loaded.object;
        check(Judge::of(manifests, loaded), &object.metadata.namespace, &object.spec.event_bus_name);
    }
}
