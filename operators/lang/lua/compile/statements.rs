//! Compiles statements.

use super::emitter::Emitter;
use crate::CompileError;
use crate::lua::code::Instruction;
use crate::lua::syntax::tree::{Block, Expression, LocalId, Statement, StatementKind};

type Compiled = Result<(), CompileError>;

impl Emitter<'_> {
    /// Compiles a block and takes its local variables off the stack.
    pub(super) fn block(&mut self, block: &Block) -> Compiled {
        let height = self.height;
        self.open_block(block, false)?;
        self.drop_to(height);
        self.close_labels();
        Ok(())
    }

    /// Compiles the statements of a block and leaves it open; `more_follows` after its last statement.
    pub(super) fn open_block(&mut self, block: &Block, more_follows: bool) -> Compiled {
        self.open_labels();
        for (position, statement) in block.iter().enumerate() {
            self.line = statement.line;
            match &statement.kind {
                StatementKind::Label(name) => {
                    let mut after = block.iter().skip(position + 1);
                    let is_last = after.all(|later| matches!(later.kind, StatementKind::Label(_)));
                    self.label(*name, is_last && !more_follows, statement)?;
                }
                _ => self.statement(statement)?,
            }
        }
        Ok(())
    }

    fn statement(&mut self, statement: &Statement) -> Compiled {
        match &statement.kind {
            StatementKind::Assign(targets, values) => self.assign(targets, values),
            StatementKind::Local(locals, values) => self.declare(locals, values),
            StatementKind::LocalFunction(local, function) => self.declare_function(*local, function),
            StatementKind::Call(call) => {
                let height = self.height;
                self.values(call, Some(0))?;
                self.height = height;
                Ok(())
            }
            StatementKind::Do(block) => self.block(block),
            StatementKind::While(condition, body) => self.while_loop(condition, body),
            StatementKind::Repeat(body, condition) => self.repeat_loop(body, condition),
            StatementKind::If(branches, otherwise) => self.branches(branches, otherwise),
            StatementKind::Count { variable, range, body } => self.counting_loop(*variable, range, body),
            StatementKind::Each { variables, values, body } => self.each_loop(variables, values, body),
            StatementKind::Return(values) => self.return_statement(values),
            StatementKind::Break => self.break_statement(statement),
            StatementKind::Goto(name) => {
                self.goto(*name, statement);
                Ok(())
            }
            // Labels were compiled with their block.
            StatementKind::Label(_) => Ok(()),
        }
    }

    fn declare(&mut self, locals: &[LocalId], values: &[Expression]) -> Compiled {
        self.exactly(values, locals.len())?;
        self.bind_all(locals);
        Ok(())
    }

    fn declare_function(&mut self, local: LocalId, function: &Expression) -> Compiled {
        self.push(Instruction::Nil(1));
        self.bind_all(&[local]);
        self.value(function)?;
        self.store_local(local);
        Ok(())
    }

    fn branches(&mut self, branches: &[(Expression, Block)], otherwise: &Block) -> Compiled {
        let mut exits = Vec::new();
        for (position, (condition, block)) in branches.iter().enumerate() {
            let skip = self.jump_if_false(condition)?;
            self.block(block)?;
            if position + 1 < branches.len() || !otherwise.is_empty() {
                exits.push(self.jump(Instruction::Jump(0)));
            }
            self.land(skip);
        }
        self.block(otherwise)?;
        for exit in exits {
            self.land(exit);
        }
        Ok(())
    }

    fn return_statement(&mut self, values: &[Expression]) -> Compiled {
        let from = self.height;
        self.open(values)?;
        if values.len() == 1 {
            self.turn_into_tail_call();
        }
        self.emit(Instruction::Return(from));
        self.height = from;
        Ok(())
    }

    fn turn_into_tail_call(&mut self) {
        if let Some(call) = self.function.code.last_mut()
            && let Instruction::Call(slot, None) = *call
        {
            *call = Instruction::TailCall(slot);
        }
    }

    fn break_statement(&mut self, statement: &Statement) -> Compiled {
        let Some(height) = self.loops.last().map(|innermost| innermost.height) else {
            return Err(CompileError::new(statement.at, "no loop to break"));
        };
        if self.height != height {
            self.emit(Instruction::Drop(height));
        }
        let exit = self.jump(Instruction::Jump(0));
        if let Some(innermost) = self.loops.last_mut() {
            innermost.breaks.push(exit);
        }
        Ok(())
    }
}
