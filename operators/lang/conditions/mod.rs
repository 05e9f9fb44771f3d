//! The `conditions` of a trigger: which of its sensor's dependencies must have a hit before it fires.

mod names;
#[cfg(test)]
mod tests;
mod tree;

use crate::CompileError;
use tree::Node;

/// A trigger's condition, compiled against the names of its sensor's dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    text: String,
    node: Node,
    dependencies: Vec<usize>,
}

impl Condition {
    /// Compiles `text`, or all dependencies joined by `&&` if it is absent or empty.
    ///
    /// As in the reference, a text goes through two readings. The first treats `-` and `_` alike, knows the reserved
    /// words of another language and lets a comparison swallow everything into a constant; the second reads what the
    /// first wrote, with the real names in it, as `&&` (which binds tighter), `||` and parentheses over dependencies.
    /// Where two dependencies have the same name, or names that are alike but for `-` and `_`, the later is meant.
    ///
    /// # Errors
    /// Says where the text cannot be read, which name is unknown, or which dependency's name no condition can hold.
    ///
    /// ```
    /// use tidegate_lang::conditions::Condition;
    /// let condition = Condition::compile(Some("(a && b-1) || c"), &["a", "b-1", "c"]).unwrap();
    /// assert!(condition.holds(|dependency| dependency == 2));
    /// assert!(!condition.holds(|dependency| dependency == 1));
    /// assert_eq!(condition.text(), "(a&&b-1)||c");
    /// ```
    pub fn compile(text: Option<&str>, dependencies: &[&str]) -> Result<Self, CompileError> {
        let written = text.filter(|text| !text.is_empty());
        let text = match written {
            Some(written) => names::resolve(written, dependencies)?,
            None => dependencies.join("&&"),
        };
        let (node, dependencies) = tree::parse(&text, dependencies)
            .map_err(|error| CompileError { at: place(written.unwrap_or(&text), error.at), ..error })?;
        Ok(Self { text, node, dependencies })
    }

    /// Whether the condition holds when `hit` tells which dependencies have a hit; a constant holds or does not, but a
    /// condition without dependencies is never asked.
    pub fn holds(&self, hit: impl Fn(usize) -> bool) -> bool {
        self.node.holds(&hit)
    }

    /// The indexes of the dependencies that the condition names, each once, in the order of the text.
    ///
    /// None at all (the text is a constant) means that the trigger never fires.
    pub fn dependencies(&self) -> &[usize] {
        &self.dependencies
    }

    /// Whether each hit decides alone, so that no hit is ever held: the text has no `&`, the rule of the JetStream bus.
    pub fn is_stateless(&self) -> bool {
        !self.text.contains('&')
    }

    /// The text with the dependencies' own names and without blanks.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Where byte `at` of the text without blanks stands in the text as written; both spellings of a name are equally long.
fn place(written: &str, at: usize) -> usize {
    let mut places = written
        .char_indices()
        .filter(|(_, c)| !c.is_whitespace())
        .flat_map(|(start, c)| std::iter::repeat_n(start, c.len_utf8()));
    places.nth(at).unwrap_or(written.len())
}
