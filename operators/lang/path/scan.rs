//! Reads the values of a JSON text one by one, as slices of it.
//!
//! Texts are expected to be valid. On others nothing panics, and every step moves forward, but what is found is unspecified.

use super::blocks::{Separator, Structure};
use super::found::Kind;
use crate::mask::{equal, find};

/// One value of a text and where in the text it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice<'a> {
    pub(super) kind: Kind,
    pub(super) raw: &'a str,
    pub(super) at: usize,
}

impl Slice<'_> {
    /// Whether it is an object or an array.
    pub(super) fn is_container(&self) -> bool {
        self.kind == Kind::Json
    }

    /// Whether it is an object.
    pub(super) fn is_object(&self) -> bool {
        self.raw.starts_with('{')
    }

    /// Whether it is an array.
    pub(super) fn is_array(&self) -> bool {
        self.raw.starts_with('[')
    }
}

/// A member of an object or an element of an array.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The member's name as it is written, quotes included; empty for an element.
    pub(super) quoted_name: &'a str,
    pub(super) value: Slice<'a>,
}

impl<'a> Entry<'a> {
    /// The member's name with its escapes.
    pub(super) fn name(&self) -> &'a str {
        unquote(self.quoted_name)
    }
}

/// The entries of the container whose bracket stands at byte `at`.
pub(super) fn entries(json: &str, at: usize) -> Entries<'_> {
    Entries { json, at: at + 1, is_object: json.as_bytes().get(at) == Some(&b'{') }
}

/// The values of a text that holds one after the other, as JSON lines do.
pub(super) fn lines(json: &str) -> Entries<'_> {
    Entries { json, at: 0, is_object: false }
}

/// Iterator over the entries of one container.
#[derive(Debug, Clone)]
pub(super) struct Entries<'a> {
    json: &'a str,
    at: usize,
    is_object: bool,
}

impl<'a> Entries<'a> {
    /// The text that the entries are part of.
    pub(super) fn text(&self) -> &'a str {
        self.json
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let bytes = self.json.as_bytes();
        let mut quoted_name = "";
        if self.is_object {
            let start = find(bytes, self.at, |lanes| equal(lanes, b'"') | equal(lanes, b'}'));
            if bytes.get(start) != Some(&b'"') {
                self.at = bytes.len();
                return None;
            }
            self.at = string_end(bytes, start);
            quoted_name = self.json.get(start..self.at)?;
        }
        let Some(value) = value(self.json, self.at) else {
            self.at = bytes.len();
            return None;
        };
        self.at = value.at + value.raw.len();
        Some(Entry { quoted_name, value })
    }
}

/// The value that starts at the first byte at or behind `at` that may start one; `None` if an array ends before it.
pub(super) fn value(json: &str, at: usize) -> Option<Slice<'_>> {
    let bytes = json.as_bytes();
    let rest = bytes.get(at..)?;
    let at = at + rest.iter().position(|byte| starts_value(*byte) || *byte == b']')?;
    let kind = kind_at(bytes, at)?;
    let end = match kind {
        Kind::Json => container_end(bytes, at),
        Kind::String => string_end(bytes, at),
        Kind::Number => at + 1 + number_rest(bytes.get(at + 1..)?),
        Kind::Null | Kind::False | Kind::True => at + 1 + word_rest(bytes.get(at + 1..)?),
    };
    Some(Slice { kind, raw: json.get(at..end)?, at })
}

/// The first value of a text, as one whole: a container reaches to the end of the text. `None` if there is none.
pub(super) fn document(json: &str) -> Option<Slice<'_>> {
    let at = json.bytes().position(|byte| byte > b' ')?;
    match kind_at(json.as_bytes(), at)? {
        Kind::Json => Some(Slice { kind: Kind::Json, raw: json.get(at..)?, at }),
        _ => value(json, at),
    }
}

/// Behind the closing quote of the string that starts at byte `at`, or the end of the text.
pub(super) fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    loop {
        at = find(bytes, at, |lanes| equal(lanes, b'"') | equal(lanes, b'\\'));
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(_) => at = (at + 2).min(bytes.len()),
            None => return bytes.len(),
        }
    }
}

/// Without the quotes around it.
pub(super) fn unquote(quoted: &str) -> &str {
    let text = quoted.strip_prefix('"').unwrap_or(quoted);
    text.strip_suffix('"').unwrap_or(text)
}

fn starts_value(byte: u8) -> bool {
    matches!(byte, b'"' | b'{' | b'[' | b't' | b'f' | b'n' | b'+' | b'-' | b'0'..=b'9' | b'i' | b'I' | b'N')
}

/// The kind of the value that starts at byte `at`; gjson also reads `nan` and `inf` as numbers.
pub(super) fn kind_at(bytes: &[u8], at: usize) -> Option<Kind> {
    match bytes.get(at)? {
        b'{' | b'[' => Some(Kind::Json),
        b'"' => Some(Kind::String),
        b't' => Some(Kind::True),
        b'f' => Some(Kind::False),
        b'n' if bytes.get(at + 1).is_none_or(|byte| *byte == b'u') => Some(Kind::Null),
        byte if starts_value(*byte) => Some(Kind::Number),
        _ => None,
    }
}

fn container_end(bytes: &[u8], at: usize) -> usize {
    let mut structure = Structure::new(bytes, at);
    structure.next(Separator::Comma);
    structure.leave().map_or(bytes.len(), |close| close + 1)
}

fn number_rest(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| matches!(byte, 0..=b' ' | b',' | b']' | b'}')).unwrap_or(bytes.len())
}

fn word_rest(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !byte.is_ascii_lowercase()).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(json: &str) -> Vec<(String, String)> {
        entries(json, 0).map(|entry| (entry.name().to_owned(), entry.value.raw.to_owned())).collect()
    }

    #[test]
    fn lists_members_and_elements() {
        let members = listed(r#"{ "a" : -1.5e3 , "b\"}": "x\\" ,"c":[{"d":[]}, "]"] , "e":null,"f":true}"#);
        let expected =
            [("a", "-1.5e3"), ("b\\\"}", r#""x\\""#), ("c", r#"[{"d":[]}, "]"]"#), ("e", "null"), ("f", "true")];
        assert_eq!(members, expected.map(|(name, raw)| (name.to_owned(), raw.to_owned())));
        assert_eq!(listed("[ ]"), []);
        assert_eq!(listed("[1,[2] ,\"3\"]").len(), 3);
        assert_eq!(lines("{} 1\n[2]").count(), 3);
    }

    #[test]
    fn broken_texts_end() {
        for text in ["", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "[1", "[[", "\"\\", "[\"\\é", "]", "{\"a\":}", "n"] {
            let _ = (listed(text), lines(text).count(), document(text), value(text, 0));
        }
    }
}
