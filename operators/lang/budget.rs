//! What one evaluation of a program may use, in counts that are equal on every machine.

/// Steps and bytes that an evaluation has left.
///
/// A step is one instruction, or a few bytes looked at inside one; a byte is one byte of memory asked for, whether or
/// not it is still in use. Neither comes back, so both bound the time and the memory of an evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    steps: u64,
    bytes: u64,
}

/// An evaluation used up its steps or its bytes; no program can catch this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Exhausted {
    /// It ran too long.
    #[error("it took more than its limit of steps")]
    Steps,
    /// It asked for too much memory.
    #[error("it asked for more than its limit of memory")]
    Bytes,
    /// It nested too deep.
    #[error("it nested deeper than its limit")]
    Depth,
}

/// How many bytes looked at or copied cost as much as one instruction.
const BYTES_PER_STEP: u64 = 32;

impl Budget {
    /// A budget of this many steps and bytes.
    pub(crate) fn new(steps: u64, bytes: u64) -> Self {
        Self { steps, bytes }
    }

    /// A budget for compiling, which the length of the text bounds.
    pub(crate) fn unlimited() -> Self {
        Self::new(u64::MAX, u64::MAX)
    }

    /// Takes steps.
    #[inline]
    pub(crate) fn steps(&mut self, count: u64) -> Result<(), Exhausted> {
        match self.steps.checked_sub(count) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(self.end(Exhausted::Steps)),
        }
    }

    /// Takes the steps that looking at this many bytes costs.
    #[inline]
    pub(crate) fn scan(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.steps(bytes as u64 / BYTES_PER_STEP + 1)
    }

    /// Takes bytes of memory, and the steps that filling them costs.
    #[inline]
    pub(crate) fn allocate(&mut self, bytes: usize) -> Result<(), Exhausted> {
        match self.bytes.checked_sub(bytes as u64) {
            Some(left) => self.bytes = left,
            None => return Err(self.end(Exhausted::Bytes)),
        }
        self.scan(bytes)
    }

    /// How many bytes are left.
    pub(crate) fn bytes_left(&self) -> usize {
        usize::try_from(self.bytes).unwrap_or(usize::MAX)
    }

    /// Leaves nothing, so that an evaluation ends even if it overlooks the refusal.
    #[cold]
    fn end(&mut self, exhausted: Exhausted) -> Exhausted {
        (self.steps, self.bytes) = (0, 0);
        exhausted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_does_not_come_back() {
        let mut budget = Budget::new(10, 100);
        assert_eq!(budget.steps(7), Ok(()));
        assert_eq!(budget.allocate(64), Ok(()));
        assert_eq!(budget.steps(1), Err(Exhausted::Steps));
        assert_eq!(Budget::new(10, 100).allocate(101), Err(Exhausted::Bytes));
    }
}
