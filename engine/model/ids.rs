//! Newtypes for every number that must not be mixed up with another.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A partition of a bus, counted from 0; the embedded bus has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Partition(pub u16);

/// Where a record stands in its partition, counted from 0; gaps are normal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Offset(pub u64);

/// Where a record stands on its bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Position {
    /// The partition.
    pub partition: Partition,
    /// The offset within it.
    pub offset: Offset,
}

/// The bus's append time of a record in milliseconds since 1970 (UTC): the only clock of the dataflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct LogTime(pub u64);

impl LogTime {
    /// The same instant as a timestamp; the epoch's last representable instant for times beyond it.
    pub fn timestamp(self) -> jiff::Timestamp {
        i64::try_from(self.0)
            .ok()
            .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
            .unwrap_or(jiff::Timestamp::MAX)
    }

    /// The log time that a timestamp falls into; times before 1970 count as 1970.
    pub fn from_timestamp(at: jiff::Timestamp) -> Self {
        Self(u64::try_from(at.as_millisecond()).unwrap_or(0))
    }
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = crate::Error;

            fn from_str(text: &str) -> crate::Result<Self> {
                let number = (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| u128::from_str_radix(text, 16).ok()).flatten();
                number.map(|n| Self(n.to_be_bytes())).ok_or_else(|| crate::Error::user(format!("{text:?} is no id: expected 32 hexadecimal digits")))
            }
        }
    };
}

hex_id! {
    /// The identity of a log, drawn at random when the log is made.
    LogId
}

hex_id! {
    /// The identity of a firing: a hash of the log, the trigger and the positions of its events, so that the same
    /// records give the same id whenever they are read.
    FiringId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_shows() {
        let id = FiringId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(id.to_string().parse::<FiringId>().unwrap(), id);
        assert!("zz".parse::<FiringId>().is_err());
        assert!("+00102030405060708090a0b0c0d0eff".parse::<FiringId>().is_err());
    }

    #[test]
    fn log_time_is_whole_milliseconds() {
        let at: jiff::Timestamp = "2026-11-24T03:25:42.123456789Z".parse().unwrap();
        assert_eq!(LogTime::from_timestamp(at).timestamp().to_string(), "2026-11-24T03:25:42.123Z");
    }
}
