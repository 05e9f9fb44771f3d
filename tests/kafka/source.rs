//! Records of a topic become events.

use super::stand::Broker;
use crate::end_to_end::stand::{Sink, Tidegate, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// A topic that is read as `settings` say, and a Sensor that posts the whole payload of each event.
pub(super) fn reading(sink: u16, settings: &Value) -> String {
    let source = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "EventSource", "metadata": {"name": "es"},
        "spec": {"kafka": {"rec": settings}},
    });
    let sensor = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Sensor", "metadata": {"name": "posting"},
        "spec": {
            "dependencies": [{"name": "rec", "eventSourceName": "es", "eventName": "rec"}],
            "triggers": [{
                "template": {"name": "post", "http": {
                    "url": format!("http://127.0.0.1:{sink}/"),
                    "payload": [
                        {"src": {"dependencyName": "rec", "dataKey": "@this", "useRawData": true}, "dest": "data"},
                        {"src": {"dependencyName": "rec", "contextKey": "id"}, "dest": "id"},
                    ],
                }},
                "retryStrategy": {"steps": 100, "duration": "20ms"},
            }],
        },
    });
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "kafka"},
        "stringData": {"user": "alice", "password": "canary-5c1e", "wrong": "canary-9d0f"},
    });
    format!("{source}\n---\n{sensor}\n---\n{secret}\n")
}

fn group(broker: &Broker, topic: &str) -> Value {
    json!({
        "url": broker.address, "topic": topic, "jsonBody": true,
        "consumerGroup": {"groupName": "readers", "oldest": true},
    })
}

