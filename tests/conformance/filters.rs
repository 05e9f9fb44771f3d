//! Filters, one kind at a time and all together.

use super::{equal, text_of};
use lang::Moment;
use model::manifest::EventDependencyFilter;
use model::{Context, Event};
use operators::filter::{Filters, Verdict};
use serde_json::Value;
use std::borrow::Cow;

/// A case whose spec has the members of one kind.
pub(super) fn kind(case: &Value) -> Result<(), String> {
    judged(case, &case["spec"], "")
}

/// A case whose spec is a whole filters object with its operator.
pub(super) fn together(case: &Value) -> Result<(), String> {
    let spec = &case["spec"];
    judged(case, &spec["filters"], text_of(&spec["filtersLogicalOperator"]))
}

fn judged(case: &Value, filters: &Value, operator: &str) -> Result<(), String> {
    let expected = &case["expect"];
    if case["event"].is_null() && expected["result"] == "error" {
        // There is no event here that is none.
        return Ok(());
    }
    let verdict = match present(filters) {
        Value::Null => Verdict::Pass,
        filters => {
            let spec: EventDependencyFilter = serde_json::from_value(filters).map_err(|error| error.to_string())?;
            let filters = Filters::compile(&spec, operator).map_err(|problems| format!("{problems:?}"))?;
            filters.judge(&event(&case["event"]), &Moment::EPOCH)
        }
    };
    let (result, message) = match &verdict {
        Verdict::Pass => ("pass", ""),
        Verdict::Fail(_) => ("fail", ""),
        Verdict::Error(message) => ("error", message.as_str()),
    };
    // Where the reference crashes, an error is the safe answer.
    let expected_result = match text_of(&expected["result"]) {
        "upstream_panic" => "error",
        result => result,
    };
    equal(&result, &expected_result).map_err(|difference| format!("{difference}: {verdict:?}"))?;
    if let Some(whole) = expected["errorMessage"].as_str() {
        equal(&message, &whole)?;
    }
    match expected["errorContains"].as_str() {
        Some(part) if !message.contains(part) => Err(format!("expected an error with {part:?}, found {message:?}")),
        _ => Ok(()),
    }
}

/// The value without members that are null, which are as good as absent.
fn present(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, member)| !member.is_null());
            members.map(|(name, member)| (name.clone(), present(member))).collect()
        }
        Value::Array(elements) => elements.iter().map(present).collect(),
        value => value.clone(),
    }
}

/// The event of a case; a member that is not given is empty.
pub(super) fn event(event: &Value) -> Event<'_> {
    let context = &event["context"];
    let attribute = |name: &str| Cow::Borrowed(context[name].as_str().unwrap_or_default());
    Event {
        context: Context {
            id: attribute("id"),
            source: attribute("source"),
            specversion: attribute("specversion"),
            kind: attribute("type"),
            datacontenttype: attribute("datacontenttype"),
            subject: attribute("subject"),
            time: attribute("time"),
        },
        data: event["data"].as_str().map(|data| Cow::Borrowed(data.as_bytes())),
        data_is_json: false,
    }
}
