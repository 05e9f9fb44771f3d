//! Functions of times: seconds since 1970, broken-down times as arrays of eight numbers, and texts. The zone is UTC.

mod calendar;
mod format;
mod parse;

use super::{Native, argument, failed, failed_with, refused, refused_with, row, written};
use crate::jq::value::Value;
use calendar::Time;

pub(super) const ROWS: &[Native] = &[
    row("gmtime", 0, |_, input, _| broken_down("gmtime", input)),
    row("localtime", 0, |_, input, _| broken_down("localtime", input)),
    row("mktime", 0, |_, input, _| match input {
        Value::Array(array) => match of_array(&array.items) {
            Some(time) => Ok(Value::float(time.epoch())),
            None => Err(failed("mktime", input, EIGHT)),
        },
        other => Err(refused("mktime", other)),
    }),
    row("now", 0, |around, _, _| Ok(Value::float(around.moment.now.as_nanosecond() as f64 / 1e9))),
    row("strflocaltime", 1, |around, input, given| {
        let text = formatted("strflocaltime", input, argument(given, 0))?;
        written(around, text)
    }),
    row("strftime", 1, |around, input, given| {
        let text = formatted("strftime", input, argument(given, 0))?;
        written(around, text)
    }),
    row("strptime", 1, |_, input, given| {
        let (Value::Text(text), Value::Text(format)) = (input, argument(given, 0)) else {
            return Err(refused_with("strptime", input, argument(given, 0)));
        };
        match parse::time(text, format) {
            Ok(time) if time == Time::ZERO => Err(refused_with("strptime", input, argument(given, 0))),
            Ok(time) => Ok(to_array(Time::of_epoch(time.epoch()))),
            Err(why) => {
                let why = format!("failed to parse {text:?} with {format:?}: {why}");
                Err(failed_with("strptime", input, argument(given, 0), &why))
            }
        }
    }),
];

use crate::jq::raise::Raise;

/// What a broken-down time must be.
const EIGHT: &str = "expected an array of 8 numbers";

fn broken_down(name: &str, input: &Value) -> Result<Value, Raise> {
    match input {
        Value::Number(number) => Ok(to_array(Time::of_epoch(number.to_float()))),
        other => Err(refused(name, other)),
    }
}

fn formatted(name: &str, input: &Value, format: &Value) -> Result<String, Raise> {
    let array = match input {
        Value::Number(number) => to_array(Time::of_epoch(number.to_float())),
        other => other.clone(),
    };
    let (Value::Array(items), Value::Text(text)) = (&array, format) else {
        return Err(refused_with(name, &array, format));
    };
    let time = of_array(&items.items).ok_or_else(|| failed_with(name, &array, format, EIGHT))?;
    Ok(format::text(time, text))
}

fn to_array(time: Time) -> Value {
    let date = time.date();
    let whole = Value::whole;
    Value::array(vec![
        whole(date.year),
        whole(date.month - 1),
        whole(date.day),
        whole(date.hour),
        whole(date.minute),
        Value::float(date.second as f64 + date.nanosecond as f64 / 1e9),
        whole(date.weekday),
        whole(date.day_of_year - 1),
    ])
}

fn of_array(items: &[Value]) -> Option<Time> {
    let mut parts = [0_i64; 8];
    let mut nanosecond = 0;
    for (n, (part, item)) in parts.iter_mut().zip(items).enumerate() {
        let Value::Number(number) = item else { return None };
        *part = number.to_whole();
        if n == 5 {
            let seconds = number.to_float();
            nanosecond = ((seconds - seconds.floor()) * 1e9) as i64;
        }
    }
    let [year, month, day, hour, minute, second, ..] = parts;
    Some(Time::new(year, month.saturating_add(1), day, hour, minute, second, nanosecond))
}
