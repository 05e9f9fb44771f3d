//! The only time and chance that a program sees, so that a replay gives what the first run gave.

/// The log time of the record or firing that a program is evaluated for, and the seed of its random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What `now` and the like answer.
    pub now: jiff::Timestamp,
    /// Where random sequences start: the firing's id or the record's position, folded to 64 bits.
    pub seed: u64,
}

impl Moment {
    /// The start of the epoch with seed 0; for compile-time checks and tests.
    pub const EPOCH: Self = Self { now: jiff::Timestamp::UNIX_EPOCH, seed: 0 };
}
