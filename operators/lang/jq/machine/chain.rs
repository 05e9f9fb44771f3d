//! Linked lists of the machine: bindings, paths, and what is still to be done. All are freed without recursion, however
//! long they have become.

use super::frame::What;
use crate::jq::tree::{Function, Node};
use crate::jq::value::Value;
use std::rc::Rc;

/// The bindings of a place, the latest first.
pub(super) type Bindings<'p> = Option<Rc<Binding<'p>>>;

/// What is done with a value that a part of the program gives; nothing: it is the result.
pub(super) type Next<'p> = Option<Rc<Frame<'p>>>;

/// Where a value lies, while paths are asked for.
pub(super) type Trace = Option<Rc<Place>>;

/// A binding.
pub(super) struct Binding<'p> {
    pub(super) bound: Bound<'p>,
    before: Bindings<'p>,
}

/// What is bound.
#[derive(Clone)]
pub(super) enum Bound<'p> {
    Value(Value),
    Label(u64),
    /// A function, which sees what was bound before it and itself.
    Function(&'p Function),
    /// A part of the program with the bindings of its place.
    Closure(&'p Node, Bindings<'p>),
}

/// A frame.
pub(super) struct Frame<'p> {
    pub(super) what: What<'p>,
    pub(super) next: Next<'p>,
}

/// A place within the value that a path starts from.
pub(super) struct Place {
    /// Null at the start.
    key: Value,
    /// What lies there.
    pub(super) value: Value,
    before: Trace,
}

/// Binds one more.
pub(super) fn bind<'p>(bindings: &Bindings<'p>, bound: Bound<'p>) -> Bindings<'p> {
    Some(Rc::new(Binding { bound, before: bindings.clone() }))
}

/// The binding so many bindings ago.
pub(super) fn ago<'a, 'p>(bindings: &'a Bindings<'p>, count: usize) -> Option<&'a Rc<Binding<'p>>> {
    let mut found = bindings.as_ref()?;
    for _ in 0..count {
        found = found.before.as_ref()?;
    }
    Some(found)
}

impl Place {
    /// The start of a path.
    pub(super) fn start(value: &Value) -> Trace {
        Some(Rc::new(Self { key: Value::Null, value: value.clone(), before: None }))
    }

    /// One step further.
    pub(super) fn step(before: &Trace, key: Value, value: &Value) -> Trace {
        Some(Rc::new(Self { key, value: value.clone(), before: before.clone() }))
    }

    /// The keys from the start to here.
    pub(super) fn keys(trace: &Trace) -> Value {
        let mut keys = Vec::new();
        let mut place = trace.as_ref();
        while let Some(here) = place {
            if here.before.is_some() {
                keys.push(here.key.clone());
            }
            place = here.before.as_ref();
        }
        keys.reverse();
        Value::array(keys)
    }
}

impl<'p> Binding<'p> {
    /// Takes what it holds of other bindings.
    fn let_go(&mut self, into: &mut Vec<Rc<Binding<'p>>>) {
        into.extend(self.before.take());
        if let Bound::Closure(_, bindings) = &mut self.bound {
            into.extend(bindings.take());
        }
    }
}

impl Drop for Binding<'_> {
    fn drop(&mut self) {
        let mut left = Vec::new();
        self.let_go(&mut left);
        while let Some(binding) = left.pop() {
            if let Ok(mut binding) = Rc::try_unwrap(binding) {
                binding.let_go(&mut left);
            }
        }
    }
}

impl Drop for Frame<'_> {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(Ok(mut frame)) = next.map(Rc::try_unwrap) {
            next = frame.next.take();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut before = self.before.take();
        while let Some(Ok(mut place)) = before.map(Rc::try_unwrap) {
            before = place.before.take();
        }
    }
}
