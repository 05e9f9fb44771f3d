//! The instants of a calendar: a schedule or an interval, without the days that are left out.

use crate::sources::outset::{Compile, Schedule};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::manifest::GoDuration;
use model::manifest::event_source::CalendarEventSource;
use model::{Error, Result};
use std::collections::BTreeSet;

/// The instants of a calendar.
#[derive(Debug)]
pub(super) struct Instants {
    schedule: Box<dyn Schedule>,
    left_out: BTreeSet<Date>,
    zone: TimeZone,
}

/// A number of whole seconds between instants.
#[derive(Debug)]
struct Interval(SignedDuration);

impl Schedule for Interval {
    fn next(&self, after: Timestamp) -> Option<Timestamp> {
        Timestamp::from_second(after.as_second()).ok()?.checked_add(self.0).ok()
    }
}

impl Instants {
    /// Reads what the settings say. A schedule wins over an interval, which has whole seconds and at least one.
    ///
    /// # Errors
    /// Neither of the two, or one that cannot be read, or days that cannot be read.
    pub(super) fn new(settings: &CalendarEventSource, zone: &TimeZone, compile: Compile) -> Result<Self> {
        let schedule = match (settings.schedule.as_str(), settings.interval.as_str()) {
            ("", "") => return Err(Error::user("a calendar needs a schedule or an interval")),
            ("", interval) => Box::new(self::interval(interval)?),
            (schedule, _) => compile(schedule, &settings.timezone)
                .map_err(|error| error.context(format!("schedule {schedule:?}")))?,
        };
        Ok(Self { schedule, left_out: left_out(&settings.exclusion_dates)?, zone: zone.clone() })
    }

    /// The first instant after another; `None` when there is none any more.
    pub(super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let mut instant = self.schedule.next(after)?;
        while self.left_out.contains(&self.zone.to_datetime(instant).date()) {
            instant = self.schedule.next(instant)?;
        }
        Some(instant)
    }
}

fn interval(text: &str) -> Result<Interval> {
    let duration: Result<GoDuration, _> = text.parse();
    let duration = duration.map_err(|error| Error::user(format!("interval: {error}")))?;
    Ok(Interval(SignedDuration::from_secs((duration.nanoseconds() / 1_000_000_000).max(1))))
}

/// The days of `EXDATE:20260131T000000Z,…`; only year, month and day count, as they are written. A text that does not
/// start so is ignored, as in the reference.
fn left_out(texts: &[String]) -> Result<BTreeSet<Date>> {
    let mut days = BTreeSet::new();
    for text in texts {
        let Some(list) = text.strip_prefix("EXDATE:") else {
            tracing::warn!(text, "an exclusion date that does not start with EXDATE: is ignored");
            continue;
        };
        for day in list.split(',') {
            let date = day.trim().get(..8).and_then(|day| Date::strptime("%Y%m%d", day).ok());
            let wrong = || Error::user(format!("exclusion date {day:?} is not like 20260131T000000Z"));
            days.insert(date.ok_or_else(wrong)?);
        }
    }
    Ok(days)
}
