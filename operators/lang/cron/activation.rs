//! The search for the next and the previous activation of a schedule with fields.
//!
//! Both searches walk as the reference does, field by field from the month down to the second, because where the
//! clocks change the walk itself decides which of two local times is met and whether a skipped one is left out.

use super::{Fields, floor_second};
use jiff::{Timestamp, civil::Date, civil::DateTime, tz::TimeZone};

/// A search is given up when the year differs by more than this from where it started.
const YEARS: i16 = 5;

/// No search takes more steps than this: five years of days, and as many again for hours, minutes and seconds.
const STEPS: u32 = 10_000;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// The first activation after an instant.
pub(super) fn next(fields: &Fields, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    if fields.is_never() {
        return None;
    }
    let mut walk = Walk::start(zone, floor_second(after) + 1)?;
    let last_year = walk.local.year() + YEARS;
    // Before the first step the finer fields are set to their beginnings, once.
    let mut stepped = false;
    'wrap: while walk.local.year() <= last_year {
        while !fields.month.holds(walk.local.month()) {
            if !std::mem::replace(&mut stepped, true) {
                walk.month_start()?;
            }
            walk.add_month()?;
            if walk.local.month() == 1 {
                continue 'wrap;
            }
        }
        while !walk.day_matches(fields) {
            if !std::mem::replace(&mut stepped, true) {
                walk.day_start()?;
            }
            walk.add_day()?;
            walk.correct_midnight()?;
            if walk.local.day() == 1 {
                continue 'wrap;
            }
        }
        while !fields.hour.holds(walk.local.hour()) {
            if !std::mem::replace(&mut stepped, true) {
                walk.hour_start()?;
            }
            walk.shift(HOUR)?;
            if walk.local.hour() == 0 {
                continue 'wrap;
            }
        }
        while !fields.minute.holds(walk.local.minute()) {
            if !std::mem::replace(&mut stepped, true) {
                walk.go(walk.second - walk.second.rem_euclid(MINUTE))?;
            }
            walk.shift(MINUTE)?;
            if walk.local.minute() == 0 {
                continue 'wrap;
            }
        }
        while !fields.second.holds(walk.local.second()) {
            stepped = true;
            walk.shift(1)?;
            if walk.local.second() == 0 {
                continue 'wrap;
            }
        }
        return Timestamp::from_second(walk.second).ok();
    }
    None
}

/// The last activation at least one second before an instant.
pub(super) fn previous(fields: &Fields, zone: &TimeZone, before: Timestamp) -> Option<Timestamp> {
    if fields.is_never() {
        return None;
    }
    let mut walk = Walk::start(zone, floor_second(before) - 1)?;
    let last_year = walk.local.year() - YEARS;
    'wrap: while walk.local.year() >= last_year {
        while !fields.month.holds(walk.local.month()) {
            walk.month_start()?;
            walk.shift(-1)?;
            if walk.local.month() == 12 {
                continue 'wrap;
            }
        }
        while !walk.day_matches(fields) {
            let month = walk.local.month();
            walk.day_start()?;
            walk.correct_midnight()?;
            walk.shift(-1)?;
            if walk.local.month() != month {
                continue 'wrap;
            }
        }
        while !fields.hour.holds(walk.local.hour()) {
            walk.hour_start()?;
            walk.shift(-1)?;
            if walk.local.hour() == 23 {
                continue 'wrap;
            }
        }
        while !fields.minute.holds(walk.local.minute()) {
            walk.minute_start()?;
            walk.shift(-1)?;
            if walk.local.minute() == 59 {
                continue 'wrap;
            }
        }
        while !fields.second.holds(walk.local.second()) {
            walk.shift(-1)?;
            if walk.local.second() == 59 {
                continue 'wrap;
            }
        }
        return Timestamp::from_second(walk.second).ok();
    }
    None
}

/// An instant that moves, with its local time kept beside it; every move fails once the steps are used up.
struct Walk<'a> {
    zone: &'a TimeZone,
    /// Seconds since the epoch.
    second: i64,
    local: DateTime,
    steps: u32,
}

impl<'a> Walk<'a> {
    fn start(zone: &'a TimeZone, second: i64) -> Option<Self> {
        let mut walk = Self { zone, second, local: DateTime::default(), steps: STEPS };
        walk.go(second)?;
        Some(walk)
    }

    fn day_matches(&self, fields: &Fields) -> bool {
        fields.day_matches(self.local.day(), self.local.weekday().to_sunday_zero_offset())
    }

    /// Moves to an instant.
    fn go(&mut self, second: i64) -> Option<()> {
        self.steps = self.steps.checked_sub(1)?;
        let instant = Timestamp::from_second(second).ok()?;
        self.local = self.zone.to_offset(instant).to_datetime(instant);
        self.second = second;
        Some(())
    }

    /// Moves by a number of seconds.
    fn shift(&mut self, seconds: i64) -> Option<()> {
        self.go(self.second + seconds)
    }

    /// Moves to a local time as Go finds its instant: the offset in force where the local time would lie in UTC gives
    /// a first guess, and the offset in force at that guess is the one that counts.
    fn go_local(&mut self, local: DateTime) -> Option<()> {
        let as_utc = jiff::tz::Offset::UTC.to_timestamp(local).ok()?;
        let guess = as_utc.as_second() - i64::from(self.zone.to_offset(as_utc).seconds());
        let offset = self.zone.to_offset(Timestamp::from_second(guess).ok()?);
        self.go(as_utc.as_second() - i64::from(offset.seconds()))
    }

    fn month_start(&mut self) -> Option<()> {
        self.go_local(self.local.date().first_of_month().at(0, 0, 0, 0))
    }

    fn day_start(&mut self) -> Option<()> {
        self.go_local(self.local.date().at(0, 0, 0, 0))
    }

    fn hour_start(&mut self) -> Option<()> {
        self.go_local(self.local.date().at(self.local.hour(), 0, 0, 0))
    }

    fn minute_start(&mut self) -> Option<()> {
        self.go_local(self.local.date().at(self.local.hour(), self.local.minute(), 0, 0))
    }

    /// Moves to the same local time a month later; a day that the month does not have runs over into the next.
    fn add_month(&mut self) -> Option<()> {
        let date = self.local.date();
        let (year, month) = if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
        let first = Date::new(year, month, 1).ok()?;
        let date = first.checked_add(jiff::Span::new().days(i64::from(date.day()) - 1)).ok()?;
        self.go_local(date.to_datetime(self.local.time()))
    }

    /// Moves to the same local time on the next day.
    fn add_day(&mut self) -> Option<()> {
        self.go_local(self.local.date().tomorrow().ok()?.to_datetime(self.local.time()))
    }

    /// Where midnight does not exist the start of a day was taken for 23:00 or 01:00: moves by whole hours so that
    /// the hour reads as midnight's.
    fn correct_midnight(&mut self) -> Option<()> {
        match i64::from(self.local.hour()) {
            0 => Some(()),
            late @ 13.. => self.shift((24 - late) * HOUR),
            early => self.shift(-early * HOUR),
        }
    }
}
