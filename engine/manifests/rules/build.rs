//! What this build cannot run: worth a note to `lint`, the end of it to `run`.

use model::manifest::{EventBus, EventSource, SaslConfig, Sensor, TlsConfig, path};

use super::super::finding::Finding;
use super::super::judge::Judge;
use super::super::load::Manifests;
use super::{Rule, parameters};

/// A kind that is read and not run.
pub static NOT_IN_THIS_BUILD: Rule = Rule::note("not-in-this-build", "This build reads a kind, but cannot run it.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&NOT_IN_THIS_BUILD];

/// The kinds of sources that run.
const SOURCES: &[&str] = &["webhook", "github", "gitlab", "bitbucket", "bitbucketserver", "calendar", "kafka"];
/// The actions that run.
const ACTIONS: &[&str] = &["http", "kafka", "log"];

/// What of the objects this build cannot run.
pub(in crate::manifests) fn all(manifests: &Manifests) -> Vec<Finding> {
    let mut findings = Vec::new();
    for loaded in &manifests.buses {
        let mut judge = Judge::of(manifests, loaded);
        bus(&mut judge, &loaded.object);
        findings.extend(judge.finish());
    }
    for loaded in &manifests.event_sources {
        let mut judge = Judge::of(manifests, loaded);
        event_source(&mut judge, &loaded.object);
        findings.extend(judge.finish());
    }
    for loaded in &manifests.sensors {
        let mut judge = Judge::of(manifests, loaded);
        sensor(&mut judge, &loaded.object);
        findings.extend(judge.finish());
    }
    findings
}

fn cannot(judge: &mut Judge<'_>, path: &str, what: &str) {
    let message = format!("this build cannot run {what}");
    judge.find(&NOT_IN_THIS_BUILD, path, message, "a later version will; `lint` and `schema` know it already");
}

/// What a connection to Kafka asks for that this build does not have.
fn kafka(judge: &mut Judge<'_>, place: &str, tls: Option<&TlsConfig>, sasl: Option<&SaslConfig>) {
    let with_feature = |judge: &mut Judge<'_>, path: String, what: &str| {
        if !cfg!(feature = "kafka-tls") {
            let message = format!("this build cannot run {what}");
            judge.find(&NOT_IN_THIS_BUILD, &path, message, "build with `cargo build --release --features kafka-tls`");
        }
    };
    if tls.is_some() {
        with_feature(judge, format!("{place}.tls"), "TLS on connections to Kafka");
    }
    match sasl.map_or("", |sasl| sasl.mechanism.as_str()) {
        scram @ ("SCRAM-SHA-256" | "SCRAM-SHA-512") => {
            with_feature(judge, format!("{place}.sasl.mechanism"), scram);
        }
        other @ ("OAUTHBEARER" | "GSSAPI") => cannot(judge, &format!("{place}.sasl.mechanism"), other),
        _ => {}
    }
}

/// What Argo Events would deploy itself runs as the embedded bus.
fn bus(judge: &mut Judge<'_>, bus: &EventBus) {
    let spec = &bus.spec;
    let exotic = spec.nats.as_ref().is_some_and(|nats| nats.exotic.is_some() && nats.native.is_none());
    if exotic {
        cannot(judge, "spec.nats.exotic", "a bus on a NATS Streaming server");
    } else if spec.nats.is_none() && spec.jetstream.is_none() && spec.kafka.is_none() && spec.jetstream_exotic.is_some()
    {
        cannot(judge, "spec.jetstreamExotic", "a bus on a JetStream server");
    }
    if let Some(bus) = &spec.kafka {
        kafka(judge, "spec.kafka", bus.tls.as_ref(), bus.sasl.as_ref());
    }
}

fn event_source(judge: &mut Judge<'_>, source: &EventSource) {
    for (kind, name, _) in source.spec.sources() {
        if !SOURCES.contains(&kind.member) {
            let place = path::member(&format!("spec.{}", kind.member), name);
            cannot(judge, &place, &format!("sources of the kind `{}`", kind.member));
        }
    }
    for (name, source) in &source.spec.kafka {
        let place = path::member("spec.kafka", name);
        kafka(judge, &place, source.tls.as_ref(), source.sasl.as_ref());
        let parts = [
            (source.schema_registry.is_some(), "schemaRegistry", "records in Avro"),
            (source.aws_msk_iam_auth.is_some(), "awsMskIamAuth", "IAM authentication at Amazon MSK"),
            (!source.config.trim().is_empty(), "config", "settings of another client (Sarama)"),
        ];
        for (_, member, what) in parts.iter().filter(|(given, ..)| *given) {
            cannot(judge, &format!("{place}.{member}"), what);
        }
    }
}

fn sensor(judge: &mut Judge<'_>, sensor: &Sensor) {
    for (place, trigger) in parameters::triggers(sensor) {
        let action = trigger.template.as_ref().and_then(|template| template.action());
        if let Some((member, _)) = action.filter(|(member, _)| !ACTIONS.contains(member)) {
            cannot(judge, &format!("{place}.template.{member}"), &format!("triggers of the kind `{member}`"));
        }
        if let Some(settings) = trigger.template.as_ref().and_then(|template| template.kafka.as_ref()) {
            let place = format!("{place}.template.kafka");
            kafka(judge, &place, settings.tls.as_ref(), settings.sasl.as_ref());
            if settings.schema_registry.is_some() {
                cannot(judge, &format!("{place}.schemaRegistry"), "records in Avro");
            }
        }
    }
}
