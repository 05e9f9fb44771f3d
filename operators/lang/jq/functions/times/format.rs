//! `strftime`, with the directives, flags and widths of itchyny/timefmt-go.

use super::calendar::{Date, Time};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The names of months.
pub(super) fn months() -> [&'static str; 12] {
    MONTHS
}

/// The names of the days of a week.
pub(super) fn days() -> [&'static str; 7] {
    DAYS
}

/// What a directive stands for in others.
pub(super) fn expansion(directive: char) -> Option<&'static str> {
    Some(match directive {
        'c' => "%a %b %e %H:%M:%S %Y",
        '+' => "%a %b %e %H:%M:%S %Z %Y",
        'v' => "%e-%b-%Y",
        'r' => "%I:%M:%S %p",
        'F' => "%Y-%m-%d",
        'D' | 'x' => "%m/%d/%y",
        'T' | 'X' => "%H:%M:%S",
        'R' => "%H:%M",
        _ => return None,
    })
}

/// How a value is filled up to its width.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Padding {
    /// As the directive does it.
    Usual,
    None,
    With(char),
}

/// What stands between `%` and the directive.
#[derive(Debug, Clone, Copy)]
struct Flags {
    padding: Padding,
    width: usize,
    upper: bool,
    swap: bool,
}

/// The text of a time in a format.
pub(super) fn text(time: Time, format: &str) -> String {
    let mut out = String::new();
    write(time, &time.date(), format, &mut out);
    out
}

fn write(time: Time, date: &Date, format: &str, out: &mut String) {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let directive = rest.get(at..).unwrap_or_default();
        let mut flags = Flags { padding: Padding::Usual, width: 0, upper: false, swap: false };
        let mut letters = directive.char_indices().skip(1).peekable();
        let mut last = None;
        while let Some((_, letter)) = letters.peek().copied() {
            match letter {
                '-' => flags.padding = Padding::None,
                '_' => flags.padding = Padding::With(' '),
                '0' if flags.width == 0 => flags.padding = Padding::With('0'),
                '^' => flags.upper = true,
                '#' => flags.swap = true,
                '0'..='9' => {
                    let digit = letter.to_digit(10).unwrap_or(0) as usize;
                    flags.width = (flags.width * 10 + digit).min(1_024);
                    if flags.padding == Padding::None {
                        flags.padding = Padding::With(' ');
                    }
                }
                _ => break,
            }
            letters.next();
        }
        let colons = letters.clone().take_while(|(_, letter)| *letter == ':').count();
        for _ in 0..colons {
            last = letters.next();
        }
        let Some((end, letter)) = letters.next() else {
            pad_text(directive, flags, out);
            return;
        };
        let length = end + letter.len_utf8();
        if colons > 0 && (letter != 'z' || colons > 3) {
            // Not a zone: the colons and what is before them stand as they are.
            let shown = last.map_or(0, |(at, _)| at + 1);
            pad_text(directive.get(..shown).unwrap_or_default(), flags, out);
            rest = directive.get(shown..).unwrap_or_default();
            continue;
        }
        match expansion(letter) {
            Some(expanded) => write(time, date, expanded, out),
            None => one(time, date, letter, colons, flags, directive.get(..length).unwrap_or_default(), out),
        }
        rest = directive.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
}

