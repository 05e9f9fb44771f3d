//! The EventSource: where events come from, with one file for each kind of source.

mod amqp;
mod azure_events_hub;
mod azure_queue_storage;
mod azure_service_bus;
mod bitbucket;
mod bitbucketserver;
mod calendar;
mod emitter;
mod file;
mod generic;
mod gerrit;
mod github;
mod gitlab;
mod hdfs;
mod kafka;
mod mns;
mod mqtt;
mod nats;
mod nsq;
mod pub_sub;
mod pulsar;
mod redis;
mod redis_stream;
mod resource;
mod sftp;
mod slack;
mod sns;
mod sqs;
mod storage_grid;
mod stripe;
mod watch_path;
mod webhook;

pub use amqp::{AmqpConsume, AmqpEventSource, AmqpExchangeDeclare, AmqpQueueBind, AmqpQueueDeclare};
pub use azure_events_hub::AzureEventsHubEventSource;
pub use azure_queue_storage::AzureQueueStorageEventSource;
pub use azure_service_bus::AzureServiceBusEventSource;
pub use bitbucket::{BitbucketAuth, BitbucketEventSource, BitbucketRepository};
pub use bitbucketserver::{BitbucketServerEventSource, BitbucketServerRepository};
pub use calendar::{CalendarEventSource, CatchupConfiguration, ConfigMapPersistence, EventPersistence};
pub use emitter::EmitterEventSource;
pub use file::FileEventSource;
pub use generic::GenericEventSource;
pub use gerrit::GerritEventSource;
pub use github::{GithubEventSource, OwnedRepositories};
pub use gitlab::GitlabEventSource;
pub use hdfs::HdfsEventSource;
pub use kafka::KafkaEventSource;
pub use mns::MnsEventSource;
pub use mqtt::MqttEventSource;
pub use nats::NatsEventSource;
pub use nsq::NsqEventSource;
pub use pub_sub::PubSubEventSource;
pub use pulsar::PulsarEventSource;
pub use redis::RedisEventSource;
pub use redis_stream::RedisStreamEventSource;
pub use resource::{ResourceEventSource, ResourceFilter, Selector};
pub use sftp::SftpEventSource;
pub use slack::SlackEventSource;
pub use sns::SnsEventSource;
pub use sqs::SqsEventSource;
pub use storage_grid::{StorageGridEventSource, StorageGridFilter};
pub use stripe::StripeEventSource;
pub use watch_path::WatchPathConfig;
pub use webhook::WebhookContext;

use std::collections::BTreeMap;

use super::{ObjectMeta, PodTemplate, S3Artifact, Service};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An EventSource makes events, under one name each.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["apiVersion", "kind", "metadata", "spec"]))]
pub struct EventSource {
    /// `argoproj.io/v1alpha1`.
    #[schemars(extend("const" = "argoproj.io/v1alpha1"))]
    pub api_version: String,
    /// `EventSource`.
    #[schemars(extend("const" = "EventSource"))]
    pub kind: String,
    /// Name, namespace and annotations. The annotation `tidegate.io/hmac` checks the signatures of calls.
    pub metadata: ObjectMeta,
    /// The sources, by kind and event name.
    pub spec: EventSourceSpec,
    /// Set by a cluster; not read.
    pub status: Option<Value>,
}

