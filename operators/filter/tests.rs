//! How kinds and entries work together. Single kinds are tested by the reference's recorded cases (`tests/conformance`).

use super::*;
use serde_json::{Value, json};

/// Kinds that pass, fail and give an error on [`EVENT`].
const EVENT: &str = r#"{"k":"v","n":5}"#;

fn data(path: &str, value: &str) -> Value {
    json!({"path": path, "type": "string", "value": [value]})
}

fn expr(expr: &str, path: &str) -> Value {
    json!({"expr": expr, "fields": [{"name": "x", "path": path}]})
}

fn filters(spec: Value, operator: &str) -> Filters {
    Filters::compile(&serde_json::from_value(spec).unwrap(), operator).unwrap()
}

fn event(data: Option<&str>) -> Event<'_> {
    let context = Context {
        id: "1".into(),
        source: "hook".into(),
        specversion: "1.0".into(),
        kind: "webhook".into(),
        datacontenttype: "application/json".into(),
        subject: "example".into(),
        time: "2024-07-15T10:00:00Z".into(),
    };
    Event { context, data: data.map(|data| data.as_bytes().into()), data_is_json: false }
}

fn judge(spec: Value, operator: &str) -> Verdict {
    filters(spec, operator).judge(&event(Some(EVENT)), &Moment::EPOCH)
}

#[test]
fn every_pair_of_kinds_is_combined_as_in_the_reference() {
    let exprs = [json!([expr("x == 'v'", "k")]), json!([expr("x == 'w'", "k")]), json!([expr("x == 'w'", "none")])];
    let scripts = ["return true", "return false", "error('x')"];
    for (e, exprs) in exprs.iter().enumerate() {
        for (s, script) in scripts.iter().enumerate() {
            let spec = json!({"exprs": exprs, "script": script});
            let and = match (e, s) {
                (2, _) | (_, 2) => None,
                (1, _) => Some(Verdict::Fail(Reason::Exprs)),
                (_, 1) => Some(Verdict::Fail(Reason::Script)),
                _ => Some(Verdict::Pass),
            };
            let or = match (e, s) {
                (2, _) | (_, 2) => None,
                (1, 1) => Some(Verdict::Fail(Reason::Exprs)),
                _ => Some(Verdict::Pass),
            };
            for (operator, expected) in [("", &and), ("and", &and), ("OR", &and), ("or", &or)] {
                let verdict = judge(spec.clone(), operator);
                match expected {
                    Some(expected) => assert_eq!(&verdict, expected, "{spec} {operator:?}"),
                    None => assert!(matches!(verdict, Verdict::Error(_)), "{spec} {operator:?}: {verdict:?}"),
                }
            }
        }
    }
}

#[test]
fn errors_are_named_by_kind_and_joined() {
    let spec = json!({
        "data": [data("none", "v"), data("k", "w"), data("k", "(")], "dataLogicalOperator": "or",
        "exprs": [expr("x", "none")], "time": {"start": "x", "stop": "10:00:00"}, "script": "error('never reached')",
    });
    let Verdict::Error(message) = judge(spec.clone(), "or") else { panic!() };
    assert!(
        message.starts_with("expr filter error (path 'none' does not exist) / data filter errors [path 'none' does ")
    );
    assert!(
        message.contains(" / time filter error (start: ") && message.contains(" / script filter error ("),
        "{message}"
    );
    let Verdict::Error(message) = judge(spec, "and") else { panic!() };
    assert_eq!(message, "expr filter error (path 'none' does not exist)");
}

#[test]
fn nothing_given_passes_under_and_only() {
    assert_eq!(judge(json!({}), "and"), Verdict::Pass);
    assert_eq!(judge(json!({}), "or"), Verdict::Fail(Reason::Data));
    assert_eq!(judge(json!({"context": {}}), "or"), Verdict::Pass);
}

