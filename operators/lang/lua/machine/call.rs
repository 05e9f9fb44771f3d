//! Calls, returns, and what happens to an error on its way out.

use super::{Activation, Arguments, Call, Machine, Trap};
use crate::budget::Exhausted;
use crate::lua::code::Wanted;
use crate::lua::events::Event;
use crate::lua::library::{self, Control, Native};
use crate::lua::value::{ClosureId, Value};

/// How many calls may be open in a coroutine (`CallStackSize`).
const CALLS: usize = 256;

/// How many calls from library functions and metatables may be open at once.
const NESTED: u32 = 60;

/// How many values a coroutine's stack may hold.
const VALUES: usize = 250_000;

impl Machine<'_> {
    /// Calls the value at a position with all values above it. A function of the script only begins to run; the results
    /// of anything else take its place.
    pub(super) fn call(&mut self, at: usize, wanted: Wanted) -> Result<(), Trap> {
        let arguments = Arguments { first: at + 1, count: self.stack.len().saturating_sub(at + 1) };
        match self.at(at) {
            Value::Closure(closure) => self.enter(closure, at, wanted),
            Value::Native(id) => match library::native(id) {
                Native::Plain(native) => {
                    self.check_call_depth()?;
                    self.heap.budget.steps(4)?;
                    let count = native(self, arguments)?;
                    self.deliver(at, self.stack.len().saturating_sub(count), wanted)
                }
                Native::Control(control) => self.control(control, at, wanted),
            },
            Value::Wrapped(thread) => {
                let results = self.resume_wrapped(thread, arguments)?;
                self.stack.extend_from_slice(&results);
                self.deliver(at, self.stack.len() - results.len(), wanted)
            }
            other => {
                let handler = self.meta(other, Event::Call);
                if !handler.is_function() {
                    return Err(self.error("attempt to call a non-function object"));
                }
                self.stack.insert(at, handler);
                self.call(at, wanted)
            }
        }
    }

    fn check_call_depth(&mut self) -> Result<(), Trap> {
        if self.calls.len() >= CALLS {
            return Err(self.error("stack overflow"));
        }
        if self.stack.len() > VALUES {
            return Err(self.error("registry overflow"));
        }
        Ok(())
    }

    /// Begins a function of the script.
    fn enter(&mut self, closure: ClosureId, at: usize, wanted: Wanted) -> Result<(), Trap> {
        self.check_call_depth()?;
        let Some(called) = self.heap.closure(closure) else { return Ok(()) };
        let (function, globals) = (std::sync::Arc::clone(&called.function), called.globals);
        let parameters = function.parameters as usize;
        let first = at + 1;
        let given = self.stack.len().saturating_sub(first);
        let base = if function.variadic && given > parameters {
            // The parameters move above the further arguments.
            let end = self.stack.len();
            self.stack.extend_from_within(first..first + parameters);
            end
        } else {
            self.stack.resize(first + parameters, Value::Nil);
            first
        };
        self.base = base;
        self.calls.push(Call::Closure(Activation { closure, function, globals, next: 0, at, base, wanted }));
        Ok(())
    }

    /// Replaces the function that runs by the one in a slot. Anything but a function of the script is only called: the
    /// next instruction returns its results.
    pub(super) fn tail_call(&mut self, slot: u32) -> Result<(), Trap> {
        let callee = self.base + slot as usize;
        if !matches!(self.at(callee), Value::Closure(_)) {
            return self.call(callee, None);
        }
        let Some(Call::Closure(ending)) = self.calls.pop() else { return Ok(()) };
        let moved = self.stack.len() - callee;
        self.stack.copy_within(callee.., ending.at);
        self.stack.truncate(ending.at + moved);
        self.call(ending.at, ending.wanted)
    }

    /// Ends the function that runs with all values from a position on.
    pub(super) fn return_from(&mut self, from: usize) -> Result<(), Trap> {
        let Some(Call::Closure(ended)) = self.calls.pop() else { return Ok(()) };
        self.deliver(ended.at, from, ended.wanted)?;
        self.settle()
    }

    /// Moves the values from a position on to where they are wanted, as many as are wanted.
    pub(super) fn deliver(&mut self, at: usize, from: usize, wanted: Wanted) -> Result<(), Trap> {
        let from = from.min(self.stack.len());
        let count = self.stack.len() - from;
        self.heap.budget.scan(count)?;
        self.stack.copy_within(from.., at.min(from));
        let count = wanted.map_or(count, |wanted| wanted as usize);
        self.stack.truncate(at + (self.stack.len() - from).min(count));
        self.stack.resize(at + count, Value::Nil);
        Ok(())
    }

    /// After a call ended: completes the guards that stood directly under it, and goes back to the function below.
    pub(super) fn settle(&mut self) -> Result<(), Trap> {
        while let Some(Call::Guard { at, wanted, .. }) = self.calls.last() {
            let (at, wanted) = (*at, *wanted);
            self.calls.pop();
            if let Some(place) = self.stack.get_mut(at) {
                *place = Value::Boolean(true);
            }
            self.deliver(at, at, wanted)?;
        }
        self.base = self.activation().map_or(0, |running| running.base);
        Ok(())
    }

    /// Runs until no more than `entry` calls are open, letting guards above that catch errors.
    pub(super) fn drive(&mut self, entry: usize, begun: Result<(), Trap>) -> Result<(), Trap> {
        let mut outcome = begun;
        loop {
            if let Err(trap) = outcome {
                self.unwind(entry, trap)?;
            }
            if self.calls.len() <= entry {
                return Ok(());
            }
            outcome = self.execute(entry);
        }
    }

    /// Lets the innermost guard above `entry` catch an error; otherwise hands the trap on.
    fn unwind(&mut self, entry: usize, trap: Trap) -> Result<(), Trap> {
        let Trap::Error(mut value, fault) = trap else { return Err(trap) };
        let guard = self.calls.iter().enumerate().skip(entry).rev().find_map(|(position, call)| match call {
            Call::Guard { at, wanted, handler } => Some((position, *at, *wanted, *handler)),
            Call::Closure(_) => None,
        });
        let Some((position, at, wanted, handler)) = guard else {
            self.calls.truncate(entry);
            self.base = self.activation().map_or(0, |running| running.base);
            return Err(Trap::Error(value, fault));
        };
        self.calls.truncate(position);
        self.stack.truncate(at);
        self.base = self.activation().map_or(0, |running| running.base);
        self.heap.budget.steps(4)?;
        if let Some(handler) = handler {
            value = match self.call_value(handler, &[value]) {
                Ok(results) => results.first().copied().unwrap_or(Value::Nil),
                Err(Trap::Error(value, _)) => value,
                Err(trap) => return Err(trap),
            };
        }
        self.stack.extend([Value::Boolean(false), value]);
        self.deliver(at, at, wanted)?;
        if self.calls.len() > entry { self.settle() } else { Ok(()) }
    }

    /// Calls a value from a library function or a metatable: all its results.
    pub(in crate::lua) fn call_value(&mut self, callee: Value, arguments: &[Value]) -> Result<Vec<Value>, Trap> {
        let at = self.begin_nested(callee, arguments)?;
        let results = self.stack.get(at..).unwrap_or_default().to_vec();
        self.stack.truncate(at);
        Ok(results)
    }

    /// Calls a value from a library function or a metatable: its first result.
    pub(in crate::lua) fn call_for_one(&mut self, callee: Value, arguments: &[Value]) -> Result<Value, Trap> {
        let at = self.begin_nested(callee, arguments)?;
        let result = self.at(at);
        self.stack.truncate(at);
        Ok(result)
    }

    /// Runs a call whole and leaves its results from the answered position on.
    fn begin_nested(&mut self, callee: Value, arguments: &[Value]) -> Result<usize, Trap> {
        if self.nested == NESTED {
            return Err(self.error("stack overflow"));
        }
        let (at, base, entry) = (self.stack.len(), self.base, self.calls.len());
        self.stack.push(callee);
        self.stack.extend_from_slice(arguments);
        self.nested += 1;
        let begun = self.call(at, None);
        let outcome = match self.drive(entry, begun) {
            Err(Trap::Yield { .. }) => {
                self.calls.truncate(entry);
                Err(self.error("attempt to yield across a library function"))
            }
            outcome => outcome,
        };
        self.nested -= 1;
        self.base = base;
        outcome.map(|()| at)
    }

    /// Runs something that starts another coroutine one level deeper.
    pub(super) fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Trap>) -> Result<T, Trap> {
        if self.nested == NESTED {
            return Err(Exhausted::Depth.into());
        }
        self.nested += 1;
        let outcome = run(self);
        self.nested -= 1;
        outcome
    }

    /// Calls a library function that decides what runs next.
    fn control(&mut self, control: Control, at: usize, wanted: Wanted) -> Result<(), Trap> {
        self.check_call_depth()?;
        let arguments = Arguments { first: at + 1, count: self.stack.len().saturating_sub(at + 1) };
        match control {
            Control::Protect => {
                let callee = self.required(arguments, 1)?;
                if !self.is_callable(callee) {
                    let message = format!("attempt to call a {} value", callee.type_name());
                    let message = self.heap.text(message)?;
                    self.stack.extend([Value::Boolean(false), message]);
                    return self.deliver(at, self.stack.len() - 2, wanted);
                }
                self.guard(at, wanted, None)
            }
            Control::ProtectWithHandler => {
                self.function(arguments, 1)?;
                let handler = self.function(arguments, 2)?;
                self.stack.truncate(at + 2);
                self.guard(at, wanted, Some(handler))
            }
            Control::Yield => self.yield_from(at, wanted),
            Control::Resume => {
                let results = self.resume_protected(arguments)?;
                self.stack.extend_from_slice(&results);
                self.deliver(at, self.stack.len() - results.len(), wanted)
            }
        }
    }

    /// Calls the value above `at` under a guard.
    fn guard(&mut self, at: usize, wanted: Wanted, handler: Option<Value>) -> Result<(), Trap> {
        self.calls.push(Call::Guard { at, wanted, handler });
        let open = self.calls.len();
        self.call(at + 1, None)?;
        if self.calls.len() == open { self.settle() } else { Ok(()) }
    }

    fn is_callable(&self, value: Value) -> bool {
        value.is_function() || self.meta(value, Event::Call).is_function()
    }
}
