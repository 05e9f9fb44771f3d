//! How an evaluation fails: with an error that the script may catch, or for good.

use super::{Call, Machine};
use crate::budget::Exhausted;
use crate::lua::value::Value;

/// What ends the normal course of an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::lua) enum Trap {
    /// An error, which `pcall` catches: its value, and what may be told outside the script.
    Error(Value, Fault),
    /// A limit was passed; nothing catches this.
    Exhausted(Exhausted),
    /// A coroutine hands values to its resumer; not an error.
    Yield {
        /// Where the results of the yield go when it is resumed.
        at: usize,
        wanted: Option<u32>,
    },
}

/// An error without any event data: where, and what went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lua) struct Fault {
    /// Line of the script; 0 outside it.
    pub(in crate::lua) line: u32,
    /// What went wrong.
    pub(in crate::lua) text: String,
}

impl From<Exhausted> for Trap {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(to, "{}", self.text),
            line => write!(to, "line {line}: {}", self.text),
        }
    }
}

impl Machine<'_> {
    /// An error whose message contains no event data.
    pub(in crate::lua) fn error(&mut self, message: impl Into<String>) -> Trap {
        let message = message.into();
        self.error_with(message.as_bytes(), message.clone())
    }

    /// An error with a message for the script and another for outside.
    pub(in crate::lua) fn error_with(&mut self, message: &[u8], outside: impl Into<String>) -> Trap {
        self.error_at_level(1, message, outside)
    }

    /// As `error_with`, naming the line of the function of the script at a level.
    pub(in crate::lua) fn error_at_level(&mut self, level: i64, message: &[u8], outside: impl Into<String>) -> Trap {
        let line = self.line_at(level);
        let place = if line == 0 { String::new() } else { format!("<string>:{line}:") };
        let text = [place.as_bytes(), b" ", message].concat();
        match self.heap.text(text) {
            Ok(value) => Trap::Error(value, Fault { line, text: outside.into() }),
            Err(exhausted) => exhausted.into(),
        }
    }

    /// An error with any value, as the function `error` raises.
    pub(in crate::lua) fn thrown(&mut self, value: Value) -> Trap {
        let line = self.line_at(1);
        Trap::Error(value, Fault { line, text: "the script raised an error".to_owned() })
    }

    /// The line that runs in the function of the script at a level, from 1 for the innermost; 0 when there is none.
    pub(in crate::lua) fn line_at(&self, level: i64) -> u32 {
        let skip = usize::try_from(level.saturating_sub(1)).unwrap_or(0);
        let functions = self.calls.iter().rev().filter_map(|call| match call {
            Call::Closure(activation) => Some(activation),
            Call::Guard { .. } => None,
        });
        let activation = functions.into_iter().nth(skip);
        activation.and_then(|running| running.function.lines.get(running.next.wrapping_sub(1))).copied().unwrap_or(0)
    }

    /// An error about an argument of the library function that is being called.
    pub(in crate::lua) fn argument_error(&mut self, number: usize, problem: &str) -> Trap {
        let name = self.called_name();
        self.error(format!("bad argument #{number} to {name} ({problem})"))
    }

    /// How the text of the script names what it calls.
    pub(in crate::lua) fn called_name(&self) -> String {
        let name = self.activation().and_then(|running| {
            let position = running.next.wrapping_sub(1) as u32;
            running.function.called.iter().find(|(at, _)| *at == position).map(|(_, name)| *name)
        });
        match (name, self.calls.last()) {
            (Some(name), _) => String::from_utf8_lossy(self.heap.bytes(name)).into_owned(),
            (None, Some(Call::Closure(_))) => "?".to_owned(),
            _ => "(anonymous)".to_owned(),
        }
    }
}
