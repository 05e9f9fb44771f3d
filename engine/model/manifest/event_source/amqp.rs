//! The source `amqp`.

use std::collections::BTreeMap;

use super::super::{Backoff, BasicAuth, SecretKeySelector, TlsConfig};
use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages of an AMQP 0.9.1 exchange, as RabbitMQ has them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AmqpEventSource {
    /// The server's URL; either this or `urlSecret`.
    pub url: String,
    /// The exchange's name.
    pub exchange_name: String,
    /// The exchange's type: `direct`, `fanout`, `topic` or `headers`; required.
    pub exchange_type: String,
    /// The routing key with which the queue is bound; required.
    pub routing_key: String,
    /// How connecting is repeated.
    pub connection_backoff: Option<Backoff>,
    /// The body is JSON and becomes part of the data as it is; without it, the data has the body in base64.
    pub json_body: bool,
    /// TLS of the connection.
    pub tls: Option<TlsConfig>,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// How the exchange is declared; durable if it is not given.
    pub exchange_declare: Option<AmqpExchangeDeclare>,
    /// How the queue is declared; named by the server and exclusive if it is not given.
    pub queue_declare: Option<AmqpQueueDeclare>,
    /// How the queue is bound.
    pub queue_bind: Option<AmqpQueueBind>,
    /// How messages are consumed; acknowledged by the server if it is not given.
    pub consume: Option<AmqpConsume>,
    /// A user name and a password.
    pub auth: Option<BasicAuth>,
    /// The server's URL as a secret.
    pub url_secret: Option<SecretKeySelector>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}

/// How the exchange is declared.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AmqpExchangeDeclare {
    /// The exchange survives a restart of the server.
    pub durable: bool,
    /// The exchange goes when nothing is bound to it.
    pub auto_delete: bool,
    /// The exchange takes messages from other exchanges only.
    pub internal: bool,
    /// Do not wait for the server's answer.
    pub no_wait: bool,
}

/// How the queue is declared.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AmqpQueueDeclare {
    /// The queue's name; the server makes one if it is empty.
    pub name: String,
    /// The queue survives a restart of the server.
    pub durable: bool,
    /// The queue goes when nobody consumes from it.
    pub auto_delete: bool,
    /// The queue is for this connection only.
    pub exclusive: bool,
    /// Do not wait for the server's answer.
    pub no_wait: bool,
    /// More arguments, as YAML text.
    pub arguments: String,
}

/// How the queue is bound.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AmqpQueueBind {
    /// Do not wait for the server's answer.
    pub no_wait: bool,
}

/// How messages are consumed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AmqpConsume {
    /// The consumer's name.
    pub consumer_tag: String,
    /// The server counts a message as done when it has sent it.
    pub auto_ack: bool,
    /// Nobody else may consume from the queue.
    pub exclusive: bool,
    /// Accepted; servers do not support it.
    pub no_local: bool,
    /// Do not wait for the server's answer.
    pub no_wait: bool,
}
