//! Where events come from and what a dependency names.

use serde::{Deserialize, Serialize};

/// What a dependency names: one event of one EventSource on one bus of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Route {
    /// Namespace of the EventSource and of the sensors that see it.
    pub namespace: String,
    /// Name of the EventBus object.
    pub bus: String,
    /// Name of the EventSource object.
    pub event_source: String,
    /// Name of the event within it.
    pub event_name: String,
}

/// A route with the kind of its source, as a running source knows itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The route of its events.
    pub route: Route,
    /// The kind in Argo's spelling of a CloudEvent type: `webhook`, `github`, `calendar`, …
    pub kind: String,
}

impl Route {
    /// `namespace/bus/eventSource/eventName`, for logs and labels.
    pub fn path(&self) -> String {
        format!("{}/{}/{}/{}", self.namespace, self.bus, self.event_source, self.event_name)
    }
}
