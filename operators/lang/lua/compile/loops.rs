//! Compiles loops.

use super::emitter::{Emitter, Loop};
use crate::CompileError;
use crate::lua::code::{Instruction, Slot};
use crate::lua::syntax::tree::{Block, Expression, LocalId};

type Compiled = Result<(), CompileError>;

impl Emitter<'_> {
    fn open_loop(&mut self, height: Slot) {
        self.loops.push(Loop { height, breaks: Vec::new() });
    }

    /// Lets every `break` of the innermost loop go on here.
    fn close_loop(&mut self) {
        for exit in self.loops.pop().map(|innermost| innermost.breaks).unwrap_or_default() {
            self.land(exit);
        }
    }

    pub(super) fn while_loop(&mut self, condition: &Expression, body: &Block) -> Compiled {
        let start = self.here();
        let exit = self.jump_if_false(condition)?;
        self.open_loop(self.height);
        self.block(body)?;
        self.emit(Instruction::Jump(start));
        self.land(exit);
        self.close_loop();
        Ok(())
    }

    pub(super) fn repeat_loop(&mut self, body: &Block, condition: &Expression) -> Compiled {
        let (start, height) = (self.here(), self.height);
        self.open_loop(height);
        self.open_block(body, true)?;
        let again = self.jump_if_false(condition)?;
        let inner_height = self.height;
        self.drop_to(height);
        let exit = self.jump(Instruction::Jump(0));
        self.land(again);
        self.height = inner_height;
        self.drop_to(height);
        self.emit(Instruction::Jump(start));
        self.close_labels();
        self.land(exit);
        self.close_loop();
        Ok(())
    }

    pub(super) fn counting_loop(&mut self, variable: LocalId, range: &[Expression; 3], body: &Block) -> Compiled {
        let first = self.height;
        for bound in range {
            self.value(bound)?;
        }
        let enter = self.jump(Instruction::CountFrom(first, 0));
        self.open_loop(first);
        let start = self.here();
        self.height += 1;
        self.bind_all(&[variable]);
        self.block(body)?;
        self.drop_to(first + 3);
        self.land(enter);
        self.emit(Instruction::CountNext(first, start));
        self.drop_to(first);
        self.close_loop();
        Ok(())
    }

    pub(super) fn each_loop(&mut self, variables: &[LocalId], values: &[Expression], body: &Block) -> Compiled {
        let first = self.height;
        self.exactly(values, 3)?;
        self.open_loop(first);
        let start = self.here();
        let count = variables.len() as u32;
        self.emit(Instruction::Each(first, count));
        self.height += count;
        let exit = self.jump(Instruction::EachUntilNil(first, 0));
        self.bind_all(variables);
        self.block(body)?;
        self.drop_to(first + 3);
        self.emit(Instruction::Jump(start));
        self.land(exit);
        self.height = first + 3 + count;
        self.drop_to(first);
        self.close_loop();
        Ok(())
    }
}
