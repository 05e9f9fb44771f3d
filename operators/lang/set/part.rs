//! The components of a destination.

use crate::CompileError;
use crate::path::Path;
use std::ops::Range;

/// Components of a destination.
const MAX_PARTS: usize = 256;

/// One component.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The member's name.
    pub(super) name: String,
    /// Which element of an array; the empty name is the first one. `None` for names, and behind a colon.
    pub(super) index: Option<usize>,
    /// Whether it is `-1`, which stands behind the last element.
    pub(super) appends: bool,
    /// How the value is found where it exists.
    path: Path,
}

/// Reads a destination; `None` if it is a path.
pub(super) fn read(text: &str) -> Result<Option<Vec<Part>>, CompileError> {
    let mut parts = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        if parts.len() == MAX_PARTS {
            return Err(CompileError::new(0, format!("a destination has at most {MAX_PARTS} components")));
        }
        let (is_forced, text) = text.strip_prefix(':').map_or((false, text), |text| (true, text));
        let Some((name, end)) = name(text) else { return Ok(None) };
        let path = Path::compile(text.get(..end).unwrap_or_default())?;
        let is_number = !is_forced && name.bytes().all(|byte| byte.is_ascii_digit());
        let index = is_number.then(|| if name.is_empty() { 0 } else { name.parse().unwrap_or(usize::MAX) });
        parts.push(Part { index, appends: !is_forced && name == "-1", name, path });
        rest = text.get(end + 1..);
    }
    Ok(Some(parts))
}

/// The first component without its escapes and where it ends; `None` if it has a sign that only paths have.
fn name(text: &str) -> Option<(String, usize)> {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '.' => return Some((name, at)),
            '|' | '#' | '@' | '*' | '?' => return None,
            '\\' => name.extend(chars.next().map(|(_, escaped)| escaped)),
            c => name.push(c),
        }
    }
    Some((name, text.len()))
}

impl Part {
    /// Where its value stands in an object or array.
    pub(super) fn find(&self, json: &str) -> Option<Range<usize>> {
        self.path.places(json).pop()
    }
}
