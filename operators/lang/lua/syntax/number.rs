//! Reads numbers in a script and in texts that a script computes with.

use crate::number::parse_float;

/// Reads a number as the reference does for literals and for texts in arithmetic: first as a whole number of Go's
/// syntax (so `0x1F`, `0b11`, `0o17`, a leading zero means octal, `_` between digits), then as a float of Go's syntax.
pub(in crate::lua) fn read_number(text: &str) -> Option<f64> {
    let text = text.trim_matches([' ', '\t', '\n']);
    read_whole(text, 0).map(|whole| whole as f64).or_else(|| parse_float(text).ok())
}

/// Reads a whole number as Go's `strconv.ParseInt(text, base, 64)`; base 0 takes the base from the prefix.
pub(in crate::lua) fn read_whole(text: &str, base: u32) -> Option<i64> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (base, digits) = if base == 0 { from_prefix(unsigned)? } else { (base, unsigned.to_owned()) };
    if digits.starts_with(['+', '-']) || !(2..=36).contains(&base) {
        return None;
    }
    let magnitude = i128::from_str_radix(&digits, base).ok()?;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// The base that a prefix names and the digits after it; underscores may separate digits from each other and from the
/// prefix.
fn from_prefix(unsigned: &str) -> Option<(u32, String)> {
    let (base, prefix) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, 2),
        [b'0', b'b' | b'B', ..] => (2, 2),
        [b'0', b'o' | b'O', ..] => (8, 2),
        [b'0', _, ..] => (8, 1),
        _ => (10, 0),
    };
    let digits = unsigned.get(prefix..)?;
    let misplaced = digits.ends_with('_') || digits.contains("__") || prefix == 0 && digits.starts_with('_');
    (!misplaced).then(|| (base, digits.replace('_', "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_have_gos_syntax() {
        for (text, expected) in [
            ("10", Some(10.0)),
            (" 5\n", Some(5.0)),
            ("0x1F", Some(31.0)),
            ("-0x10", Some(-16.0)),
            ("010", Some(8.0)),
            ("08", Some(8.0)),
            ("0b11", Some(3.0)),
            ("0o17", Some(15.0)),
            ("1_000", Some(1000.0)),
            ("_1", None),
            ("1e2", Some(100.0)),
            ("1.5", Some(1.5)),
            ("9223372036854775808", Some(9223372036854775808.0)),
            ("inf", Some(f64::INFINITY)),
            ("abc", None),
            ("", None),
            ("--1", None),
            ("0x", None),
        ] {
            assert_eq!(read_number(text), expected, "{text:?}");
        }
        assert!(read_number("nan").is_some_and(f64::is_nan));
    }

    #[test]
    fn whole_numbers_have_a_base() {
        for (text, base, expected) in
            [("z", 36, Some(35)), ("1F", 16, Some(31)), ("12", 2, None), ("-7", 8, Some(-7)), ("1_0", 10, None)]
        {
            assert_eq!(read_whole(text, base), expected, "{text:?} in base {base}");
        }
    }
}
