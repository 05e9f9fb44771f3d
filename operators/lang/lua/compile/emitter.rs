//! Collects the instructions of one function and keeps count of the stack.

use super::labels::{BlockLabels, PendingGoto};
use crate::CompileError;
use crate::lua::code::{Function, Instruction, Slot, SlotCapture, Target};
use crate::lua::strings::StringId;
use crate::lua::syntax::tree::{Capture, FunctionTree, LocalId};
use crate::lua::value::Value;
use std::sync::Arc;

/// Compiles a function and those inside it.
pub(super) fn compile(tree: &FunctionTree) -> Result<Function, CompileError> {
    let mut emitter = Emitter::new(tree);
    for parameter in 0..tree.parameters {
        emitter.bind(LocalId(parameter));
    }
    if let Some(arg) = tree.arg {
        emitter.push(Instruction::ArgumentTable);
        emitter.bind_all(&[arg]);
    }
    emitter.block(&tree.body)?;
    emitter.reject_pending_gotos()?;
    let end = emitter.height;
    emitter.emit(Instruction::Return(end));
    Ok(emitter.function)
}

/// A function being compiled.
pub(super) struct Emitter<'t> {
    pub(super) tree: &'t FunctionTree,
    pub(super) function: Function,
    /// How many values stand above the base where the next instruction runs.
    pub(super) height: Slot,
    /// The line that the next instructions stand on.
    pub(super) line: u32,
    slots: Vec<Slot>,
    pub(super) loops: Vec<Loop>,
    pub(super) blocks: Vec<BlockLabels>,
    pub(super) gotos: Vec<PendingGoto>,
}

/// A loop being compiled: where its `break` leaves the stack, and the jumps to patch at its end.
pub(super) struct Loop {
    pub(super) height: Slot,
    pub(super) breaks: Vec<usize>,
}

impl<'t> Emitter<'t> {
    fn new(tree: &'t FunctionTree) -> Self {
        let function = Function {
            parameters: tree.parameters,
            variadic: tree.variadic,
            code: Vec::new(),
            lines: Vec::new(),
            constants: Vec::new(),
            functions: Vec::new(),
            captures: Vec::new(),
            called: Vec::new(),
        };
        Self {
            tree,
            function,
            height: 0,
            line: tree.line,
            slots: vec![0; tree.locals.len()],
            loops: Vec::new(),
            blocks: Vec::new(),
            gotos: Vec::new(),
        }
        .with_parameters()
    }

    /// The arguments of a call are on the stack when it begins.
    fn with_parameters(mut self) -> Self {
        for parameter in 0..self.tree.parameters {
            self.set_slot(LocalId(parameter), parameter);
        }
        self.height = self.tree.parameters;
        self
    }

    /// Adds an instruction that changes the stack as the caller accounts for.
    pub(super) fn emit(&mut self, instruction: Instruction) {
        self.function.code.push(instruction);
        self.function.lines.push(self.line);
    }

    /// Adds an instruction that leaves one value.
    pub(super) fn push(&mut self, instruction: Instruction) {
        self.emit(instruction);
        self.height += 1;
    }

    /// Adds an instruction that takes one value.
    pub(super) fn pop(&mut self, instruction: Instruction) {
        self.emit(instruction);
        self.height = self.height.saturating_sub(1);
    }

    /// Takes the values above a height, if there are any.
    pub(super) fn drop_to(&mut self, height: Slot) {
        if self.height != height {
            self.emit(Instruction::Drop(height));
            self.height = height;
        }
    }

    /// Where the next instruction will be.
    pub(super) fn here(&self) -> Target {
        self.function.code.len() as Target
    }

    /// Adds a jump whose target is not known yet: its position, to patch.
    pub(super) fn jump(&mut self, jump: Instruction) -> usize {
        self.emit(jump);
        self.function.code.len() - 1
    }

    /// Lets a jump go to where the next instruction will be.
    pub(super) fn land(&mut self, jump: usize) {
        let here = self.here();
        self.patch(jump, here);
    }

    /// Lets a jump go to a target.
    pub(super) fn patch(&mut self, jump: usize, target: Target) {
        use Instruction::{And, CountFrom, EachUntilNil, Jump, JumpIfFalse, Or};
        let Some(instruction) = self.function.code.get_mut(jump) else { return };
        *instruction = match *instruction {
            JumpIfFalse(_) => JumpIfFalse(target),
            And(_) => And(target),
            Or(_) => Or(target),
            CountFrom(slot, _) => CountFrom(slot, target),
            EachUntilNil(slot, _) => EachUntilNil(slot, target),
            _ => Jump(target),
        };
    }

    /// The place of a constant.
    pub(super) fn constant(&mut self, value: Value) -> u32 {
        let known = self.function.constants.iter().position(|constant| *constant == value);
        known.unwrap_or_else(|| {
            self.function.constants.push(value);
            self.function.constants.len() - 1
        }) as u32
    }

    /// The slot of a local variable.
    pub(super) fn slot(&self, local: LocalId) -> Slot {
        self.slots.get(local.0 as usize).copied().unwrap_or(0)
    }

    fn set_slot(&mut self, local: LocalId, slot: Slot) {
        if let Some(place) = self.slots.get_mut(local.0 as usize) {
            *place = slot;
        }
    }

    /// Whether a local variable lives in a cell.
    pub(super) fn is_shared(&self, local: LocalId) -> bool {
        self.tree.locals.get(local.0 as usize).is_some_and(|info| info.captured)
    }

    /// The values on top become these local variables.
    pub(super) fn bind_all(&mut self, locals: &[LocalId]) {
        let first = self.height.saturating_sub(locals.len() as Slot);
        for (local, slot) in locals.iter().zip(first..) {
            self.set_slot(*local, slot);
            self.bind(*local);
        }
    }

    /// Shares the value in a variable's slot if functions inside use it.
    fn bind(&mut self, local: LocalId) {
        if self.is_shared(local) {
            self.emit(Instruction::Share(self.slot(local)));
        }
    }

    /// Leaves a function made from a function of the text.
    pub(super) fn make_function(&mut self, tree: &FunctionTree) -> Result<(), CompileError> {
        let mut function = compile(tree)?;
        let captures = tree.captures.iter().map(|capture| match capture {
            Capture::Local(local) => SlotCapture::Slot(self.slot(*local)),
            Capture::Outer(place) => SlotCapture::Outer(*place),
        });
        function.captures = captures.collect();
        self.function.functions.push(Arc::new(function));
        self.push(Instruction::Function(self.function.functions.len() as u32 - 1));
        Ok(())
    }

    /// Remembers the name of what the next instruction calls.
    pub(super) fn name_call(&mut self, name: Option<StringId>) {
        if let Some(name) = name {
            self.function.called.push((self.here(), name));
        }
    }
}
