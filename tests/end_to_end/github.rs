//! GitHub's own example payloads, signed and posted: each reaches the trigger with every digit, and none without a signature.

use super::stand::{Client, Sink, Tidegate, free_port, given, sign, until};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

fn manifests(port: u16, sink: u16) -> String {
    format!(
        r#"
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {{name: github}}
spec:
  github:
    hook:
      webhook: {{endpoint: /hook, port: "{port}", method: POST, maxPayloadSize: 4194304}}
      repositories: [{{owner: owner, names: [repository]}}]
      events: ["*"]
      webhookSecret: {{name: github, key: secret}}
---
apiVersion: v1
kind: Secret
metadata: {{name: github}}
stringData: {{secret: a-secret-for-tests}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: mirror}}
spec:
  dependencies: [{{name: hook, eventSourceName: github, eventName: hook}}]
  triggers:
    - template:
        name: mirror
        http:
          url: http://127.0.0.1:{sink}/
          payload: [{{src: {{dependencyName: hook, dataKey: body}}, dest: ""}}]
"#
    )
}

/// A JSON text without blanks outside of strings and with sorted members; numbers stay as they are written.
fn canonical(text: &str) -> String {
    if let Ok(members) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text) {
        let members: Vec<_> =
            members.iter().map(|(name, value)| format!("{name:?}:{}", canonical(value.get()))).collect();
        return format!("{{{}}}", members.join(","));
    }
    if let Ok(items) = serde_json::from_str::<Vec<Box<RawValue>>>(text) {
        return format!("[{}]", items.iter().map(|item| canonical(item.get())).collect::<Vec<_>>().join(","));
    }
    serde_json::from_str::<String>(text).map_or_else(|_| text.trim().to_owned(), |text| format!("{text:?}"))
}

fn without_injected(text: &str) -> String {
    let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).unwrap();
    members.remove("X-GitHub-Event").unwrap();
    members.remove("X-GitHub-Delivery").unwrap();
    canonical(&serde_json::to_string(&members).unwrap())
}

/// Each example with the name of its event, as GitHub would send it: one object of the package's index.
fn examples(folder: &Path) -> Vec<(String, String)> {
    let index = std::fs::read_to_string(folder.join("api.github.com/index.json")).unwrap();
    let events: Vec<BTreeMap<String, Box<RawValue>>> = serde_json::from_str(&index).unwrap();
    let examples = events.iter().flat_map(|event| {
        let name: String = serde_json::from_str(event["name"].get()).unwrap();
        let payloads: Vec<Box<RawValue>> = serde_json::from_str(event["examples"].get()).unwrap();
        payloads.into_iter().map(move |payload| (name.clone(), payload.get().to_owned()))
    });
    examples.collect()
}

#[test]
fn every_github_example_reaches_the_trigger_with_every_digit() {
    let Some(folder) = given("TIDEGATE_GITHUB_EXAMPLES") else { return };
    let examples = examples(&folder);
    assert!(examples.len() > 200, "only {} examples", examples.len());
    let (sink, port) = (Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&manifests(port, sink.port));
    tidegate.start(&[]);
    let mut client = Client::new(port);
    for (name, payload) in &examples {
        let signature = sign("a-secret-for-tests", payload.as_bytes());
        let mut post = |headers: &[(&str, &str)]| {
            let base = [("Content-Type", "application/json"), ("X-GitHub-Event", name.as_str())];
            client.post("/hook", &[&base[..], headers].concat(), payload.as_bytes()).0
        };
        for wrong in [&[][..], &[("X-Hub-Signature-256", "sha256=00")], &[("X-Hub-Signature-256", &signature[..40])]] {
            let status = post(wrong);
            assert!((400..500).contains(&status), "{name}: {status} with {wrong:?}");
        }
        assert_eq!(post(&[("X-Hub-Signature-256", &signature)]), 200, "{name}");
    }
    until("every example is there", || sink.firings() >= examples.len());
    tidegate.settle();
    assert_eq!(tidegate.metric("argo_events_events_sent_total", "eventsource_name=\"github\""), examples.len() as f64);
    let mut expected: Vec<_> = examples.iter().map(|(_, payload)| canonical(payload)).collect();
    let mut got: Vec<_> = sink.bodies().iter().map(|body| without_injected(body)).collect();
    expected.sort();
    got.sort();
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(&expected) {
        assert_eq!(got, expected);
    }
}
