//! Programs of manifests that would run for ever or take all memory, each a sensor of its own beside a healthy one.

use super::stand::{Sink, Tidegate, free_port, until};
use super::{one_trigger, post};
use std::time::Duration;

/// A bomb by name: what stands in its dependency, and the reason under which its events are counted.
const BOMBS: &[(&str, &str, &str)] = &[
    (
        "lua-pattern",
        r#"filters: {script: "return string.find(string.rep('a', 60), string.rep('a?', 60) .. string.rep('a', 60)) ~= nil"}"#,
        "error",
    ),
    ("lua-pcall", r#"filters: {script: "while true do pcall(function() while true do end end) end"}"#, "error"),
    ("lua-string", r#"filters: {script: "local s = 'x' while true do s = s .. s end"}"#, "error"),
    ("lua-table", r#"filters: {script: "local t = {} while true do t[#t + 1] = {#t} end"}"#, "error"),
    ("jq-halt", r#"transform: {jq: "halt"}"#, "error"),
    ("jq-generator", r#"transform: {jq: "[repeat(1)]"}"#, "error"),
    ("jq-recursion", r#"transform: {jq: "def f: f + f; f"}"#, "error"),
    ("jq-string", r#"transform: {jq: "\"x\" | until(false; . + .)"}"#, "error"),
    (
        "template",
        r#"filters: {data: [{path: body.number, type: string, value: ["1"], template: '{{define "t"}}{{template "t" (printf "%s%s" . .)}}{{end}}{{template "t" "x"}}'}]}"#,
        "error",
    ),
    // The engine of expressions takes a time linear in the text, so that this one is simply false.
    ("regex", r#"filters: {data: [{path: body.text, type: string, value: ["^(a+)+(a+)+(a+)+$"]}]}"#, "data"),
];

fn bomb(name: &str, dependency: &str) -> String {
    format!(
        r#"
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: {name}}}
spec:
  dependencies:
    - name: hit
      eventSourceName: hooks
      eventName: posted
      {dependency}
  triggers: [{{template: {{name: tell, log: {{}}}}}}]
"#
    )
}

#[test]
fn bombs_cost_their_own_sensors_and_nobody_else() {
    const EVENTS: u64 = 5;
    let (sink, port) = (Sink::answering(200, Duration::ZERO), free_port());
    let bombs: String = BOMBS.iter().map(|(name, dependency, _)| bomb(name, dependency)).collect();
    let mut tidegate = Tidegate::new(&(one_trigger(port, sink.port, "") + &bombs));
    tidegate.start(&[]);
    let before = tidegate.peak();
    for number in 0..EVENTS {
        let body = format!("{{\"number\":{number},\"text\":\"{}!\"}}", "a".repeat(200));
        assert_eq!(post(port, "/in", &body), 200);
    }
    until("the healthy sensor fired for each", || sink.firings() as u64 == EVENTS);
    tidegate.settle();
    for (name, _, reason) in BOMBS {
        let labels = format!("sensor_name=\"{name}\"");
        let page = tidegate.metrics();
        let counted = page.lines().find(|line| {
            line.starts_with("tidegate_filtered_total{")
                && line.contains(&labels)
                && line.contains(&format!("reason=\"{reason}\""))
        });
        assert!(counted.is_some_and(|line| line.ends_with(&format!(" {EVENTS}"))), "{name}: {counted:?}");
    }
    let grown = tidegate.peak().saturating_sub(before);
    assert!(grown < 256 << 10, "memory grew by {grown} KiB");
    assert_eq!(tidegate.out(), "");
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}
