//! AsyncAPI 2.6.0: channels hold their operations, as `publish` and `subscribe`.

use serde_json::{Map, Value, json};

use super::description::{CONTENT_TYPE, Channel, Description, Document, Operation, Server, Side};

/// The document.
pub(super) fn document(description: &Description) -> Document {
    let servers = description.servers.iter().map(|(name, it)| (name.clone(), server(it)));
    let channels = description.channels.iter().map(|(address, it)| (address.clone(), channel(it)));
    Document {
        asyncapi: "2.6.0",
        id: description.id(),
        info: description.info(),
        external_docs: Some(description.external()),
        tags: Some(description.tags()),
        default_content_type: CONTENT_TYPE,
        servers: servers.collect(),
        channels: channels.collect(),
        operations: None,
        components: description.components(),
    }
}

fn server(server: &Server) -> Value {
    let mut value = json!({
        "url": format!("{}://{}", server.protocol, server.host),
        "protocol": server.protocol,
        "description": server.text,
    });
    if let Some(variables) = variables(server) {
        value["variables"] = variables;
    }
    value
}

/// The variables of a server, if it has any.
pub(super) fn variables(server: &Server) -> Option<Value> {
    let variable = |variable: &super::description::Variable| {
        (variable.name.to_owned(), json!({ "description": variable.text, "default": variable.default }))
    };
    let variables: Map<_, _> = server.variables.iter().map(variable).collect();
    (!variables.is_empty()).then_some(Value::Object(variables))
}

fn channel(channel: &Channel) -> Value {
    let mut value = json!({ "description": channel.text });
    if !channel.servers.is_empty() {
        value["servers"] = json!(channel.servers);
    }
    if !channel.parameters.is_empty() {
        let parameter = |(name, text): (&String, &String)| {
            (name.clone(), json!({ "description": text, "schema": { "type": "string" } }))
        };
        value["parameters"] = channel.parameters.iter().map(parameter).collect::<Map<_, _>>().into();
    }
    if let Some(bindings) = &channel.bindings {
        value["bindings"] = bindings.clone();
    }
    for operation in &channel.operations {
        let keyword = if operation.side == Side::Publishes { "publish" } else { "subscribe" };
        value[keyword] = one(operation);
    }
    value
}

fn one(operation: &Operation) -> Value {
    let reference = |name: &String| json!({ "$ref": format!("#/components/messages/{name}") });
    let message = match operation.messages.as_slice() {
        [only] => reference(only),
        several => json!({ "oneOf": several.iter().map(reference).collect::<Vec<_>>() }),
    };
    let mut value = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.text,
        "message": message,
    });
    if !operation.security.is_empty() {
        value["security"] = operation.security.iter().map(|scheme| json!({ scheme: [] })).collect();
    }
    if let Some(method) = &operation.method {
        value["bindings"] = json!({ "http": { "type": "request", "method": method, "bindingVersion": "0.1.0" } });
    }
    value
}
