//! Which names a place in a program sees, and how far back each was bound.

/// A binding.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Binding {
    Variable(String),
    Label(String),
    /// With the number of its parameters.
    Function(String, usize),
    Parameter(String),
}

/// The bindings that are visible, the latest last.
#[derive(Debug, Default)]
pub(super) struct Scope(Vec<Binding>);

/// What a call means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Callee {
    /// Bound this many bindings ago.
    Function(usize),
    /// Bound this many bindings ago.
    Parameter(usize),
}

impl Scope {
    pub(super) fn variable(&mut self, name: &str) {
        self.0.push(Binding::Variable(name.to_owned()));
    }

    pub(super) fn label(&mut self, name: &str) {
        self.0.push(Binding::Label(name.to_owned()));
    }

    pub(super) fn function(&mut self, name: &str, parameters: usize) {
        self.0.push(Binding::Function(name.to_owned(), parameters));
    }

    pub(super) fn parameter(&mut self, name: &str) {
        self.0.push(Binding::Parameter(name.to_owned()));
    }

    /// How many bindings there are, to come back to.
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    /// Forgets what was bound since the mark.
    pub(super) fn back_to(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    fn find<T>(&self, wanted: impl Fn(&Binding) -> Option<T>) -> Option<(usize, T)> {
        self.0.iter().rev().enumerate().find_map(|(ago, binding)| Some((ago, wanted(binding)?)))
    }

    pub(super) fn find_variable(&self, name: &str) -> Option<usize> {
        Some(self.find(|binding| matches!(binding, Binding::Variable(found) if found == name).then_some(()))?.0)
    }

    pub(super) fn find_label(&self, name: &str) -> Option<usize> {
        Some(self.find(|binding| matches!(binding, Binding::Label(found) if found == name).then_some(()))?.0)
    }

    pub(super) fn find_callee(&self, name: &str, arguments: usize) -> Option<Callee> {
        let (ago, is_function) = self.find(|binding| match binding {
            Binding::Function(found, parameters) => (found == name && *parameters == arguments).then_some(true),
            Binding::Parameter(found) => (found == name && arguments == 0).then_some(false),
            _ => None,
        })?;
        Some(if is_function { Callee::Function(ago) } else { Callee::Parameter(ago) })
    }
}
