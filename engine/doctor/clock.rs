//! The clock: whether it stands behind what the logs have already seen.

use super::{Notes, Patient};
use jiff::Timestamp;
use serde_json::Value;

/// So far a clock may lie behind before it is told, in seconds.
const TOLERANCE: i64 = 2;

pub(super) fn check(patient: &Patient, notes: &mut Notes<'_>) {
    let now = Timestamp::now();
    let Some(running) = &patient.running else {
        return notes.ok(format!(
            "it is {}; logs continue from their last time if the clock is set back",
            now.strftime("%FT%TZ")
        ));
    };
    let mut ahead = false;
    for bus in running.status["buses"].as_array().into_iter().flatten() {
        let Some(frontier) = bus["frontier"].as_str().and_then(|text| text.parse::<Timestamp>().ok()) else { continue };
        let behind = frontier.as_second() - now.as_second();
        if behind > TOLERANCE {
            ahead = true;
            let bus = format!("{}/{}", text(&bus["namespace"]), text(&bus["bus"]));
            let message = format!(
                "the clock is {behind} s behind the log of {bus}: log time stands still until it has caught up"
            );
            notes.warning(message, "windows and resets wait that long; keep the clock in step with NTP");
        }
    }
    if !ahead {
        notes.ok(format!("it is {}, not behind any log", now.strftime("%FT%TZ")));
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
