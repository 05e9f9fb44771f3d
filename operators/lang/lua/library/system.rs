//! The module `os`, as far as it tells the time: the moment of the evaluation, in UTC.

use super::refused::refuse;
use super::{Done, Native};
use crate::lua::machine::{Arguments, Machine, Trap, whole_number};
use crate::lua::syntax::read_number;
use crate::lua::value::{TableId, Value};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub(super) const FUNCTIONS: &[(&str, Native)] = &[
    ("clock", Native::Plain(clock)),
    ("date", Native::Plain(date)),
    ("difftime", Native::Plain(difference)),
    ("execute", Native::Plain(refuse)),
    ("exit", Native::Plain(refuse)),
    ("getenv", Native::Plain(environment_variable)),
    ("remove", Native::Plain(refuse)),
    ("rename", Native::Plain(refuse)),
    ("setenv", Native::Plain(refuse)),
    ("setlocale", Native::Plain(|machine, _| machine.result(Value::Boolean(false)))),
    ("time", Native::Plain(time)),
    ("tmpname", Native::Plain(refuse)),
];

/// Seconds with their fraction; a difference within an evaluation is 0.
fn clock(machine: &mut Machine<'_>, _: Arguments) -> Done {
    let now = machine.moment.now.as_microsecond() as f64 / 1e6;
    machine.result(Value::Number(now))
}

fn difference(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let (later, earlier) = (machine.whole(arguments, 1)?, machine.whole(arguments, 2)?);
    machine.result(Value::Number(later.wrapping_sub(earlier) as f64))
}

/// The environment is empty.
fn environment_variable(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    machine.text(arguments, 1)?;
    machine.result(Value::Nil)
}

fn time(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let seconds = match machine.argument(arguments, 1) {
        Value::Nil => machine.moment.now.as_second(),
        Value::Table(table) => {
            let mut fields = [("year", -1), ("month", -1), ("day", -1), ("hour", 12), ("min", 0), ("sec", 0)];
            for (name, value) in &mut fields {
                *value = whole_field(machine, table, name, *value)?;
            }
            let [year, month, day, hour, minute, second] = fields.map(|(_, value)| value);
            start_of_day(year, month, day) + hour * 3600 + minute * 60 + second
        }
        _ => return Err(machine.type_error(arguments, 1, "table")),
    };
    machine.result(Value::Number(seconds as f64))
}

/// A field as a whole number that can be calculated with; a text counts if it reads as a number.
fn whole_field(machine: &mut Machine<'_>, table: TableId, name: &str, or: i64) -> Result<i64, Trap> {
    const LARGEST: i64 = 1 << 40;
    let name = machine.heap.text(name)?;
    let value = match machine.heap.table(table).get(name) {
        Value::Number(number) => whole_number(number),
        Value::Text(text) => {
            let text = String::from_utf8_lossy(machine.heap.bytes(text));
            let text = text.trim_start_matches(' ');
            let is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
            let digits = if is_hexadecimal { text } else { text.trim_start_matches('0') };
            if digits.is_empty() && !text.is_empty() { 0 } else { read_number(digits).map_or(or, whole_number) }
        }
        _ => or,
    };
    Ok(value.clamp(-LARGEST, LARGEST))
}

/// Seconds from the epoch to the start of a day; months and days beyond their range carry over, as in Go.
fn start_of_day(year: i64, month: i64, day: i64) -> i64 {
    let months = year * 12 + month - 1;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    // Years are counted from March here, so that a leap day is the last of its year.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468 + day - 1) * 86_400
}

fn date(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let format = match arguments.count {
        0 => "%c".to_owned(),
        _ => {
            let format = machine.text(arguments, 1)?;
            String::from_utf8_lossy(machine.heap.bytes(format)).into_owned()
        }
    };
    let format = format.trim_start_matches('!');
    let instant = match arguments.count {
        0 | 1 => machine.moment.now,
        _ => match Timestamp::from_second(machine.whole(arguments, 2)?) {
            Ok(instant) => instant,
            Err(_) => return Err(machine.error("a time beyond the calendar")),
        },
    };
    let instant = instant.to_zoned(TimeZone::UTC).datetime();
    if format.starts_with("*t") { date_table(machine, instant) } else { machine.text_result(print(format, instant)) }
}

fn date_table(machine: &mut Machine<'_>, instant: DateTime) -> Done {
    let table = machine.heap.new_table()?;
    let fields = [
        ("year", i64::from(instant.year())),
        ("month", i64::from(instant.month())),
        ("day", i64::from(instant.day())),
        ("hour", i64::from(instant.hour())),
        ("min", i64::from(instant.minute())),
        ("sec", i64::from(instant.second())),
        ("wday", i64::from(instant.weekday().to_sunday_one_offset())),
        // The reference leaves the day of the year at 0.
        ("yday", 0),
    ];
    for (name, value) in fields {
        let name = machine.heap.text(name)?;
        machine.heap.set(table, name, Value::Number(value as f64))?;
    }
    let name = machine.heap.text("isdst")?;
    machine.heap.set(table, name, Value::Boolean(false))?;
    machine.result(Value::Table(table))
}

/// Prints by the letters that the reference knows; what it does not know stays as it is.
fn print(format: &str, instant: DateTime) -> String {
    let mut out = String::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('%') | None => out.push('%'),
            Some(letter) => match layout(letter) {
                Some(layout) => out.push_str(&instant.strftime(layout).to_string()),
                None if letter == 'w' => out.push_str(&instant.weekday().to_sunday_zero_offset().to_string()),
                None => out.extend(['%', letter]),
            },
        }
    }
    out
}

/// What a letter prints, in the signs of `strftime`.
fn layout(letter: char) -> Option<&'static str> {
    Some(match letter {
        // Not a layout in the reference either: it prints these three letters.
        'a' => "mon",
        'A' => "%A",
        'b' => "%b",
        'B' => "%B",
        'c' => "%d %b %y %H:%M UTC",
        'd' => "%d",
        'F' => "%Y-%m-%d",
        'H' => "%H",
        'I' => "%I",
        'm' => "%m",
        'M' => "%M",
        'p' => "%p",
        'P' => "%P",
        'S' => "%S",
        'x' => "%d/%m/%y",
        'X' => "%H:%M:%S",
        'y' => "%y",
        'Y' => "%Y",
        'z' => "+0000",
        'Z' => "UTC",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_carry_over_as_in_go() {
        for ((year, month, day), expected) in [
            ((1970, 1, 1), 0),
            ((2024, 2, 30), 1_709_251_200),
            ((2024, 14, 1), 1_738_368_000),
            ((2023, 12, 0), 1_701_302_400),
            ((2024, 0, 31), 1_703_980_800),
        ] {
            assert_eq!(start_of_day(year, month, day), expected, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn dates_are_printed_by_the_letters_of_the_reference() {
        let instant = "2024-07-05T08:03:09".parse().unwrap();
        assert_eq!(print("%Y-%m-%d %H:%M:%S %Z %z", instant), "2024-07-05 08:03:09 UTC +0000");
        assert_eq!(print("%c|%A|%p|%w|%j|%%", instant), "05 Jul 24 08:03 UTC|Friday|AM|5|%j|%");
    }
}
