//! Brokers that want a password, and encrypted connections.

use super::source::{numbers, reading, sink, write};
use super::stand::Broker;
use super::trigger::{dead, joined, pair};
use crate::end_to_end::stand::{Tidegate, free_port, until};
use serde_json::{Value, json};

/// The passwords of `joined` and `reading`, of which no output may have anything.
const CANARIES: &str = "canary-";

/// A broker with a second listener of this protocol, which lets alice in, and where that listens.
fn secured(protocol: &str, more: &str) -> (Broker, String) {
    let (port, settings) = (free_port(), tempfile::NamedTempFile::new().unwrap());
    let text = format!(
        "listeners=PLAINTEXT://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CONTROLLER@,SECURED://127.0.0.1:{port}\n\
         advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@,SECURED://127.0.0.1:{port}\n\
         listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:{protocol}\n\
         sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512\n\
         listener.name.secured.plain.sasl.jaas.config=\
         org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"canary-5c1e\";\n\
         listener.name.secured.scram-sha-256.sasl.jaas.config=\
         org.apache.kafka.common.security.scram.ScramLoginModule required;\n\
         listener.name.secured.scram-sha-512.sasl.jaas.config=\
         org.apache.kafka.common.security.scram.ScramLoginModule required;\n{more}"
    );
    std::fs::write(settings.path(), text).unwrap();
    let users = "--add-scram SCRAM-SHA-256=[name=alice,password=canary-5c1e] \
                 --add-scram SCRAM-SHA-512=[name=alice,password=canary-5c1e]";
    let variables = [("BROKER_SETTINGS", settings.path().to_str().unwrap()), ("BROKER_FORMAT", users)];
    (Broker::with(&variables), format!("127.0.0.1:{port}"))
}

fn sasl(mechanism: &str, password: &str) -> Value {
    let key = |key: &str| json!({"name": "kafka", "key": key});
    json!({"mechanism": mechanism, "userSecret": key("user"), "passwordSecret": key(password)})
}

fn keeps_secrets(tidegate: &Tidegate) {
    let told = tidegate.told().join("\n");
    let shown = [told, tidegate.out(), tidegate.metrics(), tidegate.api("/api/v1/dead").to_string()];
    assert!(shown.iter().all(|text| !text.contains(CANARIES)), "{shown:?}");
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn a_wrong_password_is_told_and_a_right_one_holds_from_the_next_reload() {
    let (broker, address) = secured("SASL_PLAINTEXT", "");
    broker.create("in", 1, &[]);
    broker.create("out", 1, &[]);
    write(&broker, "in", 1, 0..3);
    let sink = sink();
    let manifests = |password: &str| {
        let reading = reading(
            sink.port,
            &json!({"url": address, "topic": "in", "jsonBody": true, "sasl": sasl("PLAIN", "password"),
                "consumerGroup": {"groupName": "readers", "oldest": true}}),
        );
        reading.replace("canary-5c1e", password)
    };
    let mut reader = Tidegate::new(&manifests("canary-9d0f"));
    reader.start(&[]);
    until("the source tells", || reader.told().join("\n").contains("Authentication failed"));
    let port = free_port();
    let secured = format!("          sasl: {}", sasl("", "password"));
    let writing = joined(port, &address, "out", &secured);
    let mut writer = Tidegate::new(&writing.replace("canary-5c1e", "canary-9d0f"));
    writer.start(&[]);
    pair(port, 1);
    let reason = dead(&writer);
    assert!(reason.contains("did not confirm") && reason.contains("Authentication failed"), "{reason}");

    reader.write(&manifests("canary-5c1e"));
    reader.signal("HUP");
    until("the records come", || numbers(&sink) == [0, 1, 2]);
    writer.write(&writing);
    writer.signal("HUP");
    pair(port, 2);
    assert_eq!(broker.read("out", 1, |_| true).len(), 1);
    keeps_secrets(&reader);
    keeps_secrets(&writer);
    let lines = reader.told().into_iter().chain(writer.told()).filter(|line| line.contains("Authentication failed"));
    assert!(lines.count() <= 6);
    reader.stop();
    writer.stop();
}

/// A certificate for the loopback address that signs itself, with its key.
#[cfg(feature = "kafka-tls")]
fn certificate(folder: &std::path::Path) -> (String, String) {
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let arguments = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1";
    let mut command = std::process::Command::new("openssl");
    command.args(arguments.split(' ')).arg("-keyout").arg(&key).arg("-out").arg(&certificate);
    assert!(command.output().unwrap().status.success());
    (std::fs::read_to_string(key).unwrap(), std::fs::read_to_string(certificate).unwrap())
}

#[test]
#[cfg(feature = "kafka-tls")]
#[ignore = "needs a Kafka broker: tests/run kafka-tls"]
fn a_bus_is_reached_by_tls_and_scram_and_what_does_not_fit_is_told() {
    use crate::end_to_end::stand::{Client, Sink};
    use std::time::Duration;

    let folder = tempfile::tempdir().unwrap();
    let (key, ours) = certificate(folder.path());
    let store = folder.path().join("store.pem");
    std::fs::write(&store, key + &ours).unwrap();
    let (_, other) = certificate(folder.path());
    let more = format!(
        "listener.name.secured.ssl.keystore.type=PEM\nlistener.name.secured.ssl.keystore.location={}\n",
        store.display()
    );
    let (_broker, address) = secured("SASL_SSL", &more);
    let (sink, port) = (Sink::answering(200, Duration::ZERO), free_port());
    let manifests = |mechanism: &str, password: &str, authority: &str| {
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "kafka"},
            "stringData": {"user": "alice", "password": password, "ca": authority}});
        let tls = json!({"caCertSecret": {"name": "kafka", "key": "ca"}});
        let bus = json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "EventBus", "metadata": {"name": "default"},
            "spec": {"kafka": {"url": address, "topic": "events", "tls": tls, "sasl": sasl(mechanism, "password")}}});
        format!("{secret}\n---\n{bus}\n---{}", crate::end_to_end::one_trigger(port, sink.port, ""))
    };
    for (password, authority, told) in
        [("canary-9d0f", &ours, "uthentication failed"), ("canary-5c1e", &other, "certificate")]
    {
        let (code, log) = Tidegate::new(&manifests("SCRAM-SHA-512", password, authority)).fails(&[]);
        assert!(code == 2 && log.contains(told) && !log.contains(CANARIES), "{log}");
    }
    for (n, mechanism) in ["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"].into_iter().enumerate() {
        let mut tidegate = Tidegate::new(&manifests(mechanism, "canary-5c1e", &ours));
        tidegate.start(&[]);
        let posted = Client::new(port).post("/in", &[("Content-Type", "application/json")], b"{\"number\":1}");
        assert_eq!(posted.0, 200, "{posted:?}");
        until("it fired", || sink.firings() == n + 1);
        keeps_secrets(&tidegate);
        tidegate.stop();
    }
}

