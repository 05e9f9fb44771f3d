//! The machine: evaluates a tree step by step, with everything that is still to be done on the heap.
//!
//! A part of a program gives any number of values. The machine goes on with the first one at once, and leaves a
//! [`frame::Choice`] behind where there may be more; when what follows is at its end, it comes back to the latest
//! choice. Since nothing is on the stack of the thread, neither deep recursion nor long loops can exhaust it.

mod chain;
mod evaluate;
mod frame;
mod give;

use super::functions::Surroundings;
use super::raise::Raise;
use super::tree::Node;
use super::value::Value;
use crate::Moment;
use crate::budget::Budget;
use chain::{Bindings, Bound, Frame, Next, Place, Trace, bind};
use frame::{Choice, State, What};
use std::rc::Rc;

/// What a frame or a choice is counted as.
const COST: usize = 96;

/// What the machine does next.
enum Step<'p> {
    Evaluate(&'p Node, Bindings<'p>, State, Next<'p>),
    Give(State, Next<'p>),
    /// No more values here.
    Back,
}

/// Evaluates one program once.
pub(super) struct Machine<'p> {
    moment: &'p Moment,
    budget: Budget,
    choices: Vec<Choice<'p>>,
    labels: u64,
}

impl<'p> Machine<'p> {
    /// A machine that may use so much.
    pub(super) fn new(moment: &'p Moment, budget: Budget) -> Self {
        Self { moment, budget, choices: Vec::new(), labels: 0 }
    }

    /// The first value that the program gives.
    pub(super) fn first(&mut self, program: &'p Node, input: Value) -> Result<Option<Value>, Raise> {
        let mut step = Step::Evaluate(program, None, State::of(input), None);
        loop {
            self.budget.steps(1)?;
            let done = match step {
                Step::Evaluate(node, bindings, state, next) => self.evaluate(node, bindings, state, next),
                Step::Give(state, None) => return Ok(Some(state.value)),
                Step::Give(state, Some(frame)) => self.give(state, &frame),
                Step::Back => match self.choices.pop() {
                    Some(choice) => self.back(choice),
                    None => return Ok(None),
                },
            };
            step = match done {
                Ok(step) => step,
                Err(raise) => self.catch(raise)?,
            };
        }
    }

