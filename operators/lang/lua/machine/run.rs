//! The instructions, one after the other.

use super::{Machine, Trap};
use crate::lua::code::{Instruction, SlotCapture};
use crate::lua::heap::Closure;
use crate::lua::value::Value;
use std::sync::Arc;

impl Machine<'_> {
    /// Runs until no more than `entry` calls are open.
    pub(super) fn execute(&mut self, entry: usize) -> Result<(), Trap> {
        while self.calls.len() > entry {
            let Some(running) = self.activation_mut() else { return self.settle() };
            let Some(instruction) = running.function.code.get(running.next).copied() else {
                return self.return_from(self.stack.len());
            };
            running.next += 1;
            self.heap.budget.steps(1)?;
            self.perform(instruction)?;
        }
        Ok(())
    }

    #[inline]
    fn perform(&mut self, instruction: Instruction) -> Result<(), Trap> {
        use Instruction as I;
        match instruction {
            I::Local(slot) => self.stack.push(self.slot(slot)),
            I::SetLocal(slot) => {
                let value = self.pop();
                self.set_slot(slot, value);
            }
            I::Constant(constant) => self.stack.push(self.constant(constant)),
            I::Nil(count) => self.stack.resize(self.stack.len() + count as usize, Value::Nil),
            I::Boolean(value) => self.stack.push(Value::Boolean(value)),
            I::Drop(height) => self.stack.truncate(self.base + height as usize),
            I::Share(slot) => self.share(slot)?,
            I::Shared(slot) => self.stack.push(self.shared(slot)),
            I::SetShared(slot) => {
                let value = self.pop();
                self.set_shared(slot, value);
            }
            I::Captured(place) => self.stack.push(self.captured(place)),
            I::SetCaptured(place) => {
                let value = self.pop();
                self.set_captured(place, value);
            }
            I::Global(name) => self.global(name)?,
            I::SetGlobal(name) => self.set_global_variable(name)?,
            I::Index => {
                let key = self.pop();
                self.member(key)?;
            }
            I::Field(name) => self.member(self.constant(name))?,
            I::SetIndex(slot) => self.set_index(slot)?,
            I::SetMember(slot) => self.set_member(slot)?,
            I::Append(slot, first) => self.append(slot, first)?,
            I::Table => self.push_table()?,
            I::Function(place) => self.make_function(place)?,
            I::Method(name) => self.method(name)?,
            I::Call(slot, wanted) => self.call(self.base + slot as usize, wanted)?,
            I::TailCall(slot) => self.tail_call(slot)?,
            I::Arguments(wanted) => self.push_arguments(wanted)?,
            I::ArgumentTable => self.push_argument_table()?,
            I::Return(slot) => self.return_from(self.base + slot as usize)?,
            I::Calculate(operator) => self.calculate(operator)?,
            I::Negate => self.negate()?,
            I::Not => {
                let value = self.pop();
                self.stack.push(Value::Boolean(!value.is_true()));
            }
            I::Length => self.length()?,
            I::Concatenate(count) => self.concatenate(count as usize)?,
            I::Equal(wanted) => self.equal(wanted)?,
            I::Less => self.order(|machine, left, right| machine.less(left, right))?,
            I::LessOrEqual => self.order(|machine, left, right| machine.less_or_equal(left, right))?,
            I::Greater => self.order(|machine, left, right| machine.less(right, left))?,
            I::GreaterOrEqual => self.order(|machine, left, right| machine.less_or_equal(right, left))?,
            I::Jump(target) => self.jump(target),
            I::JumpIfFalse(target) => {
                if !self.pop().is_true() {
                    self.jump(target);
                }
            }
            I::And(target) => self.short_circuit(target, false),
            I::Or(target) => self.short_circuit(target, true),
            I::CountFrom(slot, target) => self.count_from(slot, target)?,
            I::CountNext(slot, target) => self.count_next(slot, target)?,
            I::Each(slot, count) => self.each(slot, count)?,
            I::EachUntilNil(slot, target) => self.each_until_nil(slot, target),
        }
        Ok(())
    }

    #[inline]
    pub(super) fn constant(&self, place: u32) -> Value {
        let constant = self.activation().and_then(|running| running.function.constants.get(place as usize));
        constant.copied().unwrap_or(Value::Nil)
    }

    #[inline]
    fn jump(&mut self, target: u32) {
        if let Some(running) = self.activation_mut() {
            running.next = target as usize;
        }
    }

    fn short_circuit(&mut self, target: u32, when: bool) {
        if self.stack.last().is_some_and(|top| top.is_true()) == when {
            self.jump(target);
        } else {
            self.stack.pop();
        }
    }

    fn share(&mut self, slot: u32) -> Result<(), Trap> {
        let cell = self.heap.new_cell(self.slot(slot))?;
        self.set_slot(slot, Value::Cell(cell));
        Ok(())
    }

    fn shared(&self, slot: u32) -> Value {
        match self.slot(slot) {
            Value::Cell(cell) => self.heap.cell(cell),
            other => other,
        }
    }

    fn set_shared(&mut self, slot: u32, value: Value) {
        if let Value::Cell(cell) = self.slot(slot) {
            self.heap.set_cell(cell, value);
        }
    }

    fn captured_cell(&self, place: u32) -> Option<crate::lua::value::CellId> {
        let closure = self.heap.closure(self.activation()?.closure)?;
        closure.shared.get(place as usize).copied()
    }

    fn captured(&self, place: u32) -> Value {
        self.captured_cell(place).map_or(Value::Nil, |cell| self.heap.cell(cell))
    }

    fn set_captured(&mut self, place: u32, value: Value) {
        if let Some(cell) = self.captured_cell(place) {
            self.heap.set_cell(cell, value);
        }
    }

    fn make_function(&mut self, place: u32) -> Result<(), Trap> {
        let Some(running) = self.activation() else { return Ok(()) };
        let Some(function) = running.function.functions.get(place as usize) else { return Ok(()) };
        let (function, globals) = (Arc::clone(function), running.globals);
        let cells = function.captures.iter().filter_map(|capture| match capture {
            SlotCapture::Slot(slot) => match self.slot(*slot) {
                Value::Cell(cell) => Some(cell),
                _ => None,
            },
            SlotCapture::Outer(place) => self.captured_cell(*place),
        });
        let shared = cells.collect();
        let closure = self.heap.new_closure(Closure { function, shared, globals })?;
        self.stack.push(closure);
        Ok(())
    }

    /// Where the further arguments of the running function stand.
    fn further_arguments(&self) -> std::ops::Range<usize> {
        self.activation().map_or(0..0, |running| {
            let first = running.at + 1 + running.function.parameters as usize;
            first.min(running.base)..running.base
        })
    }

    fn push_arguments(&mut self, wanted: Option<u32>) -> Result<(), Trap> {
        let further = self.further_arguments();
        let count = wanted.map_or(further.len(), |wanted| wanted as usize);
        self.heap.budget.scan(count)?;
        let end = self.stack.len() + count;
        self.stack.extend_from_within(further.start..further.start + further.len().min(count));
        self.stack.resize(end, Value::Nil);
        Ok(())
    }

    fn push_argument_table(&mut self) -> Result<(), Trap> {
        let items = self.stack.get(self.further_arguments()).unwrap_or_default().to_vec();
        let count = items.len() as f64;
        let table = self.heap.new_list(items)?;
        let name = self.heap.text("n")?;
        self.heap.set(table, name, Value::Number(count))?;
        self.stack.push(Value::Table(table));
        Ok(())
    }

    fn numbers(&mut self, slot: u32) -> Result<[f64; 3], Trap> {
        let mut numbers = [0.0; 3];
        for (number, (offset, name)) in numbers.iter_mut().zip([(0, "init"), (1, "limit"), (2, "step")]) {
            match self.slot(slot + offset) {
                Value::Number(value) => *number = value,
                _ => return Err(self.error(format!("for statement {name} must be a number"))),
            }
        }
        Ok(numbers)
    }

    fn count_from(&mut self, slot: u32, target: u32) -> Result<(), Trap> {
        let [first, _, step] = self.numbers(slot)?;
        self.set_slot(slot, Value::Number(first - step));
        self.jump(target);
        Ok(())
    }

    fn count_next(&mut self, slot: u32, target: u32) -> Result<(), Trap> {
        let [count, last, step] = self.numbers(slot)?;
        let count = count + step;
        if if step > 0.0 { count <= last } else { count >= last } {
            self.set_slot(slot, Value::Number(count));
            self.stack.push(Value::Number(count));
            self.jump(target);
        }
        Ok(())
    }

    fn each(&mut self, slot: u32, count: u32) -> Result<(), Trap> {
        let at = self.stack.len();
        let iterator = [self.slot(slot), self.slot(slot + 1), self.slot(slot + 2)];
        self.stack.extend(iterator);
        self.call(at, Some(count))
    }

    fn each_until_nil(&mut self, slot: u32, target: u32) {
        match self.slot(slot + 3) {
            Value::Nil => self.jump(target),
            first => self.set_slot(slot + 2, first),
        }
    }
}
