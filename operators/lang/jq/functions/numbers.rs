//! Functions of numbers, by libm, which gives the same on every machine.

use super::{Native, argument, refused, row};
use crate::jq::raise::Raise;
use crate::jq::value::Value;
use crate::math;

/// A function of one number.
macro_rules! one {
    ($name:literal, $function:expr) => {
        row($name, 0, |_, input, _| {
            let function: fn(f64) -> f64 = $function;
            Ok(Value::float(function(float($name, input)?)))
        })
    };
}

/// A function of two numbers, its arguments.
macro_rules! two {
    ($name:literal, $function:expr) => {
        row($name, 2, |_, _, given| {
            let function: fn(f64, f64) -> f64 = $function;
            Ok(Value::float(function(float($name, argument(given, 0))?, float($name, argument(given, 1))?)))
        })
    };
}

pub(super) const ROWS: &[Native] = &[
    one!("acos", libm::acos),
    one!("acosh", libm::acosh),
    one!("asin", libm::asin),
    one!("asinh", libm::asinh),
    one!("atan", libm::atan),
    one!("atanh", libm::atanh),
    one!("cbrt", libm::cbrt),
    one!("ceil", f64::ceil),
    one!("cos", libm::cos),
    one!("cosh", libm::cosh),
    one!("erf", libm::erf),
    one!("erfc", libm::erfc),
    one!("exp", libm::exp),
    one!("exp10", |x| math::pow(10.0, x)),
    one!("exp2", libm::exp2),
    one!("expm1", libm::expm1),
    one!("fabs", f64::abs),
    one!("floor", f64::floor),
    one!("gamma", libm::tgamma),
    one!("j0", libm::j0),
    one!("j1", libm::j1),
    one!("lgamma", libm::lgamma),
    one!("log", libm::log),
    one!("log10", libm::log10),
    one!("log1p", libm::log1p),
    one!("log2", libm::log2),
    one!("logb", |x| match x {
        0.0 => f64::NEG_INFINITY,
        x if x.is_infinite() => f64::INFINITY,
        x if x.is_nan() => x,
        x => f64::from(libm::frexp(x).1 - 1),
    }),
    one!("nearbyint", f64::round_ties_even),
    one!("rint", f64::round_ties_even),
    one!("round", f64::round),
    one!("significand", |x| if x.is_finite() { libm::frexp(x).0 * 2.0 } else { x }),
    one!("sin", libm::sin),
    one!("sinh", libm::sinh),
    one!("sqrt", f64::sqrt),
    one!("tan", libm::tan),
    one!("tanh", libm::tanh),
    one!("tgamma", libm::tgamma),
    one!("trunc", f64::trunc),
    one!("y0", libm::y0),
    one!("y1", libm::y1),
    two!("atan2", libm::atan2),
    two!("copysign", f64::copysign),
    two!("drem", |a, b| {
        let rest = libm::remainder(a, b);
        if rest == 0.0 { rest.copysign(a) } else { rest }
    }),
    two!("fdim", libm::fdim),
    two!("fmax", f64::max),
    two!("fmin", f64::min),
    two!("fmod", libm::fmod),
    two!("hypot", libm::hypot),
    two!("jn", |a, b| libm::jn(a as i32, b)),
    two!("ldexp", |a, b| libm::ldexp(a, b as i32)),
    two!("nextafter", libm::nextafter),
    two!("nexttoward", libm::nextafter),
    two!("pow", math::pow),
    two!("remainder", libm::remainder),
    two!("scalb", |a, b| libm::ldexp(a, b as i32)),
    two!("scalbln", |a, b| libm::ldexp(a, b as i32)),
    two!("yn", |a, b| libm::yn(a as i32, b)),
    row("abs", 0, |_, input, _| match input {
        Value::Number(number) => Ok(Value::Number(number.magnitude())),
        other => Err(refused("abs", other)),
    }),
    row("fma", 3, |_, _, given| {
        let number = |n| float("fma", argument(given, n));
        Ok(Value::float(libm::fma(number(0)?, number(1)?, number(2)?)))
    }),
    row("frexp", 0, |_, input, _| {
        let value = float("frexp", input)?;
        let (part, exponent) = if value.is_finite() { libm::frexp(value) } else { (value, 0) };
        Ok(Value::array(vec![Value::float(part), Value::whole(exponent)]))
    }),
    row("infinite", 0, |_, _, _| Ok(Value::float(f64::INFINITY))),
    row("isfinite", 0, |_, input, _| Ok(Value::Bool(float("", input).is_ok_and(|x| !x.is_infinite())))),
    row("isinfinite", 0, |_, input, _| Ok(Value::Bool(float("", input).is_ok_and(f64::is_infinite)))),
    row("isnan", 0, |_, input, _| match input {
        Value::Null => Ok(Value::Bool(false)),
        other => Ok(Value::Bool(float("isnan", other)?.is_nan())),
    }),
    row("isnormal", 0, |_, input, _| Ok(Value::Bool(float("", input).is_ok_and(f64::is_normal)))),
    row("modf", 0, |_, input, _| {
        let value = float("modf", input)?;
        let (part, whole) = if value.is_infinite() {
            (0.0_f64.copysign(value), value)
        } else {
            ((value - value.trunc()).copysign(value), value.trunc())
        };
        Ok(Value::array(vec![Value::float(part), Value::float(whole)]))
    }),
    row("nan", 0, |_, _, _| Ok(Value::float(f64::NAN))),
];

fn float(name: &str, value: &Value) -> Result<f64, Raise> {
    match value {
        Value::Number(number) => Ok(number.to_float()),
        other => Err(refused(name, other)),
    }
}
