//! The text that an event's data is shown as.

use super::{equal, filters, text_of};
use serde_json::Value;

pub(super) fn run(case: &Value) -> Result<(), String> {
    equal(&&*filters::event(&case["event"]).data_string(), &text_of(&case["expect"]["text"]))
}
