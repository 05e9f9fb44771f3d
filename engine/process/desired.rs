//! What the manifests want: read, checked, and sorted by bus.

use super::BusName;
use super::buses::BusSpec;
use crate::manifests::rules::Severity;
use crate::manifests::{Finding, Manifests, annotations, secrets};
use connectors::sources::Schedule;
use lang::cron::{self, Dialect};
use lang::expr::Expression;
use model::manifest::annotations::HINT;
use model::manifest::{EventSource, ObjectMeta, Sensor};
use model::secrets::Snapshot;
use model::{Error, Result, Route};
use operators::plan::Subject;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Where manifests and secrets are.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Files and folders; `-` is the standard input.
    pub paths: Vec<PathBuf>,
    /// Read folders with what is in their folders.
    pub recursive: bool,
    /// The namespace of objects that name none.
    pub namespace: String,
    /// A folder with secrets as files `name/key`.
    pub secrets: Option<PathBuf>,
}

/// Manifests that cannot run, with every finding.
#[derive(Debug)]
pub struct Refused {
    /// What was read, for the places of the findings.
    pub manifests: Manifests,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What is wrong with things that stand in no file.
    pub others: Vec<String>,
}

impl std::fmt::Display for Refused {
    /// A line for each: `file:line:column: what is wrong`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = |finding: &Finding| self.manifests.position(finding.file, finding.span.start);
        let findings = self.findings.iter().map(|finding| format!("{}: {}", place(finding), finding.message));
        f.write_str(&findings.chain(self.others.iter().cloned()).collect::<Vec<_>>().join("\n"))
    }
}

/// Everything that a process should be.
#[derive(Debug)]
pub(super) struct Desired {
    pub(super) event_sources: Vec<EventSource>,
    pub(super) filters: BTreeMap<Route, Arc<Expression>>,
    pub(super) buses: BTreeMap<BusName, BusSpec>,
    pub(super) secrets: Snapshot,
}

impl Desired {
    /// Reads manifests and secrets. Warnings are logged, errors refuse the whole.
    pub(super) fn read(inputs: &Inputs) -> Result<Self, Box<Refused>> {
        let manifests = Manifests::read(&inputs.paths, inputs.recursive);
        let (errors, others): (Vec<_>, Vec<_>) =
            manifests.lint().into_iter().partition(|finding| finding.severity() == Severity::Error);
        for finding in others {
            let place = manifests.position(finding.file, finding.span.start);
            match finding.severity() {
                Severity::Warning => tracing::warn!(place, code = finding.rule.code, "{}", finding.message),
                _ => tracing::info!(place, code = finding.rule.code, "{}", finding.message),
            }
        }
        let refused = |manifests: Manifests, findings, others| Err(Box::new(Refused { manifests, findings, others }));
        if !errors.is_empty() {
            return refused(manifests, errors, Vec::new());
        }
        match Self::of(&manifests, inputs) {
            Ok(desired) => Ok(desired),
            Err(others) => refused(manifests, Vec::new(), others),
        }
    }

    /// How the sources say that they can be tried.
    pub(super) fn hints(&self) -> Vec<String> {
        let hint = |source: &EventSource| source.metadata.annotations.get(HINT).cloned();
        self.event_sources.iter().filter_map(hint).collect()
    }

    fn of(manifests: &Manifests, inputs: &Inputs) -> Result<Self, Vec<String>> {
        let (mut secrets, _) = manifests.secrets(&inputs.namespace);
        let mut wrong = Vec::new();
        if let Some(folder) = &inputs.secrets
            && let Err(error) = secrets::add_folder(&mut secrets, folder)
        {
            wrong.push(format!("--secrets: {error}"));
        }
        std::env::vars().for_each(|(name, value)| secrets.add_variable(&name, &value));
        let mut desired = Self { event_sources: Vec::new(), filters: BTreeMap::new(), buses: BTreeMap::new(), secrets };
        let mut declared = BTreeMap::new();
        for bus in &manifests.buses {
            let name = (home(&bus.object.metadata, inputs), bus.object.metadata.name.clone());
            match BusSpec::of(&bus.object.spec) {
                Ok((spec, note)) => {
                    if let Some(note) = note {
                        tracing::info!(bus = format!("{}/{}", name.0, name.1), "{note}");
                    }
                    declared.insert(name, spec);
                }
                Err(error) => wrong.push(format!(
                    "{}: EventBus {}: {error}",
                    manifests.position(bus.file, bus.node.span.start),
                    name.1
                )),
            }
        }
        for source in &manifests.event_sources {
            let mut object = EventSource::clone(&source.object);
            object.metadata.namespace = home(&object.metadata, inputs);
            let place = manifests.position(source.file, source.node.span.start);
            desired.event_source(object, &declared, &place, &mut wrong);
        }
        for sensor in &manifests.sensors {
            let place = manifests.position(sensor.file, sensor.node.span.start);
            desired.sensor(&sensor.object, home(&sensor.object.metadata, inputs), &declared, &place, &mut wrong);
        }
        if wrong.is_empty() { Ok(desired) } else { Err(wrong) }
    }

