//! Numbers, characters and quoted texts of templates, read as Go's `strconv` reads them.

use super::tree::Number;
use crate::number;

/// Reads a number: decimal, hexadecimal, octal (`0o17`, `017`) or binary, whole or with a fraction and exponent.
/// The error says what is wrong with it.
pub(super) fn parse_number(text: &str) -> Result<Number, String> {
    if text.ends_with('i') && !text.starts_with("0x") {
        return Err(format!("complex number {text:?}: not supported"));
    }
    let looks_float = text.contains(['.', 'e', 'E', 'p', 'P']);
    let is_hexadecimal = |text: &str| matches!(text.get(..2), Some("0x" | "0X")) && !text.contains(['p', 'P']);
    if let Some(int) = parse_integer(text) {
        let is_float = looks_float && !is_hexadecimal(text);
        return match i64::try_from(int) {
            Ok(int) => Ok(Number { int: Some(int), float: Some(int as f64), is_float }),
            Err(_) if u64::try_from(int).is_ok() => Ok(Number { int: None, float: Some(int as f64), is_float }),
            Err(_) => Err(format!("integer overflow: {text:?}")),
        };
    }
    match number::parse_float(text) {
        Ok(float) if looks_float => {
            Ok(Number { int: whole(float), float: Some(float), is_float: !is_hexadecimal(text) })
        }
        Ok(_) => Err(format!("integer overflow: {text:?}")),
        Err(_) => Err(format!("illegal number syntax: {text:?}")),
    }
}

/// The integer that a float is, if it is one.
fn whole(float: f64) -> Option<i64> {
    // 2^63 itself is a float, but no i64.
    let is_whole = float.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float);
    is_whole.then_some(float as i64)
}

/// Reads an integer as Go's `ParseInt(text, 0, 64)`: a sign, a prefix that names the base, and `_` between digits or
/// behind the prefix. `None` for any other text; an integer beyond 128 bits is cut to the largest.
pub(in crate::template) fn parse_integer(text: &str) -> Option<i128> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match unsigned.get(..2) {
        Some("0x" | "0X") => (16, unsigned.get(2..)?),
        Some("0o" | "0O") => (8, unsigned.get(2..)?),
        Some("0b" | "0B") => (2, unsigned.get(2..)?),
        _ if unsigned.len() > 1 && unsigned.starts_with('0') => (8, unsigned.get(1..)?),
        _ => (10, unsigned),
    };
    let prefixed = digits.len() < unsigned.len();
    let digits = if prefixed { digits.strip_prefix('_').unwrap_or(digits) } else { digits };
    if digits.is_empty() || digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let magnitude = digits.chars().filter(|char| *char != '_').try_fold(0_i128, |sum, char| {
        Some(sum.saturating_mul(i128::from(radix)).saturating_add(i128::from(char.to_digit(radix)?)))
    })?;
    Some(if negative { -magnitude } else { magnitude })
}

/// Reads a character constant with its quotes.
pub(super) fn parse_char(text: &str) -> Result<Number, String> {
    let malformed = || format!("malformed character constant: {text}");
    let inside = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).ok_or_else(malformed)?;
    let code = match inside.strip_prefix('\\') {
        Some(escape) => match unescape(escape, '\'').ok_or_else(malformed)? {
            (Escaped::Char(char), "") => u32::from(char),
            (Escaped::Byte(byte), "") => u32::from(byte),
            _ => return Err(malformed()),
        },
        None => {
            let mut chars = inside.chars();
            let (Some(char), None) = (chars.next(), chars.next()) else { return Err(malformed()) };
            u32::from(char)
        }
    };
    Ok(Number { int: Some(i64::from(code)), float: Some(f64::from(code)), is_float: false })
}

