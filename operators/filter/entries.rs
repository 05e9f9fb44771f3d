//! How entries of a list, and the errors of kinds, work together.

/// `and` or `or`; every other text is `and`, as in the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
}

/// Why a kind gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Errors {
    One(String),
    /// The errors of all entries of which none passed.
    Collected(Vec<String>),
}

impl Operator {
    pub(super) fn new(text: &str) -> Self {
        if text == "or" { Self::Or } else { Self::And }
    }

    /// Under `and` the first entry that does not pass decides; under `or` the first that passes, and only if none does,
    /// errors count.
    pub(super) fn combine(self, entries: impl Iterator<Item = Result<bool, String>>) -> Result<bool, Errors> {
        let mut errors = Vec::new();
        for entry in entries {
            match (self, entry) {
                (Self::And, Err(error)) => return Err(Errors::One(error)),
                (Self::And, Ok(false)) => return Ok(false),
                (Self::Or, Ok(true)) => return Ok(true),
                (Self::Or, Err(error)) => errors.push(error),
                (Self::And, Ok(true)) | (Self::Or, Ok(false)) => {}
            }
        }
        if errors.is_empty() { Ok(self == Self::And) } else { Err(Errors::Collected(errors)) }
    }
}

impl Errors {
    pub(super) fn one(message: impl Into<String>) -> Self {
        Self::One(message.into())
    }

    /// As the reference writes it.
    pub(super) fn text(&self, kind: &str) -> String {
        match self {
            Self::One(error) => format!("{kind} filter error ({error})"),
            Self::Collected(errors) => format!("{kind} filter errors [{}]", errors.join(" / ")),
        }
    }
}
