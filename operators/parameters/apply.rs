//! Writes values of events into a JSON text.

use super::source::{Resolved, Source, Tag};
use super::{Given, Wrong};
use lang::path::Path;
use lang::set::{Dest, Insert};
use model::manifest::TriggerParameter;

/// A compiled list of parameters.
#[derive(Debug, Default)]
pub struct Parameters(Vec<Parameter>);

#[derive(Debug)]
struct Parameter {
    source: Source,
    dest: Dest,
    /// The same place as a path, to see what is there.
    there: Option<Path>,
    operation: Operation,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Overwrite,
    Append,
    Prepend,
}

impl Parameters {
    /// Compiles a list of parameters.
    ///
    /// # Errors
    /// What does not compile, by index and member.
    pub fn compile(specs: &[TriggerParameter]) -> Result<Self, Vec<Wrong>> {
        let (compiled, wrong): (Vec<_>, Vec<_>) = specs
            .iter()
            .zip(0..)
            .map(|(spec, n)| parameter(spec).map_err(|(member, error)| (format!("[{n}].{member}"), error)))
            .partition(Result::is_ok);
        let wrong: Vec<_> = wrong.into_iter().filter_map(Result::err).collect();
        if wrong.is_empty() { Ok(Self(compiled.into_iter().filter_map(Result::ok).collect())) } else { Err(wrong) }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The document with all values written into it; a value that is absent is left out.
    ///
    /// # Errors
    /// The first value that cannot be resolved or written.
    pub fn apply(&self, document: &str, given: &Given<'_>) -> Result<String, String> {
        let mut document = document.to_owned();
        for parameter in &self.0 {
            if let Some(value) = parameter.source.resolve(given)? {
                document =
                    parameter.write(&document, &value).map_err(|error| format!("dest {}: {error}", parameter.text))?;
            }
        }
        Ok(document)
    }
}

fn parameter(spec: &TriggerParameter) -> Result<Parameter, Wrong> {
    let source = spec.src.as_ref().ok_or_else(|| ("src".to_owned(), "it is missing".to_owned()))?;
    let operation = match spec.operation.as_str() {
        "" | "overwrite" => Operation::Overwrite,
        "append" => Operation::Append,
        "prepend" => Operation::Prepend,
        other => return Err(("operation".to_owned(), format!("{other:?} is not overwrite, append or prepend"))),
    };
    Ok(Parameter {
        source: Source::compile(source).map_err(|(member, error)| (format!("src.{member}"), error))?,
        dest: Dest::compile(&spec.dest).map_err(|error| ("dest".to_owned(), error.to_string()))?,
        there: Path::compile(&spec.dest).ok(),
        operation,
        text: spec.dest.clone(),
    })
}

impl Parameter {
    fn write(&self, document: &str, value: &Resolved) -> Result<String, String> {
        let there =
            self.there.as_ref().filter(|_| self.operation != Operation::Overwrite).and_then(|path| path.get(document));
        let set = |insert: Insert<'_>| self.dest.set(document, insert).map_err(|error| error.to_string());
        let Some(there) = there else { return set(insert(value)) };
        let before = there.string_view();
        match self.operation {
            Operation::Prepend => set(Insert::Text(&format!("{}{before}", value.text))),
            _ => set(Insert::Text(&format!("{before}{}", value.text))),
        }
    }
}

/// As JSON where the parameter asks for it and the value is not a text; else as a JSON string.
pub(super) fn insert(value: &Resolved) -> Insert<'_> {
    if value.raw && value.tag != Tag::String { Insert::Raw(&value.text) } else { Insert::Text(&value.text) }
}
