//! The servers of buses that are not on this machine: whether they can be reached and are set up to keep promises.

use super::{Notes, Patient};
use crate::manifests::secrets::{add_environment, add_folder};
use crate::process::BusSpec;
use connectors::buses::{KINDS, Opening, Remark};
use model::secrets::Secrets;
use std::sync::Arc;

pub(super) fn check(patient: &Patient, notes: &mut Notes<'_>) {
    let (mut snapshot, _) = patient.manifests.secrets(&patient.namespace);
    // What is wrong with the folder is told where secrets are looked at.
    let _ = patient.secrets.as_ref().map(|folder| add_folder(&mut snapshot, folder));
    add_environment(&mut snapshot, std::env::vars());
    let secrets = Secrets::new(snapshot);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return notes.error(format!("the buses cannot be looked at: {error}"), ""),
    };
    for bus in &patient.manifests.buses {
        let metadata = &bus.object.metadata;
        let namespace = if metadata.namespace.is_empty() { &patient.namespace } else { &metadata.namespace };
        let Ok((spec, _)) = BusSpec::of(&bus.object.spec) else { continue };
        let Some(examine) = KINDS.iter().find(|kind| kind.name == spec.kind).and_then(|kind| kind.examine) else {
            continue;
        };
        let opening = Opening {
            namespace,
            name: &metadata.name,
            folder: &patient.data,
            spec: &bus.object.spec,
            secrets: &secrets,
            runtime: runtime.handle(),
            on_failure: Arc::new(|_| {}),
        };
        let name = format!("{namespace}/{}", metadata.name);
        match examine(&opening) {
            Ok(remarks) => remarks.into_iter().for_each(|remark| match remark {
                Remark::Fine(message) => notes.ok(format!("{name}: {message}")),
                Remark::Poor { message, help } => notes.warning(format!("{name}: {message}"), help),
            }),
            Err(error) => {
                notes.error(format!("{name}: {error}"), "the EventBus names the brokers in `url`; see docs/kafka.md")
            }
        }
    }
}
