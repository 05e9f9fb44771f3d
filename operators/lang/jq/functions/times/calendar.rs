//! The Gregorian calendar for all years, in UTC, with parts that overflow into the next as in Go's `time.Date`.

/// A part of a time beyond this is cut off there.
const LIMIT: i64 = 1 << 40;
const DAY: i64 = 86_400;

/// An instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    /// Since 1970.
    pub(super) seconds: i64,
    pub(super) nanosecond: i64,
}

/// An instant as a calendar shows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Date {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) nanosecond: i64,
    /// From Sunday, 0.
    pub(super) weekday: i64,
    /// From 1.
    pub(super) day_of_year: i64,
}

impl Time {
    /// The first of January of the year 1.
    pub(super) const ZERO: Self = Self { seconds: -62_135_596_800, nanosecond: 0 };

    /// The instant of parts that need not be in their ranges.
    pub(super) fn new(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64, nanosecond: i64) -> Self {
        let cut = |part: i64| part.clamp(-LIMIT, LIMIT);
        let month = cut(month) - 1;
        let year = cut(year) + month.div_euclid(12);
        let days = days_before(cut(year), month.rem_euclid(12) + 1) + cut(day) - 1;
        let seconds = cut(days) * DAY + cut(hour) * 3_600 + cut(minute) * 60 + cut(second);
        Self {
            seconds: seconds + nanosecond.div_euclid(1_000_000_000),
            nanosecond: nanosecond.rem_euclid(1_000_000_000),
        }
    }

    /// The instant so many seconds after 1970; of negative ones the fraction counts forward, as in the reference.
    pub(super) fn of_epoch(epoch: f64) -> Self {
        Self { seconds: epoch as i64, nanosecond: ((epoch - epoch.floor()) * 1e9) as i64 }
    }

    /// Seconds since 1970.
    pub(super) fn epoch(self) -> f64 {
        self.seconds as f64 + self.nanosecond as f64 / 1e9
    }

    /// Its date and time of day.
    pub(super) fn date(self) -> Date {
        let (days, rest) = (self.seconds.div_euclid(DAY), self.seconds.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        Date {
            year,
            month,
            day,
            hour: rest / 3_600,
            minute: rest / 60 % 60,
            second: rest % 60,
            nanosecond: self.nanosecond,
            weekday: (days + 4).rem_euclid(7),
            day_of_year: days - days_before(year, 1) + 1,
        }
    }
}

impl Date {
    /// Year and number of the ISO week, which belongs to the year of its Thursday.
    pub(super) fn iso_week(&self) -> (i64, i64) {
        let monday_based = (self.weekday + 6) % 7;
        let thursday = days_before(self.year, 1) + self.day_of_year - 1 - monday_based + 3;
        let (year, ..) = civil(thursday);
        (year, (thursday - days_before(year, 1)) / 7 + 1)
    }
}

/// Days from 1970 to the first of a month. Years are counted from March, so that the leap day is their last.
fn days_before(year: i64, month: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 - 719_468
}

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let since_march = days + 719_468;
    let (era, of_era) = (since_march.div_euclid(146_097), since_march.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year_of_era + era * 400 + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_instants_are_the_same_thing() {
        for (seconds, year, month, day, weekday, day_of_year) in [
            (0, 1970, 1, 1, 4, 1),
            (951_782_400, 2000, 2, 29, 2, 60),
            (-62_135_596_800, 1, 1, 1, 1, 1),
            (1_735_689_599, 2024, 12, 31, 2, 366),
            (-1, 1969, 12, 31, 3, 365),
        ] {
            let date = Time { seconds, nanosecond: 0 }.date();
            assert_eq!((date.year, date.month, date.day), (year, month, day));
            assert_eq!((date.weekday, date.day_of_year), (weekday, day_of_year), "{date:?}");
            let back = Time::new(year, month, day, date.hour, date.minute, date.second, 0);
            assert_eq!(back.seconds, seconds);
        }
        assert_eq!(Time::new(2023, 14, 1, 0, 0, 0, 0), Time::new(2024, 2, 1, 0, 0, 0, 0));
        assert_eq!(Time::new(2021, 1, 3, 0, 0, 0, 0).date().iso_week(), (2020, 53));
    }
}