#[test]
fn kinds_that_read_the_data_pass_events_without() {
    let spec = json!({"data": [data("k", "w")], "exprs": [expr("x", "k")], "script": "return false"});
    assert_eq!(filters(spec.clone(), "and").judge(&event(None), &Moment::EPOCH), Verdict::Pass);
    for broken in ["", "{", "{} {}", "nul"] {
        let verdict = filters(spec.clone(), "or").judge(&event(Some(broken)), &Moment::EPOCH);
        let Verdict::Error(message) = verdict else { panic!("{broken:?}") };
        assert_eq!(message.matches("event data not valid JSON").count(), 3, "{message}");
    }
}

#[test]
fn a_context_filter_takes_both_forms() {
    let documented =
        json!({"source": "eventsource/ns/hook/example", "type": "com.github.argoproj.argo-events.webhook"});
    assert_eq!(judge(json!({"context": documented}), ""), Verdict::Pass);
    assert_eq!(judge(json!({"context": {"source": "hook", "type": "webhook"}}), ""), Verdict::Pass);
    for other in ["eventsource/ns/hook/other", "eventsource/ns/other/example", "eventsource/hook", "Hook"] {
        assert_eq!(judge(json!({"context": {"source": other}}), ""), Verdict::Fail(Reason::Context), "{other}");
    }
}

#[test]
fn what_can_never_work_is_listed() {
    let spec = json!({
        "data": [
            {"path": "k", "type": "number", "value": ["1", "one"]}, {"path": "k", "type": "string", "value": ["["]},
            {"path": "k", "type": "bool", "value": ["maybe"]}, {"path": "k", "type": "text", "value": ["x"]},
        ],
        "exprs": [expr("x ==", "k")], "time": {"start": "9", "stop": "10:00:00"}, "script": "return",
    });
    let filters = filters(spec, "and");
    let fields: Vec<_> = filters.problems().iter().map(|problem| problem.field.as_str()).collect();
    let expected =
        [".exprs[0].expr", ".data[0].value[1]", ".data[1].value[0]", ".data[2].value[0]", ".data[3].type", ".time"];
    assert_eq!(fields, expected);
}

#[test]
fn paths_beyond_any_bound_are_refused() {
    let spec = serde_json::from_value(json!({"data": [data(&"a.".repeat(300), "v")]})).unwrap();
    let problems = Filters::compile(&spec, "").unwrap_err();
    assert_eq!(problems[0].field, ".data[0].path");
}

#[test]
fn broken_text_in_a_string_is_replaced() {
    let mut event = event(None);
    event.data = Some(b"{\"k\":\"a\xffb\"}".as_slice().into());
    let filters = filters(json!({"data": [data("k", "^a\u{fffd}b$")]}), "");
    assert_eq!(filters.judge(&event, &Moment::EPOCH), Verdict::Pass);
}

#[test]
fn a_template_makes_the_text_that_is_compared() {
    let judge = |template: &str, kind: &str, value: &str, data: &str| {
        let entry = json!({"path": "k", "type": kind, "value": [value], "template": template});
        filters(json!({"data": [entry]}), "").judge(&event(Some(data)), &Moment::EPOCH)
    };
    assert_eq!(judge("{{ upper .Input }}", "string", "^ABC$", r#"{"k":"abc"}"#), Verdict::Pass);
    assert_eq!(judge("{{ .Input }}0", "number", "50", r#"{"k":5}"#), Verdict::Pass);
    assert_eq!(judge("{{ eq .Input \"5\" }}", "bool", "true", r#"{"k":5}"#), Verdict::Pass);
    assert_eq!(judge("{{ upper .Input }}", "string", "^abc$", r#"{"k":"abc"}"#), Verdict::Fail(Reason::Data));
    for template in ["{{ .Input", "{{ .Input }}", "{{ .none.deeper }}", "{{ fail .Input }}"] {
        assert!(matches!(judge(template, "string", "", r#"{"k":""}"#), Verdict::Error(_)), "{template}");
    }
}
