//! Makes a payload of values of events.

use super::apply::insert;
use super::source::Source;
use super::{Given, Wrong};
use lang::set::Dest;
use model::manifest::TriggerParameter;

/// A compiled payload list.
#[derive(Debug, Default)]
pub struct Payload(Vec<(Source, Option<Dest>)>);

impl Payload {
    /// Compiles a payload list; an entry without `dest` is the whole payload.
    ///
    /// # Errors
    /// What does not compile, by index and member.
    pub fn compile(specs: &[TriggerParameter]) -> Result<Self, Vec<Wrong>> {
        let (mut entries, mut wrong) = (Vec::new(), Vec::new());
        for (n, spec) in specs.iter().enumerate() {
            match entry(spec) {
                Ok(entry) => entries.push(entry),
                Err((member, error)) => wrong.push((format!("[{n}].{member}"), error)),
            }
        }
        if wrong.is_empty() { Ok(Self(entries)) } else { Err(wrong) }
    }

    /// The payload; empty where the list is. An absent value is left out, where the reference crashes.
    ///
    /// # Errors
    /// The first value that cannot be resolved or written.
    pub fn build(&self, given: &Given<'_>) -> Result<String, String> {
        let mut payload = String::new();
        for (source, dest) in &self.0 {
            let Some(value) = source.resolve(given)? else { continue };
            let Some(dest) = dest else { return Ok(value.text) };
            payload = dest.set(&payload, insert(&value)).map_err(|error| error.to_string())?;
        }
        Ok(payload)
    }
}

fn entry(spec: &TriggerParameter) -> Result<(Source, Option<Dest>), Wrong> {
    let source = spec.src.as_ref().ok_or_else(|| ("src".to_owned(), "it is missing".to_owned()))?;
    let source = Source::compile(source).map_err(|(member, error)| (format!("src.{member}"), error))?;
    let dest = (!spec.dest.is_empty()).then(|| Dest::compile(&spec.dest)).transpose();
    Ok((source, dest.map_err(|error| ("dest".to_owned(), error.to_string()))?))
}
