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
    /// What was told since the brokers last answered, each cause once, the last at the end.
    troubles: Arc<Mutex<Vec<String>>>,
}

/// How many different troubles are told until the brokers answer.
const TROUBLES: usize = 16;

impl Reports {
    /// For a client of `owner`, which log lines name.
    pub(crate) fn new(owner: &str) -> Self {
        Self { owner: owner.into(), troubles: Arc::default() }
    }

    /// `text`, with the last trouble of the connection if there was any.
    pub(crate) fn explain(&self, text: impl std::fmt::Display) -> String {
        match self.troubles.lock().unwrap_or_else(PoisonError::into_inner).last() {
            Some(trouble) => format!("{text}; the last trouble with the brokers: {trouble}"),
            None => text.to_string(),
        }
    }

    /// The last trouble since the brokers answered.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }

    /// Forgets the trouble, once the brokers answer.
    pub(crate) fn calm(&self) {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn heard(&self, text: &str) {
        // `sasl_plaintext://host:port/1: SASL authentication error: … (after 3ms in state AUTH_REQ, 2 identical error(s)
        // suppressed)`: what is in the last brackets differs every time.
        let text = text.split_once(" (after ").map_or(text, |(before, _)| before).trim();
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        // Each of a client's connections says the same of itself: one line for a cause is enough.
        let cause = |text: &str| text.rsplit(": ").next().unwrap_or_default().to_owned();
        match troubles.iter().position(|known| cause(known) == cause(text)) {
            Some(known) => troubles[known..].rotate_left(1),
            None => {
                tracing::warn!(owner = &*self.owner, "kafka: {text}");
                troubles.push(text.to_owned());
                if troubles.len() > TROUBLES {
                    troubles.remove(0);
                }
            }
        }
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
