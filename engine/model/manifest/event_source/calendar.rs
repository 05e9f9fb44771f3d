//! The source `calendar`.

use std::collections::BTreeMap;

use super::EventSourceFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Moments of a schedule or an interval.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct CalendarEventSource {
    /// Five cron fields: minute, hour, day of the month, month, day of the week. It wins over `interval`.
    pub schedule: String,
    /// The time between two events, such as `30m`; whole seconds.
    pub interval: String,
    /// Days without events, as `EXDATE:20260131T000000Z`, several separated by commas.
    pub exclusion_dates: Vec<String>,
    /// The time zone of `schedule`, such as `Europe/Berlin`; UTC if it is not given.
    pub timezone: String,
    /// Text that is added to the data of every event.
    pub metadata: BTreeMap<String, String>,
    /// What happens with moments that were missed.
    pub persistence: Option<EventPersistence>,
    /// Which events are published.
    pub filter: Option<EventSourceFilter>,
}

/// What happens with moments that were missed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EventPersistence {
    /// Make up for moments that were missed.
    pub catchup: Option<CatchupConfiguration>,
    /// Where Argo Events keeps the last moment; Tidegate keeps it in its state.
    pub config_map: Option<ConfigMapPersistence>,
}

/// Making up for moments that were missed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct CatchupConfiguration {
    /// Whether they are made up for.
    pub enabled: bool,
    /// How far back, such as `24h`; without a limit if it is not given.
    pub max_duration: String,
}

/// A ConfigMap that holds the last moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ConfigMapPersistence {
    /// Its name.
    pub name: String,
    /// Make it if it is missing.
    pub create_if_not_exist: bool,
}
