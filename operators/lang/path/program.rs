//! A compiled path: what it asks of a text, step by step, as tables that refer to each other by number.

use super::modifier::Modifier;
use super::pattern::Pattern;
use super::query::Test;

/// A compiled path.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) asks: Vec<Ask>,
    pub(super) steps: Vec<Step>,
    pub(super) start: AskId,
}

/// The number of an [`Ask`] in its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AskId(pub(super) usize);

/// The number of a [`Step`] in its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StepId(pub(super) usize);

/// What a path asks of a whole text. `then` is asked of what came out.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    /// `@name:argument`: another text made of it.
    Modify { modifier: Modifier, argument: Option<AskId>, then: Option<AskId> },
    /// `!literal`: this text instead of it.
    Literal { text: String, then: Option<AskId> },
    /// `[a,b]` and `{a,b}`: several answers in one array or object.
    Gather { selectors: Vec<Selector>, is_object: bool, then: Option<AskId> },
    /// `..`: the text as an array of the values in it.
    Lines(StepId),
    /// A component, asked of the first object or array in it.
    Descend(StepId),
}

/// One member of a multipath.
#[derive(Debug, Clone)]
pub(super) struct Selector {
    /// The member's name as a JSON string.
    pub(super) quoted_name: String,
    pub(super) ask: AskId,
}

/// One component, as objects and as arrays read it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) key: Key,
    pub(super) behind_key: Next,
    pub(super) pick: Pick,
    pub(super) behind_pick: Next,
}

/// What follows a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: its value is the answer.
    End,
    /// This is asked of the answer.
    Pipe(AskId),
    /// This is asked of the value, if it is an object or array.
    Step(StepId),
}

/// Which members of an object are meant.
#[derive(Debug, Clone)]
pub(super) enum Key {
    Exact(String),
    Wild(Pattern),
}

/// Which elements of an array are meant.
#[derive(Debug, Clone)]
pub(super) enum Pick {
    /// The element at this place.
    Index(usize),
    /// None: the component is no number.
    Nothing,
    /// How many there are.
    Count,
    /// The answers of all, as an array; `pipe` is asked of that.
    Each { ask: AskId, pipe: Option<AskId> },
    /// The first or all that pass a query.
    Where(Box<Query>),
}

/// A compiled `#(…)`.
#[derive(Debug, Clone)]
pub(super) struct Query {
    /// Asked of each element that is a container; what comes out is tested.
    pub(super) ask: AskId,
    /// Whether elements that are no containers are tested themselves.
    pub(super) takes_scalars: bool,
    pub(super) test: Test,
    /// Whether all elements that pass are wanted.
    pub(super) all: bool,
    /// What is asked of each element that passes, and then of the whole answer.
    pub(super) behind: Option<(AskId, Option<AskId>)>,
}

impl Program {
    pub(super) fn ask(&self, id: AskId) -> Option<&Ask> {
        self.asks.get(id.0)
    }

    pub(super) fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.get(id.0)
    }
}
