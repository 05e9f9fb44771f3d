//! Choices between values, and JSON.

use super::signature::{Arguments, Function, Outcome, Type};
use super::values::is_empty;
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::{Escape, Repeated, Value, from_json, to_json, to_pretty_json};

use Type::{Any, Bool, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::variadic("default", &[Any], Any, |_, a| {
        let given = a.from(1).first().filter(|given| !is_empty(given));
        Ok(given.unwrap_or(a.any(0)).clone())
    }),
    Function::fixed("empty", &[Any], |_, a| Ok(Value::Bool(is_empty(a.any(0))))),
    Function::variadic("coalesce", &[], Any, |_, a| {
        Ok(a.all().iter().find(|value| !is_empty(value)).cloned().unwrap_or(Value::Nil))
    }),
    Function::variadic("all", &[], Any, |_, a| Ok(Value::Bool(!a.all().iter().any(is_empty)))),
    Function::variadic("any", &[], Any, |_, a| Ok(Value::Bool(!a.all().iter().all(is_empty)))),
    Function::fixed("ternary", &[Any, Any, Bool], |_, a| Ok(a.any(usize::from(!a.bool(2))).clone())),
    Function::fixed("fail", &[Str], |_, _| Err(EvalError::new("the template called fail"))),
    Function::fixed("fromJson", &[Str], |e, a| Ok(parse(e, a).unwrap_or(Value::Nil))),
    Function::fixed("mustFromJson", &[Str], parse),
    // What JSON cannot say gives no text; the functions that must write it fail.
    Function::fixed("toJson", &[Any], |_, a| Ok(Value::text(to_json(a.any(0), Escape::Html)?.unwrap_or_default()))),
    Function::fixed("mustToJson", &[Any], |_, a| to_json(a.any(0), Escape::Html)?.map_or_else(unwritable, written)),
    Function::fixed("toPrettyJson", &[Any], |_, a| Ok(Value::text(to_pretty_json(a.any(0))?.unwrap_or_default()))),
    Function::fixed("mustToPrettyJson", &[Any], |_, a| to_pretty_json(a.any(0))?.map_or_else(unwritable, written)),
    Function::fixed("toRawJson", &[Any], |_, a| to_json(a.any(0), Escape::Plain)?.map_or_else(unwritable, written)),
    Function::fixed("mustToRawJson", &[Any], |_, a| to_json(a.any(0), Escape::Plain)?.map_or_else(unwritable, written)),
];

fn written(json: String) -> Outcome {
    Ok(Value::text(json))
}

fn unwritable() -> Outcome {
    Err(EvalError::new("JSON has no number that is not finite"))
}

fn parse(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    // A value takes about as many steps to make as a byte to read.
    evaluation.charge(a.bytes(0).len() / 2)?;
    from_json(a.bytes(0), Repeated::Last)
}
