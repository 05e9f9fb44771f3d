//! Buses: the durable logs between sources and sensors, one kind a module and a row of [`KINDS`].

pub mod embedded;
mod kafka;

use crate::state::Redb;
use embedded::{Embedded, OnFailure, Options};
use model::manifest::EventBusSpec;
use model::secrets::Secrets;
use model::{Bus, Result, State};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Handle;

/// What a bus is opened with.
pub struct Opening<'a> {
    /// The namespace of its EventBus.
    pub namespace: &'a str,
    /// The name of its EventBus.
    pub name: &'a str,
    /// A folder for what the bus and its state keep on this machine; nothing else uses it.
    pub folder: &'a Path,
    /// What the EventBus says; each kind reads the section of its name, and has defaults where it is absent.
    pub spec: &'a EventBusSpec,
    /// The values of Secrets.
    pub secrets: &'a Secrets,
    /// Where its futures run.
    pub runtime: &'a Handle,
    /// Told when the bus can no longer be written, once.
    pub on_failure: OnFailure,
}

/// An open bus.
#[derive(Debug)]
pub struct Opened {
    /// The log.
    pub bus: Arc<dyn Bus>,
    /// The state of its dataflow.
    pub state: Turn,
}

/// Whether this process may move the state of a bus on.
pub enum Turn {
    /// It may.
    Ours(Arc<dyn State>),
    /// Other processes may be before it: the call waits for its turn.
    Waiting(Claim),
}

/// Waits until this process may move a state on.
pub type Claim = Box<dyn FnOnce() -> Result<Arc<dyn State>> + Send>;

/// A kind of bus.
#[derive(Debug)]
pub struct Kind {
    /// The name of its section in an EventBus.
    pub name: &'static str,
    /// Opens one.
    ///
    /// # Errors
    /// A section that cannot be read (user); what the kind itself says.
    pub open: fn(&Opening<'_>) -> Result<Opened>,
    /// Looks at the servers of one, where there are any, and changes nothing.
    pub examine: Option<Examine>,
}

/// Looks at the servers of a bus.
pub type Examine = fn(&Opening<'_>) -> Result<Vec<Remark>>;

/// What was seen of a bus's servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// It is as it should be.
    Fine(String),
    /// It works, but promises less than it could.
    Poor {
        /// What.
        message: String,
        /// What to do.
        help: String,
    },
}

impl Remark {
    fn poor(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Poor { message: message.into(), help: help.into() }
    }
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind { name: "embedded", open: open_embedded, examine: None },
    Kind { name: "kafka", open: open_kafka, examine: Some(kafka::examine) },
];

fn open_embedded(opening: &Opening<'_>) -> Result<Opened> {
    let options = opening.spec.embedded.as_ref().map_or_else(|| Ok(Options::default()), Options::read)?;
    let log = opening.folder.join("log");
    let bus = Arc::new(Embedded::open(&log, &options, opening.runtime, opening.on_failure.clone())?);
    Ok(Opened { bus, state: Turn::Ours(Arc::new(Redb::open(&opening.folder.join("state"))?)) })
}

fn open_kafka(opening: &Opening<'_>) -> Result<Opened> {
    let (bus, claim) = kafka::open(opening)?;
    Ok(Opened { bus: Arc::new(bus), state: Turn::Waiting(claim) })
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ours(_) => "Ours",
            Self::Waiting(_) => "Waiting",
        })
    }
}

impl fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::manifest::EmbeddedBus;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn each_kind_opens_from_its_section() {
        let dir = tempfile::tempdir().unwrap();
        let open = |quota: &str| {
            let embedded = EmbeddedBus { quota: quota.to_owned(), ..EmbeddedBus::default() };
            let spec = EventBusSpec { embedded: Some(embedded), ..EventBusSpec::default() };
            let opening = Opening {
                namespace: "ns",
                name: "default",
                folder: dir.path(),
                spec: &spec,
                secrets: &Secrets::default(),
                runtime: &Handle::current(),
                on_failure: Arc::new(|_| {}),
            };
            (KINDS.iter().find(|kind| kind.name == "embedded").unwrap().open)(&opening)
        };
        let error = open("much").unwrap_err().to_string();
        assert_eq!(error, r#"embedded.quota: "much" is no size; expected one such as 500M or 10Gi"#);
        assert_eq!(open("1Gi").unwrap().bus.partitions(), 1);
    }
}
