//! Where the brackets, colons and commas of a JSON text stand, found 64 bytes at a time.
//!
//! Most of a document is never asked for, so it is not read value by value: each block of bytes becomes bit masks, one
//! bit a byte. The quotes say which bytes are inside of strings, and brackets outside of them are counted, not visited.

use crate::mask::{Lanes, equal, mask};

/// Bytes of a block, and bits of a mask.
const BLOCK: usize = 64;

/// A place outside of strings in a JSON text, moving forward from one structural byte to the next.
#[derive(Debug)]
pub(super) struct Structure<'a> {
    bytes: &'a [u8],
    /// Where the current block starts in the text.
    base: usize,
    /// The current block, filled up with blanks at the end of the text.
    block: [u8; BLOCK],
    /// Bits of the current block that were not passed yet.
    unread: u64,
    /// Bits of the current block that are inside of a string, its opening quote included.
    quoted: u64,
    /// Bits of the current block that are brackets or this separator; found when first needed.
    stops: Option<(Separator, u64)>,
    /// Whether the next block starts inside of a string.
    in_string: bool,
    /// Whether a backslash at the end of the current block escapes the first byte of the next.
    in_escape: bool,
    /// Behind the last block with a backslash.
    escaped_until: usize,
}

/// Which byte, besides brackets, is worth a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// `:`, behind a member's name.
    Colon,
    /// `,`, behind an element.
    Comma,
}

impl<'a> Structure<'a> {
    /// Starts at byte `at`, which must be outside of strings.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        let mut structure = Self {
            bytes,
            base: at,
            block: [b' '; BLOCK],
            unread: 0,
            quoted: 0,
            stops: None,
            in_string: false,
            in_escape: false,
            escaped_until: 0,
        };
        structure.read_block();
        structure
    }

    /// Moves behind the next bracket or `separator` and returns where it stands; `None` at the end of the text.
    pub(super) fn next(&mut self, separator: Separator) -> Option<usize> {
        loop {
            let stops = match self.stops {
                Some((known, stops)) if known == separator => stops,
                _ => self.find_stops(separator),
            };
            let ahead = stops & self.unread;
            if ahead != 0 {
                return Some(self.pass(ahead.trailing_zeros()));
            }
            self.next_block()?;
        }
    }

    /// Moves behind the bracket that closes the container around this place and returns where it stands.
    pub(super) fn leave(&mut self) -> Option<usize> {
        let mut depth = 1_u32;
        loop {
            let outside = self.unread & !self.quoted;
            let open = mask(&self.block, |lanes| bracket(lanes, b'{')) & outside;
            let close = mask(&self.block, |lanes| bracket(lanes, b'}')) & outside;
            if close.count_ones() < depth {
                depth = depth.saturating_add(open.count_ones()) - close.count_ones();
            } else {
                let mut brackets = open | close;
                while brackets != 0 {
                    let bit = brackets & brackets.wrapping_neg();
                    depth = if open & bit != 0 { depth + 1 } else { depth - 1 };
                    if depth == 0 {
                        return Some(self.pass(bit.trailing_zeros()));
                    }
                    brackets ^= bit;
                }
            }
            self.next_block()?;
        }
    }

    /// Whether a backslash may stand between byte `from` and this place.
    pub(super) fn may_escape_since(&self, from: usize) -> bool {
        self.escaped_until > from
    }

    fn pass(&mut self, bit: u32) -> usize {
        self.unread = u64::MAX.checked_shl(bit + 1).unwrap_or(0);
        self.base + bit as usize
    }

    fn next_block(&mut self) -> Option<()> {
        self.base += BLOCK;
        (self.base < self.bytes.len()).then(|| self.read_block())
    }

    fn read_block(&mut self) {
        let rest = self.bytes.get(self.base..).unwrap_or_default();
        match rest.first_chunk() {
            Some(block) => self.block = *block,
            None => {
                self.block = [b' '; BLOCK];
                self.block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            }
        }
        self.unread = u64::MAX;
        let quotes = mask(&self.block, |lanes| equal(lanes, b'"')) & !self.escaped();
        self.quoted = parity(quotes) ^ if self.in_string { u64::MAX } else { 0 };
        self.in_string = self.quoted >> (BLOCK - 1) == 1;
        self.stops = None;
    }

    /// Bits of the block that follow an odd number of backslashes.
    fn escaped(&mut self) -> u64 {
        let mut escaped = u64::from(std::mem::take(&mut self.in_escape));
        let mut backslashes = mask(&self.block, |lanes| equal(lanes, b'\\'));
        if backslashes == 0 {
            return escaped;
        }
        self.escaped_until = self.base + BLOCK;
        backslashes &= !escaped;
        while backslashes != 0 {
            let bit = backslashes & backslashes.wrapping_neg();
            self.in_escape = bit >> (BLOCK - 1) == 1;
            escaped |= bit << 1;
            backslashes &= !(bit | bit << 1);
        }
        escaped
    }

    fn find_stops(&mut self, separator: Separator) -> u64 {
        let separator_byte = match separator {
            Separator::Colon => b':',
            Separator::Comma => b',',
        };
        let is_stop = |lanes| bracket(lanes, b'{') | bracket(lanes, b'}') | equal(lanes, separator_byte);
        let stops = mask(&self.block, is_stop) & !self.quoted;
        self.stops = Some((separator, stops));
        stops
    }
}

