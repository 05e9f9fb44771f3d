//! The whole program as its users run it: real sockets, a real sink, real signals.

mod bombs;
mod canaries;
mod delivery;
mod doctor;
pub(crate) mod examples;
mod faults;
mod github;
mod kills;
pub(crate) mod stand;

use stand::{Client, Sink, Tidegate, free_port, until};
use std::time::Duration;

/// A webhook and a Sensor that posts the number of each event to a sink.
pub(crate) fn one_trigger(port: u16, sink: u16, trigger: &str) -> String {
    format!(
        r#"
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {{name: hooks}}
spec:
  webhook:
    posted: {{endpoint: /in, port: "{port}", method: POST}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: sensor}}
spec:
  dependencies: [{{name: hit, eventSourceName: hooks, eventName: posted}}]
  triggers:
    - template:
        name: post
        http:
          url: http://127.0.0.1:{sink}/
          payload: [{{src: {{dependencyName: hit, dataKey: body.number}}, dest: number}}]
      {trigger}
"#
    )
}

/// A webhook with two events and a Sensor that waits for both, with a filter on the first.
fn both(port: u16, sink: u16, value: &str) -> String {
    format!(
        r#"
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {{name: hooks}}
spec:
  webhook:
    a: {{endpoint: /a, port: "{port}", method: POST}}
    b: {{endpoint: /b, port: "{port}", method: POST}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: both}}
spec:
  dependencies:
    - {{name: a, eventSourceName: hooks, eventName: a, filters: {{data: [{{path: body.kind, type: string, value: ["{value}"]}}]}}}}
    - {{name: b, eventSourceName: hooks, eventName: b}}
  triggers:
    - template:
        name: post
        conditions: a && b
        http: {{url: "http://127.0.0.1:{sink}/", payload: [{{src: {{dependencyName: b, dataKey: body.number}}, dest: number}}]}}
"#
    )
}

fn post(port: u16, path: &str, body: &str) -> u16 {
    Client::new(port).post(path, &[("Content-Type", "application/json")], body.as_bytes()).0
}

#[test]
fn the_quickstart_does_what_the_readme_says() {
    let (push, echo) = (free_port(), free_port());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples/quickstart/");
    let read = |file: &str| std::fs::read_to_string(format!("{folder}{file}")).unwrap();
    let manifests = format!("{}\n---\n{}", read("sources.yaml"), read("sensor.yaml"))
        .replace("12000", &push.to_string())
        .replace("12001", &echo.to_string());
    let mut tidegate = Tidegate::new(&manifests);
    tidegate.start(&[]);
    until("a tick has come", || tidegate.metric("tidegate_pending", "dependency=\"tick\"") > 0.0);
    // The line that it says, pasted into a shell.
    until("it says how to try it", || tidegate.told().iter().any(|line| line.contains("curl")));
    let line = tidegate.told().into_iter().find(|line| line.contains("curl")).unwrap();
    let pasted = std::process::Command::new("sh").args(["-c", line.trim()]).output().unwrap();
    assert!(pasted.status.success(), "{pasted:?}");
    until("the post has come back in", || tidegate.out().contains("received"));
    tidegate.settle();
    let out = tidegate.out();
    let line = out.lines().find(|line| line.contains("\"dependencyName\":\"received\"")).unwrap();
    assert!(line.contains("hello, tide"), "{line}");
    assert!(
        out.lines()
            .any(|line| line.contains("\"triggerName\":\"say\"") && line.contains("\"dependencyName\":\"push\""))
    );
    tidegate.stop();
}

#[test]
fn a_dead_sink_costs_the_good_one_nothing() {
    let (good, dead, port) = (Sink::answering(200, Duration::ZERO), free_port(), free_port());
    let retry = "retryStrategy: {steps: 100, duration: 1h}";
    let other = one_trigger(port, dead, retry).split("---").last().unwrap().replace("name: sensor", "name: dead");
    let manifests = format!("{}\n---\n{other}", one_trigger(port, good.port, ""));
    let mut tidegate = Tidegate::new(&manifests);
    tidegate.start(&[]);
    let next = std::sync::Arc::default();
    let load = stand::Load::start(port, "/in", 8, &next);
    until("enough is posted", || load.accepted.lock().unwrap().len() > 3_000);
    let accepted = load.stop();
    until("the good sink has all", || good.firings() >= accepted.len());
    until("the dead one's are open", || tidegate.metric("tidegate_firings_open", "") == accepted.len() as f64);
    let before = good.requests.load(std::sync::atomic::Ordering::Relaxed);
    tidegate.kill();
    tidegate.start(&[]);
    until("the dead one's are still open", || tidegate.metric("tidegate_firings_open", "") == accepted.len() as f64);
    std::thread::sleep(Duration::from_millis(300));
    let repeats = good.requests.load(std::sync::atomic::Ordering::Relaxed) - before;
    // All was committed long before the kill: nothing may come again.
    assert_eq!(repeats, 0, "the good sink got repeats");
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
}

