//! Sources that read queues of clouds.

use model::manifest::event_source::{
    AzureEventsHubEventSource, AzureQueueStorageEventSource, AzureServiceBusEventSource, MnsEventSource,
    PubSubEventSource, SqsEventSource,
};

use super::super::checks::Checks;

pub(super) fn sqs(checks: &mut Checks, source: &SqsEventSource) {
    checks.need(!source.region.is_empty(), "region", "must specify region");
    checks.need(!source.queue.is_empty(), "queue", "must specify queue name");
}

pub(super) fn mns(checks: &mut Checks, source: &MnsEventSource) {
    checks.need(!source.queue.is_empty(), "queue", "must specify queue name");
    checks.need(!source.endpoint.is_empty(), "endpoint", "must specify a endpoint");
}

pub(super) fn azure_queue_storage(checks: &mut Checks, source: &AzureQueueStorageEventSource) {
    let there = source.connection_string.is_some() || !source.storage_account_name.is_empty();
    let argo = "must specify connection string or storageAccountName";
    checks.need_or(there, "connectionString", "add `connectionString` or `storageAccountName`", argo);
    checks.need(!source.queue_name.is_empty(), "queueName", "must specify queue name");
}

pub(super) fn azure_events_hub(checks: &mut Checks, source: &AzureEventsHubEventSource) {
    checks.need(!source.fqdn.is_empty(), "fqdn", "FQDN is not specified");
    checks.need(!source.hub_name.is_empty(), "hubName", "hub name/path is not specified");
    let argo = "SharedAccessKey or SharedAccessKeyName is not specified. If one is set then both must be set";
    let (key, name) = (source.shared_access_key.is_some(), source.shared_access_key_name.is_some());
    checks.need(key || !name, "sharedAccessKey", argo);
    checks.need(name || !key, "sharedAccessKeyName", argo);
}

pub(super) fn azure_service_bus(checks: &mut Checks, source: &AzureServiceBusEventSource) {
    let there = source.connection_string.is_some() || !source.fully_qualified_namespace.is_empty();
    let argo = "ConnectionString or fullyQualifiedNamespace must be specified";
    checks.need_or(there, "connectionString", "add `connectionString` or `fullyQualifiedNamespace`", argo);
    let (queue, topic) = (!source.queue_name.is_empty(), !source.topic_name.is_empty());
    let subscription = !source.subscription_name.is_empty();
    let argo = "QueueName or TopicName/SubscriptionName must be specified";
    let help = "add `queueName`, or `topicName` and `subscriptionName`";
    checks.need_or(queue || (topic && subscription), "queueName", help, argo);
    let argo = "QueueName and TopicName/SubscriptionName cannot be specified at the same time";
    let message = "`queueName` excludes `topicName` and `subscriptionName`";
    checks.conflict(queue && (topic || subscription), "queueName", message, "remove one of them", argo);
}

pub(super) fn pub_sub(checks: &mut Checks, source: &PubSubEventSource) {
    let argo = "you can't specify topicProjectID if you don't specify topic";
    let topic = !source.topic.is_empty();
    checks.need(topic || source.topic_project_id.is_empty(), "topic", argo);
    let there = topic || !source.subscription_id.is_empty();
    checks.need_or(there, "subscriptionID", "add `topic` or `subscriptionID`", "must specify topic or subscriptionID");
}
