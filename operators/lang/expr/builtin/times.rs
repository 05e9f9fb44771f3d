//! Functions of times and durations.

use super::wrong;
use crate::EvalError;
use crate::dates::{self, Time, Zone};
use crate::expr::meter::Meter;
use crate::expr::value::Value;
use std::sync::Arc;

pub(super) fn now(meter: &Meter) -> Result<Value, EvalError> {
    Ok(Value::Time(Arc::new(Time::utc(meter.moment.now))))
}

pub(super) fn duration(arguments: &[Value]) -> Result<Value, EvalError> {
    match arguments {
        [Value::Text(text)] => {
            dates::duration(text).map(Value::Duration).ok_or_else(|| EvalError::new("the string is not a duration"))
        }
        _ => Err(wrong("duration", arguments.first().unwrap_or(&Value::Nil))),
    }
}

/// The layouts that a date may have if none is given.
const LAYOUTS: [&str; 7] = [
    "2006-01-02",
    "15:04:05",
    "2006-01-02 15:04:05",
    "2006-01-02T15:04:05Z07:00",
    "02 Jan 06 15:04 MST",
    "Monday, 02-Jan-06 15:04:05 MST",
    "Mon, 02 Jan 2006 15:04:05 MST",
];

/// A date in one of the usual layouts, or in one that is given, and then in a zone that is named.
pub(super) fn date(arguments: &[Value]) -> Result<Value, EvalError> {
    let time = match arguments {
        [Value::Text(text)] => LAYOUTS.iter().find_map(|layout| dates::parse(layout, text).ok()),
        [Value::Text(text), Value::Text(layout)] => dates::parse(layout, text).ok(),
        [Value::Text(text), Value::Text(layout), Value::Text(zone)] => {
            let zone = Zone::load(zone).ok_or_else(|| EvalError::new("date: unknown time zone"))?;
            dates::parse(layout, text).ok().map(|time| in_zone(layout, &time, zone))
        }
        _ => return Err(wrong("date", arguments.first().unwrap_or(&Value::Nil))),
    };
    time.map(|time| Value::Time(Arc::new(time))).ok_or_else(|| EvalError::new("the string is not a date"))
}

/// The same wall clock in a zone, unless the layout has a zone of its own.
fn in_zone(layout: &str, time: &Time, zone: Zone) -> Time {
    if ["MST", "-07", "Z07"].iter().any(|element| layout.contains(element)) {
        return time.clone();
    }
    // The offset in force where the clock would stand in UTC is the first guess; that at the guess counts.
    let shifted = |by: i32| time.plus(-i64::from(by) * 1_000_000_000).unwrap_or_else(|| time.clone());
    let guess = shifted(time.in_zone(zone.clone()).civil().1);
    shifted(guess.in_zone(zone.clone()).civil().1).in_zone(zone)
}
