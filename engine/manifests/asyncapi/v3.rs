//! AsyncAPI 3.0.0: operations stand beside channels, and say whether Tidegate receives or sends.

use serde_json::{Map, Value, json};

use super::description::{CONTENT_TYPE, Channel, Description, Document, Operation, Server, Side, key};
use super::v2::variables;

/// The document.
pub(super) fn document(description: &Description) -> Document {
    let servers = description.servers.iter().map(|(name, it)| (name.clone(), server(it)));
    let (mut channels, mut operations) = (Map::new(), Map::new());
    for (address, channel) in &description.channels {
        let name = name_of(address, &channels);
        for operation in &channel.operations {
            operations.insert(operation.id.clone(), one(operation, &name));
        }
        channels.insert(name, self::channel(address, channel));
    }
    let mut info = description.info();
    info["externalDocs"] = description.external();
    info["tags"] = description.tags();
    Document {
        asyncapi: "3.0.0",
        id: description.id(),
        info,
        external_docs: None,
        tags: None,
        default_content_type: CONTENT_TYPE,
        servers: servers.collect(),
        channels,
        operations: Some(operations),
        components: description.components(),
    }
}

/// The name of a channel, made from its address and unlike those before it.
fn name_of(address: &str, taken: &Map<String, Value>) -> String {
    let name = match key(address.trim_start_matches('/')) {
        empty if empty.is_empty() => "root".to_owned(),
        name => name,
    };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains_key(name)).unwrap_or(name)
}

fn server(server: &Server) -> Value {
    let mut value = json!({ "host": server.host, "protocol": server.protocol, "description": server.text });
    if let Some(variables) = variables(server) {
        value["variables"] = variables;
    }
    value
}

fn channel(address: &str, channel: &Channel) -> Value {
    let messages = channel.operations.iter().flat_map(|operation| &operation.messages);
    let messages: Map<_, _> =
        messages.map(|name| (name.clone(), json!({ "$ref": format!("#/components/messages/{name}") }))).collect();
    let mut value = json!({ "address": address, "description": channel.text, "messages": messages });
    if !channel.servers.is_empty() {
        value["servers"] = channel.servers.iter().map(|name| json!({ "$ref": format!("#/servers/{name}") })).collect();
    }
    if !channel.parameters.is_empty() {
        let parameters = channel.parameters.iter().map(|(name, text)| (name.clone(), json!({ "description": text })));
        value["parameters"] = parameters.collect::<Map<_, _>>().into();
    }
    if let Some(bindings) = &channel.bindings {
        value["bindings"] = bindings.clone();
    }
    value
}

fn one(operation: &Operation, channel: &str) -> Value {
    let action = if operation.side == Side::Publishes { "send" } else { "receive" };
    let message = |name: &String| json!({ "$ref": format!("#/channels/{channel}/messages/{name}") });
    let mut value = json!({
        "action": action,
        "channel": { "$ref": format!("#/channels/{channel}") },
        "summary": operation.summary,
        "description": operation.text,
        "messages": operation.messages.iter().map(message).collect::<Vec<_>>(),
    });
    if !operation.security.is_empty() {
        let scheme = |name: &String| json!({ "$ref": format!("#/components/securitySchemes/{name}") });
        value["security"] = operation.security.iter().map(scheme).collect();
    }
    if let Some(method) = &operation.method {
        value["bindings"] = json!({ "http": { "method": method, "bindingVersion": "0.3.0" } });
    }
    value
}
