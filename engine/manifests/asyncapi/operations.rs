//! Operations, messages and schemas that both kinds of documents use.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::description::{Description, Operation, Side};

/// The schemas that documents share: the envelope, and what callers send.
static SCHEMAS: LazyLock<Map<String, Value>> = LazyLock::new(|| read(include_str!("schemas.json")));

/// The schemas of what each kind of source puts into an event's data.
static DATA: LazyLock<Map<String, Value>> = LazyLock::new(|| read(include_str!("data.json")));

fn read(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Adds a shared schema under its name.
pub(super) fn add_schema(description: &mut Description, name: &str) {
    if let Some(schema) = SCHEMAS.get(name) {
        description.schemas.insert(name.to_owned(), schema.clone());
    }
}

/// Adds the schema of the data of a kind of source, and says under which name.
pub(super) fn add_data(description: &mut Description, kind: &str) -> String {
    let name = format!("{kind}Data");
    if let Some(schema) = DATA.get(kind) {
        description.schemas.insert(name.clone(), schema.clone());
        for shared in ["GitHubEventPayload", "GitLabEventPayload"] {
            if schema.to_string().contains(shared) {
                add_schema(description, shared);
            }
        }
    }
    name
}

/// What a kind of source expects of a call: the message's name, its schema, its headers with what they say.
struct Call {
    kinds: &'static [&'static str],
    message: &'static str,
    title: &'static str,
    text: &'static str,
    schema: &'static str,
    headers: &'static [(&'static str, &'static str)],
}

/// The calls; the last one fits every kind.
const CALLS: &[Call] = &[
    Call {
        kinds: &["github"],
        message: "GitHubEvent",
        title: "A call from GitHub",
        text: "The header X-GitHub-Event names the event, such as push, pull_request, release or create. With a secret in \
               the EventSource the signature is checked before the event is published.",
        schema: "GitHubEventPayload",
        headers: &[
            ("X-GitHub-Event", "The event, such as push, pull_request or release."),
            ("X-Hub-Signature-256", "The HMAC-SHA256 of the body, by which it is checked."),
            ("X-GitHub-Delivery", "The id of the delivery; one that comes twice is published once."),
        ],
    },
    Call {
        kinds: &["gitlab"],
        message: "GitLabEvent",
        title: "A call from GitLab",
        text: "The header X-Gitlab-Event names the event. With a secret in the EventSource the token in X-Gitlab-Token is \
               checked before the event is published.",
        schema: "GitLabEventPayload",
        headers: &[
            ("X-Gitlab-Event", "The event, such as Push Hook, Merge Request Hook or Tag Push Hook."),
            ("X-Gitlab-Token", "The secret token, by which the call is checked."),
        ],
    },
    Call {
        kinds: &["bitbucket", "bitbucketserver"],
        message: "BitbucketEvent",
        title: "A call from Bitbucket",
        text: "The header X-Event-Key names the event, such as repo:push.",
        schema: "GenericWebhookPayload",
        headers: &[
            ("X-Event-Key", "The event, such as repo:push or repo:refs_changed."),
            ("X-Hub-Signature", "The HMAC-SHA256 of the body, by which it is checked."),
        ],
    },
    Call {
        kinds: &["slack"],
        message: "SlackEvent",
        title: "A call from Slack",
        text: "An event, a command or an interaction. The signature is checked before the event is published.",
        schema: "GenericWebhookPayload",
        headers: &[
            ("X-Slack-Signature", "The signature of time and body, by which the call is checked."),
            ("X-Slack-Request-Timestamp", "When Slack sent the call, in seconds since 1970."),
        ],
    },
    Call {
        kinds: &[],
        message: "WebhookEvent",
        title: "A call of a webhook",
        text: "The body of any request. It becomes the data of an event, with the headers beside it; its form is the \
               caller's own.",
        schema: "GenericWebhookPayload",
        headers: &[("Content-Type", "The media type of the body; form fields and JSON are understood.")],
    },
];

