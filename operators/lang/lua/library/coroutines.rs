//! The module `coroutine`.

use super::{Control, Done, Native};
use crate::lua::machine::{Arguments, Machine, Thread};
use crate::lua::value::{ThreadId, Value};

pub(super) const FUNCTIONS: &[(&str, Native)] = &[
    ("create", Native::Plain(create)),
    ("resume", Native::Control(Control::Resume)),
    ("running", Native::Plain(running)),
    ("status", Native::Plain(status)),
    ("wrap", Native::Plain(wrap)),
    ("yield", Native::Control(Control::Yield)),
];

fn create(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let function = machine.function(arguments, 1)?;
    let thread = machine.heap.new_thread(Thread::new(function))?;
    machine.result(Value::Thread(thread))
}

fn wrap(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let function = machine.function(arguments, 1)?;
    let thread = machine.heap.new_thread(Thread::new(function))?;
    machine.result(Value::Wrapped(thread))
}

fn running(machine: &mut Machine<'_>, _: Arguments) -> Done {
    let running = machine.running;
    machine.result(if running == ThreadId(0) { Value::Nil } else { Value::Thread(running) })
}

fn status(machine: &mut Machine<'_>, arguments: Arguments) -> Done {
    let thread = machine.thread(arguments, 1)?;
    machine.text_result(machine.thread_status(thread))
}
