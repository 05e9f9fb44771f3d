//! Texts into times by a layout, as Go's `time.ParseInLocation` with UTC as the location.

use jiff::civil::{Date, Time as Clock};

use super::element::{Element, Offset, Parts, next};
use super::{MONTHS, WEEKDAYS};
use crate::dates::{Time, Zone};

/// A text that is not a time in the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The text does not have the form of the layout.
    #[error("the text does not have the form of the layout")]
    Form,
    /// A field is beyond what it can be: month 13, 30 February.
    #[error("a field of the date is out of range")]
    Range,
}

/// Reads a time that is written in this layout. What the layout lacks is the start of year 0, UTC; a zone that is
/// known by its abbreviation only counts as UTC and keeps its name, as in Go.
///
/// # Errors
/// A text of another form, a date that does not exist, and a year beyond what the calendar here holds.
pub fn parse(layout: &str, text: &str) -> Result<Time, LayoutError> {
    let mut read = Read { text: text.as_bytes(), ..Read::default() };
    let mut rest = layout.as_bytes();
    loop {
        let (before, element, after) = next(rest);
        read.skip(before)?;
        let Some(element) = element else { break };
        rest = after;
        read.element(element, rest)?;
    }
    if read.text.is_empty() { read.time() } else { Err(LayoutError::Form) }
}

/// The text that is left and the fields read so far.
#[derive(Default)]
struct Read<'a> {
    text: &'a [u8],
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    /// Whether `PM` was read, or `AM`.
    afternoon: Option<bool>,
    is_utc: bool,
    offset: Option<i64>,
    abbreviation: Option<String>,
}

impl<'a> Read<'a> {
    /// Takes what the layout has between elements; a run of blanks stands for any.
    fn skip(&mut self, mut expected: &[u8]) -> Result<(), LayoutError> {
        while let Some((byte, rest)) = expected.split_first() {
            if *byte == b' ' {
                if self.text.first().is_some_and(|byte| *byte != b' ') {
                    return Err(LayoutError::Form);
                }
                expected = without_blanks(expected);
                self.text = without_blanks(self.text);
                continue;
            }
            self.text = self.text.strip_prefix(&[*byte]).ok_or(LayoutError::Form)?;
            expected = rest;
        }
        Ok(())
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], LayoutError> {
        let (taken, rest) = self.text.split_at_checked(count).ok_or(LayoutError::Form)?;
        self.text = rest;
        Ok(taken)
    }

