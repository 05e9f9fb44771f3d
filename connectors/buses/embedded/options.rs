//! What an EventBus may say about its embedded log, and what holds where it says nothing.

use model::manifest::{EmbeddedBus, GoDuration};
use model::{Error, Result};
use std::path::Path;
use std::time::Duration;

/// How the embedded log keeps its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How long records are kept once every subscriber has released them; 7 days.
    pub retention_age: Duration,
    /// How many bytes of released records are kept at most; half of the quota.
    pub retention_bytes: Option<u64>,
    /// How many bytes the log may take; then publishing fails. What it has and four fifths of what is free when it opens.
    pub quota: Option<u64>,
    /// How large a file of the log gets; 64 MiB, but at most a quarter of the quota.
    pub roll_bytes: u64,
    /// How many bytes of the newest records stay in memory, where readers who keep up find them; 8 MiB.
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
    /// The options that the `embedded` section of an EventBus asks for.
    ///
    /// # Errors
    /// A duration or a size that is none.
    pub fn read(spec: &EmbeddedBus) -> Result<Self> {
        let mut options = Self { quota: size("quota", &spec.quota)?, ..Self::default() };
        options.retention_bytes = size("maxBytes", &spec.max_bytes)?;
        if !spec.max_age.is_empty() {
            let age: GoDuration =
                spec.max_age.parse().map_err(|error| Error::user(format!("embedded.maxAge: {error}")))?;
            options.retention_age = age.unsigned();
        }
        Ok(options)
    }

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

fn size(name: &str, text: &str) -> Result<Option<u64>> {
    let wrong = || Error::user(format!("embedded.{name}: {text:?} is no size; expected one such as 500M or 10Gi"));
    match text.is_empty() {
        true => Ok(None),
        false => bytes(text).map(Some).ok_or_else(wrong),
    }
}

/// A whole number of bytes with a unit of Kubernetes' quantities.
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
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    number.parse::<u64>().ok()?.checked_mul(UNITS.iter().find(|(name, _)| *name == unit)?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_manifests_write_them() {
        let spec = |max_age: &str, max_bytes: &str, quota: &str| {
            let (max_age, max_bytes, quota) = (max_age.to_owned(), max_bytes.to_owned(), quota.to_owned());
            Options::read(&EmbeddedBus { max_age, max_bytes, quota, ..EmbeddedBus::default() })
        };
        assert_eq!(spec("", "", "").unwrap(), Options::default());
        let options = spec("36h", "2Gi", "5000000000").unwrap();
        assert_eq!(options.retention_age, Duration::from_secs(36 * 3600));
        assert_eq!((options.retention_bytes, options.quota), (Some(2 << 30), Some(5_000_000_000)));
        for (wrong, name) in
            [(spec("soon", "", ""), "maxAge"), (spec("", "-1", ""), "maxBytes"), (spec("", "", "5 Gi"), "quota")]
        {
            assert!(wrong.unwrap_err().to_string().starts_with(&format!("embedded.{name}: ")), "{name}");
        }
    }

    #[test]
    fn a_small_quota_still_has_files_to_remove() {
        let limits = Options { quota: Some(4000), ..Options::default() }.limits(Path::new("/"), 0).unwrap();
        assert_eq!((limits.roll, limits.retention), (1000, 2000));
    }
}
