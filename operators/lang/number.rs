//! Number and truth texts as Go reads and writes them, which is how Argo Events compares and prints numbers.
//!
//! Reading follows `strconv.ParseFloat` and `strconv.ParseBool`; writing follows `strconv.FormatFloat` with the
//! fewest digits that read back as the same number.

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NumberError {
    /// The text does not have the form of a number.
    #[error("invalid syntax")]
    Syntax,
    /// The number is beyond the largest 64-bit float; holds the infinity of its sign.
    #[error("value out of range")]
    Range(f64),
}

/// Reads a number as Go's `ParseFloat(text, 64)`: decimal (`1.5e3`, `.5`, `5.`), hexadecimal with a binary exponent
/// (`0x1p4`), `inf`, `infinity` and `nan` in any case, and `_` between digits. Blanks are never accepted.
pub fn parse_float(text: &str) -> Result<f64, NumberError> {
    let (negative, unsigned) = split_sign(text);
    if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        return parse_hexadecimal(negative, digits);
    }
    if is_decimal(unsigned) {
        return parse_decimal(text);
    }
    match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => Ok(if negative { f64::NEG_INFINITY } else { f64::INFINITY }),
        "nan" if unsigned.len() == text.len() => Ok(f64::NAN),
        _ => Err(NumberError::Syntax),
    }
}

/// The number that Go code gets when it ignores `ParseFloat`'s error: 0 without the form of a number, an infinity when
/// out of range.
pub fn float_or_zero(text: &str) -> f64 {
    match parse_float(text) {
        Ok(value) | Err(NumberError::Range(value)) => value,
        Err(NumberError::Syntax) => 0.0,
    }
}

/// Reads a truth as Go's `ParseBool`: `1 t T TRUE true True` and `0 f F FALSE false False`, nothing else.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Writes a number without an exponent, as `FormatFloat(value, 'f', -1, 64)`.
pub fn format_decimal(value: f64) -> String {
    non_finite(value).map_or_else(|| value.to_string(), str::to_owned)
}

/// Writes a number as Go's `%v`, `fmt.Sprint` and `FormatFloat(value, 'g', -1, 64)` do: with an exponent of at least
/// two digits when it is below -4 or above 5 (`100000`, `1e+06`, `1.2345678e+07`, `1e-05`).
pub fn format_general(value: f64) -> String {
    if let Some(name) = non_finite(value) {
        return name.to_owned();
    }
    let scientific = format!("{value:e}");
    match scientific.split_once('e').and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?))) {
        Some((digits, exponent)) if !(-4..=5).contains(&exponent) => format!("{digits}e{exponent:+03}"),
        _ => value.to_string(),
    }
}

/// Writes a number as Go's `encoding/json` does: an exponent below 1e-6 and from 1e21 on, with no leading zero in it
/// (`1000000`, `1e+21`, `1.5e-7`). JSON has no infinities and no `NaN`: they give `None`.
pub fn format_json(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return Some(value.to_string());
    }
    let scientific = format!("{value:e}");
    Some(if magnitude < 1.0 { scientific } else { scientific.replace('e', "e+") })
}

fn non_finite(value: f64) -> Option<&'static str> {
    match value {
        value if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("+Inf"),
        f64::NEG_INFINITY => Some("-Inf"),
        _ => None,
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    }
}

/// Only the bytes that a decimal number may have, so that no name of the Rust reader (`inf`, `nan`) slips through.
fn is_decimal(unsigned: &str) -> bool {
    unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-' | b'_'))
}

fn parse_decimal(text: &str) -> Result<f64, NumberError> {
    let value = if !text.contains('_') {
        text.parse::<f64>()
    } else if underscores_separate(text, |byte| byte.is_ascii_digit()) {
        text.replace('_', "").parse::<f64>()
    } else {
        return Err(NumberError::Syntax);
    };
    match value {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(infinite) => Err(NumberError::Range(infinite)),
        Err(_) => Err(NumberError::Syntax),
    }
}

/// Whether every underscore stands between two digits.
fn underscores_separate(text: &str, is_digit: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let digit_at = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| is_digit(*byte));
    bytes.iter().enumerate().all(|(at, byte)| *byte != b'_' || digit_at(at.checked_sub(1)) && digit_at(Some(at + 1)))
}

