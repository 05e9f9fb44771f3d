//! What an EventBus may say about its embedded log, and what holds where it says nothing.

use model::{Error, Result};
use serde::de::{Deserialize, Deserializer, Error as _};
use std::path::Path;
use std::time::Duration;

/// The `embedded` section of an EventBus.
///
/// Durations are written as in Go (`168h`, `90m`) or in days (`7d`), sizes in bytes or with a unit (`500M`, `10Gi`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// How long records are kept once every subscriber has released them; 7 days.
    #[serde(deserialize_with = "duration")]
    pub retention_age: Duration,
    /// How many bytes of released records are kept at most; half of the quota.
    #[serde(deserialize_with = "optional_size")]
    pub retention_bytes: Option<u64>,
    /// How many bytes the log may take; then publishing fails. What it has and four fifths of what is free when it opens.
    #[serde(deserialize_with = "optional_size")]
    pub quota: Option<u64>,
    /// How large a file of the log gets; 64 MiB, but at most a quarter of the quota.
    #[serde(deserialize_with = "size")]
    pub roll_bytes: u64,
    /// How many bytes of the newest records stay in memory, where readers who keep up find them; 8 MiB.
    #[serde(deserialize_with = "size")]
    pub memory_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            retention_age: Duration::from_secs(7 * 24 * 3600),
            retention_bytes: None,
            quota: None,
            roll_bytes: 64 << 20,
            memory_bytes: 8 << 20,
        }
    }
}

/// The options with every default filled in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) age: Duration,
    pub(super) retention: u64,
    pub(super) quota: u64,
    pub(super) roll: u64,
}

impl Options {
    /// What holds for the log in `folder`, which takes `held` bytes.
    pub(super) fn limits(&self, folder: &Path, held: u64) -> Result<Limits> {
        let quota = match self.quota {
            Some(quota) => quota,
            None => held + free(folder)? / 5 * 4,
        };
        Ok(Limits {
            age: self.retention_age,
            retention: self.retention_bytes.unwrap_or(quota / 2),
            quota,
            roll: self.roll_bytes.min(quota / 4),
        })
    }
}

/// How many bytes an unprivileged process could still write to the disk of `folder`.
pub(super) fn free(folder: &Path) -> Result<u64> {
    let disk = rustix::fs::statvfs(folder)
        .map_err(|error| Error::external(format!("{}: {}", folder.display(), std::io::Error::from(error))))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Written {
    Number(u64),
    Text(String),
}

fn size<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let written = Written::deserialize(from)?;
    let bytes = match &written {
        Written::Number(bytes) => Some(*bytes),
        Written::Text(text) => bytes(text),
    };
    bytes.ok_or_else(|| D::Error::custom("expected a size such as 1073741824, 500M or 10Gi"))
}

fn optional_size<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    size(from).map(Some)
}

fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    span(&text)
        .ok_or_else(|| D::Error::custom(format!("{text:?} is no duration; expected one such as 7d, 168h or 1h30m")))
}

fn bytes(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 9] = [
        ("", 1),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("T", 1_000_000_000_000),
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
        ("Ti", 1 << 40),
    ];
    let (number, unit) = split(text)?;
    number.checked_mul(UNITS.iter().find(|(name, _)| *name == unit)?.1)
}

fn span(text: &str) -> Option<Duration> {
    const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    let (mut rest, mut ms) = (text, 0_u64);
    while !rest.is_empty() {
        let (number, after) = split(rest)?;
        let (unit, after) = after.split_at(after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len()));
        ms = ms.checked_add(number.checked_mul(UNITS.iter().find(|(name, _)| *name == unit)?.1)?)?;
        rest = after;
    }
    (!text.is_empty()).then(|| Duration::from_millis(ms))
}

/// The whole number that a text begins with, and what follows it.
fn split(text: &str) -> Option<(u64, &str)> {
    let (number, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn options_are_read_as_manifests_write_them() {
        let spec = json!({"retentionAge": "1d12h", "retentionBytes": "2Gi", "quota": 5_000_000_000_u64});
        let options: Options = serde_json::from_value(spec).unwrap();
        assert_eq!(options.retention_age, Duration::from_secs(36 * 3600));
        assert_eq!((options.retention_bytes, options.quota), (Some(2 << 30), Some(5_000_000_000)));
        assert_eq!(options.roll_bytes, 64 << 20);
        assert_eq!(serde_json::from_value::<Options>(json!({})).unwrap(), Options::default());
        for wrong in [json!({"quota": "5 Gi"}), json!({"quota": -1}), json!({"retentionAge": "1w"}), json!({"size": 1})]
        {
            assert!(serde_json::from_value::<Options>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_small_quota_still_has_files_to_remove() {
        let limits = Options { quota: Some(4000), ..Options::default() }.limits(Path::new("/"), 0).unwrap();
        assert_eq!((limits.roll, limits.retention), (1000, 2000));
    }
}
