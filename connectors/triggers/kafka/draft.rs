//! What a record is made from: everything that the action says, before secrets and events come in.

use super::producers::{Means, Record};
use crate::kafka::{self, Connection, IDEMPOTENCY_KEY};
use model::manifest::trigger::KafkaTrigger;
use model::ports::Attempt;
use model::secrets::Secrets;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest time, in milliseconds, that records are collected. The firings of a trigger wait for their records, a few
/// at once: what is collected for longer only makes them wait.
const LONGEST: i32 = 10;

/// An action that was read.
#[derive(Debug)]
pub(super) struct Draft(KafkaTrigger);

/// Refuses what no attempt could do.
///
/// # Errors
/// Settings that this build cannot run, or that make no sense.
pub(super) fn check(settings: &KafkaTrigger) -> Result<()> {
    if settings.schema_registry.is_some() {
        return Err(Error::user("schemaRegistry is not part of this build: it writes JSON, and no Avro"));
    }
    if !matches!(settings.required_acks, -1..=1) {
        let acks = settings.required_acks;
        return Err(Error::user(format!("requiredAcks is {acks}; expected -1 (all replicas) or 1 (only the leader)")));
    }
    kafka::check(settings.tls.as_ref(), settings.sasl.as_ref())
}

impl Draft {
    /// Reads an action.
    ///
    /// # Errors
    /// A topic that cannot be, a member of a wrong type, and what [`check`] refuses.
    pub(super) fn new(action: &Value) -> Result<Self> {
        let settings = KafkaTrigger::deserialize(action).map_err(|error| Error::user(format!("kafka: {error}")))?;
        check(&settings)?;
        kafka::topic(&settings.topic)?;
        Ok(Self(settings))
    }

    /// The record of an attempt. Of a header that is given in several ways the secret wins over the event's value, and
    /// that over the manifest's.
    ///
    /// # Errors
    /// A payload that the manifest does not have, a secret that does not exist, or a header that cannot be.
    pub(super) fn record(&self, attempt: &Attempt<'_>, namespace: &str, secrets: &Secrets) -> Result<Record> {
        let payload = attempt.payload.clone().ok_or_else(|| Error::user("kafka: payload is missing"))?;
        let mut headers: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        headers.insert(IDEMPOTENCY_KEY.to_owned(), attempt.firing.to_string().into_bytes());
        let plain = self.0.headers.iter().chain(attempt.headers.iter().map(|(name, value)| (name, value)));
        headers.extend(plain.map(|(name, value)| (name.clone(), value.clone().into_bytes())));
        for header in &self.0.secure_headers {
            let source = header.value_from.clone().unwrap_or_default();
            let value = secrets.value_from(namespace, &source).map_err(|error| Error::user(error.to_string()))?;
            headers.insert(header.name.clone(), value.bytes().to_vec());
        }
        if let Some(name) = headers.keys().find(|name| name.is_empty() || name.contains('\0')) {
            return Err(Error::user(format!("{name:?} is no name of a header")));
        }
        Ok(Record { topic: self.0.topic.clone(), key: self.0.partitioning_key.clone(), headers, payload })
    }

    /// What the record is sent with, as the secrets are now.
    ///
    /// # Errors
    /// As [`Connection::new`].
    pub(super) fn means(&self, namespace: &str, secrets: &Secrets) -> Result<Means> {
        let Self(settings) = self;
        Ok(Means {
            connection: Connection::new(
                &settings.url,
                settings.tls.as_ref(),
                settings.sasl.as_ref(),
                namespace,
                secrets,
            )?,
            all: settings.required_acks != 1,
            compress: settings.compress,
            linger: settings.flush_frequency.clamp(0, LONGEST),
        })
    }
}
