//! What becomes of the values that parts of a program give.

use super::chain::{Bindings, Bound, Frame, Next, Place};
use super::evaluate::unbound;
use super::frame::{Building, Change, Choice, Gone, Shared, State, Taking, Then, What};
use super::{Machine, Step};
use crate::jq::operate::operate;
use crate::jq::path;
use crate::jq::raise::Raise;
use crate::jq::tree::{Node, Step as PatternStep};
use crate::jq::value::{Members, Value};
use crate::jq::write::typed;
use std::cell::RefCell;
use std::rc::Rc;

impl<'p> Machine<'p> {
    pub(super) fn give(&mut self, given: State, frame: &Rc<Frame<'p>>) -> Result<Step<'p>, Raise> {
        let next = frame.next.clone();
        Ok(match &frame.what {
            What::Pipe(node, bindings) => Step::Evaluate(node, bindings.clone(), given, next),
            What::Key(target, bindings, state) => {
                let next = self.frame(What::Look(given.value), next)?;
                Step::Evaluate(target, bindings.clone(), state.clone(), next)
            }
            What::Look(key) => {
                let value = given.look(key)?;
                self.budget.scan(value.size())?;
                Step::Give(self.step(&given, key.clone(), value)?, next)
            }
            What::SliceStart(target, end, bindings, state) => {
                let what = What::SliceEnd(given.value, target, bindings.clone(), state.clone());
                let next = self.frame(what, next)?;
                Step::Evaluate(end, bindings.clone(), State::of(state.value.clone()), next)
            }
            What::SliceEnd(start, target, bindings, state) => {
                let next = self.frame(What::Cut(start.clone(), given.value), next)?;
                Step::Evaluate(target, bindings.clone(), state.clone(), next)
            }
            What::Cut(start, end) => {
                self.budget.allocate(given.value.size())?;
                let value = path::slice(&given.value, start, end)?;
                Step::Give(self.step(&given, path::range_key(start.clone(), end.clone()), value)?, next)
            }
            What::Iterate => self.iterate(given, next)?,
            What::Collect(items) => {
                self.budget.allocate(24)?;
                items.borrow_mut().push(given.value);
                Step::Back
            }
            What::MemberKey(building) => {
                let Some((_, node)) = building.members.get(building.done.len()) else { return Err(unbound()) };
                let (bindings, input) = (building.bindings.clone(), given.with(building.state.value.clone()));
                let next = self.frame(What::MemberValue(building.clone(), given.value), next)?;
                Step::Evaluate(node, bindings, input, next)
            }
            What::MemberValue(building, key) => {
                let mut building = building.clone();
                building.state.trace = given.trace;
                building.done.push((key.clone(), given.value));
                self.member(building, next)?
            }
            What::Negate | What::Plus => match (&frame.what, &given.value) {
                (What::Plus, Value::Number(_)) => Step::Give(given, next),
                (_, Value::Number(number)) => {
                    let value = Value::Number(number.negate());
                    Step::Give(given.with(value), next)
                }
                (what, other) => {
                    let name = if matches!(what, What::Plus) { "plus" } else { "negate" };
                    return Err(Raise::message(format!("cannot {name}: {}", typed(other))));
                }
            },
            What::Right(operator, left, bindings, input) => {
                let input = given.with(input.clone());
                let next = self.frame(What::Left(*operator, given.value), next)?;
                Step::Evaluate(left, bindings.clone(), input, next)
            }
            What::Left(operator, right) => {
                let State { value, trace } = given;
                let value = operate(&mut self.budget, *operator, value, right.clone())?;
                self.deep_enough(&value)?;
                Step::Give(State { value, trace }, next)
            }
            What::Alternative(found) => {
                if !given.value.is_true() {
                    return Ok(Step::Back);
                }
                found.set(true);
                Step::Give(given, next)
            }
            What::If(then, otherwise, bindings, state) => {
                let node = if given.value.is_true() { then } else { otherwise };
                Step::Evaluate(node, bindings.clone(), state.clone(), next)
            }
            What::TryEnd => {
                self.choose(Choice::Outside)?;
                Step::Give(given, next)
            }
            What::ReduceStart(node, bindings, state) => self.reduce(node, bindings, state, given, next)?,
            What::ForeachStart(node, bindings, state) => {
                let Node::Foreach { source, .. } = node else { return Err(unbound()) };
                let shared = Rc::new(RefCell::new(given.value));
                let next = self.frame(What::Item(node, bindings.clone(), shared), next)?;
                let input = State { value: state.value.clone(), trace: given.trace };
                Step::Evaluate(source, bindings.clone(), input, next)
            }
            What::Item(node, bindings, shared) => {
                let (Node::Reduce { pattern, .. } | Node::Foreach { pattern, .. }) = node else {
                    return Err(unbound());
                };
                let then = Then::Loop(node, shared.clone(), given.trace);
                self.start_taking(pattern, given.value, bindings.clone(), then, next)?
            }
            What::Reduced(shared) => {
                *shared.borrow_mut() = given.value;
                Step::Back
            }
            What::Folded(shared, extract, bindings) => {
                shared.borrow_mut().clone_from(&given.value);
                match extract {
                    Some(node) => Step::Evaluate(node, bindings.clone(), given, next),
                    None => Step::Give(given, next),
                }
            }
            What::Source(node, bindings, state) => {
                self.take_apart(node, 0, bindings.clone(), given.value, state.clone(), next)?
            }
            What::PatternKey(taking) => self.taken_member(taking.clone(), &given.value, next)?,
            What::Argument(calling) => {
                let mut calling = calling.clone();
                calling.state.trace = given.trace;
                calling.values.push(given.value);
                self.argument(calling, next)?
            }
            What::Parameter(entering) => {
                let mut entering = entering.clone();
                entering.bindings = self.bound(&entering.bindings, Bound::Value(given.value))?;
                entering.at += 1;
                self.parameter(entering, next)?
            }
            What::RangeStep(bounds, bindings, state) => {
                let next = self.frame(What::RangeTo(bounds, bindings.clone(), state.clone(), given.value), next)?;
                Step::Evaluate(&bounds[1], bindings.clone(), State::of(state.value.clone()), next)
            }
            What::RangeTo(bounds, bindings, state, step) => {
                let next = self.frame(What::RangeFrom(state.clone(), given.value, step.clone()), next)?;
                Step::Evaluate(&bounds[0], bindings.clone(), State::of(state.value.clone()), next)
            }
            What::RangeFrom(state, to, step) => {
                for bound in [&given.value, to, step] {
                    if !matches!(bound, Value::Number(_)) {
                        return Err(Raise::message(format!("range cannot be applied to: {}", typed(bound))));
                    }
                }
                self.range(given.value, to.clone(), step.clone(), state.trace.clone(), next)?
            }
            What::PathEnd(outer) => {
                self.intact(&given)?;
                let keys = Place::keys(&given.trace);
                self.budget.allocate(keys.size())?;
                Step::Give(State { value: keys, trace: outer.clone() }, next)
            }
            What::Go(state) => self.go(state, &given.value, next)?,
            What::Assign(paths, bindings, state) => self.assign(paths, bindings, state, given.value, next)?,
            What::AssignAt(shared, new) => {
                self.put(shared, &given.value, new.clone())?;
                Step::Back
            }
            What::ModifyAt(shared, change, gone) => self.change(shared, change, gone, given.value)?,
            What::Modified(shared, path, label) => {
                self.put(shared, path, given.value)?;
                return Err(Raise::Break(*label));
            }
            What::Update(operator, paths, bindings, state) => {
                let change = match operator {
                    Some(operator) => Change::Operate(*operator, given.value),
                    None => Change::Default(given.value),
                };
                self.modify(paths, bindings.clone(), state.clone(), change, next)?
            }
        })
    }

    fn iterate(&mut self, given: State, next: Next<'p>) -> Result<Step<'p>, Raise> {
        if given.trace.is_some() && matches!(given.value, Value::Array(_) | Value::Object(_)) {
            self.intact(&given)
                .map_err(|_| Raise::message(format!("invalid path on iterating against: {}", typed(&given.value))))?;
        }
        match given.value {
            Value::Array(items) => self.items(items, 0, given.trace, next),
            Value::Object(map) => {
                self.budget.allocate(16 * map.members.len())?;
                let names = Rc::new(map.members.keys().cloned().collect());
                self.members(map, names, 0, given.trace, next)
            }
            other => Err(Raise::message(format!("cannot iterate over: {}", typed(&other)))),
        }
    }

    /// The object, all of whose members are there; of those with one name the last counts.
    pub(super) fn built(&mut self, building: Building<'p>, next: Next<'p>) -> Result<Step<'p>, Raise> {
        let mut members = Members::new();
        for (key, value) in building.done.into_iter().rev() {
            let Value::Text(name) = key else { return Err(path::not_a_key(&key)) };
            members.entry(name).or_insert(value);
        }
        let value = Value::object(members);
        self.budget.allocate(value.size())?;
        self.deep_enough(&value)?;
        Ok(Step::Give(building.state.with(value), next))
    }

    fn reduce(
        &mut self,
        node: &'p Node,
        bindings: &Bindings<'p>,
        state: &State,
        start: State,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        let Node::Reduce { source, .. } = node else { return Err(unbound()) };
        let shared = Rc::new(RefCell::new(start.value));
        self.choose(Choice::Reduced(shared.clone(), start.trace.clone(), next))?;
        let next = self.frame(What::Item(node, bindings.clone(), shared), None)?;
        let input = State { value: state.value.clone(), trace: start.trace };
        Ok(Step::Evaluate(source, bindings.clone(), input, next))
    }

    /// Goes on taking apart: up to the next key that must be computed, or to the end.
    pub(super) fn take(&mut self, mut taking: Taking<'p>, next: Next<'p>) -> Result<Step<'p>, Raise> {
        while let Some(step) = taking.pattern.steps.get(taking.step) {
            self.budget.steps(1)?;
            let value = |of: &usize| taking.values.get(*of).cloned().unwrap_or_default();
            match step {
                PatternStep::Bind(of) => {
                    let value = value(of);
                    taking.variables.push(value);
                }
                PatternStep::Item(of, index) => {
                    let array = value(of);
                    if !matches!(array, Value::Array(_) | Value::Null) {
                        return Err(path::expected_array(&array));
                    }
                    taking.values.push(path::index(&array, &Value::whole(*index))?);
                }
                PatternStep::Member(of, Node::Constant(key)) => {
                    let found = path::index(&value(of), key)?;
                    taking.values.push(found);
                }
                PatternStep::Member(of, key) => {
                    let input = State::of(value(of));
                    let mut bindings = taking.bindings.clone();
                    for variable in &taking.variables {
                        bindings = self.bound(&bindings, Bound::Value(variable.clone()))?;
                    }
                    let next = self.frame(What::PatternKey(taking), next)?;
                    return Ok(Step::Evaluate(key, bindings, input, next));
                }
            }
            taking.step += 1;
        }
        self.taken(taking, next)
    }

