//! Firings become records of a topic.

use super::stand::{Broker, header, json};
use crate::end_to_end::examples::Example;
use crate::end_to_end::stand::{Client, Tidegate, free_port, until};
use std::collections::BTreeMap;

/// Two webhooks whose events are joined, by `number`, into a record of a topic; `more` stands in the trigger's section.
pub(super) fn joined(port: u16, url: &str, topic: &str, more: &str) -> String {
    format!(
        r#"
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {{name: hooks}}
spec:
  webhook:
    a: {{port: "{port}", endpoint: /a, method: POST}}
    b: {{port: "{port}", endpoint: /b, method: POST}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata:
  name: pairs
  annotations: {{tidegate.io/key: body.number}}
spec:
  dependencies:
    - {{name: a, eventSourceName: hooks, eventName: a}}
    - {{name: b, eventSourceName: hooks, eventName: b}}
  triggers:
    - template:
        name: write
        conditions: a && b
        kafka:
          url: "{url}"
          topic: "{topic}"
          partitioningKey: none
          headers: {{kind: pair, over: manifest}}
          secureHeaders:
            - {{name: over, valueFrom: {{secretKeyRef: {{name: kafka, key: word}}}}}}
          parameters:
            - {{src: {{dependencyName: a, dataKey: body.number}}, dest: partitioningKey}}
          payload:
            - {{src: {{dependencyName: a, dataKey: body.number, useRawData: true}}, dest: a}}
            - {{src: {{dependencyName: b, dataKey: body.number, useRawData: true}}, dest: b}}
{more}
---
apiVersion: v1
kind: Secret
metadata: {{name: kafka}}
stringData: {{word: from-secret, user: alice, password: canary-5c1e, wrong: canary-9d0f}}
"#
    )
}

pub(super) fn post(port: u16, path: &str, body: &str) -> u16 {
    Client::new(port).post(path, &[("Content-Type", "application/json")], body.as_bytes()).0
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn both_webhooks_make_one_record_with_key_headers_and_firing_id() {
    const PAIRS: usize = 200;
    let (broker, port) = (Broker::start(), free_port());
    broker.create("pairs", 4, &[]);
    let mut tidegate = Tidegate::new(&joined(port, &broker.address, "pairs", "          compress: true"));
    tidegate.start(&[]);
    for n in 0..PAIRS {
        assert_eq!(post(port, "/a", &format!(r#"{{"number":{n}}}"#)), 200);
        assert_eq!(post(port, "/b", &format!(r#"{{"number":{n}}}"#)), 200);
    }
    tidegate.settle();
    assert_eq!(tidegate.metric("tidegate_firings_total", "outcome=\"succeeded\""), PAIRS as f64);

    // Kafka's own consumer, as a user would look.
    let count = PAIRS.to_string();
    let mut arguments = vec!["--topic", "pairs", "--from-beginning", "--max-messages", &count, "--timeout-ms", "60000"];
    for property in ["print.key=true", "print.headers=true", "headers.separator=|"] {
        arguments.extend(["--formatter-property", property]);
    }
    let shown = broker.tool("consumer", &arguments);
    let firings: serde_json::Value = tidegate.api("/api/v1/firings?limit=1000");
    let mut seen = BTreeMap::new();
    for line in shown.lines() {
        let [headers, key, value] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert_eq!(value, format!(r#"{{"a":{key},"b":{key}}}"#));
        let headers: BTreeMap<_, _> = headers.split('|').filter_map(|header| header.split_once(':')).collect();
        assert_eq!((headers["kind"], headers["over"]), ("pair", "from-secret"), "{line}");
        assert!(firings.to_string().contains(headers["Idempotency-Key"]), "{line}");
        assert!(seen.insert(key.to_owned(), headers["Idempotency-Key"].to_owned()).is_none(), "{key} came twice");
    }
    assert_eq!(seen.len(), PAIRS);

    // The keys lie where the reference's client would put them: FNV-1a of the key, as a signed number, by partitions.
    for record in broker.read("pairs", PAIRS, |_| true) {
        use rdkafka::message::Message as _;
        let key = record.key().unwrap();
        let hash = key.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        assert_eq!(record.partition(), (hash as i32 % 4).abs());
        assert_eq!(header(&record, "Idempotency-Key").unwrap(), seen[std::str::from_utf8(key).unwrap()]);
        assert_eq!(json(&record)["a"].to_string().as_bytes(), key);
    }
    tidegate.stop();
}

/// The reason of the first dead letter.
pub(super) fn dead(tidegate: &Tidegate) -> String {
    until("it is dead", || tidegate.metric("tidegate_dead_letters", "") == 1.0);
    tidegate.api("/api/v1/dead")[0]["reason"].as_str().unwrap().to_owned()
}

pub(super) fn pair(port: u16, n: usize) {
    for path in ["/a", "/b"] {
        assert_eq!(post(port, path, &format!(r#"{{"number":{n}}}"#)), 200);
    }
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn what_the_brokers_refuse_is_told_with_what_helps() {
    let broker = Broker::start();
    broker.create("small", 1, &["max.message.bytes=80"]);
    for (topic, told, help) in [
        ("absent", "Unknown topic", "--create --topic absent"),
        ("small", "Message size too large", "--entity-name small --add-config max.message.bytes"),
        ("no topic", "\"no topic\" is no name of a topic", "letters, digits"),
    ] {
        let port = free_port();
        let mut tidegate = Tidegate::new(&joined(port, &broker.address, topic, ""));
        tidegate.start(&[]);
        pair(port, 7);
        let reason = dead(&tidegate);
        assert!(reason.contains(told) && reason.contains(help), "{reason}");
        tidegate.stop();
    }
}

#[test]
fn what_this_build_cannot_do_ends_the_run() {
    let registry = "          schemaRegistry: {url: http://localhost, schemaId: 1}";
    let kerberos = "          sasl: {mechanism: GSSAPI, userSecret: {name: kafka, key: user}, passwordSecret: {name: kafka, key: password}}";
    for (more, part) in
        [(registry, "schemaRegistry is not part of this build"), (kerberos, "GSSAPI is not part of this build")]
    {
        let (code, told) = Tidegate::new(&joined(free_port(), "localhost:9", "t", more)).fails(&[]);
        assert!(code == 2 && told.contains(part) && told.contains("spec.triggers[0].template.kafka"), "{code}: {told}");
    }
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn the_broker_is_killed_under_load_and_no_record_is_missing() {
    let (broker, port) = (Broker::start(), free_port());
    broker.create("pairs", 3, &[]);
    let more = "      retryStrategy: {steps: 20, duration: 100ms}";
    let mut tidegate = Tidegate::new(&joined(port, &broker.address, "pairs", more));
    tidegate.start(&[]);
    let mut pairs = 0;
    for _ in 0..3 {
        for when in ["alive", "dead"] {
            for _ in 0..100 {
                pair(port, pairs);
                pairs += 1;
            }
            if when == "alive" {
                broker.kill();
            }
        }
        broker.restart();
    }
    tidegate.settle();
    assert_eq!(tidegate.metric("tidegate_firings_total", "outcome=\"succeeded\""), pairs as f64);
    let mut ids: BTreeMap<u64, BTreeMap<String, usize>> = BTreeMap::new();
    for record in broker.read("pairs", pairs, |_| true) {
        let id = header(&record, "Idempotency-Key").unwrap();
        *ids.entry(json(&record)["a"].as_u64().unwrap()).or_default().entry(id).or_default() += 1;
    }
    assert_eq!(ids.keys().copied().collect::<Vec<_>>(), (0..pairs as u64).collect::<Vec<_>>());
    assert!(ids.values().all(|ids| ids.len() == 1), "a repeat under another id");
    tidegate.stop();
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn the_example_writes_a_topic_and_reads_it() {
    let broker = Broker::start();
    broker.create("orders", 1, &[]);
    let mut example = Example::beside("kafka/orders.yaml", &broker.address);
    example.paste(0);
    until("the order comes back", || example.out().contains(r#""key":"ada","partition":0,"body":{"id":7}"#));
    example.tidegate.stop();
}
