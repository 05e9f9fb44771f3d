//! The order of all records of a bus: (clamped log time, partition, offset), lexicographic and total.

use crate::{LogTime, Offset, Partition, Position};
use serde::{Deserialize, Serialize};

/// The time of a record or of an instant between records.
///
/// It packs into 128 bits (48 of log time, 16 of partition, 64 of offset) in the same order, which is the timestamp
/// that the dataflow carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Time {
    /// Log time, clamped so that it never falls within a partition.
    pub log_time: LogTime,
    /// Partition of the record; 0 for an instant.
    pub partition: Partition,
    /// Offset of the record; 0 for an instant.
    pub offset: Offset,
}

impl Time {
    /// The time of the record at `position` whose clamped log time is `log_time`.
    pub fn of(log_time: LogTime, position: Position) -> Self {
        Self { log_time, partition: position.partition, offset: position.offset }
    }

    /// The instant before every record of that log time.
    pub fn instant(log_time: LogTime) -> Self {
        Self { log_time, ..Self::default() }
    }

    /// Where the record stands.
    pub fn position(self) -> Position {
        Position { partition: self.partition, offset: self.offset }
    }

    /// The same time as one number; log times beyond 48 bits (the year 10889) saturate.
    pub fn pack(self) -> u128 {
        let log_time = self.log_time.0.min((1 << 48) - 1);
        u128::from(log_time) << 80 | u128::from(self.partition.0) << 64 | u128::from(self.offset.0)
    }

    /// The time that [`Time::pack`] packed.
    pub fn unpack(packed: u128) -> Self {
        Self {
            log_time: LogTime((packed >> 80) as u64),
            partition: Partition((packed >> 64) as u16),
            offset: Offset(packed as u64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_keeps_order_and_value() {
        let time = |ms, partition, offset| Time {
            log_time: LogTime(ms),
            partition: Partition(partition),
            offset: Offset(offset),
        };
        let ordered =
            [time(0, 0, 0), time(0, 0, u64::MAX), time(0, 1, 0), time(1, 0, 0), time(1, u16::MAX, 3), time(2, 0, 0)];
        for pair in ordered.windows(2) {
            assert!(pair[0] < pair[1] && pair[0].pack() < pair[1].pack());
        }
        for time in ordered {
            assert_eq!(Time::unpack(time.pack()), time);
        }
    }
}