    /// A frame before the next.
    fn frame(&mut self, what: What<'p>, next: Next<'p>) -> Result<Next<'p>, Raise> {
        self.budget.allocate(COST)?;
        Ok(Some(Rc::new(Frame { what, next })))
    }

    fn choose(&mut self, choice: Choice<'p>) -> Result<(), Raise> {
        self.budget.allocate(COST)?;
        self.choices.push(choice);
        Ok(())
    }

    /// One step on a traced way: `state` must be what the trace leads to.
    fn step(&mut self, state: &State, key: Value, value: Value) -> Result<State, Raise> {
        if state.trace.is_none() {
            return Ok(State::of(value));
        }
        self.intact(state)?;
        self.budget.allocate(COST)?;
        let trace = Place::step(&state.trace, key, &value);
        Ok(State { value, trace })
    }

    /// Whether a traced value is the one that its trace leads to.
    fn intact(&self, state: &State) -> Result<(), Raise> {
        match &state.trace {
            Some(place) if !place.value.is_same(&state.value) => {
                Err(Raise::message(format!("invalid path against: {}", super::write::typed(&state.value))))
            }
            _ => Ok(()),
        }
    }

    fn surroundings(&mut self) -> Surroundings<'_> {
        Surroundings { moment: self.moment, budget: &mut self.budget }
    }

    /// Goes on with what a choice left.
    fn back(&mut self, choice: Choice<'p>) -> Result<Step<'p>, Raise> {
        Ok(match choice {
            Choice::Evaluate(node, bindings, state, next) => Step::Evaluate(node, bindings, state, next),
            Choice::Items(items, at, trace, next) => self.items(items, at, trace, next)?,
            Choice::Members(map, names, at, trace, next) => self.members(map, names, at, trace, next)?,
            Choice::Range { at, to, step, trace, next } => self.range(at, to, step, trace, next)?,
            Choice::Collected(items, trace, next) => {
                let value = Value::array(std::mem::take(&mut *items.borrow_mut()));
                self.deep_enough(&value)?;
                Step::Give(State { value, trace }, next)
            }
            Choice::Reduced(shared, trace, next) => {
                let value = std::mem::take(&mut *shared.borrow_mut());
                Step::Give(State { value, trace }, next)
            }
            Choice::Alternative(found, node, bindings, state, next) => {
                if found.get() {
                    Step::Back
                } else {
                    Step::Evaluate(node, bindings, state, next)
                }
            }
            Choice::Unchanged(gone, path) => {
                gone.borrow_mut().push(path);
                Step::Back
            }
            Choice::Modified(shared, gone, trace, next) => {
                let value = std::mem::take(&mut *shared.borrow_mut());
                let gone = Value::array(std::mem::take(&mut *gone.borrow_mut()));
                self.budget.scan(value.size() + gone.size())?;
                Step::Give(State { value: super::path::delete(value, &gone)?, trace }, next)
            }
            Choice::Try(..) | Choice::Outside | Choice::Label(_) | Choice::Pattern(..) => Step::Back,
        })
    }

    /// Unwinds to where an error is caught or a label ends.
    fn catch(&mut self, mut raise: Raise) -> Result<Step<'p>, Raise> {
        let mut outside = 0_usize;
        while let Some(choice) = self.choices.pop() {
            match (choice, &raise) {
                (Choice::Label(label), Raise::Break(wanted)) if label == *wanted => return Ok(Step::Back),
                (_, Raise::Halt | Raise::Exhausted(_)) => break,
                (Choice::Outside, _) => outside += 1,
                (Choice::Try(..), _) if outside > 0 => outside -= 1,
                (Choice::Try(None, ..), Raise::Message(_) | Raise::Value(_)) => return Ok(Step::Back),
                (Choice::Try(Some(handler), bindings, state, next), Raise::Message(text)) => {
                    let state = state.with(Value::text(text));
                    return Ok(Step::Evaluate(handler, bindings, state, next));
                }
                (Choice::Try(Some(handler), bindings, state, next), Raise::Value(value)) => {
                    return Ok(Step::Evaluate(handler, bindings, state.with(value.clone()), next));
                }
                (Choice::Pattern(node, at, bindings, value, state, next), _) => {
                    match self.take_apart(node, at, bindings, value, state, next) {
                        Ok(step) => return Ok(step),
                        Err(again) => (raise, outside) = (again, 0),
                    }
                }
                _ => {}
            }
        }
        Err(raise)
    }

    fn deep_enough(&self, value: &Value) -> Result<(), Raise> {
        if value.depth() > super::value::MAX_DEPTH {
            return Err(crate::budget::Exhausted::Depth.into());
        }
        Ok(())
    }

    /// Binds a new label.
    fn label(&mut self, bindings: &Bindings<'p>) -> Result<Bindings<'p>, Raise> {
        self.labels += 1;
        self.choose(Choice::Label(self.labels))?;
        self.bound(bindings, Bound::Label(self.labels))
    }

    /// Binds one more.
    fn bound(&mut self, bindings: &Bindings<'p>, bound: Bound<'p>) -> Result<Bindings<'p>, Raise> {
        self.budget.allocate(COST)?;
        Ok(bind(bindings, bound))
    }

    /// Gives the items of an array from this one on.
    fn items(
        &mut self,
        items: std::sync::Arc<super::value::Items>,
        at: usize,
        trace: Trace,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        let Some(value) = items.items.get(at).cloned() else { return Ok(Step::Back) };
        let inner = trace.as_ref().and_then(|_| Place::step(&trace, Value::whole(at), &value));
        if at + 1 < items.items.len() {
            self.choose(Choice::Items(items, at + 1, trace, next.clone()))?;
        }
        Ok(Step::Give(State { value, trace: inner }, next))
    }

    /// Gives the values of an object from this one on.
    fn members(
        &mut self,
        map: std::sync::Arc<super::value::Map>,
        names: Rc<Vec<std::sync::Arc<str>>>,
        at: usize,
        trace: Trace,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        let Some((name, value)) = names.get(at).and_then(|name| Some((name.clone(), map.members.get(name)?.clone())))
        else {
            return Ok(Step::Back);
        };
        let inner = trace.as_ref().and_then(|_| Place::step(&trace, Value::Text(name), &value));
        if at + 1 < names.len() {
            self.choose(Choice::Members(map, names, at + 1, trace, next.clone()))?;
        }
        Ok(Step::Give(State { value, trace: inner }, next))
    }

    /// Gives numbers from `at` on, as long as they have not come to `to`.
    fn range(&mut self, at: Value, to: Value, step: Value, trace: Trace, next: Next<'p>) -> Result<Step<'p>, Raise> {
        let upward = step.compare(&Value::whole(0)) as i8;
        if upward * (at.compare(&to) as i8) >= 0 {
            return Ok(Step::Back);
        }
        let following = super::operate::add(&mut self.budget, at.clone(), step.clone())?;
        self.choose(Choice::Range { at: following, to, step, trace: trace.clone(), next: next.clone() })?;
        Ok(Step::Give(State { value: at, trace }, next))
    }
}
