//! The JSON Schema: it takes every example, refuses broken ones, and agrees with the decoder on what a type is.

use proptest::prelude::*;
use serde_json::{Value, json};
use tidegate::manifests::{Manifests, schema};

use super::corpus;

/// What is wrong with a value, by the keywords that our schema uses; another keyword stops the test.
fn errors(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        assert_eq!(schema, &json!(true), "a schema is a map or true");
        return;
    };
    let holds = |schema: &Value, value: &Value| {
        let mut inner = vec![];
        errors(root, schema, value, path, &mut inner);
        inner.is_empty()
    };
    for (keyword, wanted) in keywords {
        let fine = match keyword.as_str() {
            "$schema" | "title" | "description" | "definitions" | "then" => true,
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/definitions/").unwrap();
                let target = root["definitions"].get(name).unwrap_or_else(|| panic!("no definition {name}"));
                errors(root, target, value, path, found);
                true
            }
            "type" => has_type(wanted, value),
            "const" => wanted == value,
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap()),
            "required" => value.as_object().is_none_or(|members| {
                wanted.as_array().unwrap().iter().all(|name| members.contains_key(name.as_str().unwrap()))
            }),
            "anyOf" => {
                // What is wrong is what the first alternative says; the other one is null.
                let alternatives = wanted.as_array().unwrap();
                if !alternatives.iter().any(|schema| holds(schema, value)) {
                    errors(root, &alternatives[0], value, path, found);
                }
                true
            }
            "allOf" => {
                wanted.as_array().unwrap().iter().for_each(|schema| errors(root, schema, value, path, found));
                true
            }
            "if" => {
                if holds(wanted, value) {
                    errors(root, &keywords["then"], value, path, found);
                }
                true
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        errors(root, schema, member, &format!("{path}.{name}"), found);
                    }
                }
                true
            }
            "additionalProperties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    errors(root, wanted, member, &format!("{path}.{name}"), found);
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    errors(root, wanted, item, &format!("{path}[{index}]"), found);
                }
                true
            }
            other => panic!("the schema uses {other}"),
        };
        if !fine {
            found.push(format!("{path}: {keyword} {wanted}"));
        }
    }
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    let is = |wanted: &str| match wanted {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("the schema has the type {other}"),
    };
    match wanted {
        Value::String(wanted) => is(wanted),
        wanted => wanted.as_array().unwrap().iter().any(|wanted| is(wanted.as_str().unwrap())),
    }
}

fn check(value: &Value) -> Vec<String> {
    let schema = schema::all();
    let mut found = vec![];
    errors(&schema, &schema, value, "", &mut found);
    found
}

fn trigger(trigger: Value) -> Value {
    json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Sensor", "metadata": {"name": "s"}, "spec": {
        "dependencies": [{"name": "a", "eventSourceName": "b", "eventName": "c"}], "triggers": [trigger]}})
}

#[test]
fn it_is_small_enough_for_editors() {
    let printed = serde_json::to_string_pretty(&schema::all()).unwrap();
    assert!(printed.len() < 200 * 1024, "{} bytes", printed.len());
}

#[test]
fn every_field_has_a_description() {
    let schema = schema::all();
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        for (field, schema) in definition["properties"].as_object().into_iter().flatten() {
            assert!(schema["description"].is_string(), "{name}.{field}");
        }
    }
}

#[test]
fn it_takes_every_example() {
    let Some(folder) = corpus::folder() else { return };
    let manifests = Manifests::read([folder], true);
    let nodes = manifests.sensors.iter().map(|loaded| &loaded.node);
    let nodes = nodes.chain(manifests.event_sources.iter().map(|loaded| &loaded.node));
    for node in nodes.chain(manifests.buses.iter().map(|loaded| &loaded.node)) {
        let value = node.to_value();
        assert_eq!(check(&value), Vec::<String>::new(), "{}", value["metadata"]["name"]);
    }
}

