//! Parameters and payloads: the texts that values of events are written into.

use super::{equal, filters, text_of};
use lang::Moment;
use model::manifest::{TriggerParameter, TriggerParameterSource};
use model::{FiredEvent, Time};
use operators::parameters::{Given, Parameters, Payload, Source, Tag};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

/// Parameters and the text of an object: the text after them.
pub(super) fn apply(case: &Value) -> Result<(), String> {
    let specs: Vec<TriggerParameter> = read(&case["spec"]["parameters"])?;
    let object = text_of(&case["spec"]["object"]);
    let found = Parameters::compile(&specs)
        .map_err(|wrong| format!("{wrong:?}"))
        .and_then(|parameters| with_events(case, |given| parameters.apply(object, given)));
    let outcome = match &found {
        Ok(object) => json!({"result": "ok", "object": object}),
        Err(_) => json!({"result": "error"}),
    };
    as_expected(&outcome, case, &found)
}

/// A parameter's source: the value and what it is.
pub(super) fn resolve(case: &Value) -> Result<(), String> {
    let spec: TriggerParameterSource = read(&case["spec"]["src"])?;
    let found = Source::compile(&spec)
        .map_err(|wrong| format!("{wrong:?}"))
        .and_then(|source| with_events(case, |given| source.resolve(given)));
    let tag = |tag| match tag {
        Tag::String => "String",
        Tag::Number => "Number",
        Tag::True => "True",
        Tag::False => "False",
        Tag::Null => "Null",
        Tag::Json => "JSON",
    };
    let outcome = match &found {
        Ok(Some(value)) => json!({"result": "value", "value": value.text, "valueType": tag(value.tag)}),
        Ok(None) => json!({"result": "absent"}),
        Err(_) => json!({"result": "error"}),
    };
    as_expected(&outcome, case, &found)
}

/// A payload list: the text of the payload.
pub(super) fn payload(case: &Value) -> Result<(), String> {
    let specs: Vec<TriggerParameter> = read(&case["spec"]["payload"])?;
    let found = Payload::compile(&specs)
        .map_err(|wrong| format!("{wrong:?}"))
        .and_then(|payload| with_events(case, |given| payload.build(given)));
    // Where the reference crashes, anything but a crash is right: the entry is left out.
    if case["expect"]["result"] == "upstream_panic" {
        return found.map(|_| ());
    }
    let outcome = match &found {
        Ok(payload) => json!({"result": "ok", "payload": payload}),
        Err(_) => json!({"result": "error"}),
    };
    as_expected(&outcome, case, &found)
}

fn read<T: DeserializeOwned>(spec: &Value) -> Result<T, String> {
    serde_json::from_value(spec.clone()).map_err(|error| error.to_string())
}

fn with_events<T>(case: &Value, run: impl FnOnce(&Given<'_>) -> T) -> T {
    let events = case["events"].as_object().into_iter().flatten().map(|(dependency, event)| FiredEvent {
        dependency: dependency.as_str().into(),
        time: Time::default(),
        event: Arc::new(filters::event(event).into_owned()),
    });
    run(&Given { events: &events.collect::<Vec<_>>(), moment: Moment::EPOCH })
}

/// Compares what the case expects; an error's message is ours.
fn as_expected<T: std::fmt::Debug>(outcome: &Value, case: &Value, found: &T) -> Result<(), String> {
    let expected = case["expect"].as_object().into_iter().flatten();
    let expected: Value = expected
        .filter(|(name, _)| *name != "errorContains")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    equal(outcome, &expected).map_err(|difference| format!("{difference}: {found:?}"))
}
