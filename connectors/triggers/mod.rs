//! Triggers: the sinks that firings drive. A kind is one file and one row of the table.

mod http;
mod kafka;
mod last;
mod log;

use http::Clients;
use kafka::Producers;
use model::manifest::TriggerTemplate;
use model::secrets::Secrets;
use model::{Result, Trigger};
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex};

/// A kind of trigger.
#[derive(Debug)]
pub struct Kind {
    /// The member of a trigger's template that holds its settings.
    pub name: &'static str,
    /// Makes a trigger of this kind.
    pub open: fn(&Opening<'_>) -> Result<Arc<dyn Trigger>>,
}

/// The kinds this build can run.
pub const KINDS: &[Kind] = &[
    Kind { name: "http", open: http::open },
    Kind { name: "kafka", open: kafka::open },
    Kind { name: "log", open: log::open },
];

/// The names of all kinds, for messages.
pub fn names() -> String {
    KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}

/// What a trigger is made from.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The namespace of its Sensor.
    pub namespace: &'a str,
    /// The name of its Sensor.
    pub sensor: &'a str,
    /// Its name.
    pub trigger: &'a str,
    /// What its manifest says. The settings come again with each attempt, since parameters may change them.
    pub template: &'a TriggerTemplate,
    /// The values of Secrets and ConfigMaps.
    pub secrets: &'a Secrets,
    /// What it shares with the others.
    pub shared: &'a Shared,
}

/// Where the `log` trigger writes.
pub type Output = Arc<Mutex<dyn Write + Send>>;

/// What all triggers of a process share: connections and the standard output.
#[derive(Clone)]
pub struct Shared {
    clients: Arc<Clients>,
    producers: Arc<Producers>,
    output: Output,
}

impl Shared {
    /// No connections yet. Proxies are those of the environment: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    pub fn new(output: Output) -> Self {
        Self { clients: Arc::new(Clients::from_env()), producers: Arc::default(), output }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("clients", &self.clients).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
