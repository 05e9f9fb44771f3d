//! Equality and order.

use super::{Machine, Trap};
use crate::budget::Exhausted;
use crate::lua::events::Event;
use crate::lua::value::Value;

impl Machine<'_> {
    /// Replaces the two values on top by whether they are equal, or not equal.
    pub(super) fn equal(&mut self, wanted: bool) -> Result<(), Trap> {
        let (right, left) = (self.pop(), self.pop());
        let equal = self.equals(left, right)?;
        self.stack.push(Value::Boolean(equal == wanted));
        Ok(())
    }

    /// Replaces the two values on top by what a comparison says.
    pub(super) fn order(&mut self, compare: fn(&mut Self, Value, Value) -> Result<bool, Trap>) -> Result<(), Trap> {
        let (right, left) = (self.pop(), self.pop());
        let ordered = compare(self, left, right)?;
        self.stack.push(Value::Boolean(ordered));
        Ok(())
    }

    fn equals(&mut self, left: Value, right: Value) -> Result<bool, Trap> {
        if left == right {
            return Ok(true);
        }
        match (left, right) {
            (Value::Table(_), Value::Table(_)) | (Value::Object(_), Value::Object(_)) => {
                Ok(self.ask_both(left, right, Event::Equal)?.unwrap_or(false))
            }
            _ => Ok(false),
        }
    }

    /// Whether `left < right`.
    pub(in crate::lua) fn less(&mut self, left: Value, right: Value) -> Result<bool, Trap> {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => Ok(left < right),
            (Value::Text(_), Value::Text(_)) => Ok(self.compare_texts(left, right)?.is_lt()),
            _ => match self.ask_if_alike(left, right, Event::Less)? {
                Some(less) => Ok(less),
                None => Err(self.comparison_error(left, right)),
            },
        }
    }

    pub(super) fn less_or_equal(&mut self, left: Value, right: Value) -> Result<bool, Trap> {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => Ok(left <= right),
            (Value::Text(_), Value::Text(_)) => Ok(self.compare_texts(left, right)?.is_le()),
            _ => match self.ask_if_alike(left, right, Event::LessOrEqual)? {
                Some(ordered) => Ok(ordered),
                None => match self.ask_if_alike(right, left, Event::Less)? {
                    Some(greater) => Ok(!greater),
                    None => Err(self.comparison_error(left, right)),
                },
            },
        }
    }

    fn compare_texts(&mut self, left: Value, right: Value) -> Result<std::cmp::Ordering, Exhausted> {
        let (Value::Text(left), Value::Text(right)) = (left, right) else { return Ok(std::cmp::Ordering::Equal) };
        let (left, right) = (self.heap.texts.get(left), self.heap.texts.get(right));
        self.heap.budget.scan(left.len().min(right.len()))?;
        Ok(left.cmp(right))
    }

    fn comparison_error(&mut self, left: Value, right: Value) -> Trap {
        self.error(format!("attempt to compare {} with {}", left.type_name(), right.type_name()))
    }

    fn ask_if_alike(&mut self, left: Value, right: Value, event: Event) -> Result<Option<bool>, Trap> {
        if left.type_name() != right.type_name() {
            return Ok(None);
        }
        self.ask_both(left, right, event)
    }

    /// Lets the function decide that both metatables name for an event; `None` unless they name the same.
    fn ask_both(&mut self, left: Value, right: Value, event: Event) -> Result<Option<bool>, Trap> {
        let function = self.meta(left, event);
        if !function.is_function() || function != self.meta(right, event) {
            return Ok(None);
        }
        Ok(Some(self.call_for_one(function, &[left, right])?.is_true()))
    }
}
