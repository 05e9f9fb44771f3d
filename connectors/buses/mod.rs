//! Buses: the durable logs between sources and sensors, one kind a module and a row of [`KINDS`].

pub mod embedded;

use embedded::{Embedded, OnFailure};
use model::{Bus, Error, Result};
use serde_json::Value;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Handle;

/// What a bus is opened with.
pub struct Opening<'a> {
    /// A folder for what the bus keeps on this machine; nothing else uses it.
    pub folder: &'a Path,
    /// The section of the EventBus that is named as the kind; null where it says nothing.
    pub spec: &'a Value,
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
    let options = read("embedded", opening.spec)?;
    Ok(Arc::new(Embedded::open(opening.folder, &options, opening.runtime, opening.on_failure.clone())?))
}

fn read<T: serde::de::DeserializeOwned + Default>(kind: &str, spec: &Value) -> Result<T> {
    match spec {
        Value::Null => Ok(T::default()),
        spec => T::deserialize(spec).map_err(|error| Error::user(format!("{kind}: {error}"))),
    }
}

impl fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("folder", &self.folder).field("spec", self.spec).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn each_kind_opens_from_its_section() {
        let dir = tempfile::tempdir().unwrap();
        let open = |spec: &Value| {
            let opening =
                Opening { folder: dir.path(), spec, runtime: &Handle::current(), on_failure: Arc::new(|_| {}) };
            (KINDS.iter().find(|kind| kind.name == "embedded").unwrap().open)(&opening)
        };
        let error = open(&json!({"retentionAge": "soon"})).unwrap_err().to_string();
        assert_eq!(error, r#"embedded: "soon" is no duration; expected one such as 7d, 168h or 1h30m"#);
        assert_eq!(open(&Value::Null).unwrap().partitions(), 1);
        assert_eq!(open(&json!({"quota": "1Gi"})).unwrap().partitions(), 1);
    }
}
