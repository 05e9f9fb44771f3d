//! Which bus an EventBus runs as, and the opening of its log and state.

use super::BusName;
use connectors::buses::{KINDS, Opened, Opening};
use model::envelope::Form;
use model::manifest::{EventBusSpec, GoDuration};
use model::secrets::Secrets;
use model::{Error, Result};
use operators::plan::Subject;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The duplicate window of a bus that names none, in milliseconds.
const WINDOW: u64 = 60_000;

/// A bus and what runs on it.
#[derive(Debug, Clone)]
pub(crate) struct BusSpec {
    /// A row of the table of kinds.
    pub(crate) kind: &'static str,
    /// What the manifest says of it.
    pub(super) spec: EventBusSpec,
    pub(super) form: Form,
    /// The duplicate window in milliseconds.
    pub(super) window: u64,
    /// Its sensors.
    pub(super) subjects: Vec<Subject>,
    /// By sensor and trigger name: how many firings may be in flight.
    pub(super) concurrency: BTreeMap<(String, String), usize>,
}

impl BusSpec {
    /// What an EventBus runs as, and a sentence where that is not what it names.
    ///
    /// # Errors
    /// A bus this build cannot run; the text says which it is.
    pub(crate) fn of(spec: &EventBusSpec) -> Result<(Self, Option<&'static str>), String> {
        let embedded = |note| Ok((Self::embedded(), note));
        match spec {
            EventBusSpec { nats: Some(nats), .. } if nats.native.is_some() => {
                embedded(Some("nats.native runs as the embedded bus"))
            }
            EventBusSpec { nats: Some(_), .. } => {
                Err("nats.exotic names a NATS Streaming server, which this build cannot use; use `embedded: {}`".into())
            }
            EventBusSpec { jetstream: Some(_), .. } => embedded(Some("jetstream runs as the embedded bus")),
            EventBusSpec { kafka: Some(bus), .. } => {
                let (window, form) = (window(&bus.duplicates)?, form(&bus.envelope));
                Ok((Self { kind: "kafka", spec: spec.clone(), window, form, ..Self::embedded() }, None))
            }
            EventBusSpec { jetstream_exotic: Some(_), .. } => {
                Err("jetstreamExotic is not part of this build yet; use `embedded: {}`".into())
            }
            EventBusSpec { embedded: Some(bus), .. } => {
                let (window, form) = (window(&bus.duplicates)?, form(&bus.envelope));
                Ok((Self { spec: spec.clone(), window, form, ..Self::embedded() }, None))
            }
            _ => embedded(Some("it names no kind and runs as the embedded bus")),
        }
    }

    /// Whether several processes can use it together.
    pub(super) fn is_shared(&self) -> bool {
        self.kind != "embedded"
    }

    /// The bus of objects whose EventBus is not in the manifests.
    pub(super) fn embedded() -> Self {
        Self {
            kind: "embedded",
            spec: EventBusSpec::default(),
            form: Form::Documented,
            window: WINDOW,
            subjects: Vec::new(),
            concurrency: BTreeMap::new(),
        }
    }
}

/// The duplicate window in milliseconds.
fn window(text: &str) -> Result<u64, String> {
    if text.is_empty() {
        return Ok(WINDOW);
    }
    let window = text.parse::<GoDuration>().map_err(|error| format!("duplicates: {error}"))?;
    Ok(window.unsigned().as_millis() as u64)
}

fn form(envelope: &str) -> Form {
    if envelope == "argo" { Form::Argo } else { Form::Documented }
}

/// Opens a bus in its folder.
///
/// # Errors
/// As the bus says.
pub(super) fn open(folder: &Path, (namespace, name): &BusName, spec: &BusSpec, secrets: &Secrets) -> Result<Opened> {
    let kind = KINDS
        .iter()
        .find(|kind| kind.name == spec.kind)
        .ok_or_else(|| Error::internal(format!("there is no bus kind {}", spec.kind)))?;
    let opening = Opening {
        namespace,
        name,
        folder,
        spec: &spec.spec,
        secrets,
        runtime: &tokio::runtime::Handle::current(),
        on_failure: Arc::new(super::end_process),
    };
    (kind.open)(&opening).map_err(|error| error.context(format_args!("EventBus {namespace}/{name}")))
}
