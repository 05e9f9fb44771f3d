//! The texts of a script and of one evaluation: each distinct byte string is kept once and named by a number.

use super::super::budget::{Budget, Exhausted};
use std::hash::Hasher;
use std::ops::Range;

/// Names a byte string; equal strings have equal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StringId(u32);

impl StringId {
    /// The text that the library added at a place, from 0.
    #[inline]
    pub(super) fn of_library(place: u32) -> Self {
        Self(place)
    }

    /// The number as a hash key.
    #[inline]
    pub(super) fn number(self) -> u32 {
        self.0
    }
}

/// A set of byte strings that only grows: all bytes in one buffer, found again through an open-addressed index.
#[derive(Debug, Clone, Default)]
pub(super) struct Strings {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// Position in `ends` plus one, 0 where empty; the length is a power of two.
    index: Vec<u32>,
}

impl Strings {
    fn range(&self, at: u32) -> Range<usize> {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before as usize)).copied().unwrap_or(0);
        let end = self.ends.get(at as usize).copied().unwrap_or(start);
        start as usize..end as usize
    }

    fn get(&self, at: u32) -> &[u8] {
        self.bytes.get(self.range(at)).unwrap_or_default()
    }

    /// Where a text is, or the free place of the index where it belongs. Each place looked at costs a step.
    fn find(&self, text: &[u8], hash: u64, budget: &mut Budget) -> Result<Result<u32, usize>, Exhausted> {
        let mask = self.index.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        while let Some(at) = self.index.get(place).and_then(|slot| slot.checked_sub(1)) {
            if self.get(at) == text {
                return Ok(Ok(at));
            }
            budget.steps(1)?;
            place = (place + 1) & mask;
        }
        Ok(Err(place))
    }

    /// Adds the text that the buffer ends with, from `start` on.
    fn adopt(&mut self, hash: u64, place: usize) -> u32 {
        let at = self.ends.len() as u32;
        self.ends.push(self.bytes.len() as u32);
        if self.ends.len() * 2 > self.index.len() {
            self.rebuild_index();
        } else if let Some(slot) = self.index.get_mut(place) {
            *slot = at + 1;
        }
        debug_assert_eq!(hash, hash_of(self.get(at)));
        at
    }

    fn rebuild_index(&mut self) {
        let length = (self.ends.len() * 4).next_power_of_two().max(16);
        self.index = vec![0; length];
        for at in 0..self.ends.len() as u32 {
            let mut place = hash_of(self.get(at)) as usize & (length - 1);
            while self.index.get(place).is_some_and(|slot| *slot != 0) {
                place = (place + 1) & (length - 1);
            }
            if let Some(slot) = self.index.get_mut(place) {
                *slot = at + 1;
            }
        }
    }
}

fn hash_of(text: &[u8]) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text);
    // The low bits choose the place, and this hash mixes best into the high ones.
    hasher.finish().rotate_left(20)
}

/// The texts that a script was compiled with, shared by all evaluations, and those that one evaluation made.
#[derive(Debug, Clone)]
pub(super) struct Texts<'p> {
    compiled: std::borrow::Cow<'p, Strings>,
    made: Strings,
}

impl<'p> Texts<'p> {
    /// Starts with the texts of a compiled script.
    pub(super) fn over(compiled: &'p Strings) -> Self {
        Self { compiled: std::borrow::Cow::Borrowed(compiled), made: Strings::default() }
    }

    /// The bytes of a text.
    #[inline]
    pub(super) fn get(&self, id: StringId) -> &[u8] {
        match id.0.checked_sub(self.compiled.ends.len() as u32) {
            None => self.compiled.get(id.0),
            Some(at) => self.made.get(at),
        }
    }

    /// The name of a text.
    pub(super) fn intern(&mut self, text: &[u8], budget: &mut Budget) -> Result<StringId, Exhausted> {
        let start = self.start();
        budget.allocate(text.len())?;
        self.made.bytes.extend_from_slice(text);
        self.finish(start, budget)
    }

