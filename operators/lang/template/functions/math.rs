//! Arithmetic: whole numbers in 64 bits that wrap, floats, and sequences.

use super::decimal::Decimal;
use super::signature::{Arguments, Function, Outcome, Type};
use super::values::{strval, to_float, to_int};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::{List, Members, Value};

use Type::{Any, Float, Int, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("atoi", &[Str], |_, a| Ok(Value::Int(parse_clamped(&a.str(0), 10).unwrap_or(0)))),
    Function::fixed("int", &[Any], |_, a| Ok(Value::Int(to_int(a.any(0))))),
    Function::fixed("int64", &[Any], |_, a| Ok(Value::Int64(to_int(a.any(0))))),
    Function::fixed("float64", &[Any], |_, a| Ok(Value::Float(to_float(a.any(0))))),
    Function::fixed("toDecimal", &[Any], to_decimal),
    Function::fixed("add1", &[Any], |_, a| Ok(Value::Int64(to_int(a.any(0)).wrapping_add(1)))),
    Function::variadic("add", &[], Any, |_, a| whole(0, a.all(), i64::wrapping_add)),
    Function::fixed("sub", &[Any, Any], |_, a| whole(to_int(a.any(0)), a.from(1), i64::wrapping_sub)),
    Function::variadic("mul", &[Any], Any, |_, a| whole(to_int(a.any(0)), a.from(1), i64::wrapping_mul)),
    Function::fixed("div", &[Any, Any], |_, a| divide(a, i64::wrapping_div)),
    Function::fixed("mod", &[Any, Any], |_, a| divide(a, i64::wrapping_rem)),
    Function::variadic("max", &[Any], Any, |_, a| whole(to_int(a.any(0)), a.from(1), i64::max)),
    Function::variadic("biggest", &[Any], Any, |_, a| whole(to_int(a.any(0)), a.from(1), i64::max)),
    Function::variadic("min", &[Any], Any, |_, a| whole(to_int(a.any(0)), a.from(1), i64::min)),
    Function::variadic("maxf", &[Any], Any, |_, a| Ok(extreme(a, f64::INFINITY, f64::max))),
    Function::variadic("minf", &[Any], Any, |_, a| Ok(extreme(a, f64::NEG_INFINITY, f64::min))),
    Function::fixed("add1f", &[Any], |e, a| decimal(e, to_float(a.any(0)), &[Value::Int(1)], Decimal::add)),
    Function::variadic("addf", &[], Any, |e, a| decimal(e, 0.0, a.all(), Decimal::add)),
    Function::variadic("subf", &[Any], Any, |e, a| decimal(e, to_float(a.any(0)), a.from(1), Decimal::subtract)),
    Function::variadic("mulf", &[Any], Any, |e, a| decimal(e, to_float(a.any(0)), a.from(1), Decimal::multiply)),
    Function::variadic("divf", &[Any], Any, |e, a| decimal(e, to_float(a.any(0)), a.from(1), Decimal::divide)),
    Function::fixed("floor", &[Any], |_, a| Ok(Value::Float(to_float(a.any(0)).floor()))),
    Function::fixed("ceil", &[Any], |_, a| Ok(Value::Float(to_float(a.any(0)).ceil()))),
    Function::variadic("round", &[Any, Int], Float, |_, a| Ok(Value::Float(round(a)))),
    Function::fixed("until", &[Int], |e, a| {
        let end = a.int(0);
        Ok(integers(steps(e, 0, end, if end < 0 { -1 } else { 1 })?))
    }),
    Function::fixed("untilStep", &[Int, Int, Int], |e, a| Ok(integers(steps(e, a.int(0), a.int(1), a.int(2))?))),
    Function::variadic("seq", &[], Int, sequence),
];

/// A text as a whole number; one beyond 64 bits becomes the nearest within, as Go gives it beside the error.
pub(super) fn parse_clamped(text: &str, radix: u32) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.chars().all(|char| char.is_digit(radix)) {
        return None;
    }
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(i64::from_str_radix(text, radix).unwrap_or(limit))
}

/// The value's text read as octal, as file modes are written.
fn to_decimal(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let text = strval(evaluation, a.any(0))?;
    Ok(Value::Int64(i64::from_str_radix(&text.to_str(), 8).unwrap_or(0)))
}

fn whole(first: i64, others: &[Value], operate: fn(i64, i64) -> i64) -> Outcome {
    Ok(Value::Int64(others.iter().fold(first, |so_far, value| operate(so_far, to_int(value)))))
}

