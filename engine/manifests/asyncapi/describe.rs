//! The document of manifests: the endpoints of their sources, and their channels on the bus.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::manifest::annotations::HmacAlgorithm;
use model::manifest::{EventBusSpec, EventSource, Source, SourceKind, WebhookContext};
use serde_json::json;

use super::super::annotations;
use super::super::load::Manifests;
use super::description::{Channel, Description, Server, Variable, key};
use super::operations;

/// Describes what the manifests expose and publish; objects without a namespace belong to `namespace`.
pub fn manifests(manifests: &Manifests, namespace: &str) -> Description {
    let text =
        "The endpoints that these EventSources listen on, and the events that they publish to the bus for Sensors.";
    let mut description = Description::new("EventSources and Sensors run by Tidegate", text);
    operations::add_schema(&mut description, "CloudEventEnvelope");
    for loaded in &manifests.event_sources {
        let source = &loaded.object;
        let home = if source.metadata.namespace.is_empty() { namespace } else { &source.metadata.namespace };
        let bus = manifests.buses.iter().find(|bus| {
            let bus = &bus.object.metadata;
            bus.name == source.spec.bus() && (bus.namespace == home || bus.namespace.is_empty())
        });
        let bus = bus.map(|bus| &bus.object.spec);
        for (kind, name, settings) in source.spec.sources() {
            let event = Event { source, home, kind, name };
            if let Some(webhook) = settings.webhook() {
                event.endpoint(&mut description, settings, webhook);
            }
            event.on_bus(&mut description, bus, &sensors(manifests, &event));
        }
    }
    description
}

/// One event of an EventSource.
struct Event<'a> {
    source: &'a EventSource,
    home: &'a str,
    kind: &'static SourceKind,
    name: &'a str,
}

/// The sensors that depend on an event.
fn sensors<'a>(manifests: &'a Manifests, event: &Event<'_>) -> Vec<&'a str> {
    let source = event.source;
    let depends = |sensor: &&Arc<model::manifest::Sensor>| {
        sensor.metadata.namespace == source.metadata.namespace
            && sensor.spec.bus() == source.spec.bus()
            && sensor.spec.dependencies.iter().any(|dependency| {
                dependency.event_source_name == source.metadata.name && dependency.event_name == event.name
            })
    };
    let sensors = manifests.sensors.iter().map(|loaded| &loaded.object).filter(depends);
    sensors.map(|sensor| sensor.metadata.name.as_str()).collect()
}

