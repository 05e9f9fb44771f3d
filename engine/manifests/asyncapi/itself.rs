//! The document of Tidegate itself: every endpoint and bus channel that a manifest can make.

use std::collections::{BTreeMap, BTreeSet};

use super::description::{Channel, Description, Server, Variable};
use super::operations::{self, cloud_event};

/// Describes Tidegate without manifests: one server, one channel of webhooks and one of events on the bus.
pub fn itself() -> Description {
    let text = "Tidegate runs the EventSources and Sensors of Argo Events as one durable dataflow in one binary. Sources take \
                events in: calls of webhooks, GitHub, GitLab and Bitbucket, schedules and intervals, messages of brokers \
                and queues, changes of objects. Sensors wait for the events that they depend on and then act: HTTP \
                requests, workflows, Kubernetes objects, messages. Every event is durable before it is acknowledged.";
    let mut description = Description::new("Tidegate", text);
    description.servers.insert("argoEventsWebhook".to_owned(), server());
    description.channels.insert("/webhook/{eventName}".to_owned(), webhook());
    description.channels.insert("/eventsource/{namespace}/{eventSourceName}/{eventName}".to_owned(), bus());
    for kind in ["webhook", "github", "gitlab"] {
        operations::add_call(&mut description, kind);
    }
    let message = cloud_event("CloudEvent", "#/components/schemas/CloudEventEnvelope");
    description.messages.insert("CloudEvent".to_owned(), message);
    operations::add_schema(&mut description, "CloudEventEnvelope");
    description.security.insert("hmacSignature".to_owned(), operations::hmac("X-Hub-Signature-256"));
    description
}

fn server() -> Server {
    let service = Variable {
        name: "eventsource-service",
        text: "The host that sources listen on; in a cluster the service of the EventSource.",
        default: "webhook-eventsource-svc".to_owned(),
    };
    let port = Variable {
        name: "port",
        text: "The port that the EventSource names for the endpoint.",
        default: "12000".to_owned(),
    };
    Server {
        host: "{eventsource-service}:{port}".to_owned(),
        protocol: "http",
        text:
            "The endpoints of all sources that are called over HTTP. Each EventSource says at which ports and paths it \
               listens; sources share ports."
                .to_owned(),
        variables: vec![service, port],
    }
}

fn webhook() -> Channel {
    let parameters = [("eventName", "The name of the event in the EventSource.")];
    Channel {
        text: "Calls from GitHub, GitLab, Bitbucket or any other program that can send an HTTP request. An EventSource can \
               have several endpoints, each under an event name of its own, at the same or at different ports."
            .to_owned(),
        parameters: named(&parameters),
        servers: BTreeSet::from(["argoEventsWebhook".to_owned()]),
        bindings: None,
        operations: vec![operations::called(
            "receiveWebhookEvent",
            "Take in an event over HTTP",
            vec!["GitHubEvent".to_owned(), "GitLabEvent".to_owned(), "WebhookEvent".to_owned()],
            vec!["hmacSignature".to_owned()],
            Some("POST"),
        )],
    }
}

fn bus() -> Channel {
    let parameters = [
        ("namespace", "The namespace of the EventSource."),
        ("eventSourceName", "The name of the EventSource."),
        ("eventName", "The name of the event in the EventSource."),
    ];
    Channel {
        text: "The events of one source on the bus, from where sensors take them. The bus is the log in Tidegate's own data \
               folder, or Kafka, as the EventBus says."
            .to_owned(),
        parameters: named(&parameters),
        servers: BTreeSet::new(),
        bindings: None,
        operations: vec![
            operations::publishes("publishEventToEventBus", "A source publishes an event", "CloudEvent"),
            operations::consumes("consumeEventFromEventBus", "A sensor takes an event", "CloudEvent", &[]),
        ],
    }
}

fn named(parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
    parameters.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}
