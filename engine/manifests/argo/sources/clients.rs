//! Sources that connect to a server or keep time.

use jiff::tz::TimeZone;
use lang::cron::{Dialect, Schedule};
use model::manifest::event_source::{
    AmqpEventSource, CalendarEventSource, EmitterEventSource, GenericEventSource, KafkaEventSource, MqttEventSource,
    NatsEventSource, NsqEventSource, PulsarEventSource, RedisEventSource, RedisStreamEventSource, ResourceEventSource,
    Selector,
};

use super::super::checks::Checks;
use super::{basic_auth, hooks, sasl, tls};

pub(super) fn calendar(checks: &mut Checks, source: &CalendarEventSource) {
    let there = !source.schedule.is_empty() || !source.interval.is_empty();
    checks.need_or(there, "schedule", "add `schedule` or `interval`", "must have either schedule or interval");
    if source.schedule.is_empty() {
        let argo = format!("failed to parse interval {} from calendar event", source.interval);
        hooks::interval(checks, &source.interval, "interval", &argo);
    } else if let Err(error) = Schedule::parse(&source.schedule, Dialect::default(), &TimeZone::UTC) {
        let argo = format!("failed to parse schedule {} from calendar event. Cause: {error}", source.schedule);
        let ours = Dialect { descriptors: true, ..Dialect::default() };
        if Schedule::parse(&source.schedule, ours, &TimeZone::UTC).is_ok() {
            let message = format!("Argo Events does not know `{}`; Tidegate does", source.schedule);
            return checks.refused(true, "schedule", &message, "write the five fields it stands for", argo);
        }
        let help = "write five fields: minute, hour, day of the month, month, day of the week";
        checks.bad("schedule", format!("the schedule cannot be read: {error}"), help, argo);
    }
}

pub(super) fn kafka(checks: &mut Checks, source: &KafkaEventSource) {
    checks.need_or(!source.url.is_empty(), "url", "name the brokers", "url must be specified");
    checks.need(!source.topic.is_empty(), "topic", "topic must be specified");
    let there = !source.partition.is_empty() || source.consumer_group.is_some();
    let argo = "consumerGroup or partition must be specified";
    checks.need_or(there, "consumerGroup", "add `consumerGroup` or `partition`", argo);
    // The reference looks at the first of the three that is given.
    if source.tls.is_some() {
        tls(checks, source.tls.as_ref());
    } else if source.sasl.is_some() {
        sasl(checks, source.sasl.as_ref());
    } else if let Some(iam) = &source.aws_msk_iam_auth {
        let argo = "awsMskIamAuth.region must be specified";
        checks.within("awsMskIamAuth", |checks| checks.need(!iam.region.is_empty(), "region", argo));
    }
}

pub(super) fn nats(checks: &mut Checks, source: &NatsEventSource) {
    checks.need(!source.url.is_empty(), "url", "url must be specified");
    checks.need(!source.subject.is_empty(), "subject", "subject must be specified");
    if source.tls.is_some() {
        return tls(checks, source.tls.as_ref());
    }
    let argo = "queue group cannot be empty if specified";
    checks.need_or(source.queue.as_deref() != Some(""), "queue", "name the group, or remove `queue`", argo);
}

pub(super) fn redis(checks: &mut Checks, source: &RedisEventSource) {
    checks.need(!source.host_address.is_empty(), "hostAddress", "host address must be specified");
    checks.need(source.channels.is_some(), "channels", "channel/s must be specified");
    let argo = "namespace must be defined in order to retrieve the password from the secret";
    let refused = source.password.is_some() && source.namespace.is_empty();
    let message = "Argo Events wants `namespace` beside `password`, though it does not use it";
    checks.refused(refused, "namespace", message, "add `namespace`", argo);
    tls(checks, source.tls.as_ref());
}

pub(super) fn redis_stream(checks: &mut Checks, source: &RedisStreamEventSource) {
    checks.need(!source.host_address.is_empty(), "hostAddress", "host address must be specified");
    checks.need(source.streams.is_some(), "streams", "stream/streams must be specified");
    tls(checks, source.tls.as_ref());
}

