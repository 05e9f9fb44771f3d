//! `strptime`, with the directives of itchyny/timefmt-go.

use super::calendar::Time;
use super::format::{days, expansion, months};

/// What has been read so far.
struct Parts {
    year: i64,
    century: Option<i64>,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    afternoon: bool,
    day_of_year: i64,
    /// From Sunday, 1; 0 where none is given.
    weekday: i64,
    week: i64,
    /// The day that weeks begin with, from Sunday, 0; ISO weeks are told by their Thursday.
    week_start: Option<i64>,
    iso_year: bool,
    /// Seconds east of UTC.
    offset: i64,
}

/// The time that a text means in a format.
pub(super) fn time(text: &str, format: &str) -> Result<Time, String> {
    let mut parts = Parts {
        year: 1900,
        century: None,
        month: 1,
        day: 0,
        hour: 0,
        minute: 0,
        second: 0,
        nanosecond: 0,
        afternoon: false,
        day_of_year: 0,
        weekday: 0,
        week: 0,
        week_start: None,
        iso_year: false,
        offset: 0,
    };
    let mut text = Text { bytes: text.as_bytes(), at: 0 };
    directives(&mut text, format, &mut parts)?;
    if text.at < text.bytes.len() {
        return Err("something is left over".to_owned());
    }
    parts.time()
}

struct Text<'t> {
    bytes: &'t [u8],
    at: usize,
}

fn directives(text: &mut Text<'_>, format: &str, parts: &mut Parts) -> Result<(), String> {
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.expect(letter)?;
            continue;
        }
        let mut colons = 0;
        let mut directive = letters.next().ok_or("stray \"%\"")?;
        while directive == ':' && colons < 3 {
            colons += 1;
            directive = letters.next().ok_or("expected 'z' after the colons")?;
        }
        if colons > 0 && directive != 'z' {
            return Err("expected 'z' after the colons".to_owned());
        }
        match expansion(directive) {
            Some(expanded) => directives(text, expanded, parts)?,
            None => parts.read(text, directive, colons)?,
        }
    }
    Ok(())
}

impl Text<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, letter: char) -> Result<(), String> {
        let mut buffer = [0; 4];
        for byte in letter.encode_utf8(&mut buffer).bytes() {
            if self.peek() != Some(byte) {
                return Err(format!("expected {letter:?}"));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// A whole number of at most so many digits within these bounds.
    fn number(&mut self, digits: usize, least: i64, most: i64, directive: char) -> Result<i64, String> {
        let start = self.at;
        let mut value: i64 = 0;
        while let Some(digit) = self.peek().filter(|_| self.at - start < digits).filter(u8::is_ascii_digit) {
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            self.at += 1;
        }
        if self.at == start || value < least || value > most {
            return Err(format!("cannot parse \"%{directive}\""));
        }
        Ok(value)
    }

    fn sign(&mut self) -> i64 {
        if self.take(b'-') { -1 } else { 1 }
    }

    /// The number, from 1, of the first of these names that is next, in any case.
    fn name(&mut self, names: &[&str], directive: char) -> Result<i64, String> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = names
            .iter()
            .position(|name| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes())));
        let at = found.ok_or_else(|| format!("cannot parse \"%{directive}\""))?;
        self.at += names.get(at).map_or(0, |name| name.len());
        Ok(at as i64 + 1)
    }
}