fn one(time: Time, date: &Date, letter: char, colons: usize, flags: Flags, whole: &str, out: &mut String) {
    let number = |value: i64, width: usize| (value, flags.width.max(width));
    let year_of = |year: i64| (year, if flags.width == 0 { 4 } else { flags.width });
    let (iso_year, iso_week) = date.iso_week();
    let name = |names: &[&'static str], at: i64| names.get(at.max(0) as usize).copied().unwrap_or_default();
    let spaced = matches!(letter, 'e' | 'k' | 'l' | 's') && flags.padding == Padding::Usual;
    let flags = if spaced { Flags { padding: Padding::With(' '), ..flags } } else { flags };
    let (value, width) = match letter {
        'Y' => year_of(date.year),
        'G' => year_of(iso_year),
        'y' => number((date.year % 100).abs(), 2),
        'g' => number((iso_year % 100).abs(), 2),
        'C' => number(date.year.div_euclid(100), 2),
        'm' => number(date.month, 2),
        'd' | 'e' => number(date.day, 2),
        'j' => number(date.day_of_year, 3),
        'H' | 'k' => number(date.hour, 2),
        'I' | 'l' => number(if date.hour % 12 == 0 { 12 } else { date.hour % 12 }, 2),
        'M' => number(date.minute, 2),
        'S' => number(date.second, 2),
        's' => number(time.seconds, 0),
        'f' => (date.nanosecond / 1_000, if flags.width == 0 { 6 } else { flags.width }),
        'w' => number(date.weekday, 0),
        'u' => number(if date.weekday == 0 { 7 } else { date.weekday }, 0),
        'V' => number(iso_week, 2),
        'U' => number((date.day_of_year + 6 - date.weekday) / 7, 2),
        'W' => number((date.day_of_year + 6 - (date.weekday + 6) % 7) / 7, 2),
        'B' => return pad_name(name(&MONTHS, date.month - 1), flags, out),
        'b' | 'h' => return pad_name(name(&MONTHS, date.month - 1).get(..3).unwrap_or_default(), flags, out),
        'A' => return pad_name(name(&DAYS, date.weekday), flags, out),
        'a' => return pad_name(name(&DAYS, date.weekday).get(..3).unwrap_or_default(), flags, out),
        'p' | 'P' => {
            let swap = if letter == 'P' { !(flags.upper || flags.swap) } else { flags.swap };
            return pad_name(if date.hour < 12 { "AM" } else { "PM" }, Flags { swap, ..flags }, out);
        }
        'Z' => return pad_name("UTC", flags, out),
        'z' => return zone(colons, flags, out),
        't' => return pad_text("\t", flags, out),
        'n' => return pad_text("\n", flags, out),
        '%' => return pad_text("%", flags, out),
        _ => return pad_text(whole, flags, out),
    };
    pad_number(value, width, flags.padding, out);
}

fn pad_number(value: i64, width: usize, padding: Padding, out: &mut String) {
    let digits = value.to_string();
    let fill = match padding {
        Padding::None => return out.push_str(&digits),
        Padding::Usual => '0',
        Padding::With(fill) => fill,
    };
    let missing = width.saturating_sub(digits.len());
    match digits.strip_prefix('-').filter(|_| fill == '0' && missing > 0) {
        Some(rest) => {
            out.push('-');
            out.extend(std::iter::repeat_n(fill, missing));
            out.push_str(rest);
        }
        None => {
            out.extend(std::iter::repeat_n(fill, missing));
            out.push_str(&digits);
        }
    }
}

fn pad_name(name: &str, flags: Flags, out: &mut String) {
    let all_upper = !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let name = match (flags.swap, flags.upper) {
        (true, _) if all_upper => name.to_ascii_lowercase(),
        (true, _) | (_, true) => name.to_ascii_uppercase(),
        _ => name.to_owned(),
    };
    pad_text(&name, flags, out);
}

fn pad_text(text: &str, flags: Flags, out: &mut String) {
    let missing = flags.width.saturating_sub(text.len());
    match flags.padding {
        Padding::None => {}
        Padding::Usual => out.extend(std::iter::repeat_n(' ', missing)),
        Padding::With(fill) => out.extend(std::iter::repeat_n(fill, missing)),
    }
    out.push_str(text);
}

/// The offset of UTC.
fn zone(colons: usize, flags: Flags, out: &mut String) {
    let digits = match colons {
        0 => "0000",
        1 => "00:00",
        2 => "00:00:00",
        _ => "00",
    };
    let missing = flags.width.saturating_sub(digits.len() + 1);
    match flags.padding {
        Padding::None => out.push_str(&format!("+{}", digits.get(1..).unwrap_or_default())),
        Padding::With(' ') => {
            out.extend(std::iter::repeat_n(' ', missing + 1));
            out.push_str(&format!("+{}", digits.get(1..).unwrap_or_default()));
        }
        _ => {
            out.push('+');
            out.extend(std::iter::repeat_n('0', missing));
            out.push_str(digits);
        }
    }
}
