//! `getfenv` and `setfenv`: the table in which a function finds its global variables.

use super::{Done, GLOBALS};
use crate::lua::machine::{Arguments, Machine, whole_number};
use crate::lua::value::{ClosureId, Value};

/// What the first argument names.
enum Subject {
    /// A function of the script.
    Closure(ClosureId),
    /// The whole evaluation.
    Evaluation,
    /// A function of the library, or nothing.
    Other,
}

fn subject(machine: &Machine<'_>, arguments: Arguments) -> Subject {
    let first = if arguments.count == 0 { Value::Number(1.0) } else { machine.argument(arguments, 1) };
    match first {
        Value::Closure(closure) => Subject::Closure(closure),
        Value::Number(level) if whole_number(level) <= 0 => Subject::Evaluation,
        Value::Number(level) => machine.closure_at_level(whole_number(level)).map_or(Subject::Other, Subject::Closure),
        _ => Subject::Other,
    }
}

pub(super) fn get(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let globals = match subject(machine, arguments) {
        Subject::Closure(closure) => machine.heap.closure(closure).map_or(GLOBALS, |closure| closure.globals),
        Subject::Evaluation => machine.globals,
        Subject::Other => GLOBALS,
    };
    machine.result(Value::Table(globals))
}

pub(super) fn set(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let globals = machine.table(arguments, 2)?;
    match subject(machine, arguments) {
        Subject::Closure(closure) => {
            machine.set_function_globals(closure, globals);
            machine.result(Value::Closure(closure))
        }
        Subject::Evaluation => {
            machine.globals = globals;
            Ok(0)
        }
        Subject::Other => Err(machine.error("cannot change the environment of given object")),
    }
}
