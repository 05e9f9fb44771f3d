//! Text as Go has it: bytes that are mostly, but not always, UTF-8.

use std::borrow::Cow;
use std::sync::Arc;

/// The character that Go decodes from a byte that is no UTF-8.
pub(in crate::template) const REPLACEMENT: char = '\u{fffd}';

/// A Go string: immutable bytes, cheap to clone. Cutting one (`substr`, `trunc`) may cut a character.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<[u8]>);

impl Text {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The characters, each byte that is no UTF-8 as one U+FFFD, which is how Go decodes and how it writes JSON.
    pub fn to_str(&self) -> Cow<'_, str> {
        decode(&self.0)
    }
}

impl std::borrow::Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_str().fmt(f)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes().into())
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

/// The characters of `bytes`, each byte that is no UTF-8 as one U+FFFD.
pub(in crate::template) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| REPLACEMENT));
    }
    Cow::Owned(text)
}

/// A character of a Go string, or a byte that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Rune {
    /// A well-formed character.
    Char(char),
    /// A byte that starts no character; Go decodes it as U+FFFD.
    Byte(u8),
}

/// The characters and stray bytes of `bytes`, each with the offset where it starts.
pub(in crate::template) fn runes(bytes: &[u8]) -> impl Iterator<Item = (usize, Rune)> + '_ {
    let mut start = 0;
    bytes.utf8_chunks().flat_map(move |chunk| {
        let (from, invalid_from) = (start, start + chunk.valid().len());
        start = invalid_from + chunk.invalid().len();
        let valid = chunk.valid().char_indices().map(move |(at, char)| (from + at, Rune::Char(char)));
        let stray = chunk.invalid().iter().enumerate();
        valid.chain(stray.map(move |(at, byte)| (invalid_from + at, Rune::Byte(*byte))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stray_byte_is_one_replacement() {
        assert_eq!(decode(b"a\xe2\x82b\xff"), "a\u{fffd}\u{fffd}b\u{fffd}");
        assert!(matches!(decode("h\u{e9}".as_bytes()), Cow::Borrowed(_)));
    }

    #[test]
    fn runes_know_where_they_start() {
        let found: Vec<_> = runes(b"\xc3\xa9\xe2\x82z").collect();
        assert_eq!(
            found,
            [(0, Rune::Char('\u{e9}')), (2, Rune::Byte(0xe2)), (3, Rune::Byte(0x82)), (4, Rune::Char('z'))]
        );
    }
}
