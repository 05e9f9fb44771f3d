//! What a kind starts from: the ports, the source's place, and the parts it can give back.

use super::http::{Context, Endpoint, Hook, Identity, Signature};
use crate::secret::Key;
use hyper::header::HeaderName;
use jiff::Timestamp;
use model::manifest::event_source::WebhookContext;
use model::manifest::{EventSource, SecretKeySelector, annotations};
use model::ports::{BoxFuture, Cursors, Intake};
use model::secrets::Secrets;
use model::{Error, Origin, Result};
use std::fmt;
use std::sync::Arc;
use tokio::sync::watch;

/// The port of an endpoint that names none, as the AsyncAPI document has it.
const DEFAULT_PORT: u16 = 12000;

/// The activations of a schedule.
pub trait Schedule: Send + Sync + fmt::Debug {
    /// The first activation after an instant; `None` when there is none any more.
    fn next(&self, after: Timestamp) -> Option<Timestamp>;
}

/// Compiles a cron text, in the time zone of that name (UTC where it is empty).
pub type Compile = fn(cron: &str, timezone: &str) -> Result<Box<dyn Schedule>>;

/// What sources need of the engine.
#[derive(Debug, Clone)]
pub struct Ports {
    /// Where events go.
    pub intake: Arc<dyn Intake>,
    /// Where sources keep how far they have come.
    pub cursors: Arc<dyn Cursors>,
    /// The values of Secrets.
    pub secrets: Secrets,
    /// How cron texts are read.
    pub compile: Compile,
}

/// One source of an EventSource, about to be planned.
#[derive(Debug)]
pub(super) struct Outset<'a> {
    pub(super) ports: &'a Ports,
    pub(super) event_source: &'a EventSource,
    pub(super) origin: Arc<Origin>,
}

/// What a source runs as.
#[derive(Debug)]
pub(super) enum Part {
    /// An endpoint of the shared HTTP server.
    Endpoint(Box<Placed>),
    /// A task of its own, with its settings as text, equal as long as they do not change, and the place to be shown.
    Task { definition: String, place: String, task: Box<dyn Task> },
}

/// An endpoint with the port it is served on and the certificate it needs there.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) port: u16,
    pub(super) identity: Option<Identity>,
    pub(super) endpoint: Endpoint,
}

/// A source that runs on its own.
pub(super) trait Task: Send + Sync + fmt::Debug {
    /// Runs until the sender of `stop` is dropped and what it was doing then is done.
    fn run(self: Box<Self>, stop: watch::Receiver<()>) -> BoxFuture<'static, ()>;
}

impl Outset<'_> {
    /// A value of a Secret in the EventSource's namespace. One that is missing may come later; until then calls are refused.
    pub(super) fn key(&self, selector: &SecretKeySelector) -> Key {
        let route = &self.origin.route;
        let key = Key::new(&self.ports.secrets, &route.namespace, selector);
        if let Err(error) = key.value() {
            tracing::warn!(event = route.path(), %error, "calls are refused until this secret exists");
        }
        key
    }

    /// Says that hooks are not registered at the provider, where a manifest asks for it.
    pub(super) fn hooks_by_hand(&self, asked: bool) {
        if asked {
            let event = self.origin.route.path();
            tracing::warn!(
                event,
                "hooks are not registered at the provider: register the endpoint's URL there by hand"
            );
        }
    }

    /// The endpoint of a source; `/webhook/{eventName}` on port 12000 where the manifest names none.
    ///
    /// # Errors
    /// A port that is no number, half a certificate, or an annotation that cannot be read.
    pub(super) fn endpoint(&self, webhook: Option<&WebhookContext>, hook: impl Hook + 'static) -> Result<Part> {
        let event_name = &self.origin.route.event_name;
        let default = WebhookContext::default();
        let webhook = webhook.unwrap_or(&default);
        let port = match webhook.port.as_str() {
            "" => DEFAULT_PORT,
            port => port.parse().map_err(|_| Error::user(format!("port {port:?} is no port number")))?,
        };
        let path = match webhook.endpoint.as_str() {
            "" => format!("/webhook/{event_name}"),
            path if path.starts_with('/') => path.to_owned(),
            path => format!("/{path}"),
        };
        let identity = match (&webhook.server_cert_secret, &webhook.server_key_secret) {
            (Some(certificate), Some(key)) => Some(Identity::new(self.key(certificate), self.key(key))),
            (None, None) => None,
            _ => return Err(Error::user("serverCertSecret and serverKeySecret need each other")),
        };
        let context = Context {
            origin: Arc::clone(&self.origin),
            path,
            limit: usize::try_from(webhook.max_payload_size()).unwrap_or(0),
            token: webhook.auth_secret.as_ref().map(|selector| self.key(selector)),
            signature: self.signature()?,
        };
        Ok(Part::Endpoint(Box::new(Placed { port, identity, endpoint: Endpoint::new(context, hook) })))
    }

    /// The signature that the annotation of the EventSource asks for.
    fn signature(&self) -> Result<Option<Signature>> {
        let Some(text) = self.event_source.metadata.annotations.get(annotations::HMAC) else { return Ok(None) };
        let wrong = |why: &dyn fmt::Display| Error::user(format!("annotation {}: {why}", annotations::HMAC));
        let value: serde_json::Value = serde_saphyr::from_str(text).map_err(|error| wrong(&error))?;
        let checks = annotations::hmac(&value).map_err(|error| wrong(&error))?;
        let Some(check) = checks.of(&self.origin.route.event_name) else { return Ok(None) };
        let header = HeaderName::from_bytes(check.header.as_bytes())
            .map_err(|_| wrong(&format!("{:?} is no header name", check.header)))?;
        let (secret, prefix) = (self.key(&check.secret), check.prefix.clone());
        Ok(Some(Signature { secret, header, prefix, algorithm: check.algorithm.into() }))
    }
}