/// Writes `{"n": N}` for each number, to the partitions by turns.
pub(super) fn write(broker: &Broker, topic: &str, partitions: i32, numbers: std::ops::Range<u32>) {
    for partition in 0..partitions {
        let mine = numbers.clone().filter(|n| n % partitions as u32 == partition as u32);
        let texts: Vec<_> = mine.map(|n| format!(r#"{{"n":{n}}}"#)).collect();
        let records: Vec<_> = texts.iter().map(|text| ("key", &[][..], text.as_bytes())).collect();
        broker.write(topic, partition, &records);
    }
}

fn payloads(sink: &Sink) -> Vec<Value> {
    sink.bodies().iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

/// The numbers that a sink got, each as often as it was fired under another id.
pub(super) fn numbers(sink: &Sink) -> Vec<u64> {
    let mut numbers: Vec<_> = payloads(sink).iter().filter_map(|body| body["data"]["body"]["n"].as_u64()).collect();
    numbers.sort_unstable();
    numbers
}

pub(super) fn sink() -> Sink {
    Sink::answering(200, Duration::ZERO)
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn a_group_reads_everything_and_kill_9_neither_loses_nor_repeats() {
    const RECORDS: u32 = 20_000;
    let (broker, sink) = (Broker::start(), sink());
    broker.create("numbers", 3, &[]);
    write(&broker, "numbers", 3, 0..RECORDS);
    let mut tidegate = Tidegate::new(&reading(sink.port, &group(&broker, "numbers")));
    for part in 1..4 {
        tidegate.start(&[]);
        until("a part has come", || sink.firings() >= RECORDS as usize / 8 * part);
        tidegate.kill();
    }
    tidegate.start(&[]);
    until("all have come", || numbers(&sink).iter().collect::<BTreeSet<_>>().len() == RECORDS as usize);
    // The members that were killed count as alive for a while; then what they had not committed is read again.
    let lags = || {
        let groups = broker.tool("groups", &["--describe", "--group", "readers"]);
        let lag = |line: &str| line.split_whitespace().nth(5).map(str::to_owned);
        groups.lines().filter(|line| line.contains("numbers")).filter_map(lag).collect::<Vec<_>>()
    };
    until("all is committed", || lags() == ["0", "0", "0"]);
    write(&broker, "numbers", 3, RECORDS..RECORDS + 300);
    until("the rest comes", || numbers(&sink).last() == Some(&u64::from(RECORDS + 299)));
    tidegate.settle();
    println!("dropped as repeats: {}", tidegate.metric("tidegate_events_total", "duplicate"));
    assert_eq!(numbers(&sink), (0..u64::from(RECORDS + 300)).collect::<Vec<_>>());
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
    // What is done is committed at the end, so that a member that takes over reads nothing again.
    assert_eq!(lags(), ["0", "0", "0"]);
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn payload_and_id_are_those_of_the_reference() {
    let (broker, sink) = (Broker::start(), sink());
    broker.create("plain", 2, &[]);
    let headers: &[(&str, &[u8])] = &[("b", b"\xe2\x82"), ("a", b"1"), ("b", b"last \xff")];
    broker.write("plain", 1, &[("k\u{e9}\"", headers, b"{\"n\": 1}"), ("", &[], b"")]);
    let mut settings = group(&broker, "plain");
    settings["jsonBody"] = json!(false);
    settings["metadata"] = json!({"team": "blue"});
    let mut tidegate = Tidegate::new(&reading(sink.port, &settings));
    tidegate.start(&[]);
    until("both come", || sink.firings() == 2);
    let id = format!("es:rec:{}:plain:1:", broker.address);
    let mut seen = payloads(&sink);
    seen.sort_by_key(|body| body["id"].to_string());
    for (n, body) in seen.iter_mut().enumerate() {
        assert_eq!(body["id"], format!("{id}{n}"));
        let timestamp = body["data"].as_object_mut().unwrap().remove("timestamp").unwrap();
        let timestamp = timestamp.as_str().unwrap();
        assert!(timestamp.starts_with("20") && timestamp.ends_with(" +0000 UTC"), "{timestamp}");
    }
    let expected = |key: &str, body: &str, headers: Value| json!({"topic": "plain", "key": key, "partition": 1, "body": body, "headers": headers, "metadata": {"team": "blue"}});
    assert_eq!(seen[0]["data"], expected("k\u{e9}\"", "eyJuIjogMX0=", json!({"a": "1", "b": "last \u{fffd}"})));
    assert_eq!(seen[1]["data"], expected("", "", json!({})));
    tidegate.stop();
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn one_partition_goes_on_where_it_stood() {
    let (broker, sink) = (Broker::start(), sink());
    broker.create("one", 2, &[]);
    write(&broker, "one", 2, 0..100);
    let settings = json!({"url": broker.address, "topic": "one", "partition": "1", "jsonBody": true});
    let mut tidegate = Tidegate::new(&reading(sink.port, &settings));
    tidegate.start(&[]);
    until("it stands at the end", || tidegate.data().join("sources").exists());
    // Nothing came while it looked for the first time, and yet what comes while it is down is not missed.
    std::thread::sleep(Duration::from_secs(3));
    tidegate.stop();
    write(&broker, "one", 2, 100..200);
    tidegate.start(&[]);
    until("the later ones come", || sink.firings() == 50);
    tidegate.kill();
    write(&broker, "one", 2, 200..300);
    tidegate.start(&[]);
    until("the last ones come", || numbers(&sink).last() == Some(&299));
    tidegate.settle();
    assert_eq!(numbers(&sink), (100..300).filter(|n| n % 2 == 1).collect::<Vec<_>>());
    tidegate.stop();
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn what_can_be_no_event_is_told_and_the_stream_goes_on() {
    let (broker, sink) = (Broker::start(), sink());
    broker.create("mixed", 1, &[]);
    write(&broker, "mixed", 1, 0..1);
    broker.write("mixed", 0, &[("", &[], b"{no json"), ("", &[], b"\xff\xfe"), ("", &[], b"")]);
    write(&broker, "mixed", 1, 1..2);
    let mut tidegate = Tidegate::new(&reading(sink.port, &group(&broker, "mixed")));
    tidegate.start(&[]);
    until("the good ones come", || numbers(&sink) == [0, 1]);
    let told = tidegate.told().join("\n");
    for offset in 1..=3 {
        assert!(told.contains(&format!("offset={offset}")), "offset {offset}:\n{told}");
    }
    assert!(told.contains("partition=0") && told.contains("mixed") && told.contains("not JSON"), "{told}");
    assert_eq!(tidegate.metric("argo_events_events_processing_failed_total", ""), 3.0);
    tidegate.stop();
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn two_members_share_the_partitions_and_one_takes_over_from_the_other() {
    let (broker, sink) = (Broker::start(), sink());
    broker.create("shared", 4, &[]);
    let manifests = reading(sink.port, &group(&broker, "shared"));
    let (mut one, mut other) = (Tidegate::new(&manifests), Tidegate::new(&manifests));
    one.start(&[]);
    other.start(&[]);
    let held = || {
        let groups = broker.tool("groups", &["--describe", "--group", "readers", "--members"]);
        groups
            .lines()
            .filter(|line| line.contains("shared") || line.contains("readers"))
            .map(|line| line.split_whitespace().last().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    until("each holds two", || held() == ["2", "2"]);
    write(&broker, "shared", 4, 0..4000);
    until("both have some", || {
        one.metric("argo_events_events_sent_total", "") > 0.0 && other.metric("argo_events_events_sent_total", "") > 0.0
    });
    other.kill();
    write(&broker, "shared", 4, 4000..8000);
    let distinct = |sink: &Sink| numbers(sink).into_iter().collect::<BTreeSet<_>>();
    // What the dead one had made durable and not yet fired lies in its own log.
    other.start(&[]);
    until("all have come", || distinct(&sink).len() == 8000);
    one.stop();
    other.stop();
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn the_broker_is_killed_under_load_and_nothing_is_missing() {
    let (broker, sink) = (Broker::start(), sink());
    broker.create("numbers", 3, &[]);
    let mut tidegate = Tidegate::new(&reading(sink.port, &group(&broker, "numbers")));
    // It starts without its broker, and says so once.
    broker.kill();
    tidegate.start(&[]);
    std::thread::sleep(Duration::from_secs(5));
    broker.restart();
    for round in 0..3 {
        write(&broker, "numbers", 3, round * 3000..(round + 1) * 3000);
        until("some have come", || sink.firings() >= round as usize * 3000 + 500);
        broker.kill();
        std::thread::sleep(Duration::from_millis(500));
        broker.restart();
    }
    until("all have come", || numbers(&sink).iter().collect::<BTreeSet<_>>().len() == 9000);
    tidegate.settle();
    assert_eq!(numbers(&sink), (0..9000).collect::<Vec<_>>());
    let told = tidegate.told();
    println!("{} lines:\n{}", told.len(), told.join("\n"));
    assert!(told.len() < 20, "{}", told.join("\n"));
    // Without its broker it ends all the same.
    broker.kill();
    tidegate.stop();
    broker.restart();
}
