//! What an AsyncAPI document says, whatever its version.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

/// A document, in the order in which people read it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    pub(super) asyncapi: &'static str,
    pub(super) id: &'static str,
    pub(super) info: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_docs: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tags: Option<Value>,
    pub(super) default_content_type: &'static str,
    pub(super) servers: Map<String, Value>,
    pub(super) channels: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operations: Option<Map<String, Value>>,
    pub(super) components: Value,
}

/// The media type of messages that name none.
pub(super) const CONTENT_TYPE: &str = "application/json";

/// Servers, channels and what flows through them.
#[derive(Debug, Clone, Default)]
pub struct Description {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) servers: BTreeMap<String, Server>,
    pub(super) channels: BTreeMap<String, Channel>,
    pub(super) messages: BTreeMap<String, Value>,
    pub(super) schemas: BTreeMap<String, Value>,
    pub(super) security: BTreeMap<String, Value>,
}

/// Where channels are.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) protocol: &'static str,
    pub(super) text: String,
    pub(super) variables: Vec<Variable>,
}

/// A part of a server's address that users fill in.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) default: String,
}

/// An address that messages go through; its key in the description is the address.
#[derive(Debug, Clone, Default)]
pub(super) struct Channel {
    pub(super) text: String,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) servers: BTreeSet<String>,
    pub(super) bindings: Option<Value>,
    pub(super) operations: Vec<Operation>,
}

/// Who does what with a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Callers send requests to a source.
    Called,
    /// A source publishes.
    Publishes,
    /// A sensor consumes.
    Consumes,
}

/// What is done with a channel.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) side: Side,
    pub(super) id: String,
    pub(super) summary: String,
    pub(super) text: String,
    pub(super) messages: Vec<String>,
    pub(super) security: Vec<String>,
    pub(super) method: Option<String>,
}

/// The repository of the project.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

impl Description {
    /// A description without servers and channels.
    pub(super) fn new(title: &str, text: &str) -> Self {
        Self { title: title.to_owned(), text: text.to_owned(), ..Self::default() }
    }

    /// The part about the document itself.
    pub(super) fn info(&self) -> Value {
        json!({
            "title": self.title,
            "version": env!("CARGO_PKG_VERSION"),
            "description": self.text,
            "contact": { "name": "Tidegate", "url": HOME },
            "license": { "name": "Apache 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        })
    }

    /// The name of the application that is described.
    pub(super) fn id(&self) -> &'static str {
        "urn:tidegate"
    }

    /// What the document is about, in words to search for.
    pub(super) fn tags(&self) -> Value {
        ["events", "webhooks", "automation"].iter().map(|tag| json!({ "name": tag })).collect()
    }

    /// Where more is to be read.
    pub(super) fn external(&self) -> Value {
        json!({ "description": "Documentation of Tidegate", "url": format!("{HOME}/tree/main/docs") })
    }

    /// Messages, schemas and security schemes, which are the same in all versions.
    pub(super) fn components(&self) -> Value {
        let mut components = json!({ "messages": self.messages, "schemas": self.schemas });
        if let Some(members) = components.as_object_mut()
            && !self.security.is_empty()
        {
            members.insert("securitySchemes".to_owned(), json!(self.security));
        }
        components
    }
}

/// A name for the parts of a document: letters, digits, `-` and `_` only.
pub(super) fn key(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
