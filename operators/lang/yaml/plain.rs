//! What a plain scalar means: the words and numbers of YAML 1.1, as Kubernetes' tools read them.
//!
//! `yes`, `no`, `on` and `off` are booleans, a leading zero makes an octal number, underscores in numbers are ignored.
//! (sigs.k8s.io/yaml, goyaml.v2: resolve.go. Dates stay text there, because the next step is JSON.)

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Number, Value};

const TRUE: [&str; 11] = ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
const FALSE: [&str; 11] = ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
const NULL: [&str; 5] = ["", "~", "null", "Null", "NULL"];
const NOT_FINITE: [&str; 12] =
    [".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"];

/// The float syntax of goyaml.v2.
static FLOAT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$").ok());

/// What a scalar without quotes and tag means.
#[derive(Debug, Clone, PartialEq)]
pub enum Plain {
    /// A JSON value: null, a boolean, a number or text.
    Value(Value),
    /// An infinity or not a number, for which JSON has no form.
    NotFinite,
}

/// Reads a plain scalar.
pub fn resolve(text: &str) -> Plain {
    if NULL.contains(&text) {
        return Plain::Value(Value::Null);
    }
    if TRUE.contains(&text) {
        return Plain::Value(Value::Bool(true));
    }
    if FALSE.contains(&text) {
        return Plain::Value(Value::Bool(false));
    }
    if NOT_FINITE.contains(&text) {
        return Plain::NotFinite;
    }
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-') => number(&text.replace('_', "")),
        Some(b'.') => float(text),
        _ => None,
    }
    .unwrap_or_else(|| Plain::Value(Value::String(text.to_owned())))
}

/// A number without underscores, if it is one.
fn number(text: &str) -> Option<Plain> {
    whole(text).map(|number| Plain::Value(Value::Number(number))).or_else(|| float(text))
}

/// A whole number in base 10, or 16, 8 or 2 by its prefix; a leading zero alone means 8.
fn whole(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let prefixed = |prefix: &str| digits.get(..2).filter(|p| p.eq_ignore_ascii_case(prefix)).and(digits.get(2..));
    let (base, digits) = if let Some(rest) = prefixed("0x") {
        (16, rest)
    } else if let Some(rest) = prefixed("0o") {
        (8, rest)
    } else if let Some(rest) = prefixed("0b") {
        (2, rest)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        (10, digits)
    };
    if !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return None;
    }
    let size = u64::from_str_radix(digits, base).ok()?;
    if negative { 0_i64.checked_sub_unsigned(size).map(Number::from) } else { Some(Number::from(size)) }
}

/// A decimal number; a whole one in this form is a whole number, because JSON is printed without its fraction.
fn float(text: &str) -> Option<Plain> {
    if !FLOAT.as_ref().is_some_and(|float| float.is_match(text)) {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    Some(finite(number).map_or(Plain::NotFinite, |number| Plain::Value(Value::Number(number))))
}

#[allow(clippy::cast_possible_truncation)]
fn finite(number: f64) -> Option<Number> {
    let exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    if exact { Some(Number::from(number as i64)) } else { Number::from_f64(number) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_and_numbers_of_yaml_1_1() {
        let cases = [
            ("yes", json!(true)),
            ("No", json!(false)),
            ("on", json!(true)),
            ("y", json!(true)),
            ("~", json!(null)),
            ("010", json!(8)),
            ("08", json!(8)),
            ("0o17", json!(15)),
            ("0x1F", json!(31)),
            ("-0b11", json!(-3)),
            ("1_000", json!(1000)),
            ("+5", json!(5)),
            ("1.0", json!(1)),
            ("1.5", json!(1.5)),
            (".5", json!(0.5)),
            ("5.", json!(5)),
            ("1e3", json!(1000)),
            ("18446744073709551615", json!(u64::MAX)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("18446744073709551616", json!(18446744073709551616.0)),
        ];
        for (text, value) in cases {
            assert_eq!(resolve(text), Plain::Value(value), "{text}");
        }
    }

    #[test]
    fn everything_else_is_text() {
        for text in
            ["yEs", "nope", "1.2.3", "2026-01-31", "12:30:00", "0x", "-", "+", ".", "1e", "_1", "0b2x", "--1", "é"]
        {
            assert_eq!(resolve(text), Plain::Value(json!(text)), "{text}");
        }
    }

    #[test]
    fn infinities_have_no_form_in_json() {
        for text in [".inf", "-.Inf", ".nan", "1e999"] {
            assert_eq!(resolve(text), Plain::NotFinite, "{text}");
        }
    }
}
