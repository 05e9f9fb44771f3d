//! Finds the variable that a name means where it is written.

use super::tree::{Capture, LocalId, LocalInfo, Variable};
use crate::lua::strings::StringId;

/// The functions around the place being read, outermost first.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    functions: Vec<FunctionScope>,
}

/// What a function has declared so far.
#[derive(Debug, Default)]
pub(super) struct FunctionScope {
    pub(super) locals: Vec<LocalInfo>,
    pub(super) captures: Vec<Capture>,
    /// Names in scope, innermost last.
    visible: Vec<(StringId, LocalId)>,
    /// Whether it takes `...`.
    pub(super) variadic: bool,
    /// Whether its body used `...`.
    pub(super) uses_arguments: bool,
}

impl Scopes {
    /// Enters a function.
    pub(super) fn enter_function(&mut self, variadic: bool) {
        self.functions.push(FunctionScope { variadic, ..FunctionScope::default() });
    }

    /// Leaves a function, with what it declared.
    pub(super) fn leave_function(&mut self) -> FunctionScope {
        self.functions.pop().unwrap_or_default()
    }

    /// The function being read.
    pub(super) fn function(&mut self) -> Option<&mut FunctionScope> {
        self.functions.last_mut()
    }

    /// How many functions are open.
    pub(super) fn depth(&self) -> usize {
        self.functions.len()
    }

    /// Marks where a block begins.
    pub(super) fn enter_block(&self) -> usize {
        self.functions.last().map_or(0, |function| function.visible.len())
    }

    /// Forgets the names declared since the mark.
    pub(super) fn leave_block(&mut self, mark: usize) {
        if let Some(function) = self.functions.last_mut() {
            function.visible.truncate(mark);
        }
    }

    /// A new local variable that no name means yet.
    pub(super) fn new_local(&mut self) -> LocalId {
        let Some(function) = self.functions.last_mut() else { return LocalId(0) };
        function.locals.push(LocalInfo::default());
        LocalId(function.locals.len() as u32 - 1)
    }

    /// From here on the name means this local variable.
    pub(super) fn show(&mut self, name: StringId, local: LocalId) {
        if let Some(function) = self.functions.last_mut() {
            function.visible.push((name, local));
        }
    }

    /// A new local variable with its name.
    pub(super) fn declare(&mut self, name: StringId) -> LocalId {
        let local = self.new_local();
        self.show(name, local);
        local
    }

    /// The variable that a name means; one of an enclosing function is captured by all functions in between.
    pub(super) fn resolve(&mut self, name: StringId) -> Variable {
        let declared_in = self.functions.iter_mut().enumerate().rev().find_map(|(level, function)| {
            let (_, local) = function.visible.iter().rev().find(|(visible, _)| *visible == name)?;
            Some((level, *local))
        });
        let Some((level, local)) = declared_in else { return Variable::Global(name) };
        let mut inner = self.functions.iter_mut().skip(level);
        let owner = inner.next();
        let mut captured = None;
        for function in inner {
            captured = Some(function.capture(captured.map_or(Capture::Local(local), Capture::Outer)));
        }
        let Some(place) = captured else { return Variable::Local(local) };
        if let Some(info) = owner.and_then(|owner| owner.locals.get_mut(local.0 as usize)) {
            info.captured = true;
        }
        Variable::Captured(place)
    }
}

impl FunctionScope {
    /// The place of a captured variable, added if it is new.
    fn capture(&mut self, capture: Capture) -> u32 {
        let known = self.captures.iter().position(|known| *known == capture);
        known.unwrap_or_else(|| {
            self.captures.push(capture);
            self.captures.len() - 1
        }) as u32
    }
}