    fn event_source(
        &mut self,
        source: EventSource,
        declared: &BTreeMap<BusName, BusSpec>,
        place: &str,
        wrong: &mut Vec<String>,
    ) {
        let name = (source.metadata.namespace.clone(), source.spec.bus().to_owned());
        for (event_name, expression) in filters(&source) {
            let route = Route {
                namespace: name.0.clone(),
                bus: name.1.clone(),
                event_source: source.metadata.name.clone(),
                event_name: event_name.clone(),
            };
            match Expression::compile(&expression) {
                Ok(expression) => drop(self.filters.insert(route, Arc::new(expression))),
                Err(error) => wrong.push(format!("{place}: the filter of {event_name}: {error}")),
            }
        }
        self.bus(name, declared);
        self.event_sources.push(source);
    }

    fn sensor(
        &mut self,
        sensor: &Arc<Sensor>,
        namespace: String,
        declared: &BTreeMap<BusName, BusSpec>,
        place: &str,
        wrong: &mut Vec<String>,
    ) {
        let read = match annotations::of_sensor(sensor) {
            Ok(read) => read,
            Err(errors) => {
                wrong.extend(
                    errors.iter().map(|error| format!("{place}: annotation {}: {}", error.name, error.message)),
                );
                return;
            }
        };
        let of_dependency = |name: &String| Some((name.clone(), read.key.as_ref()?.of(name)?.clone()));
        let keys = sensor.spec.dependencies.iter().filter_map(|dependency| of_dependency(&dependency.name)).collect();
        let triggers = || sensor.spec.triggers.iter().map(|trigger| trigger.name());
        let window =
            |name: &str| Some((name.to_owned(), read.window.as_ref()?.of(name)?.unsigned().as_millis() as u64));
        let places = |name: &str| {
            Some(((sensor.metadata.name.clone(), name.to_owned()), *read.concurrency.as_ref()?.of(name)? as usize))
        };
        let bus = self.bus((namespace.clone(), sensor.spec.bus().to_owned()), declared);
        bus.concurrency.extend(triggers().filter_map(places));
        bus.subjects.push(Subject {
            sensor: sensor.clone(),
            namespace,
            keys,
            windows: triggers().filter_map(window).collect(),
        });
    }

    /// The bus of an object; one that no manifest declares is an embedded bus.
    fn bus(&mut self, name: BusName, declared: &BTreeMap<BusName, BusSpec>) -> &mut BusSpec {
        let spec = || declared.get(&name).cloned().unwrap_or_else(BusSpec::embedded);
        self.buses.entry(name.clone()).or_insert_with(spec)
    }
}

/// The `filter.expression` of each event that has one.
fn filters(source: &EventSource) -> Vec<(String, String)> {
    let spec = serde_json::to_value(&source.spec).unwrap_or_default();
    let expression = |(kind, name): (&str, &str)| {
        spec.get(kind)?
            .get(name)?
            .get("filter")?
            .get("expression")?
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let events = source.spec.sources().into_iter();
    events.filter_map(|(kind, name, _)| Some((name.to_owned(), expression((kind.member, name))?))).collect()
}

fn home(metadata: &ObjectMeta, inputs: &Inputs) -> String {
    if metadata.namespace.is_empty() { inputs.namespace.clone() } else { metadata.namespace.clone() }
}

/// Compiles the schedule of a calendar: five fields, descriptors such as `@daily`, and `@every`.
pub(super) fn compile_schedule(text: &str, zone: &str) -> Result<Box<dyn Schedule>> {
    let zone = if zone.is_empty() { Ok(jiff::tz::TimeZone::UTC) } else { jiff::tz::TimeZone::get(zone) };
    let zone = zone.map_err(|error| Error::user(error.to_string()))?;
    let schedule = cron::Schedule::parse(text, Dialect { descriptors: true, ..Dialect::default() }, &zone);
    Ok(Box::new(Activations(schedule.map_err(|error| Error::user(error.to_string()))?)))
}

#[derive(Debug)]
struct Activations(cron::Schedule);

impl Schedule for Activations {
    fn next(&self, after: jiff::Timestamp) -> Option<jiff::Timestamp> {
        self.0.next(after)
    }
}
