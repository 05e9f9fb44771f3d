//! Firings become records of a topic.

use super::stand::{Broker, header, json};
use crate::end_to_end::stand::{Client, Tidegate, free_port};
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
    for record in broker.read("pairs", PAIRS) {
        use rdkafka::message::Message as _;
        let key = record.key().unwrap();
        let hash = key.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        assert_eq!(record.partition(), (hash as i32 % 4).abs());
        assert_eq!(header(&record, "Idempotency-Key").unwrap(), seen[std::str::from_utf8(key).unwrap()]);
        assert_eq!(json(&record)["a"].to_string().as_bytes(), key);
    }
    tidegate.stop();
}
