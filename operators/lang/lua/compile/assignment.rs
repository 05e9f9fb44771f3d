//! Compiles assignments.

use super::emitter::Emitter;
use crate::CompileError;
use crate::lua::code::{Instruction, Slot};
use crate::lua::syntax::tree::{Expression, ExpressionKind, Link, LocalId, Variable};
use crate::lua::value::Value;

type Compiled = Result<(), CompileError>;

/// What is assigned to, with what had to be computed to know it.
enum Destination {
    Variable(Variable),
    /// An object and a key in two slots.
    Member(Slot),
}

impl Emitter<'_> {
    /// Assigns values to targets. As in the reference, a local variable of the function is assigned as soon as its
    /// value is computed, and all other targets afterwards, the last first: `a, b = b, a` does not swap two locals.
    pub(super) fn assign(&mut self, targets: &[Expression], values: &[Expression]) -> Compiled {
        let start = self.height;
        let destinations = targets.iter().map(|target| self.destination(target)).collect::<Result<Vec<_>, _>>()?;
        let mut waiting = Vec::new();
        let mut values = values.iter();
        let mut remaining = destinations.iter();
        while let Some(destination) = remaining.next() {
            match values.next() {
                Some(open) if open.is_open() && values.len() == 0 => {
                    let (first, count) = (self.height, remaining.len() as u32 + 1);
                    self.values(open, Some(count))?;
                    waiting.push((destination, first));
                    waiting.extend(remaining.by_ref().zip(first + 1..));
                }
                value => {
                    let slot = self.height;
                    match value {
                        Some(value) => self.value(value)?,
                        None => self.push(Instruction::Nil(1)),
                    }
                    match destination {
                        Destination::Variable(Variable::Local(local)) => self.store_local(*local),
                        _ => waiting.push((destination, slot)),
                    }
                }
            }
        }
        for value in values {
            self.value(value)?;
        }
        self.store_all(waiting);
        self.drop_to(start);
        Ok(())
    }

    /// Assigns computed values, the last first.
    fn store_all(&mut self, waiting: Vec<(&Destination, Slot)>) {
        for (destination, slot) in waiting.into_iter().rev() {
            // The value on top is taken as it is, others are copied there.
            if self.height != slot + 1 {
                self.push(Instruction::Local(slot));
            }
            match *destination {
                Destination::Variable(Variable::Local(local)) => self.store_local(local),
                Destination::Variable(Variable::Captured(place)) => self.pop(Instruction::SetCaptured(place)),
                Destination::Variable(Variable::Global(name)) => {
                    let name = self.constant(Value::Text(name));
                    self.pop(Instruction::SetGlobal(name));
                }
                Destination::Member(object) => self.pop(Instruction::SetIndex(object)),
            }
        }
    }

    fn destination(&mut self, target: &Expression) -> Result<Destination, CompileError> {
        match &target.kind {
            ExpressionKind::Chain(head, links) => {
                let slot = self.height;
                self.links(head, links.split_last().map_or(&[], |(_, before)| before), target.line, Some(1))?;
                if let Some(Link::Index(key)) = links.last() {
                    self.value(key)?;
                }
                Ok(Destination::Member(slot))
            }
            ExpressionKind::Variable(variable, _) => Ok(Destination::Variable(*variable)),
            _ => Err(CompileError::new(0, "cannot assign to this")),
        }
    }

    /// Takes a value into a local variable of this function.
    pub(super) fn store_local(&mut self, local: LocalId) {
        let slot = self.slot(local);
        self.pop(if self.is_shared(local) { Instruction::SetShared(slot) } else { Instruction::SetLocal(slot) });
    }
}
