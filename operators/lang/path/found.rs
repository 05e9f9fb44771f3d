//! What a path finds: one JSON value and the four views that manifests take of it.

use super::scan::{self, Slice};
use super::text::decode;
use crate::{json, number, unicode};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;

/// How deep [`Found::value_view`] goes; what lies deeper is null. Far beyond real events, and safe on any stack.
const MAX_VIEW_DEPTH: usize = 256;

/// The kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `false`.
    False,
    /// Any number.
    Number,
    /// Any string.
    String,
    /// `true`.
    True,
    /// An object or an array.
    Json,
}

/// A JSON value that a path found: its kind and its own text, borrowed from the document unless the path made it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    pub(super) kind: Kind,
    pub(super) raw: Cow<'a, str>,
}

impl<'a> Found<'a> {
    /// What kind of value it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The value as it is written, white space and escapes included.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        self.kind == Kind::Json && self.raw.starts_with('[')
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        self.kind == Kind::Json && self.raw.starts_with('{')
    }

    /// The same value, independent of the document.
    pub fn into_owned(self) -> Found<'static> {
        Found { kind: self.kind, raw: Cow::Owned(self.raw.into_owned()) }
    }

    /// The text of a string, the digits of a whole number, the shortest plain decimal of any other number, `true`,
    /// `false`, nothing for null, and an object or array as it is written.
    pub fn string_view(&self) -> Cow<'_, str> {
        match self.kind {
            Kind::Null => Cow::Borrowed(""),
            Kind::String => decode(scan::unquote(&self.raw)),
            Kind::Number if !is_whole(&self.raw) => {
                Cow::Owned(number::format_decimal(number::float_or_zero(&self.raw)))
            }
            Kind::False | Kind::True => Cow::Borrowed(if self.kind == Kind::True { "true" } else { "false" }),
            Kind::Number | Kind::Json => Cow::Borrowed(&self.raw),
        }
    }

    /// True for `true`, for a number other than 0, and for the texts `1`, `t` and `true` in any case.
    pub fn bool_view(&self) -> bool {
        match self.kind {
            Kind::True => true,
            Kind::Number => number::float_or_zero(&self.raw) != 0.0,
            Kind::String => truth(&self.string_view()) == Some(true),
            _ => false,
        }
    }

    /// The value of a number, or of a text that Go reads as one (an infinity when out of range); 1 for `true`, 0 for
    /// everything else.
    pub fn number_view(&self) -> f64 {
        match self.kind {
            Kind::True => 1.0,
            Kind::Number => number::float_or_zero(&self.raw),
            Kind::String => number::float_or_zero(&self.string_view()),
            _ => 0.0,
        }
    }

    /// The value as a tree. All numbers are 64-bit floats (those out of range the largest one, as JSON knows no
    /// infinity), of members with the same name the first counts.
    pub fn value_view(&self) -> Value {
        view(self.kind, &self.raw, MAX_VIEW_DEPTH)
    }
}

impl Found<'static> {
    /// A text in place of what was found, as the reference puts one there: quoted as Go quotes and read as JSON, which
    /// ends it at the first character whose escape JSON does not have.
    pub fn of_text(text: &str) -> Self {
        let ends = |char: char| match char {
            '\u{8}' | '\t' | '\n' | '\u{c}' | '\r' => false,
            char => char < ' ' || char == '\u{7f}' || (char > '\u{ffff}' && !unicode::is_printable(char)),
        };
        let kept = text.split(ends).next().unwrap_or_default();
        let mut raw = String::with_capacity(kept.len() + 2);
        json::quote(kept, &mut raw);
        Self { kind: Kind::String, raw: Cow::Owned(raw) }
    }
}

impl<'a> From<Slice<'a>> for Found<'a> {
    fn from(slice: Slice<'a>) -> Self {
        Self { kind: slice.kind, raw: Cow::Borrowed(slice.raw) }
    }
}

/// Reads a text as a truth, in any case.
pub(super) fn truth(text: &str) -> Option<bool> {
    number::parse_bool(&text.to_lowercase())
}

