//! What keeps manifests from running well on this machine: one check a file, one row each in the table.

mod buses;
mod clock;
mod data;
mod limits;
mod ports;
mod running;
mod secrets;

use crate::manifests::Manifests;
use serde::Serialize;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What is examined.
#[derive(Debug)]
pub struct Patient {
    /// The manifests, if any are given.
    pub manifests: Manifests,
    /// The namespace of objects that name none.
    pub namespace: String,
    /// The folder with secrets as files.
    pub secrets: Option<PathBuf>,
    /// The data folder.
    pub data: PathBuf,
    /// Where the admin interface is to listen.
    pub listen: SocketAddr,
    /// What the process that runs on the data folder answers; `None` where none runs.
    pub running: Option<Running>,
}

/// What a running process says of itself.
#[derive(Debug)]
pub struct Running {
    /// `/api/v1/status`.
    pub status: Value,
    /// `/api/v1/dead`.
    pub dead: Vec<Value>,
    /// `/metrics`.
    pub metrics: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but not well or not for long.
    Warning,
    /// It does not work.
    Error,
}

/// One line of the examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The check.
    pub check: &'static str,
    /// What was found.
    pub message: String,
    /// What to do; empty where nothing is to be done.
    pub help: String,
}

/// Looks at one thing.
type Check = fn(&Patient, &mut Notes<'_>);

/// The checks, in the order in which they are told.
const CHECKS: &[(&str, Check)] = &[
    ("data folder", data::folder),
    ("disk", data::disk),
    ("ports", ports::check),
    ("secrets", secrets::check),
    ("buses", buses::check),
    ("clock", clock::check),
    ("limits", limits::check),
    ("process", running::check),
];

/// Examines everything.
pub fn examine(patient: &Patient) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (check, run) in CHECKS {
        run(patient, &mut Notes { check, findings: &mut findings });
    }
    findings
}

/// Takes down the findings of one check.
struct Notes<'a> {
    check: &'static str,
    findings: &'a mut Vec<Finding>,
}

impl Notes<'_> {
    fn ok(&mut self, message: impl Into<String>) {
        self.note(Level::Ok, message.into(), String::new());
    }

    fn warning(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.note(Level::Warning, message.into(), help.into());
    }

    fn error(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.note(Level::Error, message.into(), help.into());
    }

    fn note(&mut self, level: Level, message: String, help: String) {
        self.findings.push(Finding { level, check: self.check, message, help });
    }
}

/// Bytes in a unit that is read at a glance.
fn size(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    let unit = units.get(unit).copied().unwrap_or_default();
    if value < 10.0 && unit != "B" { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}
