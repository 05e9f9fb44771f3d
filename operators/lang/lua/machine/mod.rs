//! Runs compiled scripts: a stack of values, a stack of calls, and a heap that is dropped at the end.

mod access;
mod call;
mod compare;
mod coroutine;
mod fail;
mod operate;
mod run;
mod text;

pub(super) use coroutine::Thread;
pub(super) use fail::Trap;
pub(super) use text::{number_text, whole_number};

use super::code::{Function, Program};
use super::heap::{Closure, Heap};
use super::library::{self, GLOBALS};
use super::value::{ClosureId, TableId, ThreadId, Value};
use crate::Moment;
use crate::budget::{Budget, Exhausted};
use std::sync::Arc;

/// One evaluation of a script.
#[derive(Debug)]
pub(super) struct Machine<'p> {
    pub(super) heap: Heap<'p>,
    /// The values of the coroutine that runs.
    pub(super) stack: Vec<Value>,
    calls: Vec<Call>,
    /// Where the slots of the function that runs begin.
    base: usize,
    /// The coroutine that runs.
    pub(super) running: ThreadId,
    /// How many calls from library functions and metatables are open, over all coroutines.
    nested: u32,
    pub(super) moment: Moment,
    /// The state of the random numbers.
    pub(super) random: u64,
    /// The table that a function gets its globals from when it is made outside every function.
    pub(super) globals: TableId,
}

/// A call that is not finished.
#[derive(Debug, Clone)]
enum Call {
    /// A function of the script.
    Closure(Activation),
    /// What `pcall` and `xpcall` put under the call that they protect.
    Guard {
        /// Where the results go.
        at: usize,
        wanted: Option<u32>,
        /// What turns the error into another, for `xpcall`.
        handler: Option<Value>,
    },
}

/// A function of the script that runs.
#[derive(Debug, Clone)]
struct Activation {
    closure: ClosureId,
    function: Arc<Function>,
    globals: TableId,
    /// The next instruction.
    next: usize,
    /// Where the results go: the place of the function on the stack.
    at: usize,
    /// Where its slots begin; further arguments stand between `at` and here.
    base: usize,
    wanted: Option<u32>,
}

/// The arguments of a library function: where they stand on the stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments {
    first: usize,
    /// How many there are.
    pub(super) count: usize,
}

impl<'p> Machine<'p> {
    /// A machine with the library and nothing else.
    pub(super) fn new(program: &'p Program, moment: &Moment, budget: Budget) -> Self {
        Self {
            heap: Heap::new(budget, &program.texts, library::tables()),
            stack: Vec::with_capacity(64),
            calls: Vec::with_capacity(8),
            base: 0,
            running: ThreadId(0),
            nested: 0,
            moment: *moment,
            random: moment.seed,
            globals: GLOBALS,
        }
    }

    /// Sets a global variable.
    pub(super) fn set_global(&mut self, name: &str, value: Value) -> Result<(), Exhausted> {
        let name = self.heap.text(name)?;
        self.heap.set(GLOBALS, name, value)
    }

    /// Runs a script; answers the last value that it returns.
    pub(super) fn run_script(&mut self, main: &Arc<Function>) -> Result<Value, Trap> {
        let main = Closure { function: Arc::clone(main), shared: Vec::new(), globals: GLOBALS };
        let main = self.heap.new_closure(main)?;
        self.stack.push(main);
        let called = self.call(0, None);
        self.drive(0, called)?;
        Ok(self.stack.last().copied().unwrap_or(Value::Nil))
    }

    #[inline]
    fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::Nil)
    }

    #[inline]
    fn at(&self, position: usize) -> Value {
        self.stack.get(position).copied().unwrap_or(Value::Nil)
    }

    #[inline]
    fn slot(&self, slot: u32) -> Value {
        self.at(self.base + slot as usize)
    }

    #[inline]
    fn set_slot(&mut self, slot: u32, value: Value) {
        if let Some(place) = self.stack.get_mut(self.base + slot as usize) {
            *place = value;
        }
    }

    /// The function of the script that runs.
    #[inline]
    fn activation(&self) -> Option<&Activation> {
        match self.calls.last() {
            Some(Call::Closure(activation)) => Some(activation),
            _ => None,
        }
    }

    #[inline]
    fn activation_mut(&mut self) -> Option<&mut Activation> {
        match self.calls.last_mut() {
            Some(Call::Closure(activation)) => Some(activation),
            _ => None,
        }
    }

    /// The functions of the script that are being called, innermost first, with what guards them counted as calls too.
    pub(super) fn closure_at_level(&self, level: i64) -> Option<ClosureId> {
        let level = usize::try_from(level).ok()?.checked_sub(1)?;
        match self.calls.iter().rev().nth(level)? {
            Call::Closure(activation) => Some(activation.closure),
            Call::Guard { .. } => None,
        }
    }

    /// The globals of the innermost function of the script.
    pub(super) fn current_globals(&self) -> TableId {
        let innermost = self.calls.iter().rev().find_map(|call| match call {
            Call::Closure(activation) => Some(activation.globals),
            Call::Guard { .. } => None,
        });
        innermost.unwrap_or(self.globals)
    }

    /// Lets a function find its globals elsewhere, also in its calls that run.
    pub(super) fn set_function_globals(&mut self, closure: ClosureId, globals: TableId) {
        self.heap.set_globals(closure, globals);
        for call in &mut self.calls {
            if let Call::Closure(activation) = call
                && activation.closure == closure
            {
                activation.globals = globals;
            }
        }
    }
}