fn is_whole(digits: &str) -> bool {
    digits.strip_prefix('-').unwrap_or(digits).bytes().all(|byte| byte.is_ascii_digit())
}

fn view(kind: Kind, raw: &str, depth: usize) -> Value {
    match kind {
        Kind::Null => Value::Null,
        Kind::False => Value::Bool(false),
        Kind::True => Value::Bool(true),
        Kind::Number => {
            let value = number::float_or_zero(raw).clamp(f64::MIN, f64::MAX);
            Number::from_f64(value).map_or(Value::Null, Value::Number)
        }
        Kind::String => Value::String(decode(scan::unquote(raw)).into_owned()),
        Kind::Json if depth == 0 => Value::Null,
        Kind::Json if raw.starts_with('[') => Value::Array(
            scan::entries(raw, 0).map(|entry| view(entry.value.kind, entry.value.raw, depth - 1)).collect(),
        ),
        Kind::Json => {
            let mut members = Map::new();
            for entry in scan::entries(raw, 0) {
                let value = || view(entry.value.kind, entry.value.raw, depth - 1);
                members.entry(decode(entry.name()).into_owned()).or_insert_with(value);
            }
            Value::Object(members)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(raw: &str) -> Found<'_> {
        scan::document(raw).map(Found::from).unwrap()
    }

    #[test]
    fn the_string_view_keeps_whole_digits_and_shortens_the_rest() {
        for (raw, text) in [
            ("12345678901234567890123", "12345678901234567890123"),
            ("-0", "-0"),
            ("1.50", "1.5"),
            ("1e3", "1000"),
            ("1.0", "1"),
            ("1e400", "+Inf"),
            (r#""a\nb""#, "a\nb"),
            ("null", ""),
            ("true", "true"),
            ("false", "false"),
            ("[1, 2]", "[1, 2]"),
        ] {
            assert_eq!(found(raw).string_view(), text, "{raw}");
        }
    }

    #[test]
    fn the_bool_and_number_views_never_fail() {
        for (raw, truth, number) in [
            ("true", true, 1.0),
            ("false", false, 0.0),
            ("null", false, 0.0),
            ("0.0", false, 0.0),
            ("-2", true, -2.0),
            ("1e400", true, f64::INFINITY),
            (r#""TRUE""#, true, 0.0),
            (r#""1""#, true, 1.0),
            (r#""0x1p4""#, false, 16.0),
            (r#""yes""#, false, 0.0),
            ("[1]", false, 0.0),
        ] {
            assert_eq!((found(raw).bool_view(), found(raw).number_view()), (truth, number), "{raw}");
        }
    }

    #[test]
    fn the_value_view_has_floats_and_first_members() {
        let view = found(r#"{ "a": [1, 2.5, "x\u0041"], "a": 2, "b": {"c": null}, "d": 1e400 }"#).value_view();
        assert_eq!(view, json!({"a": [1.0, 2.5, "xA"], "b": {"c": null}, "d": f64::MAX}));
        assert!(view["a"][0].is_f64());
    }

    #[test]
    fn a_text_put_in_place_ends_where_its_escape_is_not_one_of_json() {
        for (text, kept) in [
            ("a\u{8}\t\n\u{c}\r<\"é\u{a0}\u{fffe}", "a\u{8}\t\n\u{c}\r<\"é\u{a0}\u{fffe}"),
            ("a\u{7}b", "a"),
            ("a\u{b}b", "a"),
            ("a\u{7f}b", "a"),
            ("a\u{e0001}b", "a"),
            ("a\u{1f980}b", "a\u{1f980}b"),
            ("\0", ""),
        ] {
            assert_eq!(Found::of_text(text).string_view(), kept);
        }
        assert_eq!((Found::of_text("0x1p4").number_view(), Found::of_text("T").bool_view()), (16.0, true));
    }

    #[test]
    fn the_value_view_of_a_deep_text_ends() {
        let deep = "[".repeat(9000) + &"]".repeat(9000);
        assert!(found(&deep).value_view().is_array());
    }
}
