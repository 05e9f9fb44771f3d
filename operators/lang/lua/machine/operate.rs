//! Arithmetic, length and concatenation.

use super::{Machine, Trap};
use crate::lua::arithmetic::{self, Arithmetic};
use crate::lua::events::Event;
use crate::lua::syntax::read_number;
use crate::lua::value::Value;

impl Machine<'_> {
    /// Replaces the two values on top by what an operator makes of them.
    #[inline]
    pub(super) fn calculate(&mut self, operator: Arithmetic) -> Result<(), Trap> {
        let (right, left) = (self.pop(), self.pop());
        let result = match (left, right) {
            (Value::Number(left), Value::Number(right)) => Value::Number(arithmetic::calculate(operator, left, right)),
            _ => self.calculate_objects(operator, left, right)?,
        };
        self.stack.push(result);
        Ok(())
    }

    fn calculate_objects(&mut self, operator: Arithmetic, left: Value, right: Value) -> Result<Value, Trap> {
        let function = self.meta_of_either(left, right, operator.event());
        if function.is_function() {
            return self.call_for_one(function, &[left, right]);
        }
        match (self.number_of(left), self.number_of(right)) {
            (Some(left), Some(right)) => Ok(Value::Number(arithmetic::calculate(operator, left, right))),
            _ => Err(self.error(format!(
                "cannot perform {} operation between {} and {}",
                operator.name(),
                self.kind_for_arithmetic(left),
                self.kind_for_arithmetic(right)
            ))),
        }
    }

    /// A text that reads as a number already counts as one.
    fn kind_for_arithmetic(&self, value: Value) -> &'static str {
        if self.number_of(value).is_some() { "number" } else { value.type_name() }
    }

    /// A number, or the number that a text reads as.
    pub(in crate::lua) fn number_of(&self, value: Value) -> Option<f64> {
        match value {
            Value::Number(number) => Some(number),
            Value::Text(text) => std::str::from_utf8(self.heap.bytes(text)).ok().and_then(read_number),
            _ => None,
        }
    }

    pub(super) fn negate(&mut self) -> Result<(), Trap> {
        let operand = self.pop();
        let result = match operand {
            Value::Number(number) => Value::Number(-number),
            _ => {
                let function = self.meta(operand, Event::Negate);
                match self.number_of(operand) {
                    _ if function.is_function() => self.call_for_one(function, &[operand])?,
                    Some(number) => Value::Number(-number),
                    None => return Err(self.error("__unm undefined")),
                }
            }
        };
        self.stack.push(result);
        Ok(())
    }

    pub(super) fn length(&mut self) -> Result<(), Trap> {
        let operand = self.pop();
        let result = match operand {
            Value::Text(text) => Value::Number(self.heap.bytes(text).len() as f64),
            _ => {
                let function = self.meta(operand, Event::Length);
                match operand {
                    _ if function.is_function() => self.call_for_one(function, &[operand])?,
                    Value::Table(table) => Value::Number(self.heap.length(table)? as f64),
                    _ => return Err(self.error("__len undefined")),
                }
            }
        };
        self.stack.push(result);
        Ok(())
    }

    /// Replaces the values on top by one text, joining from the right as far as they are texts and numbers.
    pub(super) fn concatenate(&mut self, count: usize) -> Result<(), Trap> {
        let first = self.stack.len().saturating_sub(count);
        while self.stack.len() > first + 1 {
            let joinable = self.stack.iter().skip(first).rev().take_while(|value| is_joinable(**value)).count();
            if joinable > 1 {
                let from = self.stack.len() - joinable;
                let joined = self.join(from)?;
                self.stack.truncate(from);
                self.stack.push(joined);
                continue;
            }
            let (right, left) = (self.pop(), self.pop());
            let function = self.meta_of_either(left, right, Event::Concatenate);
            if !function.is_function() {
                let (left, right) = (left.type_name(), right.type_name());
                return Err(self.error(format!("cannot perform concat operation between {left} and {right}")));
            }
            let joined = self.call_for_one(function, &[left, right])?;
            self.stack.push(joined);
        }
        Ok(())
    }

    /// Joins the texts and numbers from a position of the stack on.
    fn join(&mut self, from: usize) -> Result<Value, Trap> {
        let heap = &mut self.heap;
        let start = heap.texts.start();
        for value in self.stack.iter().skip(from) {
            match value {
                Value::Text(text) => heap.texts.append(*text, &mut heap.budget)?,
                Value::Number(number) => {
                    heap.texts.append_bytes(super::text::number_text(*number).as_bytes(), &mut heap.budget)?;
                }
                _ => {}
            }
        }
        Ok(Value::Text(heap.texts.finish(start, &mut heap.budget)?))
    }
}

fn is_joinable(value: Value) -> bool {
    matches!(value, Value::Text(_) | Value::Number(_))
}
