//! Durations as Go writes them: `1h30m`, `10s`, `1.5ms`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A span of time in nanoseconds, with a sign, read as Go's `time.ParseDuration` reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct GoDuration(i64);

/// Text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// The text is empty, has a character that does not belong there or does not fit in 64 bits of nanoseconds.
    #[error("invalid duration {0:?}")]
    Invalid(String),
    /// A number stands without a unit.
    #[error("missing unit in duration {0:?}")]
    MissingUnit(String),
    /// There is no such unit.
    #[error("unknown unit {unit:?} in duration {text:?}")]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// The whole text.
        text: String,
    },
}

/// The units with their nanoseconds. Both signs for micro are accepted.
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

impl DurationError {
    /// The error for a value that is neither text nor a whole number.
    pub(super) fn of(value: &serde_json::Value) -> Self {
        Self::Invalid(value.to_string())
    }
}

impl GoDuration {
    /// A duration of so many nanoseconds.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// The nanoseconds, with their sign.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// As a duration without a sign; a negative one is zero.
    pub const fn unsigned(self) -> Duration {
        if self.0 < 0 { Duration::ZERO } else { Duration::from_nanos(self.0.unsigned_abs()) }
    }
}

impl FromStr for GoDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let invalid = || DurationError::Invalid(text.to_owned());
        let (negative, mut rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        if rest == "0" {
            return Ok(Self(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let part = Part::read(&mut rest, text)?;
            total = part.nanoseconds().and_then(|part| total.checked_add(part)).ok_or_else(invalid)?;
        }
        let limit = i64::MAX.unsigned_abs() + u64::from(negative);
        if total > limit {
            return Err(invalid());
        }
        let signed = if negative { 0_i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() };
        signed.map(Self).ok_or_else(invalid)
    }
}

/// One number with its unit.
struct Part {
    whole: u64,
    fraction: u64,
    unit: u64,
}

impl Part {
    /// Takes a number and its unit off the front of `rest`; `text` is for errors.
    fn read(rest: &mut &str, text: &str) -> Result<Self, DurationError> {
        let invalid = || DurationError::Invalid(text.to_owned());
        let whole = take_while(rest, |c| c.is_ascii_digit());
        let fraction = match rest.strip_prefix('.') {
            Some(after) => {
                *rest = after;
                take_while(rest, |c| c.is_ascii_digit())
            }
            None => "",
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let unit = take_while(rest, |c| c != '.' && !c.is_ascii_digit());
        if unit.is_empty() {
            return Err(DurationError::MissingUnit(text.to_owned()));
        }
        let found = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, scale) =
            found.ok_or_else(|| DurationError::UnknownUnit { unit: unit.to_owned(), text: text.to_owned() })?;
        let whole = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        Ok(Self { whole, fraction: fraction_of(fraction, *scale), unit: *scale })
    }

    fn nanoseconds(&self) -> Option<u64> {
        self.whole.checked_mul(self.unit)?.checked_add(self.fraction)
    }
}

/// The nanoseconds of these digits after a decimal point; digits beyond the eighteenth are below a nanosecond.
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let digits = &digits[..digits.len().min(18)];
    let scale = 10_u128.pow(u32::try_from(digits.len()).unwrap_or(0));
    let fraction: u128 = digits.parse().unwrap_or(0);
    u64::try_from(fraction * u128::from(unit) / scale).unwrap_or(0)
}

/// Takes the longest prefix of which every character is wanted.
fn take_while<'a>(rest: &mut &'a str, wanted: impl Fn(char) -> bool) -> &'a str {
    let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
    let (taken, left) = rest.split_at(end);
    *rest = left;
    taken
}

impl fmt::Display for GoDuration {
    /// As Go prints it: `1h30m0s`, `1.5s`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let nanoseconds = self.0.unsigned_abs();
        if nanoseconds < 1_000_000_000 {
            return match nanoseconds {
                0 => f.write_str("0s"),
                1..1_000 => write!(f, "{nanoseconds}ns"),
                1_000..1_000_000 => decimal(f, nanoseconds, 1_000, "\u{b5}s"),
                _ => decimal(f, nanoseconds, 1_000_000, "ms"),
            };
        }
        let (minutes, below) = (nanoseconds / 60_000_000_000, nanoseconds % 60_000_000_000);
        if minutes >= 60 {
            write!(f, "{}h", minutes / 60)?;
        }
        if minutes > 0 {
            write!(f, "{}m", minutes % 60)?;
        }
        decimal(f, below, 1_000_000_000, "s")
    }
}

/// `value / scale` without zeros at the end of its fraction, and its unit.
fn decimal(f: &mut fmt::Formatter<'_>, value: u64, scale: u64, unit: &str) -> fmt::Result {
    write!(f, "{}", value / scale)?;
    let fraction = value % scale;
    if fraction > 0 {
        let width = scale.ilog10() as usize;
        write!(f, ".{}", format!("{fraction:0width$}").trim_end_matches('0'))?;
    }
    f.write_str(unit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_go_reads() {
        let cases = [
            ("0", 0),
            ("1h30m", 5_400_000_000_000),
            ("-1.5s", -1_500_000_000),
            (".5s", 500_000_000),
            ("1us", 1_000),
            ("1\u{b5}s", 1_000),
            ("+3ns", 3),
            ("2h45m30.25s", 9_930_250_000_000),
        ];
        for (text, nanoseconds) in cases {
            assert_eq!(text.parse(), Ok(GoDuration(nanoseconds)), "{text}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        for text in ["", "-", "1", "s", "1x", ".s", "1 s", "1s ", "3000000h", "1d", "--1s"] {
            assert!(text.parse::<GoDuration>().is_err(), "{text}");
        }
    }

    #[test]
    fn prints_as_go_prints() {
        let cases =
            [("90s", "1m30s"), ("1h", "1h0m0s"), ("1500ms", "1.5s"), ("0", "0s"), ("1500us", "1.5ms"), ("7ns", "7ns")];
        for (text, printed) in cases {
            assert_eq!(text.parse::<GoDuration>().unwrap().to_string(), printed);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(nanoseconds in any::<i64>()) {
            let duration = GoDuration(nanoseconds);
            prop_assert_eq!(duration.to_string().parse(), Ok(duration));
        }

        #[test]
        fn no_text_panics(text in ".{0,12}") {
            let _ = text.parse::<GoDuration>();
        }
    }
}
