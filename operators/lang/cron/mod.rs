//! Cron schedules as robfig/cron 3 reads them, and their next and previous activations.

mod activation;
mod field;
#[cfg(test)]
mod tests;

use crate::{CompileError, dates};
use field::{Bounds, Field};
use jiff::{Timestamp, tz::TimeZone};

/// Which of the library's extras a text may use; the default is what Argo Events allows: five fields and no extras.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dialect {
    /// A field for seconds stands before the minutes.
    pub seconds: bool,
    /// `@daily` and the like, and `@every 90s`, stand for the fields.
    pub descriptors: bool,
}

/// A schedule: the instants that a cron text names in a time zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    rule: Rule,
    zone: TimeZone,
}

/// What a schedule repeats.
#[derive(Debug, Clone)]
enum Rule {
    /// Whenever the local time matches all fields.
    Fields(Box<Fields>),
    /// This many whole seconds after the last time.
    Every(i64),
}

/// The values of each field that match.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fields {
    second: Field,
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

impl Schedule {
    /// Reads a cron text: minute, hour, day of month, month and day of week, with `zone` as the time zone unless the
    /// text begins with `TZ=` or `CRON_TZ=`.
    ///
    /// A field is a list of `*`, `?`, numbers, ranges and steps; months and days of the week also have English names,
    /// and Sunday is 0 only. Where neither day field is a star, a day matches if either field does.
    ///
    /// # Errors
    /// Names the field or the zone that cannot be read.
    ///
    /// ```
    /// use tidegate_lang::cron::{Dialect, Schedule};
    /// let daily = Schedule::parse("30 9 * * *", Dialect::default(), &jiff::tz::TimeZone::UTC).unwrap();
    /// let noon = "2024-07-15T12:00:00Z".parse().unwrap();
    /// assert_eq!(daily.next(noon), Some("2024-07-16T09:30:00Z".parse().unwrap()));
    /// assert_eq!(daily.previous(noon), Some("2024-07-15T09:30:00Z".parse().unwrap()));
    /// ```
    pub fn parse(text: &str, dialect: Dialect, zone: &TimeZone) -> Result<Self, CompileError> {
        let (zone, start) = match zone_prefix(text) {
            Some(name_start) => named_zone(text, name_start, zone)?,
            None => (zone.clone(), 0),
        };
        let body = text.get(start..).unwrap_or_default();
        let rule = if start > 0 && body.trim().starts_with('@') || body.starts_with('@') {
            descriptor(body.trim(), dialect, start)?
        } else {
            Rule::Fields(Box::new(fields(body, dialect, start)?))
        };
        Ok(Self { rule, zone })
    }

    /// The first activation after `after`, or `None` if there is none within about five years.
    ///
    /// A local time that a change of the clocks skips is skipped with it; one that comes twice is taken as the
    /// reference takes it, which is the first for most schedules.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.rule {
            Rule::Fields(fields) => activation::next(fields, &self.zone, after),
            Rule::Every(seconds) => Timestamp::from_second(floor_second(after).checked_add(*seconds)?).ok(),
        }
    }

    /// The last activation at least a second before `before`, or `None` if there is none within about five years; an
    /// `@every` schedule has none.
    ///
    /// The reference looks for it in the same way when a sensor starts, to apply resets that were missed.
    pub fn previous(&self, before: Timestamp) -> Option<Timestamp> {
        match &self.rule {
            Rule::Fields(fields) => activation::previous(fields, &self.zone, before),
            Rule::Every(_) => None,
        }
    }

    /// The time zone that the fields are matched in.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

impl Fields {
    /// Whether a day matches both day fields, or either if neither is a star.
    fn day_matches(&self, day: i8, weekday: i8) -> bool {
        let (by_day, by_weekday) = (self.day.holds(day), self.weekday.holds(weekday));
        if self.day.star || self.weekday.star { by_day && by_weekday } else { by_day || by_weekday }
    }

    /// Whether a field holds no value at all (`,` is such a field), so that nothing can ever match.
    fn is_never(&self) -> bool {
        [self.second, self.minute, self.hour, self.month].iter().any(|field| field.is_empty())
            || !(1..=31).any(|day| (0..7).any(|weekday| self.day_matches(day, weekday)))
    }
}

/// The second that an instant lies in, in seconds since the epoch.
fn floor_second(instant: Timestamp) -> i64 {
    instant.as_second() - i64::from(instant.subsec_nanosecond() < 0)
}

/// Where the zone's name starts if the text begins with one.
fn zone_prefix(text: &str) -> Option<usize> {
    ["TZ=", "CRON_TZ="].iter().find(|prefix| text.starts_with(**prefix)).map(|prefix| prefix.len())
}

/// The zone named at the front of the text and where its name ends.
fn named_zone(text: &str, start: usize, local: &TimeZone) -> Result<(TimeZone, usize), CompileError> {
    let length = text.get(start..).and_then(|rest| rest.find(' '));
    let Some(length) = length else {
        return Err(CompileError::new(start, "expected a blank and the fields after the time zone"));
    };
    let name = text.get(start..start + length).unwrap_or_default();
    let zone = match name {
        "" => TimeZone::UTC,
        "Local" => local.clone(),
        // Zone names are case-sensitive in the reference.
        _ => match TimeZone::get(name) {
            Ok(zone) if zone.iana_name() == Some(name) => zone,
            _ => return Err(CompileError::new(start, format!("unknown time zone {name}"))),
        },
    };
    Ok((zone, start + length))
}

/// The rule that an `@` word stands for.
fn descriptor(text: &str, dialect: Dialect, at: usize) -> Result<Rule, CompileError> {
    if !dialect.descriptors {
        return Err(CompileError::new(at, format!("expected fields, descriptors are not accepted: {text}")));
    }
    if let Some(duration) = text.strip_prefix("@every ") {
        let Some(nanoseconds) = dates::duration(duration) else {
            return Err(CompileError::new(at, format!("not a duration: {duration}")));
        };
        return Ok(Rule::Every((nanoseconds / 1_000_000_000).max(1)));
    }
    let standard = match text {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => return Err(CompileError::new(at, format!("unknown descriptor: {text}"))),
    };
    Ok(Rule::Fields(Box::new(fields(standard, Dialect::default(), at)?)))
}

/// Reads the fields of `text`, which stands at byte `at` of the whole text.
fn fields(text: &str, dialect: Dialect, at: usize) -> Result<Fields, CompileError> {
    let words = words(text);
    let (second, words) = match (dialect.seconds, words.as_slice()) {
        (true, [second, rest @ ..]) => (*second, rest),
        (_, rest) => ((0, "0"), rest),
    };
    let [minute, hour, day, month, weekday] = words else {
        let (expected, found) = if dialect.seconds { (6, words.len() + 1) } else { (5, words.len()) };
        return Err(CompileError::new(at, format!("expected exactly {expected} fields, found {found}: {text}")));
    };
    let read = |(offset, word): (usize, &str), bounds: &Bounds| {
        Field::parse(word, bounds).map_err(|message| CompileError::new(at + offset, message))
    };
    Ok(Fields {
        second: read(second, &field::SECOND)?,
        minute: read(*minute, &field::MINUTE)?,
        hour: read(*hour, &field::HOUR)?,
        day: read(*day, &field::DAY)?,
        month: read(*month, &field::MONTH)?,
        weekday: read(*weekday, &field::WEEKDAY)?,
    })
}

/// The words of a text, each with the byte at which it starts.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(word) = rest.split_whitespace().next() {
        words.push((text.len() - rest.len(), word));
        rest = rest.get(word.len()..).unwrap_or_default().trim_start();
    }
    words
}