    fn taken_member(&mut self, mut taking: Taking<'p>, key: &Value, next: Next<'p>) -> Result<Step<'p>, Raise> {
        if let Some(PatternStep::Member(of, _)) = taking.pattern.steps.get(taking.step) {
            let found = path::index(taking.values.get(*of).unwrap_or(&Value::Null), key)?;
            taking.values.push(found);
        }
        taking.step += 1;
        self.take(taking, next)
    }

    /// Binds the variables, those of other alternatives as null, and goes on.
    fn taken(&mut self, taking: Taking<'p>, next: Next<'p>) -> Result<Step<'p>, Raise> {
        let mut variables = vec![Value::Null; taking.pattern.variables];
        for (value, number) in taking.variables.into_iter().zip(&taking.pattern.bound) {
            if let Some(variable) = variables.get_mut(*number) {
                *variable = value;
            }
        }
        let mut bindings = taking.bindings;
        for value in variables {
            bindings = self.bound(&bindings, Bound::Value(value))?;
        }
        match taking.then {
            Then::Body(body, state) => Ok(Step::Evaluate(body, bindings, state, next)),
            Then::Loop(node, shared, trace) => {
                let state = State { value: shared.borrow().clone(), trace };
                let (update, what) = match node {
                    Node::Reduce { update, .. } => (update, What::Reduced(shared)),
                    Node::Foreach { update, extract, .. } => {
                        (update, What::Folded(shared, extract.as_deref(), bindings.clone()))
                    }
                    _ => return Err(unbound()),
                };
                let next = self.frame(what, next)?;
                Ok(Step::Evaluate(update, bindings, state, next))
            }
        }
    }

    /// The value at a path, one traced step for each of its keys.
    fn go(&mut self, state: &State, path: &Value, next: Next<'p>) -> Result<Step<'p>, Raise> {
        let found = path::get(&state.value, path)?;
        if state.trace.is_none() {
            return Ok(Step::Give(State::of(found), next));
        }
        self.intact(state)?;
        let Value::Array(keys) = path else { return Err(unbound()) };
        let mut trace = state.trace.clone();
        for key in &keys.items {
            self.budget.allocate(super::COST)?;
            trace = Place::step(&trace, key.clone(), &found);
        }
        Ok(Step::Give(State { value: found, trace }, next))
    }

    fn assign(
        &mut self,
        paths: &'p Node,
        bindings: &Bindings<'p>,
        state: &State,
        new: Value,
        next: Next<'p>,
    ) -> Result<Step<'p>, Raise> {
        let shared = Rc::new(RefCell::new(state.value.clone()));
        self.choose(Choice::Reduced(shared.clone(), state.trace.clone(), next))?;
        let next = self.frame(What::AssignAt(shared, new), None)?;
        let next = self.frame(What::PathEnd(None), next)?;
        let start = State { trace: Place::start(&state.value), value: state.value.clone() };
        Ok(Step::Evaluate(paths, bindings.clone(), start, next))
    }

    /// Puts a value at a path of a shared one.
    fn put(&mut self, shared: &Shared, path: &Value, new: Value) -> Result<(), Raise> {
        let value = std::mem::take(&mut *shared.borrow_mut());
        self.budget.scan(value.size() + path.size())?;
        let growth = match path {
            Value::Array(keys) => keys.items.iter().map(room).max().unwrap_or(0),
            _ => 0,
        };
        self.budget.allocate(growth)?;
        *shared.borrow_mut() = path::set(value, path, new)?;
        Ok(())
    }

    fn change(&mut self, shared: &Shared, change: &Change<'p>, gone: &Gone, path: Value) -> Result<Step<'p>, Raise> {
        let before = path::get(&shared.borrow(), &path)?;
        match change {
            Change::By(node, bindings) => {
                self.labels += 1;
                self.choose(Choice::Label(self.labels))?;
                self.choose(Choice::Unchanged(gone.clone(), path.clone()))?;
                let next = self.frame(What::Modified(shared.clone(), path, self.labels), None)?;
                Ok(Step::Evaluate(node, bindings.clone(), State::of(before), next))
            }
            Change::Operate(operator, right) => {
                let value = operate(&mut self.budget, *operator, before, right.clone())?;
                self.put(shared, &path, value)?;
                Ok(Step::Back)
            }
            Change::Default(value) => {
                let value = if before.is_true() { before } else { value.clone() };
                self.put(shared, &path, value)?;
                Ok(Step::Back)
            }
        }
    }
}

/// The memory that an array may grow by when something is put at this key.
fn room(key: &Value) -> usize {
    match key {
        Value::Number(number) => usize::try_from(number.to_whole()).unwrap_or(0).saturating_mul(24),
        _ => 0,
    }
}