/// Reads a quoted text with its quotes, or one between backquotes.
pub(super) fn unquote(text: &str) -> Result<Vec<u8>, String> {
    if let Some(raw) = text.strip_prefix('`').and_then(|text| text.strip_suffix('`')) {
        return Ok(raw.replace('\r', "").into_bytes());
    }
    let invalid = || "invalid syntax in a quoted string".to_owned();
    let mut rest = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).ok_or_else(invalid)?;
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some(plain) = rest.find('\\') {
        let (before, escape) = rest.split_at(plain);
        bytes.extend_from_slice(before.as_bytes());
        let (escaped, after) = escape.get(1..).and_then(|escape| unescape(escape, '"')).ok_or_else(invalid)?;
        match escaped {
            Escaped::Char(char) => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            Escaped::Byte(byte) => bytes.push(byte),
        }
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

enum Escaped {
    Char(char),
    Byte(u8),
}

/// What stands behind a backslash, and what follows it.
fn unescape(text: &str, quote: char) -> Option<(Escaped, &str)> {
    let first = text.chars().next()?;
    let char = match first {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' => '\\',
        'x' => {
            let byte = u8::from_str_radix(hexadecimal(text, 2)?, 16).ok()?;
            return Some((Escaped::Byte(byte), text.get(3..)?));
        }
        'u' => return code(text, 4),
        'U' => return code(text, 8),
        '0'..='7' => {
            let digits = text.get(..3).filter(|digits| digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte)))?;
            return Some((Escaped::Byte(u8::from_str_radix(digits, 8).ok()?), text.get(3..)?));
        }
        _ if first == quote => quote,
        _ => return None,
    };
    Some((Escaped::Char(char), text.get(1..)?))
}

fn hexadecimal(text: &str, digits: usize) -> Option<&str> {
    text.get(1..=digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn code(text: &str, digits: usize) -> Option<(Escaped, &str)> {
    let char = char::from_u32(u32::from_str_radix(hexadecimal(text, digits)?, 16).ok()?)?;
    Some((Escaped::Char(char), text.get(digits + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_of_every_type_that_holds_them() {
        let number = |int, float, is_float| Ok(Number { int, float: Some(float), is_float });
        for (text, expected) in [
            ("3", number(Some(3), 3.0, false)),
            ("-0", number(Some(0), 0.0, false)),
            ("0x10", number(Some(16), 16.0, false)),
            ("0xe", number(Some(14), 14.0, false)),
            ("017", number(Some(15), 15.0, false)),
            ("0b_11", number(Some(3), 3.0, false)),
            ("1_000", number(Some(1000), 1000.0, false)),
            ("1e3", number(Some(1000), 1000.0, true)),
            ("2.0", number(Some(2), 2.0, true)),
            ("2.5", number(None, 2.5, true)),
            ("0x1p4", number(Some(16), 16.0, true)),
            ("1e19", number(None, 1e19, true)),
            ("18446744073709551615", number(None, 18_446_744_073_709_551_615.0, false)),
        ] {
            assert_eq!(parse_number(text), expected, "{text}");
        }
        for text in ["1__0", "_1", "08", "0x", "1e", "99999999999999999999", "1i", "."] {
            assert!(parse_number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_and_characters_are_unquoted() {
        assert_eq!(unquote(r#""a\t\"\x41\101\u00e9\U0001f600\xff""#).unwrap(), b"a\t\"AA\xc3\xa9\xf0\x9f\x98\x80\xff");
        assert_eq!(unquote("`a\\n\r\n`").unwrap(), b"a\\n\n");
        for text in [r#""\'""#, r#""\q""#, r#""\x4""#, r#""\ud800""#, r#""\8""#, r#""\400""#] {
            assert!(unquote(text).is_err(), "{text}");
        }
        assert_eq!(parse_char(r"'\''").unwrap().int, Some(39));
        assert_eq!(parse_char("'\u{e9}'").unwrap().int, Some(233));
        for text in ["''", "'ab'", r#"'\"'"#, r"'\q'"] {
            assert!(parse_char(text).is_err(), "{text}");
        }
    }
}
