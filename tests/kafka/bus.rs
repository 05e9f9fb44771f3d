//! The bus on Kafka, through the whole program.

use super::stand::{Broker, header, json};
use crate::end_to_end::stand::{Client, Load, Sink, Tidegate, free_port, until};
use rdkafka::message::Message;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// A webhook with the events `a` and `b`, a Sensor that posts for `a && b`, and one that posts each `a`.
fn manifests(broker: &str, topic: &str, webhook: u16, sink: u16) -> String {
    format!(
        r#"
apiVersion: argoproj.io/v1alpha1
kind: EventBus
metadata: {{name: default}}
spec: {{kafka: {{url: "{broker}", topic: {topic}, consumerGroup: {{oldest: true}}}}}}
---
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {{name: hooks}}
spec:
  webhook:
    a: {{endpoint: /a, port: "{webhook}", method: POST}}
    b: {{endpoint: /b, port: "{webhook}", method: POST}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: sensor}}
spec:
  dependencies:
    - {{name: a, eventSourceName: hooks, eventName: a}}
    - {{name: b, eventSourceName: hooks, eventName: b}}
  triggers:
    - template:
        name: both
        conditions: a && b
        http:
          url: http://127.0.0.1:{sink}/
          payload:
            - {{src: {{dependencyName: a, dataKey: body.number, useRawData: true}}, dest: a}}
            - {{src: {{dependencyName: b, dataKey: body.number, useRawData: true}}, dest: b}}
"#
    )
}

