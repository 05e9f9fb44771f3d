//! Coroutines: each has its own stack of values and of calls.

use super::{Arguments, Call, Machine, Trap};
use crate::lua::code::Wanted;
use crate::lua::value::{ThreadId, Value};

/// A coroutine that does not run.
#[derive(Debug, Default)]
pub(in crate::lua) struct Thread {
    /// Before its start: the function; after a yield: all values, and the results of the yield last.
    stack: Vec<Value>,
    calls: Vec<Call>,
    /// Where the results of its yield go, once it has started.
    waits: Option<(usize, Wanted)>,
    state: State,
    /// The coroutine that resumed it.
    resumer: Option<ThreadId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Suspended,
    Resumed,
    Dead,
}

impl Thread {
    /// A coroutine that will run a function.
    pub(in crate::lua) fn new(function: Value) -> Self {
        Self { stack: vec![function], ..Self::default() }
    }
}

impl Machine<'_> {
    /// What `coroutine.status` answers.
    pub(in crate::lua) fn thread_status(&self, id: ThreadId) -> &'static str {
        let resumer = self.heap.threads.get(self.running.0 as usize).and_then(|thread| thread.resumer);
        let dead = self.heap.threads.get(id.0 as usize).is_none_or(|thread| thread.state == State::Dead);
        match id {
            _ if dead => "dead",
            id if id == self.running => "running",
            id if Some(id) == resumer => "normal",
            _ => "suspended",
        }
    }

    /// Hands the values above a position to the resumer.
    pub(super) fn yield_from(&mut self, at: usize, wanted: Wanted) -> Result<(), Trap> {
        if self.running == ThreadId(0) {
            return Err(self.error("can not yield from outside of a coroutine"));
        }
        Err(Trap::Yield { at, wanted })
    }

    /// `coroutine.resume`: true and the values, or false and the error.
    pub(super) fn resume_protected(&mut self, arguments: Arguments) -> Result<Vec<Value>, Trap> {
        let id = self.thread(arguments, 1)?;
        let given = self.values(arguments).get(1..).unwrap_or_default().to_vec();
        let (succeeded, mut values) = match self.refusal(id) {
            Some(refusal) => (false, vec![self.heap.text(refusal)?]),
            None => match self.resume(id, &given) {
                Ok(values) => (true, values),
                Err(Trap::Error(value, _)) => (false, vec![value]),
                Err(trap) => return Err(trap),
            },
        };
        values.insert(0, Value::Boolean(succeeded));
        Ok(values)
    }

    /// A call of what `coroutine.wrap` made: the values; an error goes on in the caller.
    pub(super) fn resume_wrapped(&mut self, id: ThreadId, arguments: Arguments) -> Result<Vec<Value>, Trap> {
        if let Some(refusal) = self.refusal(id) {
            return Err(self.error(refusal));
        }
        let given = self.values(arguments).to_vec();
        self.resume(id, &given)
    }

    fn refusal(&self, id: ThreadId) -> Option<&'static str> {
        match self.heap.threads.get(id.0 as usize).map(|thread| thread.state) {
            _ if id == self.running => Some("can not resume a running thread"),
            Some(State::Suspended) => None,
            Some(State::Resumed) => Some("can not resume a running thread"),
            _ => Some("can not resume a dead thread"),
        }
    }

    /// Runs a suspended coroutine until it yields, ends or fails.
    fn resume(&mut self, id: ThreadId, given: &[Value]) -> Result<Vec<Value>, Trap> {
        self.deeper(|machine| {
            machine.heap.budget.allocate(256 + size_of_val(given))?;
            let resumer = machine.switch_to(id, None);
            let begun = machine.continue_with(id, given);
            let outcome = machine.drive(0, begun);
            machine.finish_resume(id, resumer, outcome)
        })
    }

    /// Begins the coroutine, or completes its yield with what it is given.
    fn continue_with(&mut self, id: ThreadId, given: &[Value]) -> Result<(), Trap> {
        let waits = self.heap.threads.get_mut(id.0 as usize).and_then(|thread| thread.waits.take());
        let from = self.stack.len();
        self.stack.extend_from_slice(given);
        match waits {
            None => self.call(0, None),
            Some((at, wanted)) => {
                self.deliver(at, from, wanted)?;
                self.settle()
            }
        }
    }

    fn finish_resume(
        &mut self,
        id: ThreadId,
        resumer: ThreadId,
        outcome: Result<(), Trap>,
    ) -> Result<Vec<Value>, Trap> {
        let (values, state, waits) = match outcome {
            Ok(()) => (Ok(std::mem::take(&mut self.stack)), State::Dead, None),
            Err(Trap::Yield { at, wanted }) => {
                let handed = self.stack.get(at + 1..).unwrap_or_default().to_vec();
                self.stack.truncate(at);
                (Ok(handed), State::Suspended, Some((at, wanted)))
            }
            Err(trap) => (Err(trap), State::Dead, None),
        };
        self.switch_to(resumer, Some(state));
        if let Some(thread) = self.heap.threads.get_mut(id.0 as usize) {
            thread.waits = waits;
        }
        values
    }

    /// Puts the running coroutine away and takes another; answers which ran. `left` is the state of the one put away,
    /// if it does not just wait for the other.
    fn switch_to(&mut self, id: ThreadId, left: Option<State>) -> ThreadId {
        let before = std::mem::replace(&mut self.running, id);
        if let Some(thread) = self.heap.threads.get_mut(before.0 as usize) {
            thread.stack = std::mem::take(&mut self.stack);
            thread.calls = std::mem::take(&mut self.calls);
            thread.state = left.unwrap_or(State::Resumed);
        }
        if let Some(thread) = self.heap.threads.get_mut(id.0 as usize) {
            self.stack = std::mem::take(&mut thread.stack);
            self.calls = std::mem::take(&mut thread.calls);
            thread.state = State::Resumed;
            if left.is_none() {
                thread.resumer = Some(before);
            }
        }
        self.base = self.activation().map_or(0, |running| running.base);
        before
    }
}