    /// Begins a text that is put together from others: the mark to finish it with. One that was begun and not finished
    /// is forgotten.
    pub(super) fn start(&mut self) -> usize {
        let end = self.made.ends.last().copied().unwrap_or(0) as usize;
        self.made.bytes.truncate(end);
        end
    }

    /// Appends a text that has a name to the one being put together.
    pub(super) fn append(&mut self, id: StringId, budget: &mut Budget) -> Result<(), Exhausted> {
        match id.0.checked_sub(self.compiled.ends.len() as u32) {
            None => self.append_bytes_of_compiled(id, budget),
            Some(at) => {
                let range = self.made.range(at);
                budget.allocate(range.len())?;
                self.made.bytes.extend_from_within(range);
                Ok(())
            }
        }
    }

    fn append_bytes_of_compiled(&mut self, id: StringId, budget: &mut Budget) -> Result<(), Exhausted> {
        let text = self.compiled.get(id.0);
        budget.allocate(text.len())?;
        self.made.bytes.extend_from_slice(text);
        Ok(())
    }

    /// Appends bytes to the text being put together.
    pub(super) fn append_bytes(&mut self, bytes: &[u8], budget: &mut Budget) -> Result<(), Exhausted> {
        budget.allocate(bytes.len())?;
        self.made.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Names the text put together since `start`.
    pub(super) fn finish(&mut self, start: usize, budget: &mut Budget) -> Result<StringId, Exhausted> {
        let text = self.made.bytes.get(start..).unwrap_or_default();
        let hash = hash_of(text);
        let compiled = self.compiled.ends.len() as u32;
        if let Ok(at) = self.compiled.find(text, hash, budget)? {
            self.made.bytes.truncate(start);
            return Ok(StringId(at));
        }
        match self.made.find(text, hash, budget)? {
            Ok(at) => {
                self.made.bytes.truncate(start);
                Ok(StringId(at + compiled))
            }
            Err(place) => {
                budget.allocate(16)?;
                Ok(StringId(self.made.adopt(hash, place) + compiled))
            }
        }
    }

    /// All texts as those of a compiled script.
    pub(super) fn into_compiled(self) -> Strings {
        let mut all = self.compiled.into_owned();
        for at in 0..self.made.ends.len() as u32 {
            all.bytes.extend_from_slice(self.made.get(at));
            let end = all.bytes.len() as u32;
            all.ends.push(end);
        }
        all.rebuild_index();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_name() {
        let mut budget = Budget::unlimited();
        let none = Strings::default();
        let mut first = Texts::over(&none);
        let names: Vec<_> = (0..100).map(|n| first.intern(format!("text {n}").as_bytes(), &mut budget)).collect();
        let compiled = first.into_compiled();
        let mut texts = Texts::over(&compiled);
        assert_eq!(texts.intern(b"text 42", &mut budget), names[42]);
        let start = texts.start();
        texts.append(names[1].unwrap(), &mut budget).unwrap();
        texts.append_bytes(b"!", &mut budget).unwrap();
        let joined = texts.finish(start, &mut budget).unwrap();
        assert_eq!(texts.get(joined), b"text 1!");
        assert_eq!(texts.intern(b"text 1!", &mut budget), Ok(joined));
        assert_eq!(texts.get(names[99].unwrap()), b"text 99");
        let empty = texts.intern(b"", &mut budget).unwrap();
        assert_eq!(texts.get(empty), b"");
    }

    #[test]
    fn memory_is_taken_from_the_budget() {
        let none = Strings::default();
        let mut texts = Texts::over(&none);
        let mut budget = Budget::new(1_000, 100);
        assert!(texts.intern(&[b'a'; 60], &mut budget).is_ok());
        assert_eq!(texts.intern(&[b'b'; 60], &mut budget), Err(Exhausted::Bytes));
    }
}
