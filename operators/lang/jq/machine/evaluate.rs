//! What each part of a program does first.

use super::chain::{Binding, Bindings, Bound, Next, Place, ago};
use super::frame::{Building, Calling, Change, Choice, Entering, State, Taking, Then, What};
use super::{Machine, Step};
use crate::jq::prelude;
use crate::jq::raise::Raise;
use crate::jq::tree::{Function, Node, Pattern};
use crate::jq::value::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

impl<'p> Machine<'p> {
    pub(super) fn evaluate(
        &mut self,
        node: &'p Node,
        bindings: Bindings<'p>,
        state: State,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        Ok(match node {
            Node::Identity => Step::Give(state, next),
            Node::Constant(value) => Step::Give(state.with(value.clone()), next),
            Node::Variable(count) => match ago(&bindings, *count).map(|binding| &binding.bound) {
                Some(Bound::Value(value)) => Step::Give(state.with(value.clone()), next),
                _ => return Err(unbound()),
            },
            Node::Pipe(first, second) => {
                let next = self.frame(What::Pipe(second, bindings.clone()), next)?;
                Step::Evaluate(first, bindings, state, next)
            }
            Node::Comma(first, second) => {
                self.choose(Choice::Evaluate(second, bindings.clone(), state.clone(), next.clone()))?;
                Step::Evaluate(first, bindings, state, next)
            }
            Node::Index(target, key) => self.index(target, key, bindings, state, next)?,
            Node::Slice(target, start, end) => {
                let input = State::of(state.value.clone());
                let next = self.frame(What::SliceStart(target, end, bindings.clone(), state), next)?;
                Step::Evaluate(start, bindings, input, next)
            }
            Node::Iterate(target) => {
                let next = self.frame(What::Iterate, next)?;
                Step::Evaluate(target, bindings, state, next)
            }
            Node::Array(items) => {
                let collected = Rc::new(RefCell::new(Vec::new()));
                self.choose(Choice::Collected(collected.clone(), state.trace.clone(), next))?;
                let next = self.frame(What::Collect(collected), None)?;
                Step::Evaluate(items, bindings, state, next)
            }
            Node::Object(members) => {
                let building = Building { members, bindings, state, done: Vec::with_capacity(members.len()) };
                self.member(building, next)?
            }
            Node::Negate(of) | Node::Plus(of) => {
                let what = if matches!(node, Node::Negate(_)) { What::Negate } else { What::Plus };
                let next = self.frame(what, next)?;
                Step::Evaluate(of, bindings, state, next)
            }
            Node::Binary(operator, left, right) => {
                let next = self.frame(What::Right(*operator, left, bindings.clone(), state.value.clone()), next)?;
                Step::Evaluate(right, bindings, state, next)
            }
            Node::Alternative(first, second) => {
                let found = Rc::new(Cell::new(false));
                let choice = Choice::Alternative(found.clone(), second, bindings.clone(), state.clone(), next.clone());
                self.choose(choice)?;
                let next = self.frame(What::Alternative(found), next)?;
                Step::Evaluate(first, bindings, state, next)
            }
            Node::If(condition, then, otherwise) => {
                let input = State::of(state.value.clone());
                let next = self.frame(What::If(then, otherwise, bindings.clone(), state), next)?;
                Step::Evaluate(condition, bindings, input, next)
            }
            Node::Try(body, handler) => {
                let handler = handler.as_deref();
                self.choose(Choice::Try(handler, bindings.clone(), state.clone(), next.clone()))?;
                let next = self.frame(What::TryEnd, next)?;
                Step::Evaluate(body, bindings, state, next)
            }
            Node::Reduce { start, .. } | Node::Foreach { start, .. } => {
                let what = match node {
                    Node::Reduce { .. } => What::ReduceStart(node, bindings.clone(), state.clone()),
                    _ => What::ForeachStart(node, bindings.clone(), state.clone()),
                };
                let next = self.frame(what, next)?;
                Step::Evaluate(start, bindings, state, next)
            }
            Node::Bind { source, .. } => {
                let input = State::of(state.value.clone());
                let next = self.frame(What::Source(node, bindings.clone(), state), next)?;
                Step::Evaluate(source, bindings, input, next)
            }
            Node::Label(body) => {
                let bindings = self.label(&bindings)?;
                Step::Evaluate(body, bindings, state, next)
            }
            Node::Break(count) => match ago(&bindings, *count).map(|binding| &binding.bound) {
                Some(Bound::Label(label)) => return Err(Raise::Break(*label)),
                _ => return Err(unbound()),
            },
            Node::Define(function, rest) => {
                let bindings = self.bound(&bindings, Bound::Function(function))?;
                Step::Evaluate(rest, bindings, state, next)
            }
            Node::Call(count, arguments) => {
                let found = ago(&bindings, *count).cloned().ok_or_else(unbound)?;
                let Binding { bound: Bound::Function(function), .. } = &*found else { return Err(unbound()) };
                let function: &'p Function = function;
                self.enter(function, Some(found), arguments, &bindings, state, next)?
            }
            Node::Parameter(count) => match ago(&bindings, *count).map(|binding| binding.bound.clone()) {
                Some(Bound::Closure(node, bindings)) => Step::Evaluate(node, bindings, state, next),
                _ => return Err(unbound()),
            },
            Node::Prelude(number, arguments) => {
                let function = prelude::get(*number).ok_or_else(unbound)?;
                self.enter(function, None, arguments, &bindings, state, next)?
            }
            Node::Native(native, nodes) => {
                let values = Vec::with_capacity(nodes.len());
                self.argument(Calling { native, nodes, bindings, state, values }, next)?
            }
            Node::Range(bounds) => {
                let input = State::of(state.value.clone());
                let next = self.frame(What::RangeStep(bounds, bindings.clone(), state), next)?;
                Step::Evaluate(&bounds[2], bindings, input, next)
            }
            Node::Path(of) => {
                let start = State { trace: Place::start(&state.value), value: state.value };
                let next = self.frame(What::PathEnd(state.trace), next)?;
                Step::Evaluate(of, bindings, start, next)
            }
            Node::GetPath(path) => {
                let input = State::of(state.value.clone());
                let next = self.frame(What::Go(state), next)?;
                Step::Evaluate(path, bindings, input, next)
            }
            Node::Assign(paths, value) => {
                let input = State::of(state.value.clone());
                let next = self.frame(What::Assign(paths, bindings.clone(), state), next)?;
                Step::Evaluate(value, bindings, input, next)
            }
            Node::Modify(paths, change) => {
                let change = Change::By(change, bindings.clone());
                self.modify(paths, bindings, state, change, next)?
            }
            Node::Update(operator, paths, value) => {
                let input = State::of(state.value.clone());
                let next = self.frame(What::Update(*operator, paths, bindings.clone(), state), next)?;
                Step::Evaluate(value, bindings, input, next)
            }
            Node::Empty => Step::Back,
        })
    }

