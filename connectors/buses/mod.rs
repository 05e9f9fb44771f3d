//! Buses: the durable logs between sources and sensors, one kind a module and a row of [`KINDS`].

pub mod embedded;

use embedded::{Embedded, OnFailure, Options};
use model::manifest::EventBusSpec;
use model::{Bus, Result};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Handle;

/// What a bus is opened with.
pub struct Opening<'a> {
    /// A folder for what the bus keeps on this machine; nothing else uses it.
    pub folder: &'a Path,
    /// What the EventBus says; each kind reads the section of its name, and has defaults where it is absent.
    pub spec: &'a EventBusSpec,
    /// Where its futures run.
    pub runtime: &'a Handle,
    /// Told when the bus can no longer be written, once.
    pub on_failure: OnFailure,
}

/// A kind of bus.
#[derive(Debug)]
pub struct Kind {
    /// The name of its section in an EventBus.
    pub name: &'static str,
    /// Opens one.
    ///
    /// # Errors
    /// A section that cannot be read (user); what the kind itself says.
    pub open: fn(&Opening<'_>) -> Result<Arc<dyn Bus>>,
}

/// All kinds.
pub const KINDS: &[Kind] = &[Kind { name: "embedded", open: open_embedded }];

fn open_embedded(opening: &Opening<'_>) -> Result<Arc<dyn Bus>> {
    let options = opening.spec.embedded.as_ref().map_or_else(|| Ok(Options::default()), Options::read)?;
    Ok(Arc::new(Embedded::open(opening.folder, &options, opening.runtime, opening.on_failure.clone())?))
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
            let opening =
                Opening { folder: dir.path(), spec: &spec, runtime: &Handle::current(), on_failure: Arc::new(|_| {}) };
            (KINDS.iter().find(|kind| kind.name == "embedded").unwrap().open)(&opening)
        };
        let error = open("much").unwrap_err().to_string();
        assert_eq!(error, r#"embedded.quota: "much" is no size; expected one such as 500M or 10Gi"#);
        assert_eq!(open("1Gi").unwrap().partitions(), 1);
    }
}
