//! Transforms: the data that a script makes of an event's.

use super::{equal, filters};
use lang::Moment;
use model::manifest::EventDependencyTransformer;
use operators::transform::Transform;
use serde_json::{Value, json};

pub(super) fn run(case: &Value) -> Result<(), String> {
    let spec: EventDependencyTransformer =
        serde_json::from_value(case["spec"].clone()).map_err(|error| error.to_string())?;
    let event = filters::event(&case["event"]);
    let found = match Transform::compile(&spec) {
        Ok(Some(transform)) => transform.apply(&event, &Moment::EPOCH).map_err(|error| error.to_string()),
        Ok(None) => Ok(event.clone()),
        Err(error) => Err(error.to_string()),
    };
    let expect = &case["expect"];
    let event = match (found, expect["result"] == "ok") {
        (Ok(event), true) => event,
        (Ok(event), false) => return Err(format!("expected an error, found {:?}", event.text())),
        (Err(_), false) => return Ok(()),
        (Err(message), true) => return Err(format!("expected data, found the error {message}")),
    };
    if let Some(text) = expect["dataText"].as_str() {
        equal(&event.text(), &Some(text))?;
    }
    let data = event.text().map(|text| serde_json::from_str::<Value>(text).unwrap_or_else(|_| json!(text)));
    equal(&numbers(&data.unwrap_or_default()), &numbers(&expect["data"]))
}

/// The value with every number as floating point, so that 1 and 1.0 are one.
fn numbers(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(members) => members.iter().map(numbers).collect(),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), numbers(member))).collect(),
        other => other.clone(),
    }
}
