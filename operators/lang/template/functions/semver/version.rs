//! A version: `1.2.3-beta.1+build`, also `v1` and `1.2`.

use std::cmp::Ordering;

use crate::EvalError;

/// The longest version text, in bytes.
const MAX_LENGTH: usize = 256;

/// A semantic version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub(super) major: u64,
    /// The second number, 0 when it was not written.
    pub(super) minor: u64,
    /// The third number, 0 when it was not written.
    pub(super) patch: u64,
    /// What stands behind the dash; empty for a release.
    pub(super) prerelease: String,
    /// What stands behind the plus.
    pub(super) metadata: String,
    /// The text that was read.
    pub(super) original: String,
}

fn invalid() -> EvalError {
    EvalError::new("invalid semantic version")
}

impl Version {
    /// Reads a version; a leading `v`, missing numbers and zeros before a number are accepted.
    ///
    /// # Errors
    /// Any other text, numbers beyond 64 bits, and texts of more than 256 bytes.
    pub(super) fn parse(text: &str) -> Result<Self, EvalError> {
        if text.len() > MAX_LENGTH {
            return Err(EvalError::new(format!("version string is too long (max {MAX_LENGTH} bytes)")));
        }
        let rest = text.strip_prefix('v').unwrap_or(text);
        let (rest, metadata) = rest.split_once('+').map_or((rest, None), |(rest, metadata)| (rest, Some(metadata)));
        let (numbers, prerelease) = rest.split_once('-').map_or((rest, None), |(rest, part)| (rest, Some(part)));
        let mut parts = numbers.split('.').map(number);
        let (major, minor, patch) = (parts.next(), parts.next(), parts.next());
        if parts.next().is_some() {
            return Err(invalid());
        }
        let well_formed =
            |part: Option<&str>, zeros: bool| part.is_none_or(|part| part.split('.').all(|id| is_id(id, zeros)));
        if !well_formed(prerelease, false) || !well_formed(metadata, true) {
            return Err(invalid());
        }
        Ok(Self {
            major: major.unwrap_or_else(|| Err(invalid()))?,
            minor: minor.unwrap_or(Ok(0))?,
            patch: patch.unwrap_or(Ok(0))?,
            prerelease: prerelease.unwrap_or_default().to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
            original: text.to_owned(),
        })
    }

    /// The order of versions: a prerelease is before its release, metadata does not count.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let numbers = (self.major, self.minor, self.patch).cmp(&(other.major, other.minor, other.patch));
        numbers.then_with(|| match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
        })
    }

    pub(super) fn next_major(&self) -> Result<Self, EvalError> {
        Ok(self.release(self.major.checked_add(1).ok_or_else(invalid)?, 0, 0))
    }

    pub(super) fn next_minor(&self) -> Result<Self, EvalError> {
        Ok(self.release(self.major, self.minor.checked_add(1).ok_or_else(invalid)?, 0))
    }

    /// The next patch; of a prerelease its release.
    pub(super) fn next_patch(&self) -> Result<Self, EvalError> {
        let step = u64::from(self.prerelease.is_empty());
        Ok(self.release(self.major, self.minor, self.patch.checked_add(step).ok_or_else(invalid)?))
    }

    fn release(&self, major: u64, minor: u64, patch: u64) -> Self {
        let prefix = if self.original.starts_with('v') { "v" } else { "" };
        let original = format!("{prefix}{major}.{minor}.{patch}");
        Self { major, minor, patch, prerelease: String::new(), metadata: String::new(), original }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn number(digits: &str) -> Result<u64, EvalError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid());
    }
    digits.parse().map_err(|_| invalid())
}

/// Whether an identifier behind the dash or plus is well-formed; a number there may not begin with a zero unless
/// `zeros` allows it.
fn is_id(id: &str, zeros: bool) -> bool {
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero = id.len() > 1 && id.starts_with('0');
    !id.is_empty() && id.bytes().all(is_id_byte) && (zeros || !is_number || !has_zero)
}

pub(super) fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// Identifier by identifier: numbers by value and before names, names by bytes, none before any.
pub(super) fn compare_prereleases(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(id)) => empty_against(id),
            (Some(id), None) => empty_against(id).reverse(),
            (Some(a), Some(b)) if a.is_empty() || b.is_empty() => b.is_empty().cmp(&a.is_empty()).reverse(),
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                _ if a == b => Ordering::Equal,
                (Ok(a), Ok(b)) => {
                    if a > b {
                        Ordering::Greater
                    } else {
                        Ordering::Less
                    }
                }
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn empty_against(id: &str) -> Ordering {
    if id.is_empty() { Ordering::Equal } else { Ordering::Less }
}