impl Event<'_> {
    /// A name for parts of the document that are this event's own.
    fn own(&self, what: &str) -> String {
        key(&format!("{what}-{}-{}-{}", self.home, self.source.metadata.name, self.name))
    }

    /// The HTTP endpoint. Endpoints of different ports with the same path share a channel.
    fn endpoint(&self, description: &mut Description, settings: Source<'_>, webhook: &WebhookContext) {
        let port = if webhook.port.is_empty() { "12000" } else { &webhook.port };
        let server = key(&format!("port-{port}"));
        let protocol = if webhook.server_cert_secret.is_some() { "https" } else { "http" };
        description.servers.entry(server.clone()).or_insert_with(|| http_server(port, protocol));
        let message = operations::add_call(description, self.kind.member);
        let security = self.security(description, settings, webhook);
        let method = match settings {
            Source::Webhook(webhook) if !webhook.method.is_empty() => webhook.method.to_ascii_uppercase(),
            _ => "POST".to_owned(),
        };
        let (address, parameters) = template(self.name, &webhook.endpoint);
        let channel = description.channels.entry(address).or_default();
        let owner = format!("{} of the EventSource {}", self.name, self.source.metadata.name);
        if channel.operations.is_empty() {
            channel.text = format!("Calls for the event {owner}.");
            let variable = |name: String| (name, "A part of the path; any text without a slash.".to_owned());
            channel.parameters = parameters.into_iter().map(variable).collect();
            let summary = format!("Take in the event {owner}");
            let id = self.own("receive");
            channel.operations.push(operations::called(&id, &summary, vec![message], security, Some(&method)));
        } else if let Some(operation) = channel.operations.first_mut() {
            channel.text.push_str(&format!(" Calls for the event {owner}."));
            let messages: BTreeSet<_> = operation.messages.drain(..).chain([message]).collect();
            operation.messages = messages.into_iter().collect();
            let schemes: BTreeSet<_> = operation.security.drain(..).chain(security).collect();
            operation.security = schemes.into_iter().collect();
        }
        channel.servers.insert(server);
    }

    /// What proves who calls: a token, or a signature.
    fn security(&self, description: &mut Description, settings: Source<'_>, webhook: &WebhookContext) -> Vec<String> {
        let mut schemes = Vec::new();
        let mut add = |name: String, scheme| {
            description.security.insert(name.clone(), scheme);
            schemes.push(name);
        };
        if webhook.auth_secret.is_some() {
            let text = "The token that the EventSource names in `authSecret`.";
            add("bearerToken".to_owned(), json!({ "type": "http", "scheme": "bearer", "description": text }));
        }
        let signed = match settings {
            Source::Github(source) if source.webhook_secret.is_some() => Some("X-Hub-Signature-256"),
            Source::BitbucketServer(source) if source.webhook_secret.is_some() => Some("X-Hub-Signature"),
            Source::Slack(source) if source.signing_secret.is_some() => Some("X-Slack-Signature"),
            _ => None,
        };
        if let Some(header) = signed {
            add(scheme_of(header), operations::hmac(header));
        }
        if matches!(settings, Source::Gitlab(source) if source.secret_token.is_some()) {
            let text = "The secret token that the EventSource names in `secretToken`.";
            let scheme = json!({ "type": "httpApiKey", "in": "header", "name": "X-Gitlab-Token", "description": text });
            add("gitlabToken".to_owned(), scheme);
        }
        let own = annotations::of_event_source(self.source).ok().and_then(|own| own.hmac);
        if let Some(check) = own.as_ref().and_then(|checks| checks.of(self.name)) {
            let mut scheme = operations::hmac(&check.header);
            let algorithm = match check.algorithm {
                HmacAlgorithm::Sha1 => "SHA1",
                HmacAlgorithm::Sha256 => "SHA256",
                HmacAlgorithm::Sha512 => "SHA512",
            };
            scheme["description"] =
                format!("The HMAC-{algorithm} of the body in hex, after `{}`.", check.prefix).into();
            add(scheme_of(&check.header), scheme);
        }
        schemes
    }

    /// The channel on the bus.
    fn on_bus(&self, description: &mut Description, bus: Option<&EventBusSpec>, sensors: &[&str]) {
        let (event_source, event) = (&self.source.metadata.name, self.name);
        let address = format!("/eventsource/{}/{event_source}/{event}", self.home);
        let data = operations::add_data(description, self.kind.member);
        let schema = self.own("event");
        let constants = json!({ "properties": {
            "source": { "const": format!("eventsource/{}/{event_source}/{event}", self.home) },
            "type": { "const": format!("com.github.argoproj.argo-events.{}", self.kind.event_type) },
            "subject": { "const": event },
            "data": { "$ref": format!("#/components/schemas/{data}") },
        } });
        let envelope = json!({ "$ref": "#/components/schemas/CloudEventEnvelope" });
        description.schemas.insert(schema.clone(), json!({ "allOf": [envelope, constants] }));
        let mut message = operations::cloud_event(&schema, &format!("#/components/schemas/{schema}"));
        let server = bus_server(description, self.source.spec.bus(), bus);
        let kafka = bus.and_then(|bus| bus.kafka.as_ref());
        let bindings = kafka.map(|kafka| {
            message["bindings"] = json!({ "kafka": { "key": { "type": "string" }, "bindingVersion": "0.4.0" } });
            let topic = format!("{}-{}", self.home, self.source.spec.bus());
            let topic = if kafka.topic.is_empty() { topic } else { kafka.topic.clone() };
            json!({ "kafka": { "topic": topic, "bindingVersion": "0.4.0" } })
        });
        description.messages.insert(schema.clone(), message);
        let owner = format!("{event} of the EventSource {event_source}");
        let summary = format!("Publish the event {owner}");
        let mut operations = vec![operations::publishes(&self.own("publish"), &summary, &schema)];
        if !sensors.is_empty() {
            let summary = format!("Take the event {owner}");
            operations.push(operations::consumes(&self.own("consume"), &summary, &schema, sensors));
        }
        let text = format!("The events {owner} on the bus {}.", self.source.spec.bus());
        let servers = BTreeSet::from([server]);
        description.channels.insert(address, Channel { text, servers, bindings, operations, ..Channel::default() });
    }
}