#[test]
fn an_edited_sensor_keeps_the_hits_of_unchanged_dependencies() {
    for how in ["restart", "hang up", "watch"] {
        let (sink, port) = (Sink::answering(200, Duration::ZERO), free_port());
        let mut tidegate = Tidegate::new(&both(port, sink.port, "x"));
        tidegate.start(&["--watch"]);
        assert_eq!(post(port, "/b", r#"{"number":"held"}"#), 200);
        until("b waits", || tidegate.metric("tidegate_pending", "dependency=\"b\"") == 1.0);
        let plan = tidegate.api("/api/v1/firings");
        assert_eq!(plan.as_array().unwrap().len(), 0);
        match how {
            "restart" => {
                tidegate.stop();
                tidegate.write(&both(port, sink.port, "y"));
                tidegate.start(&["--watch"]);
            }
            "hang up" => {
                tidegate.write(&both(port, sink.port, "y"));
                tidegate.signal("HUP");
            }
            _ => tidegate.write(&both(port, sink.port, "y")),
        }
        // Only the new filter lets y pass, so a firing shows both that the plan changed and that the held hit stayed.
        until(how, || {
            post(port, "/a", r#"{"kind":"y"}"#);
            sink.firings() == 1
        });
        assert_eq!(sink.bodies(), [r#"{"number":"held"}"#], "{how}");
        tidegate.settle();
        assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0, "{how}");
        tidegate.stop();
    }
}

#[test]
fn the_hits_of_a_changed_dependency_expire() {
    let (sink, port) = (Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&both(port, sink.port, "x"));
    tidegate.start(&[]);
    assert_eq!(post(port, "/a", r#"{"kind":"x"}"#), 200);
    until("a waits", || tidegate.metric("tidegate_pending", "dependency=\"a\"") == 1.0);
    tidegate.write(&both(port, sink.port, "y"));
    tidegate.signal("HUP");
    until("a has expired", || tidegate.metric("tidegate_expired_total", "reason=\"plan\"") == 1.0);
    assert_eq!(tidegate.metric("tidegate_pending", "dependency=\"a\""), 0.0);
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}

#[test]
fn a_second_process_and_wrong_manifests_are_refused_with_a_reason() {
    let (sink, port) = (Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&one_trigger(port, sink.port, ""));
    tidegate.start(&[]);
    let (code, told) = tidegate.fails(&[]);
    assert!(code == 2 && told.contains("data"), "{code}: {told}");
    tidegate.write("apiVersion: argoproj.io/v1alpha1\nkind: Sensor\nmetadata: {name: [1}\n");
    tidegate.signal("HUP");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(post(port, "/in", r#"{"number":1}"#), 200, "the old plan stays");
    until("it still fires", || sink.firings() == 1);
    tidegate.stop();
    for (manifests, part) in [
        (
            "kind: Sensor\napiVersion: argoproj.io/v1alpha1\nmetadata: {name: s}\nspec: {dependencies: 7}\n",
            "manifests.yaml:4",
        ),
        (
            "kind: EventSource\napiVersion: argoproj.io/v1alpha1\nmetadata: {name: s}\nspec: {amqp: {e: {url: u, exchangeType: t, routingKey: r}}}\n",
            "amqp",
        ),
        ("", "no EventSource and no Sensor"),
    ] {
        tidegate.write(manifests);
        let (code, told) = tidegate.fails(&[]);
        assert!(code == 2 && told.contains(part), "{code}: {told}");
    }
}

#[test]
fn what_cannot_succeed_is_a_dead_letter_with_its_reason() {
    let (sink, port) = (Sink::answering(500, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&one_trigger(port, sink.port, "retryStrategy: {steps: 3, duration: 10ms}"));
    tidegate.start(&[]);
    assert_eq!(post(port, "/in", r#"{"number":1}"#), 200);
    until("it is dead", || tidegate.metric("tidegate_dead_letters", "") == 1.0);
    assert_eq!(sink.requests.load(std::sync::atomic::Ordering::Relaxed), 3);
    let dead = tidegate.api("/api/v1/dead");
    assert!(dead[0]["reason"].as_str().unwrap().contains("500"), "{dead}");
    assert_eq!(dead[0]["attempts"], 3);
    tidegate.stop();
}

#[test]
fn the_verbs_work_beside_a_running_process_and_without_one() {
    let (sink, port) = (Sink::answering(500, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&one_trigger(port, sink.port, ""));
    tidegate.start(&[]);
    let (code, id) = tidegate.verb(&["send", "hooks/posted", "--data", r#"{"body":{"number":7}}"#]);
    assert_eq!((code, id.trim().len()), (0, 32), "{id}");
    until("it is dead", || tidegate.metric("tidegate_dead_letters", "") == 1.0);
    assert_eq!(tidegate.verb(&["send", "hooks/other"]).0, 2, "an event that nobody declares");
    let dead: serde_json::Value = serde_json::from_str(&tidegate.verb(&["dlq", "list", "-o", "json"]).1).unwrap();
    let firing = dead[0]["id"].as_str().unwrap().to_owned();
    assert!(tidegate.verb(&["dlq", "show", &firing]).1.contains("\"number\": 7"));
    assert_eq!(tidegate.verb(&["dlq", "redrive"]).0, 2, "redriving nothing in particular");
    assert_eq!(tidegate.verb(&["dlq", "redrive", &firing]), (0, "1\n".to_owned()));
    until("it is dead again", || {
        sink.requests.load(std::sync::atomic::Ordering::Relaxed) == 2
            && tidegate.metric("tidegate_dead_letters", "") == 1.0
    });
    tidegate.settle();
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
    assert!(tidegate.verb(&["firings", "--outcome", "dead", "-o", "jsonl"]).1.contains(&firing));
    assert_eq!(tidegate.verb(&["dlq", "drop", "--all"]).0, 2, "nobody runs");
    tidegate.start(&[]);
    assert_eq!(tidegate.verb(&["dlq", "drop", "--all"]), (0, "1\n".to_owned()));
    assert_eq!(tidegate.verb(&["pending", "-o", "json"]), (0, "[]\n".to_owned()));
    tidegate.stop();
}
