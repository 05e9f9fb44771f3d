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
    use super::duration;

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
}
