//! Labels and the jumps to them.

use super::emitter::Emitter;
use crate::CompileError;
use crate::lua::code::{Instruction, Slot, Target};
use crate::lua::strings::StringId;
use crate::lua::syntax::tree::Statement;

/// The labels of a block being compiled.
#[derive(Default)]
pub(super) struct BlockLabels {
    /// How high the stack stood where the block began.
    start: Slot,
    labels: Vec<Label>,
    /// How many jumps waited for a label when the block began.
    gotos_before: usize,
}

#[derive(Clone, Copy)]
struct Label {
    name: StringId,
    target: Target,
    height: Slot,
}

/// A `goto` whose label has not come yet.
pub(super) struct PendingGoto {
    name: StringId,
    /// Position of its `Drop`; its `Jump` follows.
    position: usize,
    height: Slot,
    at: usize,
}

impl Emitter<'_> {
    /// Begins to collect the labels of a block.
    pub(super) fn open_labels(&mut self) {
        let block = BlockLabels { start: self.height, labels: Vec::new(), gotos_before: self.gotos.len() };
        self.blocks.push(block);
    }

    /// Ends a block: the jumps that still wait look for their label in the block around it.
    pub(super) fn close_labels(&mut self) {
        let Some(block) = self.blocks.pop() else { return };
        for goto in self.gotos.iter_mut().skip(block.gotos_before) {
            goto.height = goto.height.min(block.start);
        }
    }

    /// Adds a label. The last of its block does not see the block's locals, so that a jump may skip their declarations.
    pub(super) fn label(&mut self, name: StringId, is_last: bool, statement: &Statement) -> Result<(), CompileError> {
        let (here, height) = (self.here(), self.height);
        let Some(block) = self.blocks.last_mut() else { return Ok(()) };
        let label = Label { name, target: here, height: if is_last { block.start } else { height } };
        if block.labels.iter().any(|known| known.name == name) {
            return Err(CompileError::new(statement.at, "this label is already defined in its block"));
        }
        block.labels.push(label);
        let waiting = block.gotos_before;
        let mut position = waiting;
        while let Some(goto) = self.gotos.get(position) {
            if goto.name != name {
                position += 1;
                continue;
            }
            if goto.height < label.height {
                return Err(CompileError::new(goto.at, "this goto jumps into the scope of a local variable"));
            }
            let goto = self.gotos.remove(position);
            self.resolve(goto.position, label);
        }
        Ok(())
    }

    /// Adds a jump to a label that is visible here or comes later.
    pub(super) fn goto(&mut self, name: StringId, statement: &Statement) {
        let position = self.jump(Instruction::Drop(self.height));
        self.emit(Instruction::Jump(0));
        let known = self.blocks.iter().rev().flat_map(|block| &block.labels).find(|label| label.name == name);
        match known.copied() {
            Some(label) => self.resolve(position, label),
            None => self.gotos.push(PendingGoto { name, position, height: self.height, at: statement.at }),
        }
    }

    fn resolve(&mut self, position: usize, label: Label) {
        if let Some(instruction) = self.function.code.get_mut(position) {
            *instruction = Instruction::Drop(label.height);
        }
        self.patch(position + 1, label.target);
    }

    /// At the end of a function no jump may still wait.
    pub(super) fn reject_pending_gotos(&self) -> Result<(), CompileError> {
        match self.gotos.first() {
            Some(goto) => Err(CompileError::new(goto.at, "this goto has no visible label")),
            None => Ok(()),
        }
    }
}
