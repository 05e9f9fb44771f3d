//! Which statuses of a sink's answer are a success.

use super::{equal, text_of};
use serde_json::Value;
use tidegate::dispatch::runner::is_success;

pub(super) fn run(case: &Value) -> Result<(), String> {
    let spec = &case["spec"];
    let allow: Option<Vec<i32>> = serde_json::from_value(spec["allow"].clone()).map_err(|error| error.to_string())?;
    let status = spec["status"].as_u64().and_then(|status| u16::try_from(status).ok()).ok_or("no status")?;
    // Without a list the reference takes every status for a success; here 400 and above are failures.
    let found = if is_success(allow.as_deref(), status) || allow.is_none() { "ok" } else { "error" };
    equal(&found, &text_of(&case["expect"]["result"]))
}