fn post(port: u16, path: &str, number: u64) {
    let body = format!("{{\"number\":{number}}}");
    let answer = Client::new(port).post(path, &[("Content-Type", "application/json")], body.as_bytes());
    assert_eq!(answer.0, 200, "{answer:?}");
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn an_event_goes_by_the_topic_and_both_events_of_a_condition_fire_it() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&manifests(&broker.address, "events", port, sink.port));
    tidegate.start(&[]);
    for number in 0..20 {
        post(port, "/a", number);
        post(port, "/b", number);
        until("it fired", || sink.firings() == number as usize + 1);
    }
    let large = format!("\"{}\"", "x".repeat(1_048_300));
    let answer = Client::new(port).post("/a", &[("Content-Type", "application/json")], large.as_bytes());
    assert!(answer.0 == 400 && answer.1.contains("raise its max.message.bytes"), "{answer:?}");
    tidegate.stop();
    let mut bodies = sink.bodies();
    bodies.sort();
    assert_eq!(bodies.len(), 20);
    assert!(bodies.contains(&r#"{"a":19,"b":19}"#.to_owned()), "{bodies:?}");
    let events = broker.read("events", 20, |event| event.key() == Some(b"hooks.a"));
    let event = &events[0];
    assert_eq!(header(event, "ce_source").as_deref(), Some("eventsource/default/hooks/a"));
    assert_eq!(header(event, "ce_type").as_deref(), Some("com.github.argoproj.argo-events.webhook"));
    assert_eq!(header(event, "ce_subject").as_deref(), Some("a"));
    let envelope = json(event);
    assert_eq!(envelope["source"], "eventsource/default/hooks/a");
    assert_eq!(envelope["data"]["body"]["number"], 0);
    assert_eq!(header(event, "ce_id").as_deref(), envelope["id"].as_str());
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn what_is_no_event_goes_to_the_dead_letter_and_the_stream_goes_on() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    broker.create("events", 2, &["message.timestamp.type=LogAppendTime"]);
    let argo = br#"{"specversion":"1.0","id":"1","source":"hooks","type":"webhook","subject":"a","datacontenttype":"application/json","data_base64":"eyJib2R5Ijp7Im51bWJlciI6N319"}"#;
    let large = vec![b'x'; 900_000];
    broker.write(
        "events",
        1,
        &[
            ("k", &[], b"hello"),
            ("k", &[], b"\xff\xfe{}"),
            ("k", &[("ce_id", b"\xff"), ("ce_specversion", b"1.0")], b"{}"),
            ("k", &[("tidegate", b"0,99999999999999999999,0")], br#"{"specversion":"9"}"#),
            ("k", &[("content-type", b"text/plain")], &large),
            ("hooks.a", &[], argo),
        ],
    );
    let mut tidegate = Tidegate::new(&manifests(&broker.address, "events", port, sink.port));
    tidegate.start(&[]);
    post(port, "/b", 8);
    until("it fired", || sink.firings() == 1);
    assert_eq!(sink.bodies(), [r#"{"a":7,"b":8}"#]);
    until("all are counted", || tidegate.metric("tidegate_events_total", "undecodable") == 5.0);
    let (code, list) = tidegate.verb(&["dlq", "list", "-o", "json"]);
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    assert_eq!((code, list.len()), (0, 5), "{list:?}");
    let reasons =
        ["not a JSON object", "not a JSON object", "\"ce_id\" is not UTF-8", "specversion", "not a JSON object"];
    for ((row, reason), offset) in list.iter().zip(reasons).zip(0..) {
        assert_eq!((row["partition"].as_u64(), row["offset"].as_u64()), (Some(1), Some(offset)));
        assert!(row["reason"].as_str().unwrap().contains(reason), "{row}");
    }
    let (_, shown) = tidegate.verb(&["dlq", "show", "1/0"]);
    assert!(shown.contains(r#""value": "hello""#), "{shown}");
    assert_eq!(tidegate.verb(&["dlq", "redrive", "1/0"]).0, 2);
    assert_eq!(tidegate.verb(&["dlq", "drop", "1/0"]), (0, "1\n".to_owned()));
    assert_eq!(tidegate.verb(&["dlq", "drop", "--all"]), (0, "4\n".to_owned()));
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn the_same_topic_gives_the_same_firings_to_another_process() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    let mut live = Tidegate::new(&manifests(&broker.address, "events", port, sink.port));
    live.start(&[]);
    for number in 0..30 {
        post(port, if number % 3 == 0 { "/a" } else { "/b" }, number);
    }
    until("it fired", || sink.firings() == 10);
    // Killed with hits pending, then stopped in good order: the state goes on where it was.
    post(port, "/a", 100);
    live.kill();
    live.start(&[]);
    post(port, "/b", 101);
    until("it fired after the restart", || sink.firings() == 11);
    live.stop();
    for workers in ["1", "2"] {
        broker.tool("topics", &["--delete", "--topic", "events-state"]);
        let (again, port) = (Sink::answering(200, Duration::ZERO), free_port());
        let mut replayed = Tidegate::new(&manifests(&broker.address, "events", port, again.port));
        replayed.start(&["--workers", workers]);
        until("the past fired again", || again.firings() == 11);
        replayed.stop();
        let ids = |sink: &Sink| {
            sink.seen.lock().unwrap().iter().map(|(id, bodies)| (id.clone(), bodies[0].clone())).collect::<Vec<_>>()
        };
        assert_eq!(ids(&sink), ids(&again), "{workers} workers");
    }
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn a_broker_that_is_killed_costs_time_and_nothing_else() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    let one = manifests(&broker.address, "events", port, sink.port).replace("conditions: a && b", "conditions: a");
    let mut tidegate = Tidegate::new(&one);
    tidegate.start(&[]);
    let load = Load::start(port, "/a", 4, &Arc::default());
    until("events flow", || sink.firings() > 100);
    broker.kill();
    std::thread::sleep(Duration::from_secs(1));
    broker.restart();
    let before = sink.firings();
    until("events flow again", || sink.firings() > before + 100);
    let accepted = load.stop();
    until("all fired", || sink.firings() >= accepted.len());
    let bodies = sink.bodies();
    let fired: BTreeSet<u64> = bodies.iter().map(|body| number(body)).collect();
    let missing: Vec<_> = accepted.iter().filter(|number| !fired.contains(number)).collect();
    assert!(missing.is_empty(), "accepted and not fired: {missing:?}");
    assert_eq!(fired.len(), bodies.len(), "something fired under two ids");
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn one_of_three_brokers_is_killed_and_nothing_is_missing() {
    let (brokers, sink, port) = (Broker::three(), Sink::answering(200, Duration::ZERO), free_port());
    let addresses: Vec<_> = brokers.iter().map(|broker| broker.address.as_str()).collect();
    let one = manifests(&addresses.join(","), "events", port, sink.port).replace("conditions: a && b", "conditions: a");
    let mut tidegate = Tidegate::new(&one);
    tidegate.start(&[]);
    let load = Load::start(port, "/a", 4, &Arc::default());
    until("events flow", || sink.firings() > 100);
    // Whichever leads what: each of them in turn.
    for broker in &brokers {
        broker.kill();
        let before = sink.firings();
        until("events flow with two of three", || sink.firings() > before + 100);
        broker.restart();
        let before = sink.firings();
        until("events flow with all three", || sink.firings() > before + 100);
    }
    let accepted = load.stop();
    until("all fired", || {
        let fired: BTreeSet<u64> = sink.bodies().iter().map(|body| number(body)).collect();
        accepted.iter().all(|number| fired.contains(number))
    });
    let bodies = sink.bodies();
    let fired: BTreeSet<u64> = bodies.iter().map(|body| number(body)).collect();
    assert_eq!(fired.len(), bodies.len(), "something fired under two ids");
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}

/// The number in `{"a":N}`.
fn number(body: &str) -> u64 {
    body.trim_start_matches("{\"a\":").trim_end_matches('}').parse().unwrap()
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn a_broker_that_is_away_for_longer_than_a_commit_waits_is_waited_for() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&manifests(&broker.address, "events", port, sink.port));
    tidegate.start(&[]);
    post(port, "/a", 1);
    broker.kill();
    std::thread::sleep(Duration::from_secs(40));
    broker.restart();
    until("it takes events again", || {
        Client::new(port).post("/b", &[("Content-Type", "application/json")], b"{\"number\":2}").0 == 200
    });
    until("both fired", || sink.bodies() == [r#"{"a":1,"b":2}"#]);
    until("it is committed", || tidegate.metric("tidegate_firings_total", "succeeded") == 1.0);
    tidegate.stop();
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn a_bus_that_cannot_be_is_told_why() {
    let (broker, port) = (Broker::start(), free_port());
    broker.create("wrong", 1, &[]);
    broker.create("compacted", 1, &["message.timestamp.type=LogAppendTime", "cleanup.policy=compact"]);
    let cases = [
        (broker.address.as_str(), "wrong", "kafka-configs.sh --bootstrap-server"),
        (broker.address.as_str(), "compacted", "cleanup.policy=compact"),
        ("127.0.0.1:1", "events", "do not answer"),
    ];
    for (address, topic, part) in cases {
        let (code, told) = Tidegate::new(&manifests(address, topic, port, 1)).fails(&[]);
        assert_eq!(code, 2, "{told}");
        assert!(told.contains("EventBus default/default") && told.contains(part), "{told}");
    }
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn a_topic_that_lost_what_was_not_processed_stops_the_bus() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&manifests(&broker.address, "events", port, sink.port));
    tidegate.start(&[]);
    post(port, "/a", 1);
    tidegate.settle();
    tidegate.stop();
    // Made again under the same name: another log.
    broker.tool("topics", &["--delete", "--topic", "events"]);
    let (code, told) = tidegate.fails(&[]);
    assert_eq!(code, 2);
    assert!(told.contains("belongs to another log") || told.contains("was removed and made again"), "{told}");
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn a_process_on_an_empty_disk_goes_on_where_the_last_one_was_killed() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&manifests(&broker.address, "events", port, sink.port));
    tidegate.start(&[]);
    post(port, "/a", 1);
    post(port, "/b", 2);
    until("the first fired", || sink.firings() == 1);
    post(port, "/a", 3);
    until("it is pending", || tidegate.verb(&["pending", "-o", "jsonl"]).1.lines().count() == 1);
    tidegate.kill();
    std::fs::remove_dir_all(tidegate.data()).unwrap();
    tidegate.start(&[]);
    post(port, "/b", 4);
    until("the second fired", || sink.firings() == 2);
    until("it is counted", || tidegate.metric("tidegate_firings_total", "succeeded") == 2.0);
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
    let mut bodies = sink.bodies();
    bodies.sort();
    assert_eq!(bodies, [r#"{"a":1,"b":2}"#, r#"{"a":3,"b":4}"#]);
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn processes_take_over_from_one_that_is_killed_and_one_that_sleeps() {
    let (broker, sink) = (Broker::start(), Sink::answering(200, Duration::ZERO));
    let next: Arc<AtomicU64> = Arc::default();
    let begin = || {
        let port = free_port();
        let one = manifests(&broker.address, "events", port, sink.port).replace("conditions: a && b", "conditions: a");
        let mut tidegate = Tidegate::new(&one);
        tidegate.start(&[]);
        (tidegate, Load::start(port, "/a", 1, &next))
    };
    let runs = |tidegate: &Tidegate| tidegate.api("/api/v1/status")["buses"][0]["elsewhere"].is_null();
    let flows = |what: &str| {
        let before = sink.firings();
        until(what, || sink.firings() > before + 50);
    };
    let (mut first, one) = begin();
    let (second, two) = begin();
    let (third, three) = begin();
    flows("the first runs the sensors");
    assert!(runs(&first) && !runs(&second) && !runs(&third));
    first.kill();
    flows("another took over from the killed one");
    let (sleeper, last) = if runs(&second) { (second, third) } else { (third, second) };
    sleeper.signal("STOP");
    let (added, four) = begin();
    flows("another took over from the sleeping one");
    sleeper.signal("CONT");
    until("the sleeper was fenced and says so", || {
        sleeper.told().iter().any(|line| line.contains("another process has taken the state in events-state over"))
    });
    flows("the others go on");
    let accepted: Vec<u64> = [one, two, three, four].into_iter().flat_map(Load::stop).collect();
    until("all fired", || {
        let fired: BTreeSet<u64> = sink.bodies().iter().map(|body| number(body)).collect();
        accepted.iter().all(|number| fired.contains(number))
    });
    let bodies = sink.bodies();
    let fired: BTreeSet<u64> = bodies.iter().map(|body| number(body)).collect();
    assert_eq!(fired.len(), bodies.len(), "something fired under two ids");
    let leader = if runs(&last) { last } else { added };
    until("the ledger holds everything", || leader.metric("tidegate_firings_total", "succeeded") >= fired.len() as f64);
    assert_eq!(leader.metric("tidegate_ledger_unaccounted", ""), 0.0);
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn sources_and_sensors_run_apart_and_one_calendar_in_two_processes_gives_each_instant_once() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    let both = manifests(&broker.address, "events", port, sink.port)
        + r#"
---
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: clock}
spec: {calendar: {second: {interval: 1s}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: clock}
spec:
  dependencies: [{name: second, eventSourceName: clock, eventName: second}]
  triggers: [{template: {name: tell, log: {}}}]
"#;
    let mut sources = [Tidegate::new(&both), Tidegate::new(&both.replace(&port.to_string(), &free_port().to_string()))];
    let mut sensors = Tidegate::new(&both);
    sensors.start(&["--role", "sensors"]);
    assert_eq!(sensors.api("/api/v1/status")["sources"].as_array().unwrap().len(), 0);
    for source in &mut sources {
        source.start(&["--role", "sources"]);
        assert_eq!(source.api("/api/v1/status")["buses"][0]["elsewhere"], true);
    }
    post(port, "/a", 1);
    post(port, "/b", 2);
    until("sensors elsewhere fired", || sink.firings() == 1);
    until("some seconds passed", || sensors.out().lines().count() >= 5);
    sources.iter_mut().for_each(Tidegate::stop);
    sensors.settle();
    let out = sensors.out();
    let instants: Vec<&str> =
        out.lines().filter_map(|line| line.split("eventTime\\\":\\\"").nth(1)?.get(..19)).collect();
    let distinct: BTreeSet<_> = instants.iter().collect();
    assert_eq!((instants.len(), distinct.len()), (out.lines().count(), out.lines().count()), "{out}");
    assert!(sensors.metric("tidegate_events_total", "duplicate") >= 3.0);
    let (code, told) =
        Tidegate::new(&both.replace("kafka: {url", "embedded: {}, ignored: {url")).fails(&["--role", "sources"]);
    assert_eq!(code, 2);
    assert!(told.contains("--role needs a bus that several processes share"), "{told}");
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn what_is_wrong_with_the_broker_is_told_by_readyz_and_doctor() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&manifests(&broker.address, "events", port, sink.port));
    let path = tidegate.folder.path().join("manifests.yaml");
    let listen = format!("127.0.0.1:{}", tidegate.admin);
    let examine = |tidegate: &Tidegate| tidegate.verb(&["doctor", path.to_str().unwrap(), "--listen", &listen]);
    let (code, said) = examine(&tidegate);
    assert!(code == 0 && said.contains("have no topic events"), "{said}");
    tidegate.start(&[]);
    let (code, said) = examine(&tidegate);
    assert!(code == 0 && said.contains("the topic events has 3 partitions") && said.contains("one replica"), "{said}");
    assert_eq!(Client::new(tidegate.admin).get("/readyz").0, 200);
    broker.pause(true);
    let answer = || Client::new(tidegate.admin).get("/readyz");
    post_until_refused(port);
    broker.pause(false);
    until("ready again", || answer().0 == 200);
    broker.kill();
    until("the dead broker is told", || answer().0 == 503);
    assert!(answer().1.contains("the bus default/default: ") && answer().1.contains(&broker.address), "{:?}", answer());
    let (code, said) = examine(&tidegate);
    assert!(code == 1 && said.contains("do not answer"), "{said}");
    broker.restart();
    until("ready again", || answer().0 == 200);
    post(port, "/a", 1);
    until("it fires again", || sink.bodies() == [r#"{"a":1,"b":0}"#]);
    tidegate.stop();
}

/// Posts until a broker that answers nothing makes the webhook answer 503.
fn post_until_refused(port: u16) {
    until("the webhook is refused", || {
        let answer = Client::new(port).post("/b", &[("Content-Type", "application/json")], b"{\"number\":0}");
        assert!(answer.0 == 200 || answer.0 == 503, "{answer:?}");
        answer.0 == 503
    });
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn partitions_that_are_added_are_told_and_read_after_a_restart() {
    let (broker, sink, port) = (Broker::start(), Sink::answering(200, Duration::ZERO), free_port());
    broker.create("events", 1, &["message.timestamp.type=LogAppendTime"]);
    let mut tidegate = Tidegate::new(&manifests(&broker.address, "events", port, sink.port));
    tidegate.start(&[]);
    post(port, "/a", 1);
    broker.tool("topics", &["--alter", "--topic", "events", "--partitions", "3"]);
    until("it is told", || Client::new(tidegate.admin).get("/readyz").1.contains("has 3 partitions now"));
    let b = br#"{"specversion":"1.0","id":"1","source":"hooks","type":"webhook","subject":"b","datacontenttype":"application/json","data":{"body":{"number":2}}}"#;
    broker.write("events", 2, &[("hooks.b", &[], b)]);
    tidegate.stop();
    tidegate.start(&[]);
    until("both fired", || sink.bodies() == [r#"{"a":1,"b":2}"#]);
    assert_eq!(Client::new(tidegate.admin).get("/readyz").0, 200);
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}
