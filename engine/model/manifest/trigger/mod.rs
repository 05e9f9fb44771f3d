//! Triggers: when one fires, what it does, and what happens when that fails.

mod argo_workflow;
mod aws_lambda;
mod azure_event_hubs;
mod azure_service_bus;
mod custom;
mod email;
mod http;
mod k8s;
mod kafka;
mod log;
mod nats;
mod open_whisk;
mod pulsar;
mod slack;

pub use argo_workflow::ArgoWorkflowTrigger;
pub use aws_lambda::AwsLambdaTrigger;
pub use azure_event_hubs::AzureEventHubsTrigger;
pub use azure_service_bus::AzureServiceBusTrigger;
pub use custom::CustomTrigger;
pub use email::EmailTrigger;
pub use http::HttpTrigger;
pub use k8s::K8sTrigger;
pub use kafka::KafkaTrigger;
pub use log::LogTrigger;
pub use nats::NatsTrigger;
pub use open_whisk::OpenWhiskTrigger;
pub use pulsar::PulsarTrigger;
pub use slack::{SlackSender, SlackThread, SlackTrigger};

use super::{Backoff, RateLimit, TriggerParameter, TriggerPolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done when a condition holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["template"]))]
pub struct Trigger {
    /// The trigger's name, condition and action.
    pub template: Option<TriggerTemplate>,
    /// Values of events that are written into `template` before the action is run.
    pub parameters: Vec<TriggerParameter>,
    /// When an attempt counts as a success.
    pub policy: Option<TriggerPolicy>,
    /// How often and how fast a failed attempt is repeated; without it there is one attempt.
    pub retry_strategy: Option<Backoff>,
    /// How often the trigger may run.
    pub rate_limit: Option<RateLimit>,
    /// `true`, or not given: an action that a crash interrupts is run again. `false`, written: it is not.
    pub at_least_once: Option<bool>,
    /// What is run with the same events when all attempts have failed.
    pub dlq_trigger: Option<Box<Trigger>>,
}

impl Trigger {
    /// The trigger's name; empty if it has none.
    pub fn name(&self) -> &str {
        self.template.as_ref().map_or("", |template| &template.name)
    }
}

/// A trigger's name, condition and action.
// The actions are boxed: a trigger has one of them, and would be the size of all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["name"]))]
pub struct TriggerTemplate {
    /// The trigger's name, unique within the Sensor.
    pub name: String,
    /// When the trigger fires: dependency names with `&&`, `||` and parentheses, such as `(a || b) && c`.
    /// Without it all dependencies of the Sensor must have come.
    pub conditions: String,
    /// When events that have come are forgotten.
    pub conditions_reset: Vec<ConditionsReset>,
    /// Writes an object to a Kubernetes cluster.
    pub k8s: Option<Box<K8sTrigger>>,
    /// Does something with an Argo Workflow.
    pub argo_workflow: Option<Box<ArgoWorkflowTrigger>>,
    /// Sends an HTTP request.
    pub http: Option<Box<HttpTrigger>>,
    /// Invokes an AWS Lambda function.
    pub aws_lambda: Option<Box<AwsLambdaTrigger>>,
    /// Sends an event to an Azure Event Hub.
    pub azure_event_hubs: Option<Box<AzureEventHubsTrigger>>,
    /// Sends a message to an Azure Service Bus.
    pub azure_service_bus: Option<Box<AzureServiceBusTrigger>>,
    /// Writes a record to a Kafka topic.
    pub kafka: Option<Box<KafkaTrigger>>,
    /// Sends a message to a Pulsar topic.
    pub pulsar: Option<Box<PulsarTrigger>>,
    /// Publishes a message on a NATS subject.
    pub nats: Option<Box<NatsTrigger>>,
    /// Sends a message to Slack.
    pub slack: Option<Box<SlackTrigger>>,
    /// Invokes an OpenWhisk action.
    pub open_whisk: Option<Box<OpenWhiskTrigger>>,
    /// Calls a gRPC server of your own.
    pub custom: Option<Box<CustomTrigger>>,
    /// Writes the events to the log.
    pub log: Option<Box<LogTrigger>>,
    /// Sends an email.
    pub email: Option<Box<EmailTrigger>>,
}

/// The one action of a trigger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action<'a> {
    /// Writes an object to a Kubernetes cluster.
    K8s(&'a K8sTrigger),
    /// Does something with an Argo Workflow.
    ArgoWorkflow(&'a ArgoWorkflowTrigger),
    /// Sends an HTTP request.
    Http(&'a HttpTrigger),
    /// Invokes an AWS Lambda function.
    AwsLambda(&'a AwsLambdaTrigger),
    /// Sends an event to an Azure Event Hub.
    AzureEventHubs(&'a AzureEventHubsTrigger),
    /// Sends a message to an Azure Service Bus.
    AzureServiceBus(&'a AzureServiceBusTrigger),
    /// Writes a record to a Kafka topic.
    Kafka(&'a KafkaTrigger),
    /// Sends a message to a Pulsar topic.
    Pulsar(&'a PulsarTrigger),
    /// Publishes a message on a NATS subject.
    Nats(&'a NatsTrigger),
    /// Sends a message to Slack.
    Slack(&'a SlackTrigger),
    /// Invokes an OpenWhisk action.
    OpenWhisk(&'a OpenWhiskTrigger),
    /// Calls a gRPC server of your own.
    Custom(&'a CustomTrigger),
    /// Writes the events to the log.
    Log(&'a LogTrigger),
    /// Sends an email.
    Email(&'a EmailTrigger),
}

impl TriggerTemplate {
    /// All actions that are given, with their member names. The first is the one that runs: the order is the
    /// reference's (argo-events, pkg/sensors).
    pub fn actions(&self) -> Vec<(&'static str, Action<'_>)> {
        let table = [
            ("k8s", self.k8s.as_deref().map(Action::K8s)),
            ("argoWorkflow", self.argo_workflow.as_deref().map(Action::ArgoWorkflow)),
            ("http", self.http.as_deref().map(Action::Http)),
            ("awsLambda", self.aws_lambda.as_deref().map(Action::AwsLambda)),
            ("azureEventHubs", self.azure_event_hubs.as_deref().map(Action::AzureEventHubs)),
            ("azureServiceBus", self.azure_service_bus.as_deref().map(Action::AzureServiceBus)),
            ("kafka", self.kafka.as_deref().map(Action::Kafka)),
            ("pulsar", self.pulsar.as_deref().map(Action::Pulsar)),
            ("nats", self.nats.as_deref().map(Action::Nats)),
            ("slack", self.slack.as_deref().map(Action::Slack)),
            ("openWhisk", self.open_whisk.as_deref().map(Action::OpenWhisk)),
            ("custom", self.custom.as_deref().map(Action::Custom)),
            ("log", self.log.as_deref().map(Action::Log)),
            ("email", self.email.as_deref().map(Action::Email)),
        ];
        table.into_iter().filter_map(|(name, action)| Some((name, action?))).collect()
    }

    /// The action that runs.
    pub fn action(&self) -> Option<(&'static str, Action<'_>)> {
        self.actions().into_iter().next()
    }
}

/// When events that have come are forgotten.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ConditionsReset {
    /// At certain times.
    pub by_time: Option<ConditionsResetByTime>,
}

/// Times at which events that have come are forgotten.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ConditionsResetByTime {
    /// Five cron fields: minute, hour, day of the month, month, day of the week.
    pub cron: String,
    /// The time zone, such as `Europe/Berlin`; UTC if it is not given.
    pub timezone: String,
}