/// Adds the message of calls of a kind of source, with its schema, and says under which name.
pub(super) fn add_call(description: &mut Description, kind: &str) -> String {
    let call = CALLS.iter().find(|call| call.kinds.contains(&kind) || call.kinds.is_empty());
    let Some(call) = call else { return String::new() };
    add_schema(description, call.schema);
    let header = |(name, text): &(&str, &str)| ((*name).to_owned(), json!({ "type": "string", "description": text }));
    let headers: Map<String, Value> = call.headers.iter().map(header).collect();
    let message = json!({
        "name": call.message,
        "title": call.title,
        "summary": format!("{} that a source takes in", call.title),
        "description": call.text,
        "contentType": "application/json",
        "headers": { "type": "object", "properties": headers },
        "payload": { "$ref": format!("#/components/schemas/{}", call.schema) },
    });
    description.messages.insert(call.message.to_owned(), message);
    call.message.to_owned()
}

/// The message of an event on the bus.
pub(super) fn cloud_event(name: &str, schema: &str) -> Value {
    json!({
        "name": name,
        "title": "An event on the bus",
        "summary": "A CloudEvents 1.0 envelope around what a source brought",
        "description": "Every event on a bus is a CloudEvent in JSON. Its data is what the source brought; its source and \
                        subject say which dependencies it is for. The attributes stand in the record's headers too.",
        "contentType": "application/cloudevents+json",
        "headers": { "type": "object", "properties": {
            "ce_id": { "type": "string", "description": "The event's id." },
            "ce_source": { "type": "string", "description": "The event's source." },
            "ce_type": { "type": "string", "description": "The event's type." },
            "ce_subject": { "type": "string", "description": "The event's subject." },
        } },
        "payload": { "$ref": schema },
    })
}

/// The scheme of a signature in a header.
pub(super) fn hmac(header: &str) -> Value {
    json!({
        "type": "httpApiKey",
        "in": "header",
        "name": header,
        "description": "The HMAC of the request's body in hex, as GitHub and others send it. It is checked against the \
                        secret that the EventSource names, and a call without the right one is refused.",
    })
}

/// Callers send requests.
pub(super) fn called(
    id: &str,
    summary: &str,
    messages: Vec<String>,
    security: Vec<String>,
    method: Option<&str>,
) -> Operation {
    Operation {
        side: Side::Called,
        id: id.to_owned(),
        summary: summary.to_owned(),
        text: "Another system sends a request. The source checks it, puts what it brought into a CloudEvent and publishes \
               it; the answer is 200 when the event is durable on the bus."
            .to_owned(),
        messages,
        security,
        method: method.map(str::to_owned),
    }
}

/// A source publishes.
pub(super) fn publishes(id: &str, summary: &str, message: &str) -> Operation {
    Operation {
        side: Side::Publishes,
        id: id.to_owned(),
        summary: summary.to_owned(),
        text: "When something has happened at its end (a call, a moment of a schedule, a message, a change), the source puts \
               it into a CloudEvent and publishes it on the bus."
            .to_owned(),
        messages: vec![message.to_owned()],
        security: Vec::new(),
        method: None,
    }
}

/// Sensors consume; without names, any sensor.
pub(super) fn consumes(id: &str, summary: &str, message: &str, sensors: &[&str]) -> Operation {
    let who = match sensors {
        [] => "A sensor".to_owned(),
        [one] => format!("The sensor {one}"),
        several => format!("The sensors {}", several.join(", ")),
    };
    Operation {
        side: Side::Consumes,
        id: id.to_owned(),
        summary: summary.to_owned(),
        text: format!(
            "{who} takes the events that match its dependencies. When the condition of a trigger holds, the trigger fires \
             with the events that made it hold."
        ),
        messages: vec![message.to_owned()],
        security: Vec::new(),
        method: None,
    }
}

#[cfg(test)]
mod tests {
    use model::manifest::event_source::KINDS;

    use super::*;

    #[test]
    fn every_kind_of_source_has_a_schema_of_its_data() {
        assert!(SCHEMAS.len() == 4 && DATA.len() == KINDS.len());
        for kind in KINDS {
            assert!(DATA.contains_key(kind.member), "{}", kind.member);
        }
    }
}
