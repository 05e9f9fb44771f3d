//! One field of a cron text: a list of numbers, ranges and steps as a set of bits.

/// The values that a field can have.
pub(super) struct Bounds {
    name: &'static str,
    min: u32,
    max: u32,
    /// Names of values, in lower case, from `min` on.
    names: &'static [&'static str],
}

pub(super) const SECOND: Bounds = Bounds { name: "second", min: 0, max: 59, names: &[] };
pub(super) const MINUTE: Bounds = Bounds { name: "minute", min: 0, max: 59, names: &[] };
pub(super) const HOUR: Bounds = Bounds { name: "hour", min: 0, max: 23, names: &[] };
pub(super) const DAY: Bounds = Bounds { name: "day of month", min: 1, max: 31, names: &[] };
pub(super) const MONTH: Bounds = Bounds {
    name: "month",
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
pub(super) const WEEKDAY: Bounds =
    Bounds { name: "day of week", min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/// The values of one field that match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    /// Bit n is set if the value n matches.
    bits: u64,
    /// A `*` or `?` without a step stands in the list: for the two day fields this is more than all values.
    pub(super) star: bool,
}

impl Field {
    /// Reads a field; the error says what is wrong with it.
    pub(super) fn parse(text: &str, bounds: &Bounds) -> Result<Self, String> {
        let mut field = Self { bits: 0, star: false };
        // Empty members of the list are ignored, as the library does.
        for range in text.split(',').filter(|range| !range.is_empty()) {
            let part = Self::range(range, bounds).map_err(|why| format!("{}: {why}: {range}", bounds.name))?;
            field.bits |= part.bits;
            field.star |= part.star;
        }
        Ok(field)
    }

    /// Reads one member of the list: `*`, `n`, `n-m`, each with `/step` if need be.
    fn range(text: &str, bounds: &Bounds) -> Result<Self, String> {
        let (range, step_text) = match text.split_once('/') {
            Some((_, step)) if step.contains('/') => return Err("too many slashes".into()),
            Some((range, step)) => (range, Some(step)),
            None => (text, None),
        };
        let (low, high) = match range.split_once('-') {
            Some((low, high)) => (low, Some(high)),
            None => (range, None),
        };
        let star = matches!(low, "*" | "?");
        let (start, end) = match high {
            // What follows a star is never read.
            _ if star => (bounds.min, bounds.max),
            Some(high) if high.contains('-') => return Err("too many hyphens".into()),
            Some(high) => (bounds.value(low)?, bounds.value(high)?),
            // A lone number with a step runs to the end.
            None if step_text.is_some() => (bounds.value(low)?, bounds.max),
            None => (bounds.value(low)?, bounds.value(low)?),
        };
        let step = step_text.map_or(Ok(1), number)?;
        if start < bounds.min {
            return Err(format!("{start} is below the minimum {}", bounds.min));
        }
        if end > bounds.max {
            return Err(format!("{end} is above the maximum {}", bounds.max));
        }
        if start > end {
            return Err(format!("the range begins at {start}, after its end {end}"));
        }
        if step == 0 {
            return Err("the step must be a positive number".into());
        }
        let bits = (start..=end).step_by(step as usize).fold(0, |bits, value| bits | 1u64 << value);
        Ok(Self { bits, star: star && step == 1 })
    }

    /// Whether a value matches.
    pub(super) fn holds(self, value: i8) -> bool {
        (0..64).contains(&value) && self.bits >> value & 1 == 1
    }

    /// Whether no value matches.
    pub(super) fn is_empty(self) -> bool {
        self.bits == 0
    }
}

impl Bounds {
    /// The value that a number or a name stands for.
    fn value(&self, text: &str) -> Result<u32, String> {
        match (self.min..).zip(self.names).find(|(_, name)| name.eq_ignore_ascii_case(text)) {
            Some((value, _)) => Ok(value),
            None => number(text),
        }
    }
}

/// A number without a sign other than `+`.
fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("expected a number, found {text:?}"))
}
