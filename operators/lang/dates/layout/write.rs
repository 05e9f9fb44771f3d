//! Times into texts by a layout, as Go's `Time.Format`.

use super::element::{Element, Fraction, Offset, Parts, next};
use super::{MONTHS, WEEKDAYS};
use crate::dates::Time;

/// Writes the time as the layout says; what is no element of a date stands for itself.
///
/// ```
/// use tidegate_lang::dates::{Time, format};
/// let time = Time::from_unix(1_721_044_805).expect("in range");
/// assert_eq!(format("Mon, 2 Jan 2006 15:04:05 -0700", &time), "Mon, 15 Jul 2024 12:00:05 +0000");
/// ```
pub fn format(layout: &str, time: &Time) -> String {
    let (civil, offset, abbreviation) = time.civil();
    let written = Written { civil, offset, abbreviation };
    let (mut out, mut rest) = (String::with_capacity(layout.len() + 10), layout.as_bytes());
    loop {
        let (before, element, after) = next(rest);
        // An element begins and ends with ASCII, so what lies between two is whole.
        out.push_str(&String::from_utf8_lossy(before));
        let Some(element) = element else { return out };
        written.element(&mut out, element);
        rest = after;
    }
}

struct Written {
    civil: jiff::civil::DateTime,
    offset: i32,
    abbreviation: String,
}

impl Written {
    fn element(&self, out: &mut String, element: Element) {
        let civil = self.civil;
        let hour12 = (civil.hour() + 11) % 12 + 1;
        let text = match element {
            Element::LongMonth => name(&MONTHS, civil.month() - 1).to_owned(),
            Element::Month => short(name(&MONTHS, civil.month() - 1)).to_owned(),
            Element::NumberMonth => civil.month().to_string(),
            Element::ZeroMonth => format!("{:02}", civil.month()),
            Element::LongWeekday => self.weekday().to_owned(),
            Element::Weekday => short(self.weekday()).to_owned(),
            Element::Day => civil.day().to_string(),
            Element::BlankDay => format!("{:2}", civil.day()),
            Element::ZeroDay => format!("{:02}", civil.day()),
            Element::BlankYearDay => format!("{:3}", civil.date().day_of_year()),
            Element::ZeroYearDay => format!("{:03}", civil.date().day_of_year()),
            Element::Hour => format!("{:02}", civil.hour()),
            Element::Hour12 => hour12.to_string(),
            Element::ZeroHour12 => format!("{hour12:02}"),
            Element::Minute => civil.minute().to_string(),
            Element::ZeroMinute => format!("{:02}", civil.minute()),
            Element::Second => civil.second().to_string(),
            Element::ZeroSecond => format!("{:02}", civil.second()),
            Element::LongYear if civil.year() < 0 => format!("-{:04}", -civil.year()),
            Element::LongYear => format!("{:04}", civil.year()),
            Element::Year => format!("{:02}", civil.year().unsigned_abs() % 100),
            Element::UpperHalf => if civil.hour() >= 12 { "PM" } else { "AM" }.to_owned(),
            Element::LowerHalf => if civil.hour() >= 12 { "pm" } else { "am" }.to_owned(),
            Element::Abbreviation if self.abbreviation.is_empty() => {
                self.distance(Offset { z: false, parts: Parts::Minutes, colon: false })
            }
            Element::Abbreviation => self.abbreviation.clone(),
            Element::Offset(form) => self.distance(form),
            Element::Fraction(form) => fraction(form, civil.subsec_nanosecond()),
        };
        out.push_str(&text);
    }

    fn weekday(&self) -> &'static str {
        name(&WEEKDAYS, self.civil.weekday().to_sunday_zero_offset())
    }

    fn distance(&self, form: Offset) -> String {
        if form.z && self.offset == 0 {
            return "Z".to_owned();
        }
        // Go cuts the seconds off before it takes the sign.
        let minutes = self.offset / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let colon = if form.colon { ":" } else { "" };
        let (hours, minutes, seconds) = (minutes.abs() / 60, minutes.abs() % 60, self.offset.abs() % 60);
        match form.parts {
            Parts::Hours => format!("{sign}{hours:02}"),
            Parts::Minutes => format!("{sign}{hours:02}{colon}{minutes:02}"),
            Parts::Seconds => format!("{sign}{hours:02}{colon}{minutes:02}{colon}{seconds:02}"),
        }
    }
}

/// The name at a place, empty if there is none.
pub(super) fn name(names: &[&'static str], at: i8) -> &'static str {
    usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
}

fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

fn fraction(form: Fraction, nanosecond: i32) -> String {
    if form.trim && nanosecond == 0 {
        return String::new();
    }
    let all = format!("{nanosecond:09}");
    let digits = all.get(..form.digits).unwrap_or(&all);
    let digits = if form.trim { digits.trim_end_matches('0') } else { digits };
    if digits.is_empty() { String::new() } else { format!("{}{digits}", char::from(form.separator)) }
}
