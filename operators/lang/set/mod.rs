//! Destinations in JSON texts, in the language of sjson 1.2: where parameters and payloads write their values.
//!
//! A destination such as `spec.containers.0.args.-1` names one place; what is missing on the way is created, and text
//! that is not written to stays as it is, byte for byte. With `*`, `?`, `#`, `@` or `|` in it, it is a path instead
//! ([`crate::path`]): every value that it finds is replaced, and nothing is created.

mod create;
mod part;

use crate::path::Path;
use crate::{CompileError, EvalError};
use part::Part;
use std::ops::Range;

/// A compiled destination.
#[derive(Debug, Clone)]
pub struct Dest(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// Names and numbers, at least one.
    Parts(Vec<Part>),
    /// A path whose answers are replaced.
    Answers(Path),
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insert<'a> {
    /// This JSON text.
    Raw(&'a str),
    /// A JSON string of this text.
    Text(&'a str),
}

impl Dest {
    /// Compiles a destination.
    ///
    /// # Errors
    /// An empty text, and what [`Path::compile`] refuses.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        if text.is_empty() {
            return Err(CompileError::new(0, "a destination names at least one member"));
        }
        let kind = match part::read(text)? {
            Some(parts) => Kind::Parts(parts),
            None => Kind::Answers(Path::compile(text)?),
        };
        Ok(Self(kind))
    }

    /// The document with the value in it; a blank document counts as an empty object or array.
    ///
    /// # Errors
    /// A name where the document has an array, and an index that would need more than 65,536 elements to be made up.
    pub fn set(&self, doc: &str, insert: Insert<'_>) -> Result<String, EvalError> {
        match &self.0 {
            Kind::Parts(parts) => set_parts(doc, parts, insert),
            Kind::Answers(path) => Ok(replace_all(doc, path.places(doc), insert)),
        }
    }
}

/// Goes down as far as the document goes, and creates the rest there.
fn set_parts(doc: &str, parts: &[Part], insert: Insert<'_>) -> Result<String, EvalError> {
    let mut value = 0..doc.len();
    let mut rest = parts;
    while let [part, behind @ ..] = rest {
        let Some(place) = part.find(doc.get(value.clone()).unwrap_or_default()) else { break };
        value = value.start + place.start..value.start + place.end;
        rest = behind;
    }
    let mut out = doc.get(..value.start).unwrap_or_default().to_owned();
    match rest {
        [] => insert.write(&mut out),
        rest => create::create(doc.get(value.clone()).unwrap_or_default(), rest, insert, &mut out)?,
    }
    out.push_str(doc.get(value.end..).unwrap_or_default());
    Ok(out)
}

fn replace_all(doc: &str, mut places: Vec<Range<usize>>, insert: Insert<'_>) -> String {
    places.sort_by_key(|place| place.start);
    let (mut out, mut copied) = (String::new(), 0);
    for place in places.into_iter() {
        let Some(between) = doc.get(copied..place.start) else { continue };
        out.push_str(between);
        insert.write(&mut out);
        copied = place.end;
    }
    out.push_str(doc.get(copied..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
