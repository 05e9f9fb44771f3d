//! Go's duration text: `1h30m`, `-1.5s`, `300ms`.

/// Nanoseconds of each unit, by its name.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The nanoseconds that a Go duration text names, or `None` for a text that Go's `time.ParseDuration` refuses.
///
/// A text is an optional sign and one or more decimal numbers, each with a fraction if need be and with its unit
/// (`ns`, `us`, `ms`, `s`, `m`, `h`); only `0` may stand without a unit. What a fraction has below a nanosecond is
/// cut off, and a sum beyond 64 bits is refused.
///
/// ```
/// assert_eq!(tidegate_lang::dates::duration("1m1.5s"), Some(61_500_000_000));
/// assert_eq!(tidegate_lang::dates::duration("5"), None);
/// ```
pub fn duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    const LIMIT: u64 = 1 << 63;
    let mut sum = 0u64;
    while !rest.is_empty() {
        let (nanoseconds, after) = term(rest)?;
        sum = sum.checked_add(nanoseconds).filter(|sum| *sum <= LIMIT)?;
        rest = after;
    }
    // The most negative duration has no positive twin, so the sign decides before the range does.
    if negative { Some((sum as i64).wrapping_neg()) } else { i64::try_from(sum).ok() }
}

/// Nanoseconds as Go writes a duration: `1h0m1.5s`, `300ms`, `0s`.
///
/// ```
/// assert_eq!(tidegate_lang::dates::duration_text(-61_500_000_000), "-1m1.5s");
/// ```
pub fn duration_text(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let magnitude = nanoseconds.unsigned_abs();
    let below_second = match magnitude {
        0 => Some((0, "s")),
        1..1_000 => Some((0, "ns")),
        1_000..1_000_000 => Some((3, "\u{b5}s")),
        1_000_000..1_000_000_000 => Some((6, "ms")),
        _ => None,
    };
    if let Some((digits, unit)) = below_second {
        return format!("{sign}{}{unit}", decimal(magnitude, digits));
    }
    let (minutes, rest) = (magnitude / 60_000_000_000, magnitude % 60_000_000_000);
    let seconds = decimal(rest, 9);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// `number / 10^digits`, without zeros at the end.
fn decimal(number: u64, digits: u32) -> String {
    let scale = 10_u64.pow(digits);
    if number.is_multiple_of(scale) {
        return (number / scale).to_string();
    }
    let width = digits as usize;
    let fraction = format!("{:0width$}", number % scale);
    format!("{}.{}", number / scale, fraction.trim_end_matches('0'))
}

/// One number with its unit from the front of `text`: its nanoseconds, at most 2^63, and what follows it.
fn term(text: &str) -> Option<(u64, &str)> {
    let (whole_digits, rest) = digits(text);
    let (fraction_digits, rest) = match rest.strip_prefix('.') {
        Some(after) => digits(after),
        None => ("", rest),
    };
    if whole_digits.is_empty() && fraction_digits.is_empty() {
        return None;
    }
    let name_length = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(name_length);
    let unit = UNITS.iter().find(|(known, _)| *known == name)?.1;
    let whole = if whole_digits.is_empty() { 0 } else { whole_digits.parse::<u64>().ok()? };
    let nanoseconds = whole.checked_mul(unit)?.checked_add(fraction(fraction_digits, unit))?;
    (nanoseconds <= 1 << 63).then_some((nanoseconds, rest))
}

/// The digits at the front of `text` and what follows them.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// `0.digits` of a unit in nanoseconds, reckoned in floating point as Go does.
fn fraction(digits: &str, unit: u64) -> u64 {
    let mut value = 0u64;
    let mut scale = 1.0f64;
    for digit in digits.bytes() {
        // Digits that do not fit are dropped, not an error.
        match value.checked_mul(10).and_then(|v| v.checked_add(u64::from(digit - b'0'))) {
            Some(next) if next <= 1 << 63 => value = next,
            _ => break,
        }
        scale *= 10.0;
    }
    if value == 0 { 0 } else { (value as f64 * (unit as f64 / scale)) as u64 }
}

#[cfg(test)]
mod tests {
    use super::{duration, duration_text};

    #[test]
    fn texts_of_go() {
        let second = 1_000_000_000;
        let cases = [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("1h15m30.918s", Some(4_530_918_000_000)),
            ("-1.5h", Some(-5400 * second)),
            (".5s", Some(second / 2)),
            ("5.s", Some(5 * second)),
            ("1s1s", Some(2 * second)),
            ("10\u{b5}s", Some(10_000)),
            ("9223372036854775807ns", Some(i64::MAX)),
            ("-9223372036854775808ns", Some(i64::MIN)),
            ("9223372036854775808ns", None),
            ("0.3333333333333333333h", Some(1_200 * second)),
            ("", None),
            ("-", None),
            ("3", None),
            (".s", None),
            ("1d", None),
            ("1s ", None),
            ("1e3s", None),
        ];
        for (text, nanoseconds) in cases {
            assert_eq!(duration(text), nanoseconds, "{text}");
        }
    }
    #[test]
    fn written_as_go_writes_it() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1\u{b5}s"),
            (2_200_000, "2.2ms"),
            (3_300_000_000, "3.3s"),
            (60_000_000_000, "1m0s"),
            (245_000_000_000, "4m5s"),
            (18_367_001_000_000, "5h6m7.001s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(duration_text(nanoseconds), text);
        }
    }
}
