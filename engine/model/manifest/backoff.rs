//! Backoff: how often something is tried and how long to wait in between.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{DurationError, GoDuration};

/// How often something is tried and how long to wait in between. What is not given has the reference's default:
/// 5 steps, `1s`, factor 1, jitter 1.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Backoff {
    /// The first wait, as `1s` or `3m`, or as a number of nanoseconds.
    pub duration: Option<Int64OrString>,
    /// What the wait is multiplied with each time; a number.
    pub factor: Option<Amount>,
    /// How much longer a wait may become by chance, as a part of it; a number.
    pub jitter: Option<Amount>,
    /// How many attempts there are in all; 5 if it is not at least 1.
    pub steps: i32,
}

/// A whole number or text, as it is written. Anything else is refused when it is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Int64OrString(pub Value);

impl JsonSchema for Int64OrString {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Int64OrString".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["integer", "string"] })
    }
}

/// A number as it is written. Anything else is accepted when a manifest is read and refused when it is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(pub Value);

impl JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

/// A backoff with every value known. The base of the n-th wait is `duration * factor^n`; a wait is its base times
/// `1 + r * jitter`, `r` in 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    /// Attempts in all, at least 1.
    pub steps: u32,
    /// The base of the first wait.
    pub duration: Duration,
    /// What the base is multiplied with each time.
    pub factor: f64,
    /// How much longer a wait may become by chance, as a part of it.
    pub jitter: f64,
}

/// A backoff that cannot be used. In the reference its action is never attempted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BackoffError {
    /// The duration is not one.
    #[error("invalid backoff configuration: duration: {0}")]
    Duration(DurationError),
    /// The factor or jitter is not a number.
    #[error("invalid backoff configuration: {0} must be a number without quotes")]
    Number(&'static str),
}

impl Default for Exponential {
    fn default() -> Self {
        Self { steps: 5, duration: Duration::from_secs(1), factor: 1.0, jitter: 1.0 }
    }
}

impl Backoff {
    /// Fills in the defaults.
    ///
    /// # Errors
    /// If the duration cannot be read, or factor or jitter is not a number.
    pub fn resolve(&self) -> Result<Exponential, BackoffError> {
        let default = Exponential::default();
        let duration = match &self.duration {
            None => default.duration,
            Some(Int64OrString(Value::String(text))) => {
                text.parse::<GoDuration>().map_err(BackoffError::Duration)?.unsigned()
            }
            Some(Int64OrString(other)) => {
                let nanoseconds = other.as_i64().ok_or_else(|| BackoffError::Duration(DurationError::of(other)))?;
                GoDuration::from_nanoseconds(nanoseconds).unsigned()
            }
        };
        Ok(Exponential {
            steps: u32::try_from(self.steps).ok().filter(|steps| *steps > 0).unwrap_or(default.steps),
            duration,
            factor: number(self.factor.as_ref(), "factor", default.factor)?,
            jitter: number(self.jitter.as_ref(), "jitter", default.jitter)?,
        })
    }
}

fn number(amount: Option<&Amount>, name: &'static str, default: f64) -> Result<f64, BackoffError> {
    match amount {
        None => Ok(default),
        Some(Amount(value)) => value.as_f64().ok_or(BackoffError::Number(name)),
    }
}

impl Exponential {
    /// The wait before attempt `attempt` (the second attempt is 1), with `chance` in 0..1.
    pub fn wait(&self, attempt: u32, chance: f64) -> Duration {
        let base = self.duration.as_secs_f64()
            * self.factor.powi(i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX));
        let jitter = if self.jitter > 0.0 { 1.0 + chance * self.jitter } else { 1.0 };
        Duration::try_from_secs_f64(base * jitter).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolve(value: Value) -> Result<Exponential, BackoffError> {
        serde_json::from_value::<Backoff>(value).unwrap().resolve()
    }

    #[test]
    fn absent_members_have_the_reference_defaults() {
        assert_eq!(resolve(json!({})), Ok(Exponential::default()));
        assert_eq!(resolve(json!({"steps": 0})).unwrap().steps, 5);
        assert_eq!(resolve(json!({"steps": 3})).unwrap().steps, 3);
    }

    #[test]
    fn a_number_is_nanoseconds_and_text_is_a_go_duration() {
        assert_eq!(resolve(json!({"duration": 2_000_000_000_i64})).unwrap().duration, Duration::from_secs(2));
        assert_eq!(resolve(json!({"duration": "1m30s"})).unwrap().duration, Duration::from_secs(90));
        assert!(resolve(json!({"duration": "soon"})).is_err());
        assert!(resolve(json!({"factor": "2"})).is_err());
    }

    #[test]
    fn waits_grow_by_the_factor() {
        let backoff = resolve(json!({"duration": "1s", "factor": 2, "jitter": 0.5, "steps": 4})).unwrap();
        assert_eq!(backoff.wait(1, 0.0), Duration::from_secs(1));
        assert_eq!(backoff.wait(3, 0.0), Duration::from_secs(4));
        assert_eq!(backoff.wait(1, 0.5), Duration::from_millis(1250));
    }
}
