//! Secrets that are easy to find again: whatever the program writes or answers is searched for them.

use super::stand::{Client, Sink, Tidegate, free_port, sign, until};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

const CANARIES: [(&str, &str); 5] = [
    ("token", "canary-token-5f1c"),
    ("hmac", "canary-hmac-9a2e"),
    ("user", "canary-user-77b0"),
    ("password", "canary-password-c4d8"),
    ("header", "canary-header-e3f6"),
];

fn manifests(port: u16, sink: u16) -> String {
    let values: String = CANARIES.iter().map(|(key, value)| format!("  {key}: {value}\n")).collect();
    format!(
        r#"
apiVersion: v1
kind: Secret
metadata: {{name: door}}
stringData:
{values}---
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata:
  name: hooks
  annotations: {{tidegate.io/hmac: "signed: {{secret: {{name: door, key: hmac}}, header: X-Sig, prefix: sha256=}}"}}
spec:
  webhook:
    guarded: {{endpoint: /guarded, port: "{port}", method: POST, authSecret: {{name: door, key: token}}}}
    signed: {{endpoint: /signed, port: "{port}", method: POST}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: sensor}}
spec:
  dependencies:
    - {{name: a, eventSourceName: hooks, eventName: guarded}}
    - {{name: b, eventSourceName: hooks, eventName: signed}}
  triggers:
    - template:
        name: post
        conditions: a || b
        http:
          url: http://127.0.0.1:{sink}/
          basicAuth: {{username: {{name: door, key: user}}, password: {{name: door, key: password}}}}
          secureHeaders: [{{name: X-Secret, valueFrom: {{secretKeyRef: {{name: door, key: header}}}}}}]
    - {{template: {{name: tell, conditions: a || b, log: {{}}}}}}
"#
    )
}

fn search(what: &str, text: &[u8]) {
    for (_, canary) in CANARIES {
        let found = text.windows(canary.len()).any(|part| part == canary.as_bytes());
        assert!(!found, "{what} has {canary}");
    }
}

/// Every file below a folder: what it holds, and that nobody but its owner can read it.
fn search_files(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, about) = (entry.path(), entry.metadata().unwrap());
        let mode = about.permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
        if about.is_dir() {
            search_files(&path);
        } else if about.is_file() {
            search(&path.display().to_string(), &std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn no_secret_leaves_by_anything_that_is_written_or_answered() {
    let (sink, port) = (Sink::answering(401, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&manifests(port, sink.port));
    tidegate.start(&[]);
    let mut client = Client::new(port);
    let token = format!("Bearer {}", CANARIES[0].1);
    let signature = sign(CANARIES[1].1, b"{\"n\":1}");
    let json = ("Content-Type", "application/json");
    assert_eq!(client.post("/guarded", &[json, ("Authorization", &token)], b"{\"n\":1}").0, 200);
    assert_eq!(client.post("/signed", &[json, ("X-Sig", &signature)], b"{\"n\":1}").0, 200);
    for wrong in [format!("{token}x"), format!("Basic {}", CANARIES[0].1)] {
        let (status, body) = client.post("/guarded", &[json, ("Authorization", &wrong)], b"{}");
        assert_eq!(status, 401);
        search("a refusal", body.as_bytes());
    }
    until("both firings are dead", || tidegate.metric("tidegate_dead_letters", "") == 2.0);
    let path = tidegate.folder.path().join("manifests.yaml");
    let path = path.to_str().unwrap();
    let listen = format!("127.0.0.1:{}", tidegate.admin);
    let id: String = tidegate.api("/api/v1/dead")[0]["id"].as_str().unwrap().to_owned();
    for verb in [
        &["dlq", "list", "-o", "json"][..],
        &["dlq", "show", &id],
        &["firings", "-o", "json"],
        &["pending", "-o", "json"],
        &["doctor", path, "--listen", &listen],
        &["graph", path],
        &["lint", path, "-o", "json"],
        &["asyncapi", path],
    ] {
        search(verb[0], tidegate.verb(verb).1.as_bytes());
    }
    for page in ["/metrics", "/readyz", "/api/v1/status", "/api/v1/dead", "/api/v1/firings", "/api/v1/pending"] {
        search(page, Client::new(tidegate.admin).get(page).1.as_bytes());
    }
    tidegate.stop();
    search("the standard output", tidegate.out().as_bytes());
    search("the log", tidegate.told().join("\n").as_bytes());
    search_files(&tidegate.data());
    // The search finds what is there.
    assert!(sink.seen.lock().unwrap().len() == 2);
    let unmasked = std::panic::catch_unwind(|| search("itself", CANARIES[3].1.as_bytes()));
    assert!(unmasked.is_err());
}
