//! The module `math`. Its results are the same on every machine; those of the transcendental functions can differ from
//! the reference's in the last digit.

use super::{Done, Native};
use crate::lua::arithmetic::modulo;
use crate::lua::machine::{Arguments, Machine};
use crate::lua::value::{TableId, Value};
use crate::math::pow;
use std::f64::consts::{LN_2, LN_10, LOG2_E, PI};

/// The module's table.
pub(super) const MODULE: TableId = TableId(3);

/// `huge` is the largest number and no infinity, as in the reference.
pub(super) const CONSTANTS: &[(&str, f64)] = &[("huge", f64::MAX), ("pi", PI)];

pub(super) const FUNCTIONS: &[(&str, Native)] = &[
    ("abs", Native::Plain(|machine, arguments| of_one(machine, arguments, f64::abs))),
    ("acos", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::acos))),
    ("asin", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::asin))),
    ("atan", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::atan))),
    ("atan2", Native::Plain(|machine, arguments| of_two(machine, arguments, libm::atan2))),
    ("ceil", Native::Plain(|machine, arguments| of_one(machine, arguments, f64::ceil))),
    ("cos", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::cos))),
    ("cosh", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::cosh))),
    ("deg", Native::Plain(|machine, arguments| of_one(machine, arguments, |x| x * 180.0 / PI))),
    ("exp", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::exp))),
    ("floor", Native::Plain(|machine, arguments| of_one(machine, arguments, f64::floor))),
    ("fmod", Native::Plain(|machine, arguments| of_two(machine, arguments, |x, y| x % y))),
    ("frexp", Native::Plain(frexp)),
    ("ldexp", Native::Plain(ldexp)),
    ("log", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::log))),
    ("log10", Native::Plain(|machine, arguments| of_one(machine, arguments, log10))),
    ("max", Native::Plain(|machine, arguments| extreme(machine, arguments, |found, best| found > best))),
    ("min", Native::Plain(|machine, arguments| extreme(machine, arguments, |found, best| found < best))),
    ("mod", Native::Plain(|machine, arguments| of_two(machine, arguments, modulo))),
    ("modf", Native::Plain(modf)),
    ("pow", Native::Plain(|machine, arguments| of_two(machine, arguments, pow))),
    ("rad", Native::Plain(|machine, arguments| of_one(machine, arguments, |x| x * PI / 180.0))),
    ("random", Native::Plain(random)),
    ("randomseed", Native::Plain(random_seed)),
    ("sin", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::sin))),
    ("sinh", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::sinh))),
    ("sqrt", Native::Plain(|machine, arguments| of_one(machine, arguments, f64::sqrt))),
    ("tan", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::tan))),
    ("tanh", Native::Plain(|machine, arguments| of_one(machine, arguments, libm::tanh))),
];

fn of_one(machine: &mut Machine<'_>, arguments: Arguments, function: fn(f64) -> f64) -> Done {
    let number = machine.number(arguments, 1)?;
    machine.result(Value::Number(function(number)))
}

fn of_two(machine: &mut Machine<'_>, arguments: Arguments, function: fn(f64, f64) -> f64) -> Done {
    let (first, second) = (machine.number(arguments, 1)?, machine.number(arguments, 2)?);
    machine.result(Value::Number(function(first, second)))
}

/// Through the logarithm to base 2, which is exact for powers of two, as Go does.
fn log10(number: f64) -> f64 {
    let (fraction, exponent) = libm::frexp(number);
    let log2 =
        if fraction == 0.5 { f64::from(exponent - 1) } else { libm::log(fraction) * LOG2_E + f64::from(exponent) };
    log2 * (LN_2 / LN_10)
}

fn frexp(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let number = machine.number(arguments, 1)?;
    let (fraction, exponent) = if number.is_finite() { libm::frexp(number) } else { (number, 0) };
    machine.stack.extend([Value::Number(fraction), Value::Number(f64::from(exponent))]);
    Ok(2)
}

fn ldexp(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let number = machine.number(arguments, 1)?;
    let exponent = machine.whole(arguments, 2)?.clamp(-10_000, 10_000) as i32;
    machine.result(Value::Number(libm::ldexp(number, exponent)))
}

fn modf(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let number = machine.number(arguments, 1)?;
    let (whole, fraction) = match number.is_finite() {
        true => (number.trunc(), (number - number.trunc()).copysign(number)),
        false => (number, f64::NAN),
    };
    machine.stack.extend([Value::Number(whole), Value::Number(fraction)]);
    Ok(2)
}

fn extreme(machine: &mut Machine<'_>, arguments: Arguments, is_better: fn(f64, f64) -> bool) -> Done {
    if arguments.count == 0 {
        return Err(machine.error("wrong number of arguments"));
    }
    let mut best = machine.number(arguments, 1)?;
    for position in 2..=arguments.count {
        let number = machine.number(arguments, position)?;
        if is_better(number, best) {
            best = number;
        }
    }
    machine.result(Value::Number(best))
}

/// The next of a sequence of numbers that the moment's seed, or `randomseed`, begins (SplitMix64).
fn next_random(machine: &mut Machine<'_>) -> u64 {
    machine.random = machine.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (machine.random ^ machine.random >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

fn random(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let (first, count) = match arguments.count {
        0 => {
            let fraction = (next_random(machine) >> 11) as f64 / (1_u64 << 53) as f64;
            return machine.result(Value::Number(fraction));
        }
        1 => (1, machine.whole(arguments, 1)?),
        _ => {
            let (first, last) = (machine.whole(arguments, 1)?, machine.whole(arguments, 2)?);
            (first, last.saturating_add(1).saturating_sub(first))
        }
    };
    let Some(count) = u64::try_from(count).ok().filter(|count| *count > 0) else {
        return Err(machine.error("invalid argument to Intn"));
    };
    // The high half of a product spreads evenly over the count.
    let offset = ((u128::from(next_random(machine)) * u128::from(count)) >> 64) as i64;
    machine.result(Value::Number(first.saturating_add(offset) as f64))
}

fn random_seed(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    machine.random = machine.whole(arguments, 1)? as u64;
    Ok(0)
}
