//! The annotations that are Tidegate's own: YAML in text, so that Argo Events still accepts the object.
//!
//! Here are their types, and how they are read from the values that the YAML stands for.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Decoded, GoDuration, SecretKeySelector, decode};

/// What all our annotations start with.
pub const PREFIX: &str = "tidegate.io/";
/// Sensor: which value of an event says what belongs together. A gjson path, or a map from dependency names to paths.
pub const KEY: &str = "tidegate.io/key";
/// Sensor: how long an event waits for the others. A Go duration, or a map from trigger names to durations.
pub const WINDOW: &str = "tidegate.io/window";
/// Sensor: how many attempts of a trigger may run at once. A number, or a map from trigger names to numbers.
pub const CONCURRENCY: &str = "tidegate.io/concurrency";
/// EventSource: the signature that calls must carry. One check for all webhooks, or a map from event names to checks.
pub const HMAC: &str = "tidegate.io/hmac";
/// EventSource: how to try it, said as it stands once everything listens. Any text.
pub const HINT: &str = "tidegate.io/hint";

/// A value for all, or one for each name.
#[derive(Debug, Clone, PartialEq)]
pub enum PerName<T> {
    /// The value for all.
    All(T),
    /// A value for each of these names, and none for the others.
    Named(BTreeMap<String, T>),
}

impl<T> PerName<T> {
    /// The value for this name.
    pub fn of(&self, name: &str) -> Option<&T> {
        match self {
            PerName::All(value) => Some(value),
            PerName::Named(values) => values.get(name),
        }
    }

    /// The names that have a value of their own.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let named = match self {
            PerName::All(_) => None,
            PerName::Named(values) => Some(values.keys().map(String::as_str)),
        };
        named.into_iter().flatten()
    }
}

/// The annotations of a Sensor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SensorAnnotations {
    /// By dependency: the gjson path of the key.
    pub key: Option<PerName<String>>,
    /// By trigger: how long a hit stays pending.
    pub window: Option<PerName<GoDuration>>,
    /// By trigger: how many attempts may run at once, at least 1.
    pub concurrency: Option<PerName<u32>>,
}

/// The annotations of an EventSource.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventSourceAnnotations {
    /// By event: the signature that calls must carry.
    pub hmac: Option<PerName<HmacCheck>>,
}

/// How the signature of a call is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct HmacCheck {
    /// The secret that calls are signed with.
    pub secret: SecretKeySelector,
    /// The header that carries the signature in hex, such as `X-Hub-Signature-256`.
    pub header: String,
    /// What stands before the signature, such as `sha256=`.
    pub prefix: String,
    /// What the signature is made with.
    pub algorithm: HmacAlgorithm,
}

/// What a signature is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HmacAlgorithm {
    /// HMAC-SHA256.
    #[default]
    Sha256,
    /// HMAC-SHA1.
    Sha1,
    /// HMAC-SHA512.
    Sha512,
}

impl HmacAlgorithm {
    /// What the prefix of a signature says, such as `sha512=`; SHA-256 where it says nothing.
    fn of_prefix(prefix: &str) -> Self {
        match prefix {
            "sha1=" => Self::Sha1,
            "sha512=" => Self::Sha512,
            _ => Self::Sha256,
        }
    }
}

/// Reads the value of [`KEY`].
///
/// # Errors
/// What is wrong with the value.
pub fn key(value: &Value) -> Result<PerName<String>, String> {
    per_name(value, |value| match value {
        Value::String(path) if !path.is_empty() => Ok(path.clone()),
        _ => Err("expected a path such as `body.id`".to_owned()),
    })
}

/// Reads the value of [`WINDOW`].
///
/// # Errors
/// What is wrong with the value.
pub fn window(value: &Value) -> Result<PerName<GoDuration>, String> {
    per_name(value, |value| {
        let duration = value.as_str().and_then(|text| text.parse::<GoDuration>().ok());
        duration.filter(|duration| duration.nanoseconds() > 0).ok_or("expected a duration such as `10m`".to_owned())
    })
}

/// Reads the value of [`CONCURRENCY`].
///
/// # Errors
/// What is wrong with the value.
pub fn concurrency(value: &Value) -> Result<PerName<u32>, String> {
    per_name(value, |value| {
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.filter(|number| *number > 0).ok_or("expected a number, at least 1".to_owned())
    })
}

