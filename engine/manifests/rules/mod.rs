//! The rules of `lint`: one file for each family, and the table of all.

pub mod build;
pub mod conditions;
pub mod extensions;
pub mod filters;
pub mod parameters;
pub mod programs;
pub mod reading;
pub mod required;
pub mod routes;
pub mod shape;
pub mod sources;
pub mod triggers;

use model::manifest::{EventSource, Sensor};

use super::judge::{Judge, OneSensor, OneSource};

/// How bad it is to break a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something worth knowing; it never fails a check.
    Note,
    /// It works, but hardly as meant; it fails a strict check.
    Warning,
    /// It does not work; it fails a check and stops `run`.
    Error,
}

impl Severity {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A rule. `docs/errors/<code>.md` says why it is there and how to mend what breaks it.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stable name.
    pub code: &'static str,
    /// How bad it is to break the rule.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub title: &'static str,
}

impl Rule {
    const fn error(code: &'static str, title: &'static str) -> Self {
        Self { code, severity: Severity::Error, title }
    }

    const fn warning(code: &'static str, title: &'static str) -> Self {
        Self { code, severity: Severity::Warning, title }
    }

    const fn note(code: &'static str, title: &'static str) -> Self {
        Self { code, severity: Severity::Note, title }
    }
}

/// All families of rules.
pub static FAMILIES: &[(&str, &[&Rule])] = &[
    ("reading", reading::RULES),
    ("shape", shape::RULES),
    ("required", required::RULES),
    ("conditions", conditions::RULES),
    ("programs", programs::RULES),
    ("filters", filters::RULES),
    ("parameters", parameters::RULES),
    ("triggers", triggers::RULES),
    ("sources", sources::RULES),
    ("extensions", extensions::RULES),
    ("routes", routes::RULES),
    ("build", build::RULES),
];

/// The families that judge Sensors one by one.
const SENSOR: &[OneSensor] =
    &[conditions::sensor, programs::sensor, filters::sensor, parameters::sensor, triggers::sensor, extensions::sensor];

/// The families that judge EventSources one by one.
const EVENT_SOURCE: &[OneSource] = &[programs::event_source, sources::event_source, extensions::event_source];

/// Judges a Sensor by all families.
pub(super) fn sensor(judge: &mut Judge<'_>, sensor: &Sensor) {
    SENSOR.iter().for_each(|family| family(judge, sensor));
}

/// Judges an EventSource by all families.
pub(super) fn event_source(judge: &mut Judge<'_>, source: &EventSource) {
    EVENT_SOURCE.iter().for_each(|family| family(judge, source));
}

/// The rule of this code.
pub fn find(code: &str) -> Option<&'static Rule> {
    FAMILIES.iter().flat_map(|(_, rules)| rules.iter()).find(|rule| rule.code == code).copied()
}
