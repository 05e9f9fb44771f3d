//! Rules about our own annotations.

use std::collections::BTreeMap;

use model::manifest::annotations::{CONCURRENCY, HINT, HMAC, KEY, PREFIX, PerName, WINDOW};
use model::manifest::{EventSource, Sensor, path};

use super::super::annotations::{self, AnnotationError};
use super::super::judge::Judge;
use super::super::words;
use super::Rule;

/// An annotation that cannot be used.
pub static BAD_ANNOTATION: Rule = Rule::error("bad-annotation", "An annotation of Tidegate cannot be used.");
/// An annotation that does not exist.
pub static UNKNOWN_ANNOTATION: Rule = Rule::warning("unknown-annotation", "There is no such annotation of Tidegate.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&BAD_ANNOTATION, &UNKNOWN_ANNOTATION];

/// Judges the annotations of a Sensor.
pub(in crate::manifests) fn sensor(judge: &mut Judge<'_>, sensor: &Sensor) {
    unknown(judge, &sensor.metadata.annotations, &[KEY, WINDOW, CONCURRENCY]);
    let read = match annotations::of_sensor(sensor) {
        Ok(read) => read,
        Err(errors) => return bad(judge, errors),
    };
    let dependencies: Vec<_> = sensor.spec.dependencies.iter().map(|dependency| dependency.name.as_str()).collect();
    let triggers: Vec<_> = sensor.spec.triggers.iter().map(|trigger| trigger.name()).collect();
    names(judge, KEY, read.key.as_ref(), "dependency", &dependencies);
    names(judge, WINDOW, read.window.as_ref(), "trigger", &triggers);
    names(judge, CONCURRENCY, read.concurrency.as_ref(), "trigger", &triggers);
}

/// Judges the annotations of an EventSource.
pub(in crate::manifests) fn event_source(judge: &mut Judge<'_>, source: &EventSource) {
    unknown(judge, &source.metadata.annotations, &[HMAC, HINT]);
    match annotations::of_event_source(source) {
        Ok(read) => {
            let sources = source.spec.sources();
            let called = sources.iter().filter(|(_, _, source)| source.webhook().is_some());
            let events: Vec<_> = called.map(|(_, name, _)| *name).collect();
            names(judge, HMAC, read.hmac.as_ref(), "event that is called over HTTP", &events);
        }
        Err(errors) => bad(judge, errors),
    }
}

fn place(annotation: &str) -> String {
    path::member("metadata.annotations", annotation)
}

fn bad(judge: &mut Judge<'_>, errors: Vec<AnnotationError>) {
    for AnnotationError { name, message } in errors {
        let help = match name {
            KEY => "write a path such as `body.id`, or a map from dependency names to paths",
            WINDOW => "write a duration such as `10m`, or a map from trigger names to durations",
            CONCURRENCY => "write a number such as `\"1\"`, or a map from trigger names to numbers",
            _ => "write `{secret: {name: …, key: …}, header: X-Signature, prefix: sha256=}`, or a map from event names",
        };
        judge.find(&BAD_ANNOTATION, &place(name), message, help);
    }
}

fn unknown(judge: &mut Judge<'_>, annotations: &BTreeMap<String, String>, known: &[&str]) {
    for name in annotations.keys().filter(|name| name.starts_with(PREFIX) && !known.contains(&name.as_str())) {
        let help = match words::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("this kind of object knows {}", words::any_of(known)),
        };
        judge.find_name(&UNKNOWN_ANNOTATION, &place(name), format!("there is no annotation `{name}` here"), help);
    }
}

/// Names in a map that are no names of the object.
fn names<T>(judge: &mut Judge<'_>, annotation: &str, values: Option<&PerName<T>>, noun: &str, known: &[&str]) {
    let named = values.into_iter().flat_map(PerName::names);
    for name in named.filter(|name| !known.contains(name)) {
        let help = match words::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("name {}", words::any_of(known)),
        };
        judge.find(&BAD_ANNOTATION, &place(annotation), format!("there is no {noun} `{name}`"), help);
    }
}
