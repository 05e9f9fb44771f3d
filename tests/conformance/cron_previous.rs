//! The previous activation of a schedule.

use super::{equal, text_of};
use jiff::{Timestamp, tz::TimeZone};
use lang::cron::{Dialect, Schedule};
use serde_json::Value;

pub(super) fn run(case: &Value) -> Result<(), String> {
    let spec = &case["spec"];
    let zone = spec["timezone"].as_str().unwrap_or_else(|| text_of(&spec["localTimezone"]));
    let zone = TimeZone::get(zone).map_err(|error| error.to_string())?;
    let dialect = Dialect { seconds: spec["secondsField"] == true, descriptors: false };
    let now: Timestamp = text_of(&case["event"]["now"]).parse().map_err(|error| format!("{error}"))?;
    let previous = Schedule::parse(text_of(&spec["cron"]), dialect, &zone).ok().and_then(|s| s.previous(now));
    let expected = match text_of(&case["expect"]["result"]) {
        "error" => None,
        _ => Some(text_of(&case["expect"]["previous"]).parse().map_err(|error| format!("{error}"))?),
    };
    equal(&previous, &expected)
}
