//! A trigger's conditions: what they are translated into, and what fires when events come in an order.

use super::{equal, text_of};
use crate::pipeline::memory::MemoryBus;
use crate::pipeline::{Rig, START, runtime, settle};
use lang::conditions::Condition;
use model::envelope::{Draft, Form, write};
use model::manifest::{Sensor, decode};
use model::{LogTime, Origin, Partition, Route};
use operators::plan::Subject;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn translate(case: &Value) -> Result<(), String> {
    let spec = &case["spec"];
    let dependencies: Vec<&str> = spec["dependencies"].as_array().into_iter().flatten().map(text_of).collect();
    let found = match Condition::compile(spec["conditions"].as_str(), &dependencies) {
        Ok(condition) => json!({
            "result": "ok",
            "expression": condition.text(),
            "variables": condition.dependencies().iter().map(|index| dependencies[*index]).collect::<Vec<_>>(),
            "needsState": !condition.is_stateless(),
        }),
        Err(_) => json!({"result": "error"}),
    };
    equal(&found, &case["expect"])
}

/// Runs the events through a whole pipeline and asks for the firings that each event completes.
pub(super) fn sequence(case: &Value) -> Result<(), String> {
    let events = case["events"].as_array().ok_or("a case without events")?;
    let rig = Rig {
        bus: Arc::new(MemoryBus::new(1)),
        state: Arc::default(),
        subjects: vec![subject(case, events)],
        sinks: vec![Arc::default()],
        workers: 1,
    };
    // Log time runs in minutes where a case has resets, since a schedule knows no seconds.
    let unit = if events.iter().any(|event| event["reset"].is_number()) { 60_000 } else { 1_000 };
    let happened: Vec<&Value> = events.iter().filter(|event| event["id"].is_string()).collect();
    for (n, event) in happened.iter().enumerate() {
        let at = event["at"].as_u64().map_or(n as u64, |at| at * unit);
        append(&rig, case, event, START + at);
    }
    runtime().block_on(async {
        let pipeline = rig.open();
        settle(&rig, &pipeline, 0).await;
        pipeline.stop().await.map_err(|error| error.to_string())
    })?;
    let mut fired: Vec<Vec<Value>> = vec![vec![]; happened.len()];
    for (carried, _) in rig.sinks[0].seen().into_values() {
        let last = carried.iter().map(|(_, _, offset)| *offset as usize).max().unwrap_or_default();
        let ids =
            carried.into_iter().map(|(dependency, _, offset)| (dependency, happened[offset as usize]["id"].clone()));
        fired[last].push(ids.collect());
    }
    let steps = case["expect"]["steps"].as_array().into_iter().flatten();
    let expected = steps.filter(|step| step["event"].is_string()).map(|step| sorted(step["fired"].as_array()));
    equal(&fired.iter().map(|firings| sorted(Some(firings))).collect(), &expected.collect::<Vec<_>>())
}

/// Firings of one event in an order of their own: several have none.
fn sorted(firings: Option<&Vec<Value>>) -> Vec<String> {
    let mut firings: Vec<_> = firings.into_iter().flatten().map(Value::to_string).collect();
    firings.sort();
    firings
}

/// The sensor of a case. An event that is filtered out says so in its data, by the dependency's number.
fn subject(case: &Value, events: &[Value]) -> Subject {
    let mut dependencies = case["spec"]["dependencies"].clone();
    for (n, dependency) in dependencies.as_array_mut().into_iter().flatten().enumerate() {
        let passes = json!({"expr": "passes", "fields": [{"name": "passes", "path": format!("passes.{n}")}]});
        dependency["filters"] = json!({"exprs": [passes]});
    }
    let resets = events
        .iter()
        .filter_map(|event| event["reset"].as_u64())
        .map(|minutes| json!({"byTime": {"cron": format!("{} {} 1 1 *", minutes % 60, minutes / 60)}}));
    let template = json!({
        "name": "t",
        "conditions": case["spec"]["conditions"],
        "conditionsReset": resets.collect::<Vec<_>>(),
        "log": {},
    });
    let manifest = json!({
        "metadata": {"name": "s0"},
        "spec": {"dependencies": dependencies, "triggers": [{"template": template}]},
    });
    Subject {
        sensor: Arc::new(decode::<Sensor>(&manifest).object),
        namespace: "ns".into(),
        keys: BTreeMap::new(),
        windows: BTreeMap::new(),
    }
}

fn append(rig: &Rig, case: &Value, event: &Value, log_time: u64) {
    let (id, event_name) = (text_of(&event["id"]), text_of(&event["subject"]));
    let dependencies = case["spec"]["dependencies"].as_array().into_iter().flatten();
    let out: Vec<_> = event["filteredOutFor"].as_array().into_iter().flatten().collect();
    let passes: Vec<bool> = dependencies.map(|dependency| !out.contains(&&dependency["name"])).collect();
    let route = Route {
        namespace: "ns".into(),
        bus: "default".into(),
        event_source: text_of(&event["source"]).into(),
        event_name: event_name.into(),
    };
    let draft = Draft {
        origin: &Origin { route, kind: "webhook".into() },
        id,
        // Only the JetStream bus knows repeats by their id.
        upstream_id: (case["spec"]["bus"] == "jetstream").then_some(id),
        time: "2024-01-01T00:00:00Z",
        data: &json!({ "passes": passes }).to_string(),
    };
    rig.bus.append(Partition(0), LogTime(log_time), write(&draft, Form::Documented).unwrap());
}