    fn digits(&self) -> usize {
        self.text.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// A number of one to `most` digits, or of exactly `most`.
    fn number(&mut self, most: usize, exactly: bool) -> Result<i64, LayoutError> {
        let count = self.digits().min(most);
        if count == 0 || exactly && count < most {
            return Err(LayoutError::Form);
        }
        signed(self.take(count)?)
    }

    fn number_within(&mut self, exactly: bool, from: i64, to: i64) -> Result<i64, LayoutError> {
        let number = self.number(2, exactly)?;
        if (from..=to).contains(&number) { Ok(number) } else { Err(LayoutError::Range) }
    }

    /// The place of a name at the front, in any case of letters.
    fn name(&mut self, names: &[&str], length: Option<usize>) -> Result<i64, LayoutError> {
        for (at, name) in names.iter().enumerate() {
            let name = name.get(..length.unwrap_or(name.len())).unwrap_or(name);
            if self.text.get(..name.len()).is_some_and(|front| front.eq_ignore_ascii_case(name.as_bytes())) {
                self.take(name.len())?;
                return Ok(at as i64);
            }
        }
        Err(LayoutError::Form)
    }

    fn blank(&mut self) {
        self.text = self.text.strip_prefix(b" ").unwrap_or(self.text);
    }

    fn element(&mut self, element: Element, rest: &[u8]) -> Result<(), LayoutError> {
        match element {
            Element::Year => {
                let year = signed(self.take(2)?)?;
                self.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            Element::LongYear => {
                if self.digits() == 0 {
                    return Err(LayoutError::Form);
                }
                self.year = signed(self.take(4)?)?;
            }
            Element::LongMonth => self.month = Some(self.name(&MONTHS, None)? + 1),
            Element::Month => self.month = Some(self.name(&MONTHS, Some(3))? + 1),
            Element::NumberMonth => self.month = Some(self.number_within(false, 1, 12)?),
            Element::ZeroMonth => self.month = Some(self.number_within(true, 1, 12)?),
            Element::LongWeekday => drop(self.name(&WEEKDAYS, None)?),
            Element::Weekday => drop(self.name(&WEEKDAYS, Some(3))?),
            Element::BlankDay => {
                self.blank();
                self.day = Some(self.number(2, false)?);
            }
            Element::Day => self.day = Some(self.number(2, false)?),
            Element::ZeroDay => self.day = Some(self.number(2, true)?),
            Element::BlankYearDay => {
                self.blank();
                self.blank();
                self.year_day = Some(self.number(3, false)?);
            }
            Element::ZeroYearDay => self.year_day = Some(self.number(3, true)?),
            Element::Hour => self.hour = self.number_within(false, 0, 23)?,
            Element::Hour12 => self.hour = self.number_within(false, 0, 12)?,
            Element::ZeroHour12 => self.hour = self.number_within(true, 0, 12)?,
            Element::Minute => self.minute = self.number_within(false, 0, 59)?,
            Element::ZeroMinute => self.minute = self.number_within(true, 0, 59)?,
            Element::Second => self.second(false, rest)?,
            Element::ZeroSecond => self.second(true, rest)?,
            Element::UpperHalf => self.half(b"AM", b"PM")?,
            Element::LowerHalf => self.half(b"am", b"pm")?,
            Element::Abbreviation => self.abbreviation()?,
            Element::Offset(form) => self.offset(form)?,
            Element::Fraction(form) if form.trim => {
                if let Some(count) = self.fraction_digits() {
                    self.fraction(count)?;
                }
            }
            Element::Fraction(form) => self.fraction(form.digits)?,
        }
        Ok(())
    }

    /// Seconds, and what is below them even if the layout does not name it next.
    fn second(&mut self, exactly: bool, rest: &[u8]) -> Result<(), LayoutError> {
        self.second = self.number_within(exactly, 0, 59)?;
        match (self.fraction_digits(), next(rest).1) {
            (None, _) | (_, Some(Element::Fraction(_))) => Ok(()),
            (Some(count), _) => self.fraction(count),
        }
    }

    /// The number of digits after a point or comma at the front.
    fn fraction_digits(&self) -> Option<usize> {
        let digits = self.text.strip_prefix(b".").or_else(|| self.text.strip_prefix(b","))?;
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(count)
    }

    /// A point or comma and so many digits; what is below a nanosecond is cut off.
    fn fraction(&mut self, digits: usize) -> Result<(), LayoutError> {
        let (b'.' | b',', fraction) = self.take(digits + 1)?.split_first().ok_or(LayoutError::Form)? else {
            return Err(LayoutError::Form);
        };
        let kept = fraction.get(..9).unwrap_or(fraction);
        let number = signed(kept)?;
        if number < 0 {
            return Err(LayoutError::Range);
        }
        self.nanosecond = (kept.len()..9).fold(number, |number, _| number * 10);
        Ok(())
    }

    fn half(&mut self, morning: &[u8], afternoon: &[u8]) -> Result<(), LayoutError> {
        let half = self.take(2)?;
        if half != morning && half != afternoon {
            return Err(LayoutError::Form);
        }
        // Go remembers both and lets the afternoon win.
        self.afternoon = Some(half == afternoon || self.afternoon == Some(true));
        Ok(())
    }

    fn offset(&mut self, form: Offset) -> Result<(), LayoutError> {
        if let (true, Some(rest)) = (form.z, self.text.strip_prefix(b"Z")) {
            self.text = rest;
            self.is_utc = true;
            return Ok(());
        }
        let sign = match self.take(1)? {
            b"+" => 1,
            b"-" => -1,
            _ => return Err(LayoutError::Form),
        };
        let count = match form.parts {
            Parts::Hours => 1,
            Parts::Minutes => 2,
            Parts::Seconds => 3,
        };
        let mut seconds = 0;
        for (part, most) in [24, 60, 60].into_iter().enumerate() {
            if part > 0 && part < count && form.colon && self.take(1)? != b":" {
                return Err(LayoutError::Form);
            }
            let number = if part < count { self.number(2, true)? } else { 0 };
            if number > most {
                return Err(LayoutError::Range);
            }
            seconds = seconds * 60 + number;
        }
        // Go's mark for no distance is -1 s, so a text with just that has none.
        self.offset = Some(sign * seconds).filter(|seconds| *seconds != -1);
        Ok(())
    }

    fn abbreviation(&mut self) -> Result<(), LayoutError> {
        if let Some(rest) = self.text.strip_prefix(b"UTC") {
            self.text = rest;
            self.is_utc = true;
            return Ok(());
        }
        let length = abbreviation_length(self.text).ok_or(LayoutError::Form)?;
        self.abbreviation = Some(String::from_utf8_lossy(self.take(length)?).into_owned());
        Ok(())
    }

    fn time(self) -> Result<Time, LayoutError> {
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let part = |number: i64| i8::try_from(number).map_err(|_| LayoutError::Range);
        let nanosecond = i32::try_from(self.nanosecond).map_err(|_| LayoutError::Range)?;
        let clock = Clock::new(part(hour)?, part(self.minute)?, part(self.second)?, nanosecond);
        let civil = self.date()?.to_datetime(clock.map_err(|_| LayoutError::Range)?);
        let at = |seconds: i64| {
            let offset = jiff::tz::Offset::from_seconds(i32::try_from(seconds).ok()?).ok()?;
            offset.to_timestamp(civil).ok()
        };
        let (seconds, zone) = match (self.is_utc, self.offset, self.abbreviation) {
            (true, ..) | (_, None, None) | (_, Some(0), None) => (0, Zone::Utc),
            (_, Some(seconds), name) => {
                (seconds, Zone::Fixed { name: name.unwrap_or_default(), seconds: i32::try_from(seconds).unwrap_or(0) })
            }
            (_, None, Some(name)) => {
                let seconds =
                    name.strip_prefix("GMT").and_then(|hours| signed(hours.as_bytes()).ok()).unwrap_or(0) * 3600;
                (0, Zone::Fixed { name, seconds: i32::try_from(seconds).unwrap_or(0) })
            }
        };
        Ok(Time { instant: at(seconds).ok_or(LayoutError::Range)?, zone })
    }

    fn date(&self) -> Result<Date, LayoutError> {
        let year = i16::try_from(self.year).map_err(|_| LayoutError::Range)?;
        let Some(year_day) = self.year_day else {
            let part = |number: Option<i64>| i8::try_from(number.unwrap_or(1)).map_err(|_| LayoutError::Range);
            return Date::new(year, part(self.month)?, part(self.day)?).map_err(|_| LayoutError::Range);
        };
        let start = Date::new(year, 1, 1).map_err(|_| LayoutError::Range)?;
        let date = start.checked_add(jiff::ToSpan::days(year_day - 1)).map_err(|_| LayoutError::Range)?;
        let agrees = |field: Option<i64>, value: i8| field.is_none_or(|field| field == i64::from(value));
        let is_date = date.year() == year && agrees(self.month, date.month()) && agrees(self.day, date.day());
        if is_date { Ok(date) } else { Err(LayoutError::Range) }
    }
}

fn without_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| **byte == b' ').count();
    text.get(blanks..).unwrap_or_default()
}