fn divide(a: Arguments<'_>, operate: fn(i64, i64) -> i64) -> Outcome {
    match to_int(a.any(1)) {
        0 => Err(EvalError::new("integer divide by zero")),
        divisor => Ok(Value::Int64(operate(to_int(a.any(0)), divisor))),
    }
}

/// The largest or smallest; an infinity of that side wins over what is no number, and that over all else.
fn extreme(a: Arguments<'_>, infinity: f64, pick: fn(f64, f64) -> f64) -> Value {
    let two = |x: f64, y: f64| match (x, y) {
        (x, y) if x == infinity || y == infinity => infinity,
        (x, y) if x.is_nan() || y.is_nan() => f64::NAN,
        (x, y) if x == 0.0 && y == 0.0 => {
            // The sign of zero counts.
            let negative = if infinity > 0.0 {
                x.is_sign_negative() && y.is_sign_negative()
            } else {
                x.is_sign_negative() || y.is_sign_negative()
            };
            if negative { -0.0 } else { 0.0 }
        }
        (x, y) => pick(x, y),
    };
    Value::Float(a.from(1).iter().map(to_float).fold(to_float(a.any(0)), two))
}

type Operation = fn(&Evaluation, &Decimal, &Decimal) -> Result<Decimal, EvalError>;

/// Arithmetic in decimals, so that `addf 0.1 0.2` is `0.3`.
fn decimal(evaluation: &Evaluation, first: f64, others: &[Value], operate: Operation) -> Outcome {
    let mut result = Decimal::from_float(first)?;
    for value in others {
        result = operate(evaluation, &result, &Decimal::from_float(to_float(value))?)?;
    }
    Ok(Value::Float(result.to_float()))
}

/// To so many places behind the point, up from the given part of a unit on, which is a half unless said.
fn round(a: Arguments<'_>) -> f64 {
    let up_from = if a.all().len() > 2 { a.float(2) } else { 0.5 };
    let scale = power_of_ten(a.int(1));
    let scaled = scale * to_float(a.any(0));
    // An infinity has no part behind the point; Go gives none a number.
    let fraction = if scaled.is_infinite() { f64::NAN } else { scaled.fract() };
    let rounded = if fraction >= up_from { scaled.ceil() } else { scaled.floor() };
    rounded / scale
}

/// `10^exponent` by repeated squaring, rounded where Go's `math.Pow` rounds.
fn power_of_ten(exponent: i64) -> f64 {
    let (mut result, mut result_exponent) = (1.0_f64, 0_i32);
    let (mut square, mut square_exponent) = (0.625_f64, 4_i32);
    let mut left = exponent.unsigned_abs();
    while left != 0 {
        if square_exponent > 1 << 12 {
            result_exponent += square_exponent;
            break;
        }
        if left & 1 == 1 {
            result *= square;
            result_exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        left >>= 1;
    }
    if exponent < 0 {
        result = 1.0 / result;
        result_exponent = -result_exponent;
    }
    // In two steps, so that neither factor is beyond a float.
    let half = result_exponent / 2;
    result * 2.0_f64.powi(half) * 2.0_f64.powi(result_exponent - half)
}

/// The integers from `start` on that lie before `end`.
fn steps(evaluation: &Evaluation, start: i64, end: i64, step: i64) -> Result<Vec<i64>, EvalError> {
    let distance = i128::from(end) - i128::from(start);
    if step == 0 || distance == 0 || (distance < 0) != (step < 0) {
        return Ok(Vec::new());
    }
    let count = (distance.unsigned_abs() - 1) / u128::from(step.unsigned_abs()) + 1;
    evaluation.charge(usize::try_from(count).unwrap_or(usize::MAX))?;
    Ok((0..count).map(|at| (i128::from(start) + at as i128 * i128::from(step)) as i64).collect())
}

fn integers(numbers: Vec<i64>) -> Value {
    Value::List(List::new(Members::Int, numbers.into_iter().map(Value::Int).collect()).into())
}

/// Integers with blanks between them, both ends among them.
fn sequence(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let count = a.all().len();
    let (start, step, end) = match count {
        1 => (1, None, a.int(0)),
        2 => (a.int(0), None, a.int(1)),
        3 => (a.int(0), Some(a.int(1)), a.int(2)),
        _ => return Ok(Value::text("")),
    };
    let direction = if end < start { -1 } else { 1 };
    if direction < 0 && step.is_some_and(|step| step > 0) {
        return Ok(Value::text(""));
    }
    let numbers = steps(evaluation, start, end.wrapping_add(direction), step.unwrap_or(direction))?;
    evaluation.charge(4 * numbers.len())?;
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(Value::text(texts.join(" ")))
}