fn scheme_of(header: &str) -> String {
    if header == "X-Hub-Signature-256" { "hmacSignature".to_owned() } else { key(&format!("signature-{header}")) }
}

fn http_server(port: &str, protocol: &'static str) -> Server {
    let host = Variable { name: "host", text: "The host that Tidegate runs on.", default: "localhost".to_owned() };
    let text = format!("The endpoints at port {port}.");
    Server { host: format!("{{host}}:{port}"), protocol, text, variables: vec![host] }
}

/// Adds the server of a bus, and says under which name.
fn bus_server(description: &mut Description, name: &str, bus: Option<&EventBusSpec>) -> String {
    let kafka = bus.and_then(|bus| bus.kafka.as_ref());
    let exotic = bus.and_then(|bus| bus.jetstream_exotic.as_ref());
    let (host, protocol, text) = match (kafka, exotic) {
        (Some(kafka), _) => {
            let secure = kafka.tls.is_some() || kafka.sasl.is_some();
            let host = kafka.url.split(',').next().unwrap_or_default();
            (host.to_owned(), if secure { "kafka-secure" } else { "kafka" }, "on Kafka")
        }
        (None, Some(exotic)) => {
            let host = exotic.url.split_once("://").map_or(exotic.url.as_str(), |(_, host)| host);
            (host.to_owned(), "nats", "on JetStream")
        }
        (None, None) => (format!("bus-{}", key(name)), "tidegate", "inside Tidegate; no port leads to it"),
    };
    let server = key(&format!("bus-{name}"));
    let text = format!("The bus {name}, {text}.");
    description.servers.insert(server.clone(), Server { host, protocol, text, variables: Vec::new() });
    server
}

/// The address of an endpoint with the names of its variables, whose patterns are taken out.
fn template(event: &str, endpoint: &str) -> (String, Vec<String>) {
    let endpoint = match endpoint {
        "" => format!("/webhook/{event}"),
        path if path.starts_with('/') => path.to_owned(),
        path => format!("/{path}"),
    };
    let (mut address, mut names, mut depth) = (String::new(), Vec::new(), 0_usize);
    let mut name: Option<String> = None;
    for c in endpoint.chars() {
        match (c, depth) {
            ('{', 0) => (depth, name) = (1, Some(String::new())),
            ('{', _) => depth += 1,
            ('}', 1) => {
                depth = 0;
                let whole = name.take().unwrap_or_default();
                let name = whole.split(':').next().unwrap_or_default().to_owned();
                address.push_str(&format!("{{{name}}}"));
                names.push(name);
            }
            ('}', _) if depth > 1 => depth -= 1,
            (c, 0) => address.push(c),
            (c, _) => name.get_or_insert_default().push(c),
        }
    }
    (address, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_taken_out_of_paths() {
        assert_eq!(
            template("e", "/a/{id:[0-9]{2}}/{name}"),
            ("/a/{id}/{name}".to_owned(), vec!["id".into(), "name".into()])
        );
        assert_eq!(template("e", ""), ("/webhook/e".to_owned(), vec![]));
        assert_eq!(template("e", "x"), ("/x".to_owned(), vec![]));
    }
}