/// Bytes that are this brace or the square bracket of the same side, which differ in one bit only.
fn bracket(lanes: Lanes, brace: u8) -> Lanes {
    equal(lanes | Lanes::splat(0x20), brace)
}

/// Each bit says whether the number of bits set up to it, itself included, is odd.
fn parity(mut bits: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << distance;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same stops, byte by byte.
    fn stops(text: &str, separator: u8) -> Vec<usize> {
        let (mut found, mut in_string, mut escaped) = (Vec::new(), false, false);
        for (at, byte) in text.bytes().enumerate() {
            let follows_backslash = std::mem::take(&mut escaped);
            match byte {
                b'\\' => escaped = !follows_backslash,
                b'"' if follows_backslash => {}
                b'"' => in_string = !in_string,
                _ if in_string => {}
                byte if b"{}[]".contains(&byte) || byte == separator => found.push(at),
                _ => {}
            }
        }
        found
    }

    fn all(text: &str, separator: Separator) -> Vec<usize> {
        let mut structure = Structure::new(text.as_bytes(), 0);
        std::iter::from_fn(|| structure.next(separator)).collect()
    }

    proptest! {
        #[test]
        fn stops_where_a_plain_reader_stops(text in "[\\\\\\\\\"\"a:,{}\\[\\] é]{0,300}") {
            prop_assert_eq!(all(&text, Separator::Colon), stops(&text, b':'));
            prop_assert_eq!(all(&text, Separator::Comma), stops(&text, b','));
        }

        #[test]
        fn leaves_at_the_closing_bracket(inside in "([\\[{]( |\"[\\]}a]{0,70}\"){0,3}[\\]}]){0,9}", after in "[ ,\\[\\]]{0,99}") {
            let text = format!("[{inside}]{after}");
            let mut structure = Structure::new(text.as_bytes(), 0);
            structure.next(Separator::Comma);
            prop_assert_eq!(structure.leave(), Some(inside.len() + 1));
            let next = stops(&text, b',').into_iter().find(|at| *at > inside.len() + 1);
            prop_assert_eq!(structure.next(Separator::Comma), next);
        }
    }

    #[test]
    fn an_open_container_ends_with_the_text() {
        let mut structure = Structure::new(b"[[1, 2]", 0);
        assert_eq!(structure.next(Separator::Comma), Some(0));
        assert_eq!(structure.leave(), None);
    }

    #[test]
    fn knows_of_backslashes() {
        let text = format!(r#"{{"a\n":1{:80}"b":2}}"#, ",");
        let mut structure = Structure::new(text.as_bytes(), 0);
        let colon = structure.next(Separator::Colon).and_then(|_| structure.next(Separator::Colon));
        assert_eq!(colon, Some(6));
        assert!(structure.may_escape_since(1));
        structure.next(Separator::Colon);
        assert!(!structure.may_escape_since(70));
    }
}
