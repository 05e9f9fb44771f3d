//! Random texts and numbers, from the sequence that the moment's seed begins: a replay draws the same.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::signature::{Arguments, Function, Outcome, Type};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::Value;

use Type::{Int, Text as Str};

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";
const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("randAlpha", &[Int], |e, a| text(e, a, |e| one_of(e, LETTERS))),
    Function::fixed("randAlphaNum", &[Int], |e, a| text(e, a, |e| one_of(e, LETTERS_AND_DIGITS))),
    Function::fixed("randNumeric", &[Int], |e, a| text(e, a, |e| one_of(e, DIGITS))),
    Function::fixed("randAscii", &[Int], |e, a| text(e, a, |e| b' ' + e.random_below(95) as u8)),
    Function::fixed("randBytes", &[Int], bytes),
    Function::fixed("randInt", &[Int, Int], number),
    Function::fixed("shuffle", &[Str], shuffle),
    Function::fixed("uuidv4", &[], uuid),
];

fn one_of(evaluation: &Evaluation, symbols: &[u8]) -> u8 {
    let at = evaluation.random_below(symbols.len() as u64) as usize;
    symbols.get(at).copied().unwrap_or_default()
}

/// So many symbols; of a negative number none.
fn text(evaluation: &Evaluation, a: Arguments<'_>, symbol: fn(&Evaluation) -> u8) -> Outcome {
    let count = usize::try_from(a.int(0)).unwrap_or(0);
    evaluation.charge(count)?;
    Ok(Value::text((0..count).map(|_| symbol(evaluation)).collect::<Vec<u8>>()))
}

fn bytes(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let count = usize::try_from(a.int(0)).map_err(|_| EvalError::new("a negative number of bytes"))?;
    evaluation.charge(count)?;
    let bytes: Vec<u8> = (0..count).map(|_| evaluation.random() as u8).collect();
    Ok(Value::text(STANDARD.encode(bytes)))
}

/// From the first number up to, but without, the second.
fn number(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let width = a.int(1).wrapping_sub(a.int(0));
    match u64::try_from(width) {
        Ok(width) if width > 0 => Ok(Value::Int(a.int(0).wrapping_add(evaluation.random_below(width) as i64))),
        _ => Err(EvalError::new("the second number must be above the first")),
    }
}

fn shuffle(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut chars: Vec<char> = a.str(0).chars().collect();
    evaluation.charge(chars.len())?;
    for place in (1..chars.len()).rev() {
        chars.swap(place, evaluation.random_below(place as u64 + 1) as usize);
    }
    Ok(Value::text(chars.into_iter().collect::<String>()))
}

/// A version 4 UUID (RFC 9562).
fn uuid(evaluation: &Evaluation, _: Arguments<'_>) -> Outcome {
    let (high, low) = (evaluation.random(), evaluation.random());
    let (high, low) = (high & !0xf000 | 0x4000, low & !(0b11 << 62) | 0b10 << 62);
    let (first, second, third) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
    Ok(Value::text(format!("{first:08x}-{second:04x}-{third:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)))
}
