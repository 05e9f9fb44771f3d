//! The reference's rules for the EventBus.

use model::manifest::{EventBusSpec, JetStreamBus, NatsBus};

use super::super::rules::required;
use super::checks::Checks;

/// Checks a bus; `strict` without our own kinds.
pub(super) fn check(checks: &mut Checks, bus: &EventBusSpec, strict: bool) {
    let own = bus.embedded.is_some() && !strict;
    let known = bus.nats.is_some() || bus.jetstream.is_some() || bus.kafka.is_some() || bus.jetstream_exotic.is_some();
    let argo = r#"invalid spec: either "nats", "jetstream", "jetstreamExotic", or "kafka" needs to be specified"#;
    let help = "write `embedded: {}`, or one of `kafka`, `jetstream`, `jetstreamExotic` and `nats`";
    if !known && !own {
        checks.add(&required::MISSING_FIELD, "", "the bus is of no kind", help, argo);
    }
    if let Some(nats) = &bus.nats {
        checks.within("nats", |checks| check_nats(checks, nats));
    }
    if let Some(jetstream) = &bus.jetstream {
        checks.within("jetstream", |checks| check_jetstream(checks, jetstream));
    }
    if let Some(kafka) = &bus.kafka {
        let argo = r#""spec.kafka.url" is missing"#;
        checks.within("kafka", |checks| checks.need_or(!kafka.url.is_empty(), "url", "name the brokers", argo));
    }
    if let Some(exotic) = &bus.jetstream_exotic {
        let argo = r#""spec.jetstreamExotic.url" is missing"#;
        checks.within("jetstreamExotic", |checks| checks.need(!exotic.url.is_empty(), "url", argo));
    }
}

fn check_nats(checks: &mut Checks, nats: &NatsBus) {
    let argo = r#""spec.nats.native" and "spec.nats.exotic" can not be defined together"#;
    let both = nats.native.is_some() && nats.exotic.is_some();
    checks.conflict(both, "exotic", "`native` and `exotic` exclude each other", "remove one of them", argo);
    let argo = r#"either "native" or "exotic" must be defined"#;
    checks.need(nats.native.is_some() || nats.exotic.is_some(), "native", argo);
    if let Some(exotic) = &nats.exotic {
        checks.within("exotic", |checks| {
            checks.need(exotic.cluster_id.is_some(), "clusterID", r#""spec.nats.exotic.clusterID" is missing"#);
            checks.need(!exotic.url.is_empty(), "url", r#""spec.nats.exotic.url" is missing"#);
        });
    }
}

/// What the reference would deploy runs here as the embedded bus, so these are the reference's worries only.
fn check_jetstream(checks: &mut Checks, jetstream: &JetStreamBus) {
    let argo = "invalid spec: a version for jetstream needs to be specified";
    let message = "Argo Events wants the version of the JetStream it would deploy";
    checks.refused(jetstream.version.is_empty(), "version", message, "add `version: latest`", argo);
    let refused = jetstream.replicas.is_some_and(|replicas| replicas == 2 || replicas <= 0);
    let argo = "invalid spec: a jetstream eventbus requires 1 replica or >= 3 replicas";
    let message = "Argo Events wants 1 replica, or 3 and more";
    checks.refused(refused, "replicas", message, "write 1 or 3", argo);
}