/// Reads what follows `0x`. The binary exponent is required, and an underscore may follow the prefix.
fn parse_hexadecimal(negative: bool, digits: &str) -> Result<f64, NumberError> {
    let (mantissa, exponent) = digits.split_once(['p', 'P']).ok_or(NumberError::Syntax)?;
    let prefixed = format!("0{mantissa}");
    let exponent_digits = split_sign(exponent).1;
    let in_form = underscores_separate(&prefixed, |byte| byte.is_ascii_hexdigit())
        && underscores_separate(exponent_digits, |byte| byte.is_ascii_digit())
        && exponent_digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
        && !exponent_digits.is_empty();
    if !in_form {
        return Err(NumberError::Syntax);
    }
    let (mantissa, point) = hexadecimal_mantissa(mantissa)?;
    let magnitude = scale(mantissa, point.saturating_add(saturating_exponent(exponent)));
    let value = if negative { -magnitude } else { magnitude };
    if value.is_finite() { Ok(value) } else { Err(NumberError::Range(value)) }
}

/// A mantissa of at most 62 bits whose lowest bit also stands for every lost one, and the power of two to scale it by.
fn hexadecimal_mantissa(digits: &str) -> Result<(u64, i64), NumberError> {
    let (mut mantissa, mut scale, mut seen_point, mut seen_digit) = (0_u64, 0_i64, false, false);
    for byte in digits.bytes().filter(|byte| *byte != b'_') {
        let Some(digit) = char::from(byte).to_digit(16) else {
            if byte != b'.' || seen_point {
                return Err(NumberError::Syntax);
            }
            seen_point = true;
            continue;
        };
        seen_digit = true;
        let has_room = mantissa >> 58 == 0;
        mantissa = if has_room { mantissa << 4 | u64::from(digit) } else { mantissa | u64::from(digit != 0) };
        scale += match (has_room, seen_point) {
            (true, true) => -4,
            (false, false) => 4,
            _ => 0,
        };
    }
    if seen_digit { Ok((mantissa, scale)) } else { Err(NumberError::Syntax) }
}

fn saturating_exponent(text: &str) -> i64 {
    let (negative, digits) = split_sign(text);
    let value = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0_i64, |value, digit| if value < 10_000 { value * 10 + i64::from(digit - b'0') } else { value });
    if negative { -value } else { value }
}

/// `mantissa * 2^exponent`, rounded to the nearest float and to even when two are equally near.
fn scale(mantissa: u64, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let top = 63 - i64::from(mantissa.leading_zeros());
    // The exponent of the last bit that the float keeps: 52 below the top one, but never below 2^-1074.
    let last = (top + exponent - 52).max(-1074);
    let dropped = last - exponent;
    if dropped > 63 {
        return 0.0;
    }
    let kept = if dropped <= 0 { mantissa << dropped.unsigned_abs().min(63) } else { round_off(mantissa, dropped) };
    // Both factors are exact: `kept` has at most 53 bits, and the result was rounded where a float rounds.
    if last > 971 { f64::INFINITY } else { kept as f64 * power_of_two(last) }
}

fn round_off(mantissa: u64, bits: i64) -> u64 {
    let half = 1_u64 << (bits - 1);
    let kept = mantissa >> bits;
    let rest = mantissa & ((half << 1).wrapping_sub(1));
    kept + u64::from(rest > half || rest == half && kept & 1 == 1)
}