/// The sources, by kind and event name. An event name may occur once in an EventSource.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EventSourceSpec {
    /// The name of the EventBus that the events go to; `default` if it is not given.
    pub event_bus_name: String,
    /// The pod, for clusters.
    pub template: Option<PodTemplate>,
    /// The service that exposes the endpoints, for clusters.
    pub service: Option<Service>,
    /// The number of pods, for clusters; fewer than 1 counts as 1.
    pub replicas: Option<i32>,
    /// HTTP endpoints of your own.
    pub webhook: BTreeMap<String, WebhookContext>,
    /// Calls from GitHub.
    pub github: BTreeMap<String, GithubEventSource>,
    /// Calls from GitLab.
    pub gitlab: BTreeMap<String, GitlabEventSource>,
    /// Calls from Bitbucket Cloud.
    pub bitbucket: BTreeMap<String, BitbucketEventSource>,
    /// Calls from a Bitbucket Server.
    pub bitbucketserver: BTreeMap<String, BitbucketServerEventSource>,
    /// Calls from Gerrit.
    pub gerrit: BTreeMap<String, GerritEventSource>,
    /// Calls from Slack.
    pub slack: BTreeMap<String, SlackEventSource>,
    /// Calls from Stripe.
    pub stripe: BTreeMap<String, StripeEventSource>,
    /// Notifications of StorageGRID buckets.
    pub storage_grid: BTreeMap<String, StorageGridEventSource>,
    /// Notifications of AWS SNS topics.
    pub sns: BTreeMap<String, SnsEventSource>,
    /// Messages of AWS SQS queues.
    pub sqs: BTreeMap<String, SqsEventSource>,
    /// Messages of Alibaba Cloud MNS queues.
    pub mns: BTreeMap<String, MnsEventSource>,
    /// Messages of Azure Storage queues.
    pub azure_queue_storage: BTreeMap<String, AzureQueueStorageEventSource>,
    /// Moments of schedules and intervals.
    pub calendar: BTreeMap<String, CalendarEventSource>,
    /// Records of Kafka topics.
    pub kafka: BTreeMap<String, KafkaEventSource>,
    /// Messages on NATS subjects.
    pub nats: BTreeMap<String, NatsEventSource>,
    /// Messages on Redis channels.
    pub redis: BTreeMap<String, RedisEventSource>,
    /// Entries of Redis streams.
    pub redis_stream: BTreeMap<String, RedisStreamEventSource>,
    /// Messages of Google Cloud Pub/Sub topics.
    pub pub_sub: BTreeMap<String, PubSubEventSource>,
    /// Changes of Kubernetes objects.
    pub resource: BTreeMap<String, ResourceEventSource>,
    /// Messages of AMQP exchanges.
    pub amqp: BTreeMap<String, AmqpEventSource>,
    /// Messages of MQTT topics.
    pub mqtt: BTreeMap<String, MqttEventSource>,
    /// Messages of NSQ topics.
    pub nsq: BTreeMap<String, NsqEventSource>,
    /// Messages of Pulsar topics.
    pub pulsar: BTreeMap<String, PulsarEventSource>,
    /// Messages of Emitter channels.
    pub emitter: BTreeMap<String, EmitterEventSource>,
    /// Events of Azure Event Hubs.
    pub azure_events_hub: BTreeMap<String, AzureEventsHubEventSource>,
    /// Messages of Azure Service Buses.
    pub azure_service_bus: BTreeMap<String, AzureServiceBusEventSource>,
    /// Notifications of MinIO buckets.
    pub minio: BTreeMap<String, S3Artifact>,
    /// Changes of files.
    pub file: BTreeMap<String, FileEventSource>,
    /// Changes of files in HDFS.
    pub hdfs: BTreeMap<String, HdfsEventSource>,
    /// Changes of files on SFTP servers.
    pub sftp: BTreeMap<String, SftpEventSource>,
    /// Events of gRPC servers of your own.
    pub generic: BTreeMap<String, GenericEventSource>,
}

/// Which events are published.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EventSourceFilter {
    /// An expression over the data that must be true, such as `body.action == "opened"`.
    pub expression: String,
}

/// One kind of source.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceKind {
    /// The member of the spec that holds the sources of this kind.
    pub member: &'static str,
    /// The CloudEvent `type` of their events, as Argo Events writes it.
    pub event_type: &'static str,
    /// In Argo Events one of several pods runs these sources; the others run in all pods. One EventSource cannot hold
    /// both.
    pub one_at_a_time: bool,
}

