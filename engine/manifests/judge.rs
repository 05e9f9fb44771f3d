//! Runs the rules over what was read.

use model::manifest::{EventBusSpec, EventSource, Mismatch, Sensor};

use super::argo::{self, Violation};
use super::finding::{FileId, Finding};
use super::load::{Loaded, Manifests};
use super::rules::{self, Rule, Severity};
use super::tree::{Node, Span};

/// Judges the fields of one object: knows where they stand and collects what is found.
pub(super) struct Judge<'a> {
    file: FileId,
    text: &'a str,
    node: &'a Node,
    mismatches: &'a [Mismatch],
    findings: Vec<Finding>,
}

impl<'a> Judge<'a> {
    /// A judge of this object.
    pub(super) fn of<T>(manifests: &'a Manifests, loaded: &'a Loaded<T>) -> Self {
        let text = manifests.files.get(loaded.file.0).map_or("", |file| file.text.as_str());
        Self { file: loaded.file, text, node: &loaded.node, mismatches: &loaded.mismatches, findings: Vec::new() }
    }

    /// A finding about the field at `path`. Of a value of the wrong type nothing more is said than that.
    pub(super) fn find(
        &mut self,
        rule: &'static Rule,
        path: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if !self.mismatches.iter().any(|wrong| path.starts_with(&wrong.path)) {
            let span = self.node.at(path).span();
            self.add(rule, span, message.into(), help.into());
        }
    }

    /// A finding about the name of the field at `path`.
    pub(super) fn find_name(
        &mut self,
        rule: &'static Rule,
        path: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let found = self.node.at(path);
        self.add(rule, found.key.unwrap_or_else(|| found.span()), message.into(), help.into());
    }

    /// A finding about byte `at` of the text at `path`, such as a mistake in a program.
    pub(super) fn find_inside(
        &mut self,
        rule: &'static Rule,
        path: &str,
        at: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let found = self.node.at(path);
        let span = if found.whole {
            let start = found.node.inside(self.text, at);
            Span { start, end: (start + 1).min(found.node.span.end).max(start) }
        } else {
            found.span()
        };
        self.add(rule, span, message.into(), help.into());
    }

    /// What was found.
    pub(super) fn finish(self) -> Vec<Finding> {
        self.findings
    }

    fn add(&mut self, rule: &'static Rule, span: Span, message: String, help: String) {
        self.findings.push(Finding { rule, file: self.file, span, message, help });
    }

    fn violations(&mut self, violations: Vec<Violation>) {
        for Violation { rule, path, message, help, .. } in violations {
            self.find(rule, &path, message, help);
        }
    }
}

impl Manifests {
    /// Everything that our rules find, in the order of files and lines.
    pub fn lint(&self) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        findings.append(&mut self.secrets("").1);
        for bus in &self.buses {
            let mut judge = Judge::of(self, bus);
            judge.violations(argo::event_bus_violations(&bus.object, false));
            findings.append(&mut judge.finish());
        }
        for source in &self.event_sources {
            let mut judge = Judge::of(self, source);
            judge.violations(argo::event_source_violations(&source.object));
            rules::event_source(&mut judge, &source.object);
            findings.append(&mut judge.finish());
        }
        for sensor in &self.sensors {
            let mut judge = Judge::of(self, sensor);
            judge.violations(argo::sensor_violations(&sensor.object, self.bus_of(&sensor.object)));
            rules::sensor(&mut judge, &sensor.object);
            findings.append(&mut judge.finish());
        }
        findings.append(&mut rules::routes::all(self));
        findings.append(&mut rules::build::all(self));
        sorted(findings)
    }

    /// The reference's own verdict: of each EventSource and Sensor that it refuses, its message and nothing else. As the
    /// reference's `lint` does, documents that are no manifest are left out.
    pub fn lint_as_argo(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for source in &self.event_sources {
            findings.extend(refusal(source, argo::event_source_violations(&source.object)));
        }
        for sensor in &self.sensors {
            findings.extend(refusal(sensor, argo::sensor_violations(&sensor.object, self.bus_of(&sensor.object))));
        }
        sorted(findings)
    }

    /// Whether there is a finding as bad as this.
    pub fn any(findings: &[Finding], severity: Severity) -> bool {
        findings.iter().any(|finding| finding.severity() >= severity)
    }

    /// The bus that a Sensor reads from, if it is among the manifests; otherwise one without settings.
    fn bus_of(&self, sensor: &Sensor) -> &EventBusSpec {
        static NONE: EventBusSpec = EventBusSpec::NONE;
        let found = self.buses.iter().find(|bus| {
            bus.object.metadata.name == sensor.spec.bus() && bus.object.metadata.namespace == sensor.metadata.namespace
        });
        found.map_or(&NONE, |bus| &bus.object.spec)
    }
}

/// Why the reference refuses an object: it cannot decode it, or its first complaint.
fn refusal<T>(loaded: &Loaded<T>, violations: Vec<Violation>) -> Option<Finding> {
    let undecodable = loaded.mismatches.first().map(|wrong| (wrong.path.clone(), argo::cannot_decode(wrong)));
    let complaint = violations.into_iter().next().map(|violation| (violation.path, violation.argo));
    let (path, message) = undecodable.or(complaint)?;
    let (rule, span) = (&rules::required::REFUSED, loaded.node.at(&path).span());
    Some(Finding { rule, file: loaded.file, span, message, help: String::new() })
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| (finding.file, finding.span.start, finding.rule.code));
    findings
}

/// What one EventSource or Sensor breaks.
pub(super) type OneSource = fn(&mut Judge<'_>, &EventSource);
/// What one Sensor breaks.
pub(super) type OneSensor = fn(&mut Judge<'_>, &Sensor);
