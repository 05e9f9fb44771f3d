//! The annotations that are Tidegate's own: YAML in text, so that Argo Events still accepts the object.

/// Sensor: which value of an event says what belongs together. A gjson path, or a map from dependency names to paths.
pub const KEY: &str = "tidegate.io/key";

/// Sensor: how long an event waits for the others. A Go duration, or a map from trigger names to durations.
pub const WINDOW: &str = "tidegate.io/window";

/// Sensor: how many attempts of a trigger may run at once. A number, or a map from trigger names to numbers.
pub const CONCURRENCY: &str = "tidegate.io/concurrency";

/// EventSource: the signature that calls must carry. One check for all endpoints, or a map from event names to checks.
pub const HMAC: &str = "tidegate.io/hmac";

/// What all our annotations start with.
pub const PREFIX: &str = "tidegate.io/";