    fn index(
        &mut self,
        target: &'p Node,
        key: &'p Node,
        bindings: Bindings<'p>,
        state: State,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        if let Node::Constant(key) = key {
            if matches!(target, Node::Identity) {
                let value = state.look(key)?;
                return Ok(Step::Give(self.step(&state, key.clone(), value)?, next));
            }
            let next = self.frame(What::Look(key.clone()), next)?;
            return Ok(Step::Evaluate(target, bindings, state, next));
        }
        let input = State::of(state.value.clone());
        let next = self.frame(What::Key(target, bindings.clone(), state), next)?;
        Ok(Step::Evaluate(key, bindings, input, next))
    }

    /// The key of an object's next member, or the whole object.
    pub(super) fn member(&mut self, building: Building<'p>, next: Next<'p>) -> Result<Step<'p>, Raise> {
        let Some((key, _)) = building.members.get(building.done.len()) else { return self.built(building, next) };
        let (bindings, input) = (building.bindings.clone(), building.state.clone());
        let next = self.frame(What::MemberKey(building), next)?;
        Ok(Step::Evaluate(key, bindings, input, next))
    }

    /// The next argument of a call, from the last to the first, or the call.
    pub(super) fn argument(&mut self, calling: Calling<'p>, next: Next<'p>) -> Result<Step<'p>, Raise> {
        let left = calling.nodes.len() - calling.values.len();
        let Some(node) = left.checked_sub(1).and_then(|at| calling.nodes.get(at)) else {
            let Calling { native, state, mut values, .. } = calling;
            values.reverse();
            let value = native.call(&mut self.surroundings(), &state.value, &values)?;
            return Ok(Step::Give(state.with(value), next));
        };
        let (bindings, input) = (calling.bindings.clone(), calling.state.clone());
        let next = self.frame(What::Argument(calling), next)?;
        Ok(Step::Evaluate(node, bindings, input, next))
    }

    /// Enters a function that sees `inside`, with arguments that see `outside`.
    fn enter(
        &mut self,
        function: &'p Function,
        inside: Bindings<'p>,
        arguments: &'p [Node],
        outside: &Bindings<'p>,
        state: State,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        if arguments.is_empty() {
            return Ok(Step::Evaluate(&function.body, inside, state, next));
        }
        let mut bindings = inside;
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            // A parameter that is handed on is the closure it stands for: chains of closures would grow with recursion.
            let closure = match argument {
                Node::Parameter(count) => ago(outside, *count).map(|binding| binding.bound.clone()),
                node => Some(Bound::Closure(node, outside.clone())),
            };
            let Some(Bound::Closure(node, of)) = closure else { return Err(unbound()) };
            given.push((node, of.clone()));
            bindings = self.bound(&bindings, Bound::Closure(node, of))?;
        }
        self.parameter(Entering { function, given: Rc::new(given), at: 0, bindings, state }, next)
    }

    /// The values of the next `$` parameter, or the body.
    pub(super) fn parameter(&mut self, mut entering: Entering<'p>, next: Next<'p>) -> Result<Step<'p>, Raise> {
        while entering.function.parameters.get(entering.at) == Some(&false) {
            entering.at += 1;
        }
        let Some((node, bindings)) = entering.given.get(entering.at).cloned() else {
            return Ok(Step::Evaluate(&entering.function.body, entering.bindings, entering.state, next));
        };
        let input = State::of(entering.state.value.clone());
        let next = self.frame(What::Parameter(entering), next)?;
        Ok(Step::Evaluate(node, bindings, input, next))
    }

    /// Takes a value apart by the pattern with this number; on an error the next one is tried.
    pub(super) fn take_apart(
        &mut self,
        node: &'p Node,
        at: usize,
        bindings: Bindings<'p>,
        value: Value,
        state: State,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        let Node::Bind { patterns, body, .. } = node else { return Err(unbound()) };
        let pattern = patterns.get(at).ok_or_else(unbound)?;
        if at + 1 < patterns.len() {
            let (bindings, value, state) = (bindings.clone(), value.clone(), state.clone());
            self.choose(Choice::Pattern(node, at + 1, bindings, value, state, next.clone()))?;
        }
        self.start_taking(pattern, value, bindings, Then::Body(body, state), next)
    }

    pub(super) fn start_taking(
        &mut self,
        pattern: &'p Pattern,
        value: Value,
        bindings: Bindings<'p>,
        then: Then<'p>,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        let taking = Taking { pattern, step: 0, values: vec![value], variables: Vec::new(), bindings, then };
        self.take(taking, next)
    }

    /// Changes what lies at paths, then deletes what changed into nothing.
    pub(super) fn modify(
        &mut self,
        paths: &'p Node,
        bindings: Bindings<'p>,
        state: State,
        change: Change<'p>,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        let shared = Rc::new(RefCell::new(state.value.clone()));
        let gone = Rc::new(RefCell::new(Vec::new()));
        self.choose(Choice::Modified(shared.clone(), gone.clone(), state.trace, next))?;
        let next = self.frame(What::ModifyAt(shared, change, gone), None)?;
        let next = self.frame(What::PathEnd(None), next)?;
        let start = State { trace: Place::start(&state.value), value: state.value };
        Ok(Step::Evaluate(paths, bindings, start, next))
    }
}

/// Names are resolved when a program is compiled; this cannot be seen.
pub(super) fn unbound() -> Raise {
    Raise::message("a name is not bound")
}