/// The settings of one source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source<'a> {
    /// HTTP endpoints of your own.
    Webhook(&'a WebhookContext),
    /// Calls from GitHub.
    Github(&'a GithubEventSource),
    /// Calls from GitLab.
    Gitlab(&'a GitlabEventSource),
    /// Calls from Bitbucket Cloud.
    Bitbucket(&'a BitbucketEventSource),
    /// Calls from a Bitbucket Server.
    BitbucketServer(&'a BitbucketServerEventSource),
    /// Calls from Gerrit.
    Gerrit(&'a GerritEventSource),
    /// Calls from Slack.
    Slack(&'a SlackEventSource),
    /// Calls from Stripe.
    Stripe(&'a StripeEventSource),
    /// Notifications of StorageGRID buckets.
    StorageGrid(&'a StorageGridEventSource),
    /// Notifications of AWS SNS topics.
    Sns(&'a SnsEventSource),
    /// Messages of AWS SQS queues.
    Sqs(&'a SqsEventSource),
    /// Messages of Alibaba Cloud MNS queues.
    Mns(&'a MnsEventSource),
    /// Messages of Azure Storage queues.
    AzureQueueStorage(&'a AzureQueueStorageEventSource),
    /// Moments of schedules and intervals.
    Calendar(&'a CalendarEventSource),
    /// Records of Kafka topics.
    Kafka(&'a KafkaEventSource),
    /// Messages on NATS subjects.
    Nats(&'a NatsEventSource),
    /// Messages on Redis channels.
    Redis(&'a RedisEventSource),
    /// Entries of Redis streams.
    RedisStream(&'a RedisStreamEventSource),
    /// Messages of Google Cloud Pub/Sub topics.
    PubSub(&'a PubSubEventSource),
    /// Changes of Kubernetes objects.
    Resource(&'a ResourceEventSource),
    /// Messages of AMQP exchanges.
    Amqp(&'a AmqpEventSource),
    /// Messages of MQTT topics.
    Mqtt(&'a MqttEventSource),
    /// Messages of NSQ topics.
    Nsq(&'a NsqEventSource),
    /// Messages of Pulsar topics.
    Pulsar(&'a PulsarEventSource),
    /// Messages of Emitter channels.
    Emitter(&'a EmitterEventSource),
    /// Events of Azure Event Hubs.
    AzureEventsHub(&'a AzureEventsHubEventSource),
    /// Messages of Azure Service Buses.
    AzureServiceBus(&'a AzureServiceBusEventSource),
    /// Notifications of MinIO buckets.
    Minio(&'a S3Artifact),
    /// Changes of files.
    File(&'a FileEventSource),
    /// Changes of files in HDFS.
    Hdfs(&'a HdfsEventSource),
    /// Changes of files on SFTP servers.
    Sftp(&'a SftpEventSource),
    /// Events of gRPC servers of your own.
    Generic(&'a GenericEventSource),
}

/// All kinds, in the order of [`EventSourceSpec::sources`].
pub const KINDS: &[SourceKind] = &[
    kind("webhook", "webhook", false),
    kind("github", "github", false),
    kind("gitlab", "gitlab", false),
    kind("bitbucket", "bitbucket", false),
    kind("bitbucketserver", "bitbucketserver", false),
    kind("gerrit", "gerrit", false),
    kind("slack", "slack", false),
    kind("stripe", "stripe", false),
    kind("storageGrid", "storagegrid", false),
    kind("sns", "sns", false),
    kind("sqs", "sqs", false),
    kind("mns", "mns", false),
    kind("azureQueueStorage", "azureQueueStorage", false),
    kind("calendar", "calendar", true),
    kind("kafka", "kafka", true),
    kind("nats", "nats", true),
    kind("redis", "redis", true),
    kind("redisStream", "redisStream", true),
    kind("pubSub", "pubsub", true),
    kind("resource", "resource", true),
    kind("amqp", "amqp", true),
    kind("mqtt", "mqtt", true),
    kind("nsq", "nsq", true),
    kind("pulsar", "pulsar", true),
    kind("emitter", "emitter", true),
    kind("azureEventsHub", "azureEventsHub", true),
    kind("azureServiceBus", "azureServiceBus", true),
    kind("minio", "minio", true),
    kind("file", "file", true),
    kind("hdfs", "hdfs", true),
    kind("sftp", "sftp", true),
    kind("generic", "generic", true),
];

const fn kind(member: &'static str, event_type: &'static str, one_at_a_time: bool) -> SourceKind {
    SourceKind { member, event_type, one_at_a_time }
}

impl EventSourceSpec {
    /// The bus that the events go to.
    pub fn bus(&self) -> &str {
        if self.event_bus_name.is_empty() { super::DEFAULT_BUS } else { &self.event_bus_name }
    }

    /// All sources with their event names, kind by kind and by name within a kind.
    pub fn sources(&self) -> Vec<(&'static SourceKind, &str, Source<'_>)> {
        let mut kinds = KINDS.iter();
        let mut sources = Vec::new();
        add(&mut sources, kinds.next(), &self.webhook, Source::Webhook);
        add(&mut sources, kinds.next(), &self.github, Source::Github);
        add(&mut sources, kinds.next(), &self.gitlab, Source::Gitlab);
        add(&mut sources, kinds.next(), &self.bitbucket, Source::Bitbucket);
        add(&mut sources, kinds.next(), &self.bitbucketserver, Source::BitbucketServer);
        add(&mut sources, kinds.next(), &self.gerrit, Source::Gerrit);
        add(&mut sources, kinds.next(), &self.slack, Source::Slack);
        add(&mut sources, kinds.next(), &self.stripe, Source::Stripe);
        add(&mut sources, kinds.next(), &self.storage_grid, Source::StorageGrid);
        add(&mut sources, kinds.next(), &self.sns, Source::Sns);
        add(&mut sources, kinds.next(), &self.sqs, Source::Sqs);
        add(&mut sources, kinds.next(), &self.mns, Source::Mns);
        add(&mut sources, kinds.next(), &self.azure_queue_storage, Source::AzureQueueStorage);
        add(&mut sources, kinds.next(), &self.calendar, Source::Calendar);
        add(&mut sources, kinds.next(), &self.kafka, Source::Kafka);
        add(&mut sources, kinds.next(), &self.nats, Source::Nats);
        add(&mut sources, kinds.next(), &self.redis, Source::Redis);
        add(&mut sources, kinds.next(), &self.redis_stream, Source::RedisStream);
        add(&mut sources, kinds.next(), &self.pub_sub, Source::PubSub);
        add(&mut sources, kinds.next(), &self.resource, Source::Resource);
        add(&mut sources, kinds.next(), &self.amqp, Source::Amqp);
        add(&mut sources, kinds.next(), &self.mqtt, Source::Mqtt);
        add(&mut sources, kinds.next(), &self.nsq, Source::Nsq);
        add(&mut sources, kinds.next(), &self.pulsar, Source::Pulsar);
        add(&mut sources, kinds.next(), &self.emitter, Source::Emitter);
        add(&mut sources, kinds.next(), &self.azure_events_hub, Source::AzureEventsHub);
        add(&mut sources, kinds.next(), &self.azure_service_bus, Source::AzureServiceBus);
        add(&mut sources, kinds.next(), &self.minio, Source::Minio);
        add(&mut sources, kinds.next(), &self.file, Source::File);
        add(&mut sources, kinds.next(), &self.hdfs, Source::Hdfs);
        add(&mut sources, kinds.next(), &self.sftp, Source::Sftp);
        add(&mut sources, kinds.next(), &self.generic, Source::Generic);
        sources
    }
}

/// Adds the sources of one kind.
fn add<'a, S>(
    sources: &mut Vec<(&'static SourceKind, &'a str, Source<'a>)>,
    kind: Option<&'static SourceKind>,
    named: &'a BTreeMap<String, S>,
    wrap: impl Fn(&'a S) -> Source<'a>,
) {
    if let Some(kind) = kind {
        sources.extend(named.iter().map(|(name, source)| (kind, name.as_str(), wrap(source))));
    }
}

impl<'a> Source<'a> {
    /// The HTTP endpoint of a source that is called over HTTP.
    pub fn webhook(self) -> Option<&'a WebhookContext> {
        match self {
            Source::Webhook(webhook) => Some(webhook),
            Source::Github(source) => source.webhook.as_ref(),
            Source::Gitlab(source) => source.webhook.as_ref(),
            Source::Bitbucket(source) => source.webhook.as_ref(),
            Source::BitbucketServer(source) => source.webhook.as_ref(),
            Source::Gerrit(source) => source.webhook.as_ref(),
            Source::Slack(source) => source.webhook.as_ref(),
            Source::Stripe(source) => source.webhook.as_ref(),
            Source::StorageGrid(source) => source.webhook.as_ref(),
            Source::Sns(source) => source.webhook.as_ref(),
            _ => None,
        }
    }

    /// Which events are published. Four kinds have no such filter: resource, minio and storageGrid have one of their own.
    pub fn filter(self) -> Option<&'a EventSourceFilter> {
        match self {
            Source::Webhook(source) => source.filter.as_ref(),
            Source::Github(source) => source.filter.as_ref(),
            Source::Gitlab(source) => source.filter.as_ref(),
            Source::Bitbucket(source) => source.filter.as_ref(),
            Source::BitbucketServer(source) => source.filter.as_ref(),
            Source::Gerrit(source) => source.filter.as_ref(),
            Source::Slack(source) => source.filter.as_ref(),
            Source::Sns(source) => source.filter.as_ref(),
            Source::Sqs(source) => source.filter.as_ref(),
            Source::Mns(source) => source.filter.as_ref(),
            Source::AzureQueueStorage(source) => source.filter.as_ref(),
            Source::Calendar(source) => source.filter.as_ref(),
            Source::Kafka(source) => source.filter.as_ref(),
            Source::Nats(source) => source.filter.as_ref(),
            Source::Redis(source) => source.filter.as_ref(),
            Source::RedisStream(source) => source.filter.as_ref(),
            Source::PubSub(source) => source.filter.as_ref(),
            Source::Amqp(source) => source.filter.as_ref(),
            Source::Mqtt(source) => source.filter.as_ref(),
            Source::Nsq(source) => source.filter.as_ref(),
            Source::Pulsar(source) => source.filter.as_ref(),
            Source::Emitter(source) => source.filter.as_ref(),
            Source::AzureEventsHub(source) => source.filter.as_ref(),
            Source::AzureServiceBus(source) => source.filter.as_ref(),
            Source::File(source) => source.filter.as_ref(),
            Source::Hdfs(source) => source.filter.as_ref(),
            Source::Sftp(source) => source.filter.as_ref(),
            Source::Generic(source) => source.filter.as_ref(),
            Source::Stripe(_) | Source::StorageGrid(_) | Source::Resource(_) | Source::Minio(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_of_kinds_is_in_the_order_of_the_sources() {
        let members: serde_json::Map<_, _> = KINDS.iter().map(|kind| (kind.member.into(), json!({"e": {}}))).collect();
        let spec: EventSourceSpec = serde_json::from_value(Value::Object(members)).unwrap();
        let sources = spec.sources();
        assert_eq!(sources.len(), KINDS.len());
        for (kind, _, source) in sources {
            let variant = format!("{source:?}").split('(').next().unwrap_or_default().to_lowercase();
            assert_eq!(variant, kind.member.to_lowercase());
        }
    }
}
