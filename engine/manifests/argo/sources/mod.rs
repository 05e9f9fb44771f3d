//! The reference's rules for sources.

mod clients;
mod files;
mod hooks;
mod queues;

use std::collections::BTreeSet;

use model::manifest::{BasicAuth, EventSourceSpec, SaslConfig, Source, TlsConfig};

use super::super::rules::required;
use super::checks::Checks;

/// Checks all sources of an EventSource.
pub(super) fn check(checks: &mut Checks, spec: &EventSourceSpec) {
    let sources = spec.sources();
    let mut names = BTreeSet::new();
    for (kind, name, source) in &sources {
        checks.within(kind.member, |checks| {
            if !names.insert(*name) {
                let argo = format!("more than one {name:?} found in the spec");
                let message = format!("another source has the name `{name}`");
                checks.add(&required::DUPLICATE_NAME, name, message, "give the event a name of its own", argo);
            }
            checks.within(name, |checks| check_source(checks, *source));
        });
    }
    let one_at_a_time = sources.iter().find(|(kind, ..)| kind.one_at_a_time);
    let side_by_side = sources.iter().find(|(kind, ..)| !kind.one_at_a_time);
    if let (Some((single, ..)), Some((other, ..))) = (one_at_a_time, side_by_side) {
        let argo = "event sources with rolling update and recreate update strategy can not be put together";
        let message =
            format!("Argo Events does not take `{}` and `{}` in one EventSource", single.member, other.member);
        checks.refused(true, single.member, &message, "make two EventSources of it", argo);
    }
}

fn check_source(checks: &mut Checks, source: Source<'_>) {
    match source {
        Source::Webhook(webhook) => hooks::endpoint(checks, webhook),
        Source::Github(source) => hooks::github(checks, source),
        Source::Gitlab(source) => hooks::gitlab(checks, source),
        Source::Bitbucket(source) => hooks::bitbucket(checks, source),
        Source::BitbucketServer(source) => hooks::bitbucketserver(checks, source),
        Source::Gerrit(source) => hooks::gerrit(checks, source),
        Source::Slack(source) => hooks::slack(checks, source),
        Source::Stripe(source) => hooks::stripe(checks, source),
        Source::StorageGrid(source) => hooks::storage_grid(checks, source),
        Source::Sns(source) => hooks::sns(checks, source),
        Source::Sqs(source) => queues::sqs(checks, source),
        Source::Mns(source) => queues::mns(checks, source),
        Source::AzureQueueStorage(source) => queues::azure_queue_storage(checks, source),
        Source::AzureEventsHub(source) => queues::azure_events_hub(checks, source),
        Source::AzureServiceBus(source) => queues::azure_service_bus(checks, source),
        Source::PubSub(source) => queues::pub_sub(checks, source),
        Source::Calendar(source) => clients::calendar(checks, source),
        Source::Kafka(source) => clients::kafka(checks, source),
        Source::Nats(source) => clients::nats(checks, source),
        Source::Redis(source) => clients::redis(checks, source),
        Source::RedisStream(source) => clients::redis_stream(checks, source),
        Source::Resource(source) => clients::resource(checks, source),
        Source::Amqp(source) => clients::amqp(checks, source),
        Source::Mqtt(source) => clients::mqtt(checks, source),
        Source::Nsq(source) => clients::nsq(checks, source),
        Source::Pulsar(source) => clients::pulsar(checks, source),
        Source::Emitter(source) => clients::emitter(checks, source),
        Source::Generic(source) => clients::generic(checks, source),
        Source::Minio(source) => files::minio(checks, source),
        Source::File(source) => files::file(checks, source),
        Source::Hdfs(source) => files::hdfs(checks, source),
        Source::Sftp(source) => files::sftp(checks, source),
    }
}

/// TLS that names no certificate, or half of the client's.
fn tls(checks: &mut Checks, tls: Option<&TlsConfig>) {
    let Some(tls) = tls.filter(|tls| !tls.insecure_skip_verify) else { return };
    checks.within("tls", |checks| {
        let (cert, key) = (tls.client_cert_secret.is_some(), tls.client_key_secret.is_some());
        let argo = "invalid tls config, please configure either caCertSecret, or clientCertSecret and clientKeySecret, \
                    or both";
        let help = "add `caCertSecret`, or `enabled: true` for the authorities that the system trusts";
        checks.need_or(tls.enabled || tls.ca_cert_secret.is_some() || cert || key, "caCertSecret", help, argo);
        let argo = "invalid tls config, both clientCertSecret and clientKeySecret need to be configured";
        checks.need(cert || !key, "clientCertSecret", argo);
        checks.need(key || !cert, "clientKeySecret", argo);
    });
}

fn basic_auth(checks: &mut Checks, auth: Option<&BasicAuth>) {
    let Some(auth) = auth else { return };
    checks.within("auth", |checks| {
        checks.need(auth.username.is_some(), "username", "username missing");
        checks.need(auth.password.is_some(), "password", "password missing");
    });
}

fn sasl(checks: &mut Checks, sasl: Option<&SaslConfig>) {
    const MECHANISMS: [&str; 6] = ["", "PLAIN", "OAUTHBEARER", "SCRAM-SHA-256", "SCRAM-SHA-512", "GSSAPI"];
    let Some(sasl) = sasl else { return };
    checks.within("sasl", |checks| {
        let argo = "invalid sasl config. Possible values for SASL Mechanism are `OAUTHBEARER`, `PLAIN`, \
                    `SCRAM-SHA-256`, `SCRAM-SHA-512` and `GSSAPI`";
        checks.one_of(&sasl.mechanism, &MECHANISMS, "mechanism", argo);
        let argo = "invalid sasl config, both userSecret and passwordSecret must be defined";
        checks.need(sasl.user_secret.is_some(), "userSecret", argo);
        checks.need(sasl.password_secret.is_some(), "passwordSecret", argo);
    });
}
