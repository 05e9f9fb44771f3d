//! The running process: what its ledger, its dead letters and its subscribers say.

use super::{Notes, Patient, size};
use serde_json::Value;

/// A subscriber that lies so many records behind holds files of the log.
const FAR: u64 = 100_000;

pub(super) fn check(patient: &Patient, notes: &mut Notes<'_>) {
    let Some(running) = &patient.running else {
        return notes.ok(format!("none runs on {}", patient.data.display()));
    };
    let unaccounted = sum(&running.metrics, "tidegate_ledger_unaccounted");
    if unaccounted != 0.0 {
        let message = format!("the ledger is {unaccounted} off: events or firings are not accounted for");
        notes.error(message, "keep the data folder and report this: it must never happen");
    }
    let dead = running.dead.len();
    if dead > 0 {
        let reason = running.dead.first().and_then(|row| row["reason"].as_str()).unwrap_or_default();
        let help = "see `tidegate dlq list`; when the cause is gone, `tidegate dlq redrive --all`";
        notes.warning(format!("{dead} dead letters; the first one: {reason}"), help);
    }
    let open = sum(&running.metrics, "tidegate_firings_open");
    if open > 1_024.0 {
        notes.warning(
            format!("{open} firings are open"),
            "a sink is slow or down: see tidegate_firings_open by trigger in /metrics",
        );
    }
    for bus in running.status["buses"].as_array().into_iter().flatten() {
        subscribers(bus, notes);
    }
    notes.ok(format!("it runs, version {}", running.status["version"].as_str().unwrap_or("unknown")));
}

/// What holds the log's files of a bus.
fn subscribers(bus: &Value, notes: &mut Notes<'_>) {
    let text = |name: &str| bus[name].as_str().unwrap_or_default();
    let name = format!("{}/{}", text("namespace"), text("bus"));
    let next = bus["partitions"][0]["next"].as_u64().unwrap_or(0);
    let bytes = size(bus["logBytes"].as_u64().unwrap_or(0));
    let mut shown = Vec::new();
    for subscriber in bus["subscribers"].as_array().into_iter().flatten() {
        let who = subscriber["name"].as_str().unwrap_or_default();
        let behind = next.saturating_sub(subscriber["offset"].as_u64().unwrap_or(0));
        if behind > FAR {
            let message =
                format!("the subscriber {who} of the bus {name} is {behind} records behind and holds the log's files");
            notes.warning(message, "the log grows until it catches up, at most to its quota");
        }
        shown.push(format!("{who} {behind} behind"));
    }
    notes.ok(format!("the bus {name} holds {next} records so far in {bytes}; subscribers: {}", shown.join(", ")));
}

/// The sum of all samples of a metric.
fn sum(page: &str, name: &str) -> f64 {
    let samples = page.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
    samples.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}