pub(super) fn resource(checks: &mut Checks, source: &ResourceEventSource) {
    checks.need(!source.version.is_empty(), "version", "version must be specified");
    checks.need(!source.resource.is_empty(), "resource", "resource must be specified");
    let help = "add `eventTypes: [ADD, UPDATE, DELETE]`";
    checks.need_or(source.event_types.is_some(), "eventTypes", help, "event types must be specified");
    let Some(filter) = &source.filter else { return };
    let keyed = |checks: &mut Checks, _: usize, selector: &Selector| {
        checks.need(!selector.key.is_empty(), "key", "key can't be empty for selector");
    };
    checks.within("filter", |checks| {
        checks.each("labels", &filter.labels, keyed);
        checks.each("fields", &filter.fields, keyed);
    });
}

pub(super) fn amqp(checks: &mut Checks, source: &AmqpEventSource) {
    let (url, secret) = (!source.url.is_empty(), source.url_secret.is_some());
    checks.need_or(url || secret, "url", "add `url` or `urlSecret`", "either url or urlSecret must be specified");
    let argo = "only one of url or urlSecret can be specified";
    let message = "`url` and `urlSecret` exclude each other";
    checks.conflict(url && secret, "urlSecret", message, "remove one of them", argo);
    checks.need(!source.routing_key.is_empty(), "routingKey", "routing key must be specified");
    checks.need(!source.exchange_type.is_empty(), "exchangeType", "exchange type must be specified");
    tls_or_auth(
        checks,
        source.tls.is_some(),
        |checks| tls(checks, source.tls.as_ref()),
        |checks| {
            basic_auth(checks, source.auth.as_ref());
        },
    );
}

/// The reference looks at the user only where there is no TLS.
fn tls_or_auth(checks: &mut Checks, by_tls: bool, tls: impl FnOnce(&mut Checks), auth: impl FnOnce(&mut Checks)) {
    if by_tls { tls(checks) } else { auth(checks) }
}

pub(super) fn mqtt(checks: &mut Checks, source: &MqttEventSource) {
    checks.need(!source.url.is_empty(), "url", "url must be specified");
    checks.need(!source.topic.is_empty(), "topic", "topic must be specified");
    checks.need(!source.client_id.is_empty(), "clientId", "client id must be specified");
    tls_or_auth(
        checks,
        source.tls.is_some(),
        |checks| tls(checks, source.tls.as_ref()),
        |checks| {
            basic_auth(checks, source.auth.as_ref());
        },
    );
}

pub(super) fn nsq(checks: &mut Checks, source: &NsqEventSource) {
    checks.need(!source.host_address.is_empty(), "hostAddress", "host address must be specified");
    checks.need(!source.topic.is_empty(), "topic", "topic must be specified");
    checks.need(!source.channel.is_empty(), "channel", "channel must be specified");
    tls(checks, source.tls.as_ref());
}

pub(super) fn pulsar(checks: &mut Checks, source: &PulsarEventSource) {
    checks.need(source.topics.is_some(), "topics", "topics can't be empty list");
    checks.need(!source.url.is_empty(), "url", "url must be provided");
    let argo = "subscription type must be either exclusive or shared";
    checks.one_of(&source.subscription_type, &["exclusive", "shared"], "type", argo);
}

pub(super) fn emitter(checks: &mut Checks, source: &EmitterEventSource) {
    checks.need(!source.broker.is_empty(), "broker", "broker url must be specified");
    checks.need(!source.channel_name.is_empty(), "channelName", "channel name must be specified");
    checks.need(!source.channel_key.is_empty(), "channelKey", "channel key secret selector must be specified");
    tls(checks, source.tls.as_ref());
}

pub(super) fn generic(checks: &mut Checks, source: &GenericEventSource) {
    checks.need(!source.url.is_empty(), "url", "server url can't be empty");
    checks.need(!source.config.is_empty(), "config", "event source configuration can't be empty");
}