/// `2^exponent` for an exponent from -1074 to 971.
fn power_of_two(exponent: i64) -> f64 {
    let bits =
        if exponent < -1022 { 1_u64 << (exponent + 1074).clamp(0, 51) } else { ((exponent + 1023) as u64) << 52 };
    f64::from_bits(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts and what Go 1.26 reads: the value's bits, or `None` for a syntax error.
    const READ: [(&str, Option<f64>); 46] = [
        ("1_000", Some(1000.0)),
        ("0x1p4", Some(16.0)),
        ("0x_1p4", Some(16.0)),
        ("0X1P+4", Some(16.0)),
        ("0x1_0p1_0", Some(16384.0)),
        ("0x1.8p1", Some(3.0)),
        ("0x.8p0", Some(0.5)),
        ("0x1p-1080", Some(0.0)),
        ("0x1.fffffffffffff7p1023", Some(f64::MAX)),
        ("0x1.00000000000008p0", Some(1.0)),
        ("0x1.000000000000081p0", Some(1.0000000000000002)),
        ("0x1.00000000000018p0", Some(1.0000000000000004)),
        ("0x1p-1075", Some(0.0)),
        ("0x1.1p-1075", Some(5e-324)),
        ("0x1.8p-1075", Some(5e-324)),
        ("0x1p-1074", Some(5e-324)),
        ("0x0p99999", Some(0.0)),
        ("0x1.123456789abcdef123456p0", Some(1.0711111111111111)),
        ("0x1234567890abcdef123p-20000", Some(0.0)),
        ("0x", None),
        ("0xp1", None),
        ("0x1", None),
        ("0x1p", None),
        ("0x1p4_", None),
        ("0x1.1.1p0", None),
        ("0_1", Some(1.0)),
        ("1e1_0", Some(1e10)),
        ("1_000.5_0", Some(1000.5)),
        ("1.", Some(1.0)),
        (".5", Some(0.5)),
        ("-0", Some(-0.0)),
        ("00", Some(0.0)),
        ("1e-400", Some(0.0)),
        ("inf", Some(f64::INFINITY)),
        ("-infinity", Some(f64::NEG_INFINITY)),
        ("_1", None),
        ("1_", None),
        ("1__0", None),
        ("1._5", None),
        ("0b1", None),
        ("infi", None),
        ("-nan", None),
        (" 1", None),
        (".", None),
        ("1e+", None),
        ("", None),
    ];

    #[test]
    fn reads_what_go_reads() {
        for (text, expected) in READ {
            let found = parse_float(text);
            assert_eq!(found.ok().map(f64::to_bits), expected.map(f64::to_bits), "{text:?}: {found:?}");
        }
        assert!(parse_float("NaN").is_ok_and(f64::is_nan));
    }

    #[test]
    fn beyond_the_largest_float_is_an_infinity_and_an_error() {
        for (text, infinity) in [
            ("1e400", f64::INFINITY),
            ("-1e400", f64::NEG_INFINITY),
            ("0x1p1024", f64::INFINITY),
            ("0x1.fffffffffffff8p1023", f64::INFINITY),
        ] {
            assert_eq!(parse_float(text), Err(NumberError::Range(infinity)), "{text}");
            assert_eq!(float_or_zero(text), infinity);
        }
        assert_eq!(float_or_zero("x"), 0.0);
    }

    #[test]
    fn truths_are_gos_twelve_words() {
        assert_eq!(["1", "t", "T", "TRUE", "true", "True"].map(parse_bool), [Some(true); 6]);
        assert_eq!(["0", "f", "F", "FALSE", "false", "False"].map(parse_bool), [Some(false); 6]);
        assert_eq!(["", "yes", "tRUE", " true"].map(parse_bool), [None; 4]);
    }

    #[test]
    fn writes_what_go_writes() {
        for (value, general, decimal, json) in [
            (0.0, "0", "0", "0"),
            (-0.0, "-0", "-0", "-0"),
            (100000.0, "100000", "100000", "100000"),
            (999999.0, "999999", "999999", "999999"),
            (100000.5, "100000.5", "100000.5", "100000.5"),
            (1e6, "1e+06", "1000000", "1000000"),
            (12345678.0, "1.2345678e+07", "12345678", "12345678"),
            (1e20, "1e+20", "100000000000000000000", "100000000000000000000"),
            (1e21, "1e+21", "1000000000000000000000", "1e+21"),
            (0.0001, "0.0001", "0.0001", "0.0001"),
            (-0.00001, "-1e-05", "-0.00001", "-0.00001"),
            (1e-7, "1e-07", "0.0000001", "1e-7"),
            (1.5e-9, "1.5e-09", "0.0000000015", "1.5e-9"),
        ] {
            assert_eq!(format_general(value), general);
            assert_eq!(format_decimal(value), decimal);
            assert_eq!(format_json(value).as_deref(), Some(json));
        }
        assert_eq!([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(format_general), ["NaN", "+Inf", "-Inf"]);
        assert_eq!(format_json(f64::NAN), None);
    }
}
