//! The methods of times and durations, those of Go's `time` that give numbers, truths, texts, times or durations.

use super::types::Type;
use super::value::Value;
use crate::EvalError;
use crate::dates::{self, Time};
use std::sync::Arc;

/// A method: what it takes besides its value, what it gives, and how.
#[derive(Debug)]
pub(super) struct Method {
    name: &'static str,
    of: Type,
    pub(super) parameters: &'static [Type],
    pub(super) result: Type,
    run: Run,
}

type Run = fn(&Value, &[Value]) -> Result<Value, EvalError>;

impl Method {
    /// Runs the method; the arguments must be of its parameters' types.
    pub(super) fn run(&self, value: &Value, arguments: &[Value]) -> Result<Value, EvalError> {
        let fits = |(argument, wanted): (&Value, &Type)| {
            matches!(
                (argument, wanted),
                (Value::Time(_), Type::Time)
                    | (Value::Duration(_), Type::Duration)
                    | (Value::Text(_), Type::Text)
                    | (Value::Int(_), Type::Int)
            )
        };
        if arguments.len() != self.parameters.len() || !arguments.iter().zip(self.parameters).all(fits) {
            return Err(EvalError::new(format!("wrong arguments for {}", self.name)));
        }
        (self.run)(value, arguments)
    }
}

/// The method of this name of values of a type.
pub(super) fn find(of: &Type, name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.of == *of && method.name == name)
}

/// The method of this name of a value.
pub(super) fn of(value: &Value, name: &str) -> Option<&'static Method> {
    match value {
        Value::Time(_) => find(&Type::Time, name),
        Value::Duration(_) => find(&Type::Duration, name),
        _ => None,
    }
}

const fn time(name: &'static str, parameters: &'static [Type], result: Type, run: Run) -> Method {
    Method { name, of: Type::Time, parameters, result, run }
}

const fn duration(name: &'static str, result: Type, run: Run) -> Method {
    Method { name, of: Type::Duration, parameters: &[], result, run }
}

static METHODS: [Method; 28] = [
    time("Year", &[], Type::Int, |t, _| civil(t, |c| i64::from(c.year()))),
    time("Day", &[], Type::Int, |t, _| civil(t, |c| i64::from(c.day()))),
    time("YearDay", &[], Type::Int, |t, _| civil(t, |c| i64::from(c.day_of_year()))),
    time("Hour", &[], Type::Int, |t, _| civil(t, |c| i64::from(c.hour()))),
    time("Minute", &[], Type::Int, |t, _| civil(t, |c| i64::from(c.minute()))),
    time("Second", &[], Type::Int, |t, _| civil(t, |c| i64::from(c.second()))),
    time("Nanosecond", &[], Type::Int, |t, _| civil(t, |c| i64::from(c.subsec_nanosecond()))),
    time("Unix", &[], Type::Int, |t, _| unix(t, 1_000_000_000)),
    time("UnixMilli", &[], Type::Int, |t, _| unix(t, 1_000_000)),
    time("UnixMicro", &[], Type::Int, |t, _| unix(t, 1_000)),
    time("UnixNano", &[], Type::Int, |t, _| unix(t, 1)),
    time("Before", &[Type::Time], Type::Bool, |t, other| compare(t, other, |a, b| a.instant < b.instant)),
    time("After", &[Type::Time], Type::Bool, |t, other| compare(t, other, |a, b| a.instant > b.instant)),
    time("Equal", &[Type::Time], Type::Bool, |t, other| compare(t, other, |a, b| a.instant == b.instant)),
    time("IsZero", &[], Type::Bool, |t, _| with(t, |t| Value::Bool(*t == Time::zero()))),
    time("Sub", &[Type::Time], Type::Duration, |t, other| match other {
        [other] => super::operate::subtract(t, other),
        _ => Err(wrong()),
    }),
    time("Add", &[Type::Duration], Type::Time, |t, other| match other {
        [other] => super::operate::add(t, other),
        _ => Err(wrong()),
    }),
    time("UTC", &[], Type::Time, |t, _| with(t, |t| Value::Time(Arc::new(t.in_zone(dates::Zone::Utc))))),
    time("Format", &[Type::Text], Type::Text, |t, layout| match layout {
        [Value::Text(layout)] => with(t, |t| Value::text(dates::format(layout, t))),
        _ => Err(wrong()),
    }),
    time("String", &[], Type::Text, |t, _| with(t, |t| Value::text(t.to_string()))),
    duration("Hours", Type::Float, |d, _| float(d, 3_600_000_000_000)),
    duration("Minutes", Type::Float, |d, _| float(d, 60_000_000_000)),
    duration("Seconds", Type::Float, |d, _| float(d, 1_000_000_000)),
    duration("Milliseconds", Type::Int, |d, _| whole(d, |n| n / 1_000_000)),
    duration("Microseconds", Type::Int, |d, _| whole(d, |n| n / 1_000)),
    duration("Nanoseconds", Type::Int, |d, _| whole(d, |n| n)),
    duration("Abs", Type::Duration, |d, _| match d {
        Value::Duration(nanoseconds) => Ok(Value::Duration(nanoseconds.saturating_abs())),
        _ => Err(wrong()),
    }),
    duration("String", Type::Text, |d, _| Ok(Value::text(d.to_string()))),
];

/// The check of arguments makes sure that this never happens.
fn wrong() -> EvalError {
    EvalError::new("wrong arguments for a method")
}

fn with(value: &Value, make: impl Fn(&Time) -> Value) -> Result<Value, EvalError> {
    match value {
        Value::Time(time) => Ok(make(time)),
        _ => Err(wrong()),
    }
}

fn civil(value: &Value, part: fn(&jiff::civil::DateTime) -> i64) -> Result<Value, EvalError> {
    with(value, |time| Value::Int(part(&time.civil().0)))
}

fn unix(value: &Value, unit: i128) -> Result<Value, EvalError> {
    with(value, |time| Value::Int(time.instant.as_nanosecond().div_euclid(unit) as i64))
}

fn compare(value: &Value, other: &[Value], holds: fn(&Time, &Time) -> bool) -> Result<Value, EvalError> {
    match other {
        [Value::Time(other)] => with(value, |time| Value::Bool(holds(time, other))),
        _ => Err(wrong()),
    }
}

/// A duration in a unit, reckoned as Go does: the whole part and the rest on their own.
fn float(value: &Value, unit: i64) -> Result<Value, EvalError> {
    match value {
        Value::Duration(n) => Ok(Value::Float((n / unit) as f64 + (n % unit) as f64 / unit as f64)),
        _ => Err(wrong()),
    }
}

fn whole(value: &Value, convert: fn(i64) -> i64) -> Result<Value, EvalError> {
    match value {
        Value::Duration(nanoseconds) => Ok(Value::Int(convert(*nanoseconds))),
        _ => Err(wrong()),
    }
}