#[test]
fn it_refuses_what_is_broken_and_leaves_other_objects_alone() {
    let good = trigger(json!({"template": {"name": "t", "log": {}}}));
    assert_eq!(check(&good), Vec::<String>::new());
    let broken = [
        json!({"kind": "Sensor", "metadata": {"name": "s"}}),
        json!({"apiVersion": "v1", "kind": "Sensor", "metadata": {"name": "s"}, "spec": good["spec"]}),
        json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Sensor", "metadata": {}, "spec": good["spec"]}),
        json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Sensor", "metadata": {"name": "s"}, "spec": {"triggers": []}}),
        trigger(json!({})),
        trigger(json!({"template": {"log": {}}})),
        trigger(json!({"template": {"name": 5}})),
        trigger(json!({"template": {"name": "t", "http": {"url": "x", "method": "post"}}})),
        trigger(json!({"template": {"name": "t", "http": {"payload": {}}}})),
        trigger(json!({"template": {"name": "t", "log": {"intervalSeconds": -1}}})),
        trigger(json!({"template": {"name": "t", "k8s": {"operation": "apply"}}})),
        trigger(json!({"template": {"name": "t"}, "retryStrategy": {"factor": "2"}})),
        trigger(json!({"template": {"name": "t"}, "policy": {"status": {"allow": ["200"]}}})),
        trigger(json!({"template": {"name": "t"}, "dlqTrigger": {"template": {"name": []}}})),
        json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "EventSource", "metadata": {"name": "e"}, "spec": {
            "webhook": {"a": {"port": 12000}}}}),
        json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "EventBus", "metadata": {"name": "e"}, "spec": {
            "kafka": {"partitioner": "sticky"}}}),
    ];
    for value in broken {
        assert_ne!(check(&value), Vec::<String>::new(), "{value}");
    }
    assert_eq!(check(&json!({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": 5})), Vec::<String>::new());
}

/// Members of a trigger with values of all types.
fn any_trigger() -> impl Strategy<Value = Value> {
    let names = [
        "template",
        "name",
        "http",
        "url",
        "timeout",
        "headers",
        "payload",
        "src",
        "dest",
        "policy",
        "status",
        "allow",
        "retryStrategy",
        "duration",
        "steps",
        "atLeastOnce",
        "rateLimit",
        "requestsPerUnit",
        "parameters",
        "log",
        "intervalSeconds",
        "dependencyName",
        "useRawData",
        "value",
    ];
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-3..70_000_i64).prop_map(Value::from),
        (-1e6..1e6_f32).prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from)
    ];
    leaf.prop_recursive(6, 48, 4, move |inner| {
        let member = (prop::sample::select(names.to_vec()), inner.clone());
        prop_oneof![
            3 => prop::collection::vec(member, 0..5).prop_map(|members| members.into_iter()
                .map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()),
            1 => prop::collection::vec(inner, 0..3).prop_map(Value::from),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of types the schema and the decoder have one opinion. (The decoder takes any scalar for a backoff's numbers, and
    /// numbers beyond 32 bits are no matter of a schema.)
    #[test]
    fn it_agrees_with_the_decoder_on_types(value in any_trigger()) {
        let schema = schema::of(schema::Kind::Sensor);
        let mut found = vec![];
        errors(&schema, &schema["definitions"]["Trigger"], &value, "", &mut found);
        let types: Vec<_> = found.iter().filter(|error| !error.contains("required") && !error.contains("enum")
            && !error.contains("Items") && !error.contains("retryStrategy")).collect();
        let mismatches = model::manifest::decode::<model::manifest::Trigger>(&value).mismatches;
        let mismatches: Vec<_> = mismatches.iter().filter(|wrong| !wrong.path.contains("retryStrategy")).collect();
        prop_assert_eq!(types.is_empty(), mismatches.is_empty(), "{:?} {:?}", types, mismatches);
    }
}