/// Digits with an optional sign. Go reads years and fractions this way, so that `+5` is a year of two digits.
fn signed(text: &[u8]) -> Result<i64, LayoutError> {
    let unsigned = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-")).unwrap_or(text);
    let number = unsigned.iter().try_fold(0_i64, |number, byte| {
        byte.is_ascii_digit().then(|| number.saturating_mul(10).saturating_add(i64::from(byte - b'0')))
    });
    let number = number.ok_or(LayoutError::Form)?;
    Ok(if text.first() == Some(&b'-') { -number } else { number })
}

/// How long the abbreviation of a zone at the front is: three capitals, four or five that end in `T`, `GMT` with hours,
/// a sign with hours, and three special names.
fn abbreviation_length(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(hours) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_hours(hours).unwrap_or(0));
    }
    if let Some(b'+' | b'-') = text.first() {
        return signed_hours(text);
    }
    match text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count() {
        5 if text.get(4) == Some(&b'T') => Some(5),
        4 if text.get(3) == Some(&b'T') || text.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

/// The length of a sign and hours up to 23.
fn signed_hours(text: &[u8]) -> Option<usize> {
    let (b'+' | b'-', digits) = text.split_first()? else { return None };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let hours = signed(digits.get(..count).filter(|digits| !digits.is_empty())?).ok()?;
    (hours <= 23).then_some(count + 1)
}
