//! The AsyncAPI documents: what they say of Tidegate and of manifests, and that every reference leads somewhere.
//!
//! `tests/documents/run` puts them before the official parser.

use serde_json::Value;
use tidegate::manifests::Manifests;
use tidegate::manifests::asyncapi::{self, Spec};

const EVERYTHING: &str = include_str!("../documents/everything.yaml");

fn itself(spec: Spec) -> Value {
    serde_json::to_value(asyncapi::itself().document(spec)).unwrap()
}

fn everything(spec: Spec) -> Value {
    let mut manifests = Manifests::default();
    manifests.add("everything.yaml", EVERYTHING);
    assert!(manifests.lint().iter().all(|finding| finding.rule.code == "not-in-this-build"), "{:?}", manifests.lint());
    serde_json::to_value(asyncapi::manifests(&manifests, "default").document(spec)).unwrap()
}

/// The names of the members of a map.
fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn it_describes_tidegate_point_for_point() {
    let document = itself(Spec::V2);
    assert_eq!(document["asyncapi"], "2.6.0");
    for part in
        [&document["info"]["contact"]["url"], &document["info"]["license"]["name"], &document["externalDocs"]["url"]]
    {
        assert!(part.is_string());
    }
    let server = &document["servers"]["argoEventsWebhook"];
    assert_eq!(server["url"], "http://{eventsource-service}:{port}");
    assert_eq!(server["variables"]["eventsource-service"]["default"], "webhook-eventsource-svc");
    assert_eq!(server["variables"]["port"]["default"], "12000");

    let webhook = &document["channels"]["/webhook/{eventName}"];
    assert!(webhook["parameters"]["eventName"]["description"].is_string());
    assert_eq!(webhook["subscribe"]["operationId"], "receiveWebhookEvent");
    let messages = webhook["subscribe"]["message"]["oneOf"].as_array().unwrap();
    assert_eq!(messages.len(), 3);
    let bus = &document["channels"]["/eventsource/{namespace}/{eventSourceName}/{eventName}"];
    assert_eq!(names(&bus["parameters"]), ["eventName", "eventSourceName", "namespace"]);
    assert_eq!(bus["publish"]["operationId"], "publishEventToEventBus");
    assert_eq!(bus["subscribe"]["operationId"], "consumeEventFromEventBus");

    let components = &document["components"];
    assert_eq!(names(&components["messages"]), ["CloudEvent", "GitHubEvent", "GitLabEvent", "WebhookEvent"]);
    let schemas = ["CloudEventEnvelope", "GenericWebhookPayload", "GitHubEventPayload", "GitLabEventPayload"];
    assert_eq!(names(&components["schemas"]), schemas);
    let headers = &components["messages"]["GitHubEvent"]["headers"]["properties"];
    assert_eq!(names(headers), ["X-GitHub-Delivery", "X-GitHub-Event", "X-Hub-Signature-256"]);
    let headers = &components["messages"]["GitLabEvent"]["headers"]["properties"];
    assert_eq!(names(headers), ["X-Gitlab-Event", "X-Gitlab-Token"]);
    let envelope = &components["schemas"]["CloudEventEnvelope"];
    assert_eq!(envelope["required"], serde_json::json!(["specversion", "id", "source", "type"]));
    assert_eq!(
        names(&components["schemas"]["GenericWebhookPayload"]["properties"]),
        ["body", "headers", "queryString"]
    );
    let hmac = &components["securitySchemes"]["hmacSignature"];
    assert_eq!(
        (&hmac["type"], &hmac["in"], &hmac["name"]),
        (&"httpApiKey".into(), &"header".into(), &"X-Hub-Signature-256".into())
    );
}

#[test]
fn version_3_has_the_same_operations() {
    let document = itself(Spec::V3);
    assert_eq!(
        names(&document["operations"]),
        ["consumeEventFromEventBus", "publishEventToEventBus", "receiveWebhookEvent"]
    );
    assert_eq!(document["operations"]["publishEventToEventBus"]["action"], "send");
    assert_eq!(document["operations"]["receiveWebhookEvent"]["messages"].as_array().unwrap().len(), 3);
    let addresses: Vec<_> = document["channels"]
        .as_object()
        .unwrap()
        .values()
        .map(|channel| channel["address"].as_str().unwrap())
        .collect();
    assert_eq!(addresses, ["/eventsource/{namespace}/{eventSourceName}/{eventName}", "/webhook/{eventName}"]);
}

#[test]
fn endpoints_have_their_ports_paths_and_security() {
    let document = everything(Spec::V2);
    assert_eq!(names(&document["servers"]), ["bus-default", "bus-orders", "port-12000", "port-12001", "port-12443"]);
    assert_eq!(document["servers"]["port-12443"]["protocol"], "https");
    assert_eq!(document["servers"]["bus-orders"]["protocol"], "kafka-secure");
    let build = &document["channels"]["/build/{project}/{number}"];
    assert_eq!(names(&build["parameters"]), ["number", "project"]);
    assert_eq!(build["servers"], serde_json::json!(["port-12000"]));
    assert_eq!(build["subscribe"]["bindings"]["http"]["method"], "POST");
    let security: Vec<_> = build["subscribe"]["security"].as_array().unwrap().iter().flat_map(names).collect();
    assert_eq!(security, ["bearerToken", "signature-X-Signature"]);
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["signature-X-Signature"]["name"], "X-Signature");
    assert_eq!(schemes["gitlabToken"]["name"], "X-Gitlab-Token");
    assert_eq!(document["channels"]["/asked"]["subscribe"]["bindings"]["http"]["method"], "GET");
}

#[test]
fn every_event_has_a_channel_on_its_bus() {
    let document = everything(Spec::V2);
    let channels: Vec<_> =
        names(&document["channels"]).into_iter().filter(|name| name.starts_with("/eventsource/")).collect();
    let wanted = [
        "default/forge/asked",
        "default/forge/build",
        "default/forge/merged",
        "default/forge/push",
        "default/lake/entered",
        "default/lake/stored",
        "other/clocks/noon",
    ];
    assert_eq!(channels, wanted.map(|name| format!("/eventsource/{name}")));
    let build = &document["channels"]["/eventsource/default/forge/build"];
    assert_eq!(build["bindings"]["kafka"]["topic"], "orders");
    assert!(build["subscribe"]["description"].as_str().unwrap().contains("shipping"));
    assert!(document["channels"]["/eventsource/default/forge/push"]["subscribe"].is_null());
    let schema = &document["components"]["schemas"]["event-default-forge-push"]["allOf"][1]["properties"];
    assert_eq!(schema["source"]["const"], "eventsource/default/forge/push");
    assert_eq!(schema["type"]["const"], "com.github.argoproj.argo-events.github");
    assert_eq!(schema["data"]["$ref"], "#/components/schemas/githubData");
}

#[test]
fn every_reference_leads_somewhere() {
    for document in [itself(Spec::V2), itself(Spec::V3), everything(Spec::V2), everything(Spec::V3)] {
        let mut references = vec![];
        collect(&document, &mut references);
        assert!(references.len() > 5);
        for reference in references {
            assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
        }
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
