//! What the own threads of a client report: brokers out of reach, refused passwords, certificates that do not fit.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use std::sync::{Arc, Mutex, PoisonError};

/// Logs what a client reports, and keeps the last trouble for the texts of errors: what librdkafka answers to a call is
/// often no more than a time-out.
#[derive(Debug, Clone)]
pub(crate) struct Reports {
    /// Whose client it is.
    owner: Arc<str>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl Reports {
    /// For a client of `owner`, which log lines name.
    pub(crate) fn new(owner: &str) -> Self {
        Self { owner: owner.into(), trouble: Arc::default() }
    }

    /// `text`, with the last trouble of the connection if there was any.
    pub(crate) fn explain(&self, text: impl std::fmt::Display) -> String {
        match &*self.trouble.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(trouble) => format!("{text}; the last trouble with the brokers: {trouble}"),
            None => text.to_string(),
        }
    }

    /// The last trouble since the brokers answered.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets the trouble, once the brokers answer.
    pub(crate) fn calm(&self) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn heard(&self, text: &str) {
        // `sasl_plaintext://host:port/1: SASL authentication error: … (after 3ms in state AUTH_REQ, 2 identical error(s)
        // suppressed)`: what is in the last brackets differs every time.
        let text = text.split_once(" (after ").map_or(text, |(before, _)| before).trim();
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        // Each of a client's connections says the same of itself: one line is enough.
        let what = |text: &str| text.rsplit(": ").next().unwrap_or_default().to_owned();
        if trouble.as_deref().map(what) == Some(what(text)) {
            return;
        }
        tracing::warn!(owner = &*self.owner, "kafka: {text}");
        *trouble = Some(text.to_owned());
    }
}

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        // `[thrd:host:port/bootstrap]: ` comes first.
        let text = text.strip_prefix("[thrd:").and_then(|rest| rest.split_once("]: ")).map_or(text, |(_, text)| text);
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
                self.heard(text);
            }
            _ => tracing::debug!(owner = &*self.owner, facility, "kafka: {text}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(owner = &*self.owner, %error, "kafka: {reason}");
    }
}

impl ConsumerContext for Reports {}