/// Reads the value of [`HMAC`].
///
/// # Errors
/// What is wrong with the value.
pub fn hmac(value: &Value) -> Result<PerName<HmacCheck>, String> {
    match value {
        Value::Object(members) if members.contains_key("secret") && members.contains_key("header") => {
            hmac_check(value).map(PerName::All)
        }
        _ => per_name(value, |value| match value {
            Value::Object(_) => hmac_check(value),
            _ => Err("expected a map with `secret` and `header`".to_owned()),
        }),
    }
}

/// A check as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenCheck {
    secret: SecretKeySelector,
    header: String,
    prefix: String,
    algorithm: String,
}

fn hmac_check(value: &Value) -> Result<HmacCheck, String> {
    let Decoded { object, unknown, mismatches } = decode::<WrittenCheck>(value);
    if let Some(unknown) = unknown.first() {
        return Err(format!("there is no field `{}` here", unknown.path));
    }
    if let Some(wrong) = mismatches.first() {
        return Err(format!("`{}` must be {}", wrong.path, wrong.expected));
    }
    let WrittenCheck { secret, header, prefix, algorithm } = object;
    if secret.name.is_empty() || secret.key.is_empty() {
        return Err("`secret` needs a `name` and a `key`".to_owned());
    }
    if header.is_empty() {
        return Err("`header` is missing".to_owned());
    }
    let algorithm = match algorithm.as_str() {
        "" => HmacAlgorithm::of_prefix(&prefix),
        "sha256" => HmacAlgorithm::Sha256,
        "sha1" => HmacAlgorithm::Sha1,
        "sha512" => HmacAlgorithm::Sha512,
        other => return Err(format!("`{other}` is not `sha256`, `sha1` or `sha512`")),
    };
    Ok(HmacCheck { secret, header, prefix, algorithm })
}

/// A value for all, or a map of them.
fn per_name<T>(value: &Value, read: impl Fn(&Value) -> Result<T, String>) -> Result<PerName<T>, String> {
    match value {
        Value::Object(members) => {
            let read = |(name, value): (&String, &Value)| match read(value) {
                Ok(value) => Ok((name.clone(), value)),
                Err(error) => Err(format!("`{name}`: {error}")),
            };
            members.iter().map(read).collect::<Result<_, _>>().map(PerName::Named)
        }
        _ => read(value).map(PerName::All),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_value_holds_for_all_and_a_map_for_its_names() {
        assert_eq!(key(&json!("body.id")).unwrap().of("any"), Some(&"body.id".to_owned()));
        let named = key(&json!({"a": "x", "b": "y.z"})).unwrap();
        assert_eq!((named.of("b"), named.of("c")), (Some(&"y.z".to_owned()), None));
        assert_eq!(named.names().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(window(&json!("10m")).unwrap().of("t").unwrap().to_string(), "10m0s");
        assert_eq!(concurrency(&json!({"t": 1})).unwrap().of("t"), Some(&1));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert_eq!(key(&json!(5)).unwrap_err(), "expected a path such as `body.id`");
        assert_eq!(window(&json!({"t": "-1s"})).unwrap_err(), "`t`: expected a duration such as `10m`");
        assert_eq!(window(&json!(5)).unwrap_err(), "expected a duration such as `10m`");
        assert_eq!(concurrency(&json!(0)).unwrap_err(), "expected a number, at least 1");
        assert_eq!(hmac(&json!("x")).unwrap_err(), "expected a map with `secret` and `header`");
    }

    #[test]
    fn signatures_are_checked_for_one_event_or_all() {
        let check =
            json!({"secret": {"name": "s", "key": "k"}, "header": "X-Sig", "prefix": "v1=", "algorithm": "sha1"});
        let all = hmac(&check).unwrap();
        let found = all.of("any").unwrap();
        assert_eq!(
            (found.header.as_str(), found.prefix.as_str(), found.algorithm),
            ("X-Sig", "v1=", HmacAlgorithm::Sha1)
        );
        assert!(hmac(&json!({"e": check})).unwrap().of("other").is_none());
        let wrong = json!({"secret": {"name": "s", "key": "k"}, "header": "X", "algorithm": "md5"});
        assert_eq!(hmac(&wrong).unwrap_err(), "`md5` is not `sha256`, `sha1` or `sha512`");
        assert_eq!(hmac(&json!({"e": {"header": "X"}})).unwrap_err(), "`e`: `secret` needs a `name` and a `key`");
        let misspelt = json!({"secret": {"name": "s", "key": "k"}, "header": "X", "praefix": "v"});
        assert_eq!(hmac(&misspelt).unwrap_err(), "there is no field `praefix` here");
    }
}
