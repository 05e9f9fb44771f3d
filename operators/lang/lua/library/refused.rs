//! Functions of the reference that reach outside the evaluation: they are there, and calling one is an error.

use super::{Done, Native};
use crate::lua::machine::{Arguments, Machine};
use crate::lua::value::Value;

const REFUSED: Native = Native::Plain(refuse);

pub(super) const IO: &[(&str, Native)] = &[
    ("close", REFUSED),
    ("flush", REFUSED),
    ("input", REFUSED),
    ("lines", REFUSED),
    ("open", REFUSED),
    ("output", REFUSED),
    ("popen", REFUSED),
    ("read", REFUSED),
    ("tmpfile", REFUSED),
    ("type", REFUSED),
    ("write", REFUSED),
];

pub(super) const DEBUG: &[(&str, Native)] = &[
    ("getfenv", REFUSED),
    ("getinfo", REFUSED),
    ("getlocal", REFUSED),
    ("getmetatable", Native::Plain(raw_metatable)),
    ("getupvalue", REFUSED),
    ("setfenv", REFUSED),
    ("setlocal", REFUSED),
    ("setmetatable", REFUSED),
    ("setupvalue", REFUSED),
    ("traceback", Native::Plain(traceback)),
];

pub(super) const PACKAGE: &[(&str, Native)] = &[("loadlib", REFUSED), ("seeall", REFUSED)];

pub(super) const CHANNEL: &[(&str, Native)] = &[("make", REFUSED), ("select", REFUSED)];

/// Ends with an error, whatever it is given.
pub(super) fn refuse(machine: &mut Machine<'_>, _: Arguments) -> Done {
    let name = machine.called_name();
    Err(machine.error(format!("{name} is not available to scripts of sensors")))
}

fn raw_metatable(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let value = machine.required(arguments, 1)?;
    let metatable = machine.metatable(value).map_or(Value::Nil, Value::Table);
    machine.result(metatable)
}

/// The message alone; which calls were open is not told.
fn traceback(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let message = machine.argument(arguments, 1);
    machine.result(message)
}
