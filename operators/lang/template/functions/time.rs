//! The methods of times, durations, months and weekdays.

use std::rc::Rc;

use super::signature::{Arguments, Function, Outcome, Type};
use crate::EvalError;
use crate::dates::{self, Time};
use crate::template::evaluation::Evaluation;
use crate::template::value::Value;

use Type::{Any, Int, Text as Str, Time as When};

/// The methods of a time; the first argument is the time itself.
pub(super) static TIME: &[Function] = &[
    Function::fixed("String", &[When], |_, a| Ok(Value::text(a.time(0).to_string()))),
    Function::fixed("Format", &[When, Str], |_, a| Ok(Value::text(dates::format(&a.str(1), &a.time(0))))),
    Function::fixed("UTC", &[When], |_, a| Ok(of(Time::utc(a.time(0).instant)))),
    Function::fixed("Local", &[When], |_, a| Ok(of(Time::utc(a.time(0).instant)))),
    Function::fixed("Unix", &[When], |_, a| Ok(Value::Int64(a.time(0).unix()))),
    Function::fixed("UnixMilli", &[When], |_, a| Ok(Value::Int64(since_epoch(a, 1_000_000)))),
    Function::fixed("UnixMicro", &[When], |_, a| Ok(Value::Int64(since_epoch(a, 1_000)))),
    Function::fixed("UnixNano", &[When], |_, a| Ok(Value::Int64(since_epoch(a, 1)))),
    Function::fixed("Year", &[When], |_, a| Ok(Value::Int(a.time(0).civil().0.year().into()))),
    Function::fixed("Month", &[When], |_, a| Ok(Value::Month(a.time(0).civil().0.month()))),
    Function::fixed("Day", &[When], |_, a| Ok(Value::Int(a.time(0).civil().0.day().into()))),
    Function::fixed("Weekday", &[When], |_, a| {
        Ok(Value::Weekday(a.time(0).civil().0.weekday().to_sunday_zero_offset()))
    }),
    Function::fixed("YearDay", &[When], |_, a| Ok(Value::Int(a.time(0).civil().0.day_of_year().into()))),
    Function::fixed("Hour", &[When], |_, a| Ok(Value::Int(a.time(0).civil().0.hour().into()))),
    Function::fixed("Minute", &[When], |_, a| Ok(Value::Int(a.time(0).civil().0.minute().into()))),
    Function::fixed("Second", &[When], |_, a| Ok(Value::Int(a.time(0).civil().0.second().into()))),
    Function::fixed("Nanosecond", &[When], |_, a| Ok(Value::Int(a.time(0).civil().0.subsec_nanosecond().into()))),
    Function::fixed("IsZero", &[When], |_, a| Ok(Value::Bool(a.time(0).instant == Time::zero().instant))),
    Function::fixed("Before", &[When, When], |_, a| Ok(Value::Bool(a.time(0).instant < a.time(1).instant))),
    Function::fixed("After", &[When, When], |_, a| Ok(Value::Bool(a.time(0).instant > a.time(1).instant))),
    Function::fixed("Equal", &[When, When], |_, a| Ok(Value::Bool(a.time(0).instant == a.time(1).instant))),
    Function::fixed("Sub", &[When, When], |_, a| Ok(Value::Duration(a.time(0).since(&a.time(1))))),
    Function::fixed("Add", &[When, Type::Duration], |_, a| {
        Ok(of(a.time(0).plus(a.any(1).signed().unwrap_or(0)).ok_or_else(out_of_range)?))
    }),
    Function::fixed("AddDate", &[When, Int, Int, Int], add_date),
];

/// The methods of a duration.
pub(super) static DURATION: &[Function] = &[
    Function::fixed("String", &[Any], |_, a| Ok(Value::text(dates::duration_text(nanoseconds(a))))),
    Function::fixed("Hours", &[Any], |_, a| Ok(Value::Float(in_units(a, 3_600_000_000_000)))),
    Function::fixed("Minutes", &[Any], |_, a| Ok(Value::Float(in_units(a, 60_000_000_000)))),
    Function::fixed("Seconds", &[Any], |_, a| Ok(Value::Float(in_units(a, 1_000_000_000)))),
    Function::fixed("Milliseconds", &[Any], |_, a| Ok(Value::Int64(nanoseconds(a) / 1_000_000))),
    Function::fixed("Microseconds", &[Any], |_, a| Ok(Value::Int64(nanoseconds(a) / 1_000))),
    Function::fixed("Nanoseconds", &[Any], |_, a| Ok(Value::Int64(nanoseconds(a)))),
];

/// The methods of a month or weekday.
pub(super) static NAMED: &[Function] = &[Function::fixed("String", &[Any], |_, a| {
    Ok(Value::text(match a.any(0) {
        Value::Month(month) => dates::month_name(*month),
        Value::Weekday(day) => dates::weekday_name(*day),
        _ => "",
    }))
})];

fn of(time: Time) -> Value {
    Value::Time(Rc::new(time))
}

fn out_of_range() -> EvalError {
    EvalError::new("a date beyond the years -9999 to 9999")
}

fn since_epoch(a: Arguments<'_>, unit: i128) -> i64 {
    a.time(0).instant.as_nanosecond().div_euclid(unit) as i64
}

fn nanoseconds(a: Arguments<'_>) -> i64 {
    a.any(0).signed().unwrap_or(0)
}

/// Whole units and the rest apart, which is how Go rounds.
fn in_units(a: Arguments<'_>, unit: i64) -> f64 {
    let nanoseconds = nanoseconds(a);
    (nanoseconds / unit) as f64 + (nanoseconds % unit) as f64 / unit as f64
}

/// Years, months and days later by the calendar; 31 April is 1 May.
fn add_date(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    let time = a.time(0);
    let (civil, offset, _) = time.civil();
    let months = i64::from(civil.month()) - 1;
    let months = months.checked_add(a.int(2)).ok_or_else(out_of_range)?;
    let year = i64::from(civil.year()).checked_add(a.int(1)).and_then(|year| year.checked_add(months.div_euclid(12)));
    let year = year.and_then(|year| i16::try_from(year).ok()).ok_or_else(out_of_range)?;
    let month = i8::try_from(months.rem_euclid(12) + 1).map_err(|_| out_of_range())?;
    let first = jiff::civil::Date::new(year, month, 1).map_err(|_| out_of_range())?;
    let days = a.int(3).checked_add(i64::from(civil.day()) - 1).ok_or_else(out_of_range)?;
    let days = jiff::Span::new().try_days(days).map_err(|_| out_of_range())?;
    let date = first.checked_add(days).map_err(|_| out_of_range())?;
    time.at_civil(date.to_datetime(civil.time()), offset).map(of).ok_or_else(out_of_range)
}
