//! A backoff: its values with the defaults filled in.

use super::equal;
use model::manifest::Backoff;
use serde_json::Value;

pub(super) fn run(case: &Value) -> Result<(), String> {
    let expect = &case["expect"];
    let backoff: Backoff = serde_json::from_value(case["spec"].clone()).map_err(|error| error.to_string())?;
    let Ok(found) = backoff.resolve() else {
        return equal(&"error", &super::text_of(&expect["result"]));
    };
    equal(&"ok", &super::text_of(&expect["result"]))?;
    // A negative wait is none.
    let nanoseconds = expect["durationNs"].as_i64().and_then(|wait| u128::try_from(wait.max(0)).ok());
    equal(&Some(found.duration.as_nanos()), &nanoseconds)?;
    equal(&Some(u64::from(found.steps)), &expect["steps"].as_u64())?;
    equal(&Some(found.factor), &expect["factor"].as_f64())?;
    equal(&Some(found.jitter), &expect["jitter"].as_f64())
}
