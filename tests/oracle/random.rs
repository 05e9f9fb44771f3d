//! A small generator of numbers, the same for the same seed everywhere.

/// SplitMix64.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to but without `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True in one of `n` cases.
    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of the members.
    pub(super) fn pick<T: Copy>(&mut self, members: &[T]) -> T {
        members[self.below(members.len())]
    }

    /// Between `min` and `max` results of a function, joined.
    pub(super) fn repeat(&mut self, min: usize, max: usize, mut make: impl FnMut(&mut Self) -> String) -> String {
        let count = min + self.below(max - min + 1);
        (0..count).map(|_| make(self)).collect()
    }
}
