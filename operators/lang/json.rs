//! JSON texts as Go's `encoding/json` sees them: whether a text is one, and how it writes a string.

use crate::mask::{Lanes, equal, find};
use std::borrow::Cow;

/// Containers within containers that a valid text may have, as in Go.
pub const MAX_DEPTH: usize = 10_000;

/// Whether the text is exactly one JSON value, by the rules of `encoding/json.Valid`: strict JSON, at most [`MAX_DEPTH`]
/// deep. Bytes that are not UTF-8 are accepted inside of strings, as there.
pub fn valid(text: &[u8]) -> bool {
    Reader { text, at: 0 }.document().is_some()
}

/// The bytes as text, what is no UTF-8 replaced by U+FFFD; text that is UTF-8 is looked at only once, and fast.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Appends the text as a JSON string, as Go's `encoding/json` writes it: besides what JSON demands, `<`, `>`, `&` and the
/// line separators U+2028 and U+2029 are escaped.
pub fn quote(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    let (mut copied, mut at) = (0, find(text.as_bytes(), 0, may_need_escape));
    while let Some(special) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let after = at + special.len_utf8();
        if needs_escape(special) {
            out.push_str(text.get(copied..at).unwrap_or_default());
            escape(special, out);
            copied = after;
        }
        at = find(text.as_bytes(), after, may_need_escape);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.push('"');
}

/// What [`needs_escape`] may be true of, byte by byte: U+2028 and U+2029 begin with 0xe2.
fn may_need_escape(lanes: Lanes) -> Lanes {
    let html = equal(lanes, b'<') | equal(lanes, b'>') | equal(lanes, b'&');
    ends_plain_text(lanes) | html | equal(lanes, 0xe2)
}

fn needs_escape(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}')
}

fn escape(c: char, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c => {
            out.push_str("\\u");
            out.extend([12, 8, 4, 0].map(|shift| char::from(HEX[(u32::from(c) >> shift & 0xf) as usize])));
        }
    }
}

/// Quotes, backslashes and control characters.
fn ends_plain_text(lanes: Lanes) -> Lanes {
    let control = lanes.min(Lanes::splat(0x1f)).simd_eq(lanes);
    control | equal(lanes, b'"') | equal(lanes, b'\\')
}

/// A place in a text that is checked from the front; every step answers `None` where the text is no JSON.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// Reads one value and nothing behind it, without recursion: `open` holds the brackets still to be closed.
    fn document(&mut self) -> Option<()> {
        let mut open = Vec::new();
        loop {
            let first = self.next_byte()?;
            let is_container = match first {
                b'{' => self.open(b'}', &mut open)?,
                b'[' => self.open(b']', &mut open)?,
                _ => false,
            };
            if is_container {
                if open.last() == Some(&b'}') {
                    self.name()?;
                }
                continue;
            }
            if !matches!(first, b'{' | b'[') {
                self.scalar(first)?;
            }
            if self.close_until_comma(&mut open)? {
                return Some(());
            }
        }
    }

    /// Enters a container unless it is empty; whether it has an element.
    fn open(&mut self, close: u8, open: &mut Vec<u8>) -> Option<bool> {
        if open.len() == MAX_DEPTH {
            return None;
        }
        self.skip_blanks();
        if self.text.get(self.at) == Some(&close) {
            self.at += 1;
            return Some(false);
        }
        open.push(close);
        Some(true)
    }

    /// Behind a value: leaves all containers that end here, up to the start of the next value or the end of the text,
    /// which is said by `true`.
    fn close_until_comma(&mut self, open: &mut Vec<u8>) -> Option<bool> {
        while let Some(close) = open.last() {
            match self.next_byte()? {
                b',' if *close == b'}' => return self.name().map(|()| false),
                b',' => return Some(false),
                byte if byte == *close => open.pop(),
                _ => return None,
            };
        }
        self.skip_blanks();
        (self.at == self.text.len()).then_some(true)
    }

    /// A member's name and the colon behind it.
    fn name(&mut self) -> Option<()> {
        let is_string = self.next_byte()? == b'"';
        if is_string {
            self.string()?;
        }
        (is_string && self.next_byte()? == b':').then_some(())
    }

    fn scalar(&mut self, first: u8) -> Option<()> {
        match first {
            b'"' => self.string(),
            b't' => self.word(b"rue"),
            b'f' => self.word(b"alse"),
            b'n' => self.word(b"ull"),
            b'-' => {
                let first = self.byte()?;
                self.number(first)
            }
            digit => self.number(digit),
        }
    }

    fn word(&mut self, rest: &[u8]) -> Option<()> {
        let found = self.text.get(self.at..)?.starts_with(rest);
        self.at += rest.len();
        found.then_some(())
    }

    /// Behind the opening quote, up to and with the closing one.
    fn string(&mut self) -> Option<()> {
        loop {
            self.at = find(self.text, self.at, ends_plain_text);
            match self.byte()? {
                b'"' => return Some(()),
                b'\\' => match self.byte()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        let digits = self.text.get(self.at..self.at + 4)?;
                        self.at += digits.iter().all(u8::is_ascii_hexdigit).then_some(4)?;
                    }
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    /// A number whose sign is behind and whose first digit is `first`.
    fn number(&mut self, first: u8) -> Option<()> {
        match first {
            b'0' => {}
            b'1'..=b'9' => self.skip_digits(),
            _ => return None,
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Some(())
    }

    fn some_digits(&mut self) -> Option<()> {
        let from = self.at;
        self.skip_digits();
        (self.at > from).then_some(())
    }

    fn skip_digits(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
    }

    fn skip_blanks(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    fn next_byte(&mut self) -> Option<u8> {
        self.skip_blanks();
        self.byte()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn depth_is_bounded_as_in_go() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(valid(nested(MAX_DEPTH).as_bytes()));
        assert!(!valid(nested(MAX_DEPTH + 1).as_bytes()));
    }

    #[test]
    fn only_whole_texts_are_valid() {
        for text in ["null", " 0 ", "-0.5e+1", r#"{"a":[1,{}],"b":"\u00e9\/"}"#, "[[],[ ]]", "\"\u{7f}\""] {
            assert!(valid(text.as_bytes()), "{text}");
        }
        for text in ["", " ", "01", "-", "1.", ".5", "1e", "+1", "nul", "[1,]", "{\"a\"}", "{\"a\":1,}", "{,}", "1 2"] {
            assert!(!valid(text.as_bytes()), "{text}");
        }
        for text in ["\"a", "\"\\x\"", "\"\\u12g4\"", "\"\t\"", "[1}", "{1:2}", "]", "NaN", "\u{feff}1", "[", "{\"a\":"]
        {
            assert!(!valid(text.as_bytes()), "{text}");
        }
        assert!(valid(b"\"\xff\""));
    }

    proptest! {
        #[test]
        fn agrees_with_another_reader(text in r#"([\[\]{},:"\\a1 ]|"a"|"a":|true|null|-?[0-9]{1,2}(\.5)?(e-3)?|\\n|\\u00e9){0,12}"#) {
            prop_assert_eq!(valid(text.as_bytes()), serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
        }

        #[test]
        fn a_quoted_text_reads_back(text in any::<String>()) {
            let mut quoted = String::new();
            quote(&text, &mut quoted);
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).ok(), Some(text));
        }
    }

    #[test]
    fn quotes_as_go() {
        let mut quoted = String::new();
        quote("a\"\\\u{8}\u{c}\n\r\t\u{1}<>&\u{2028}\u{7f}é", &mut quoted);
        assert_eq!(quoted, "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u003c\\u003e\\u0026\\u2028\u{7f}é\"");
    }
}
