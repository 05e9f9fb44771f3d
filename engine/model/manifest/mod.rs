//! The v1alpha1 API of Argo Events as types: EventBus, EventSource and Sensor, and the Secret and ConfigMap they read.
//!
//! [`decode`] reads a JSON value by the rules of the reference's decoder and reports what it could not use; [`encode`]
//! prints an object without its empty members. The doc comment of a field is its description in the JSON schema.

pub mod annotations;
mod artifact;
mod backoff;
mod config;
mod decode;
mod dependency;
mod duration;
mod encode;
mod event_bus;
pub mod event_source;
mod meta;
mod parameter;
pub mod path;
mod pod;
mod policy;
mod selector;
mod sensor;
mod tls;
pub mod trigger;

pub use artifact::{
    ArtifactLocation, FileArtifact, GitArtifact, GitCreds, GitHubAppCreds, GitRemote, S3Artifact, S3Bucket, S3Filter,
    UrlArtifact,
};
pub use backoff::{Amount, Backoff, BackoffError, Exponential, Int64OrString};
pub use config::{ConfigMap, Secret};
pub use decode::{Decoded, Mismatch, UnknownMember, decode};
pub use dependency::{
    ContextFilter, DataFilter, EventDependency, EventDependencyFilter, EventDependencyTransformer, ExprFilter,
    PayloadField, TimeFilter,
};
pub use duration::{DurationError, GoDuration};
pub use encode::encode;
pub use event_bus::{
    EmbeddedBus, EventBus, EventBusSpec, JetStreamBus, JetStreamConfig, KafkaBus, NatsBus, NatsConfig, NatsNative,
};
pub use event_source::{EventSource, EventSourceSpec, Source, SourceKind, WebhookContext};
pub use meta::{Metadata, ObjectMeta};
pub use parameter::{TriggerParameter, TriggerParameterSource};
pub use pod::{ContainerTemplate, PodTemplate, Service, ServicePort};
pub use policy::{K8sResourcePolicy, RateLimit, StatusPolicy, TriggerPolicy};
pub use selector::{ConfigMapKeySelector, SecretKeySelector, SecureHeader, ValueFromSource};
pub use sensor::{Sensor, SensorSpec};
pub use tls::{AwsMskIam, BasicAuth, KafkaConsumerGroup, NatsAuth, SaslConfig, SchemaRegistry, TlsConfig};
pub use trigger::{Action, ConditionsReset, ConditionsResetByTime, Trigger, TriggerTemplate};

/// The `apiVersion` of the three kinds.
pub const API_VERSION: &str = "argoproj.io/v1alpha1";

/// The bus of an object that names none.
pub const DEFAULT_BUS: &str = "default";
