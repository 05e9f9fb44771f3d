//! Merging dicts: into the first one, the others in order.

use std::rc::Rc;

use super::dict::insert;
use super::signature::{Arguments, Function, Outcome, Type};
use super::values::is_empty;
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::{Dict as Map, Entries, Value};

use Type::Dict;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::variadic("merge", &[Dict], Dict, |e, a| merge_all(e, a, false)),
    Function::variadic("mustMerge", &[Dict], Dict, |e, a| merge_all(e, a, false)),
    Function::variadic("mergeOverwrite", &[Dict], Dict, |e, a| merge_all(e, a, true)),
    Function::variadic("mustMergeOverwrite", &[Dict], Dict, |e, a| merge_all(e, a, true)),
];

/// How deep dicts may nest.
const MAX_DEPTH: usize = 200;

fn merge_all(evaluation: &Evaluation, a: Arguments<'_>, overwrite: bool) -> Outcome {
    let mut into = a.dict(0);
    for value in a.from(1) {
        let Value::Dict(from) = value else { continue };
        if into.is_nil() && !from.is_nil() {
            into = Rc::new(Map::new(into.members(), Entries::new()));
        }
        merge(evaluation, &into, from, overwrite, 0)?;
    }
    Ok(Value::Dict(into))
}

/// Fills what `into` lacks or has empty from `from`, or overwrites all that `from` has; dicts in both are merged.
fn merge(
    evaluation: &Evaluation,
    into: &Rc<Map>,
    from: &Rc<Map>,
    overwrite: bool,
    depth: usize,
) -> Result<(), EvalError> {
    if depth > MAX_DEPTH {
        return Err(EvalError::new(format!("dicts nested deeper than {MAX_DEPTH}")));
    }
    for (key, value) in from.entries() {
        evaluation.charge(1)?;
        let held = into.get(key.as_bytes());
        if let (Some(Value::Dict(held)), Value::Dict(value)) = (&held, &value) {
            merge(evaluation, held, value, overwrite, depth + 1)?;
            if !held.is_empty() {
                continue;
            }
        }
        // Nil fills nothing, not even what is not there.
        let fills = !value.is_nil() && held.as_ref().is_none_or(is_empty);
        if overwrite || fills {
            insert(evaluation, into, key, value)?;
        }
    }
    Ok(())
}
