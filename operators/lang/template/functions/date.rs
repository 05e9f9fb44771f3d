//! Dates. The present is the moment of the evaluation, and the local zone is UTC.

use std::rc::Rc;

use super::math::parse_clamped;
use super::signature::{Arguments, Function, Outcome, Type};
use super::values::to_time;
use crate::EvalError;
use crate::dates::{self, Time, Zone};
use crate::template::evaluation::Evaluation;
use crate::template::value::Value;

use Type::{Any, Text as Str, Time as When};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("now", &[], |e, _| Ok(time(Time::utc(e.now())))),
    Function::fixed("ago", &[Any], ago),
    Function::fixed("date", &[Str, Any], |e, a| written(e, &a.str(0), a.any(1), "UTC")),
    Function::fixed("dateInZone", &[Str, Any, Str], |e, a| written(e, &a.str(0), a.any(1), &a.str(2))),
    Function::fixed("date_in_zone", &[Str, Any, Str], |e, a| written(e, &a.str(0), a.any(1), &a.str(2))),
    Function::fixed("htmlDate", &[Any], |e, a| written(e, "2006-01-02", a.any(0), "UTC")),
    Function::fixed("htmlDateInZone", &[Any, Str], |e, a| written(e, "2006-01-02", a.any(0), &a.str(1))),
    Function::fixed("dateModify", &[Str, When], |_, a| modified(a).or_else(|_| Ok(a.any(1).clone()))),
    Function::fixed("date_modify", &[Str, When], |_, a| modified(a).or_else(|_| Ok(a.any(1).clone()))),
    Function::fixed("mustDateModify", &[Str, When], |_, a| modified(a)),
    Function::fixed("must_date_modify", &[Str, When], |_, a| modified(a)),
    Function::fixed("toDate", &[Str, Str], |_, a| Ok(read(a).unwrap_or_else(|_| time(Time::zero())))),
    Function::fixed("mustToDate", &[Str, Str], |_, a| read(a)),
    Function::fixed("unixEpoch", &[When], |_, a| Ok(Value::text(a.time(0).unix().to_string()))),
    Function::fixed("duration", &[Any], |_, a| Ok(Value::text(duration(a)))),
    Function::fixed("durationRound", &[Any], |e, a| Ok(Value::text(rounded(e, a)))),
];

fn time(time: Time) -> Value {
    Value::Time(Rc::new(time))
}

/// The value's date by a layout, in a zone; UTC when there is no such zone.
fn written(evaluation: &Evaluation, layout: &str, value: &Value, zone: &str) -> Outcome {
    evaluation.charge(layout.len())?;
    let date = to_time(evaluation, value)?.in_zone(Zone::load(zone).unwrap_or(Zone::Utc));
    Ok(Value::text(dates::format(layout, &date)))
}

fn modified(a: Arguments<'_>) -> Outcome {
    let shift = dates::duration(&a.str(0)).ok_or_else(|| EvalError::new("not a duration"))?;
    let shifted = a.time(1).plus(shift).ok_or_else(|| EvalError::new("a date beyond the years -9999 to 9999"))?;
    Ok(time(shifted))
}

fn read(a: Arguments<'_>) -> Outcome {
    dates::parse(&a.str(0), &a.str(1)).map(time).map_err(|error| EvalError::new(error.to_string()))
}

/// How long ago an instant was, to the second.
fn ago(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    const SECOND: i64 = 1_000_000_000;
    let since = Time::utc(evaluation.now()).since(&to_time(evaluation, a.any(0))?);
    let rest = since % SECOND;
    // Halves go away from zero.
    let rounded = if rest.abs() * 2 >= SECOND { since - rest + SECOND * rest.signum() } else { since - rest };
    Ok(Value::text(dates::duration_text(rounded)))
}

/// So many seconds as a duration: an `int64` or a text; anything else is none.
fn duration(a: Arguments<'_>) -> String {
    let seconds = match a.any(0) {
        Value::Int64(seconds) => *seconds,
        Value::Text(text) => parse_clamped(&text.to_str(), 10).unwrap_or(0),
        _ => 0,
    };
    dates::duration_text(seconds.wrapping_mul(1_000_000_000))
}

/// The largest unit of a duration, with how many of it: `2h`, `3mo`.
fn rounded(evaluation: &Evaluation, a: Arguments<'_>) -> String {
    const UNITS: [(u64, &str); 6] =
        [(31_536_000, "y"), (2_592_000, "mo"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let nanoseconds = match a.any(0) {
        Value::Text(text) => dates::duration(&text.to_str()).unwrap_or(0),
        Value::Int64(nanoseconds) => *nanoseconds,
        Value::Time(time) => Time::utc(evaluation.now()).since(time),
        _ => 0,
    };
    let magnitude = nanoseconds.unsigned_abs();
    let unit = UNITS.into_iter().find(|(seconds, _)| magnitude > seconds * 1_000_000_000);
    unit.map_or_else(|| "0s".to_owned(), |(seconds, name)| format!("{}{name}", magnitude / (seconds * 1_000_000_000)))
}