impl Parts {
    fn read(&mut self, text: &mut Text<'_>, directive: char, colons: usize) -> Result<(), String> {
        let short: Vec<&str> = months().iter().filter_map(|name| name.get(..3)).collect();
        let short_days: Vec<&str> = days().iter().filter_map(|name| name.get(..3)).collect();
        match directive {
            'Y' | 'G' => {
                self.iso_year |= directive == 'G';
                let sign = text.sign();
                self.year = sign * text.number(4, 0, 9_999, directive)?;
            }
            'y' | 'g' => {
                self.iso_year |= directive == 'g';
                let year = text.number(2, 0, 99, directive)?;
                self.year = year + if year < 69 { 2_000 } else { 1_900 };
            }
            'C' => {
                if text.sign() < 0 {
                    return Err("negative century is not supported for \"%C\"".to_owned());
                }
                self.century = Some(text.number(2, 0, 99, directive)?);
            }
            'm' => self.month = text.number(2, 1, 12, directive)?,
            'B' => self.month = text.name(&months(), directive)?,
            'b' | 'h' => self.month = text.name(&short, directive)?,
            'A' => self.weekday = text.name(&days(), directive)?,
            'a' => self.weekday = text.name(&short_days, directive)?,
            'w' => self.weekday = text.number(1, 0, 6, directive)? + 1,
            'u' => self.weekday = text.number(1, 1, 7, directive)? % 7 + 1,
            'V' => self.weeks(text, 1, 4, 2, directive)?,
            'U' => self.weeks(text, 0, 0, 1, directive)?,
            'W' => self.weeks(text, 0, 1, 2, directive)?,
            'd' | 'e' => {
                let _ = directive == 'e' && text.take(b' ');
                self.day = text.number(2, 1, 31, directive)?;
            }
            'j' => self.day_of_year = text.number(3, 1, 366, directive)?,
            'H' | 'k' => {
                let _ = directive == 'k' && text.take(b' ');
                self.hour = text.number(2, 0, 23, directive)?;
            }
            'I' | 'l' => {
                let _ = directive == 'l' && text.take(b' ');
                self.hour = text.number(2, 1, 12, directive)? % 12;
            }
            'p' | 'P' => self.afternoon = text.name(&["AM", "PM"], directive)? == 2,
            'M' => self.minute = text.number(2, 0, 59, directive)?,
            'S' => self.second = text.number(2, 0, 60, directive)?,
            's' => self.epoch(text)?,
            'f' => {
                let start = text.at;
                let value = text.number(6, 0, 999_999, directive)?;
                self.nanosecond = value * 10_i64.pow(6 - (text.at - start) as u32) * 1_000;
            }
            'Z' => zone_name(text)?,
            'z' => self.offset = offset(text, colons)?,
            't' | 'n' => {
                let start = text.at;
                while text.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t'..=b'\r')) {
                    text.at += 1;
                }
                if text.at == start {
                    return Err(format!("expected a space for \"%{directive}\""));
                }
            }
            '%' => text.expect('%')?,
            other => return Err(format!("unexpected format \"%{other}\"")),
        }
        Ok(())
    }

    fn weeks(&mut self, text: &mut Text<'_>, least: i64, start: i64, day: i64, directive: char) -> Result<(), String> {
        self.week = text.number(2, least, 53, directive)?;
        self.week_start = Some(start);
        if self.weekday == 0 {
            self.weekday = day;
        }
        Ok(())
    }

    fn epoch(&mut self, text: &mut Text<'_>) -> Result<(), String> {
        let sign = text.sign();
        let seconds = text.number(19, i64::MIN, i64::MAX, 's')?.wrapping_mul(sign);
        let date = Time { seconds, nanosecond: 0 }.date();
        (self.year, self.month, self.day) = (date.year, date.month, date.day);
        (self.hour, self.minute, self.second) = (date.hour, date.minute, date.second);
        Ok(())
    }

    fn time(mut self) -> Result<Time, String> {
        self.hour += if self.afternoon { 12 } else { 0 };
        if let Some(century) = self.century {
            self.year = century * 100 + self.year % 100;
        }
        let clock = |year, month, day| {
            Time::new(year, month, day, self.hour, self.minute, self.second - self.offset, self.nanosecond)
        };
        if self.day > 0 {
            return Ok(clock(self.year, self.month, self.day));
        }
        if self.day_of_year > 0 {
            return match self.iso_year {
                true => Err("use \"%Y\" to parse non-ISO year for \"%j\"".to_owned()),
                false => Ok(clock(self.year, 1, self.day_of_year)),
            };
        }
        let Some(start) = self.week_start else { return Ok(clock(self.year, self.month, 1)) };
        match (start == 4, self.iso_year) {
            (true, false) => return Err("use \"%G\" to parse ISO year for \"%V\"".to_owned()),
            (false, true) => return Err("use \"%Y\" to parse non-ISO year for \"%U\" or \"%W\"".to_owned()),
            _ => {}
        }
        if start > 0 && self.weekday == 1 {
            self.week += 1;
        }
        let first = Time::new(self.year, 1, -start, 0, 0, 0, 0).date();
        Ok(clock(self.year, 1, -start + self.week * 7 - first.weekday + self.weekday - 1))
    }
}

/// A zone's abbreviation, which says nothing about its offset.
fn zone_name(text: &mut Text<'_>) -> Result<(), String> {
    let start = text.at;
    while text.peek().is_some_and(|byte| byte.is_ascii_uppercase()) {
        text.at += 1;
    }
    let name = text.bytes.get(start..text.at).unwrap_or_default();
    let known = match name.len() {
        3 => true,
        4 => name.ends_with(b"T") || name == b"WITA",
        5 => name.ends_with(b"T"),
        _ => false,
    };
    if known { Ok(()) } else { Err("cannot parse the zone with \"%Z\"".to_owned()) }
}

/// `Z`, `+hh`, `+hhmm` or with colons, whose number says how much is asked for.
fn offset(text: &mut Text<'_>, mut colons: usize) -> Result<i64, String> {
    let failed = || "cannot parse \"%z\"".to_owned();
    let sign = match text.peek() {
        Some(b'Z') => {
            text.at += 1;
            return Ok(0);
        }
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Err(failed()),
    };
    text.at += 1;
    let two = |text: &mut Text<'_>, most: i64| {
        let start = text.at;
        match text.number(2, 0, most, 'z') {
            Ok(value) if text.at == start + 2 => Some(value),
            _ => {
                text.at = start;
                None
            }
        }
    };
    let hours = two(text, 23).ok_or_else(failed)?;
    if text.take(b':') {
        colons = if colons == 0 { 4 } else { colons };
    } else if colons == 1 || colons == 2 {
        return Err("expected ':' for \"%z\"".to_owned());
    }
    let (mut minutes, mut seconds) = (0, 0);
    match two(text, 59) {
        Some(value) => {
            minutes = value;
            if colons > 1 {
                if text.take(b':') {
                    match two(text, 59) {
                        Some(value) => seconds = value,
                        None if colons < 3 => return Err(failed()),
                        None => text.at -= 1,
                    }
                } else if colons < 3 {
                    return Err("expected ':' for \"%z\"".to_owned());
                }
            }
        }
        None if colons > 0 && colons != 3 => return Err(failed()),
        None => {}
    }
    Ok(sign * ((hours * 60 + minutes) * 60 + seconds))
}