#[test]
#[ignore = "needs a Kafka broker: tests/run kafka"]
fn a_user_without_rights_is_told_which_and_those_of_the_docs_are_enough() {
    let more =
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\nsuper.users=User:ANONYMOUS\n";
    let (broker, address) = secured("SASL_PLAINTEXT", more);
    let (sink, port) = (crate::end_to_end::stand::Sink::answering(200, std::time::Duration::ZERO), free_port());
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "kafka"},
        "stringData": {"user": "alice", "password": "canary-5c1e"}});
    let bus = json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "EventBus", "metadata": {"name": "default"},
        "spec": {"kafka": {"url": address, "topic": "events", "sasl": sasl("PLAIN", "password")}}});
    let manifests = format!("{secret}\n---\n{bus}\n---{}", crate::end_to_end::one_trigger(port, sink.port, ""));
    let mut tidegate = Tidegate::new(&manifests);
    let allow = |operations: &[&str], what: &[&str]| {
        let mut arguments = vec!["--add", "--allow-principal", "User:alice"];
        operations.iter().for_each(|operation| arguments.extend(["--operation", operation]));
        arguments.extend(what);
        broker.tool("acls", &arguments);
    };
    broker.create("events", 2, &["message.timestamp.type=LogAppendTime"]);
    let (code, told) = tidegate.fails(&[]);
    assert!(code == 2 && told.contains("ACLs DESCRIBE, READ and WRITE"), "{told}");
    allow(&["Read", "Write", "Describe", "DescribeConfigs"], &["--topic", "events"]);
    let (code, told) = tidegate.fails(&[]);
    assert!(code == 2 && told.contains("events-state"), "{told}");
    broker.create("events-state", 1, &["cleanup.policy=compact", "max.message.bytes=16777216"]);
    allow(&["Read", "Write", "Describe", "DescribeConfigs"], &["--topic", "events-state"]);
    allow(&["Write", "Describe"], &["--transactional-id", "events-state"]);
    allow(&["Read"], &["--group", "events-state"]);
    allow(&["Read"], &["--group", "events-tidegate"]);
    tidegate.start(&[]);
    let posted = crate::end_to_end::stand::Client::new(port).post("/in", &[], b"{\"number\":1}");
    assert_eq!(posted.0, 200, "{posted:?}");
    until("it fired", || sink.firings() == 1);
    keeps_secrets(&tidegate);
    tidegate.stop();
}
