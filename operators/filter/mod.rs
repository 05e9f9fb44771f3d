//! Filters: which events of its route a dependency takes.
//!
//! There are five kinds, always judged in the order of [`KINDS`]. Without an operator, and with `and`, an event passes if
//! it passes all kinds that are given; with `or`, if it passes one of them (none given: nothing passes). A kind that
//! fails to give an answer discards the event, whatever the others say. All paths into the data are asked for at once.

mod context;
mod data;
mod entries;
mod exprs;
mod script;
mod time;

use crate::effect::Reason;
use entries::{Errors, Operator};
use lang::path::{Found, PathSet};
use lang::{Moment, json};
use model::manifest::EventDependencyFilter;
use model::{Context, Event};
use std::borrow::Cow;
use std::fmt::Debug;

/// The compiled filters of a dependency.
#[derive(Debug)]
pub struct Filters {
    operator: Operator,
    kinds: Vec<(&'static Row, Box<dyn Kind>)>,
    /// Every path of every kind.
    paths: PathSet,
    problems: Vec<FilterProblem>,
}

/// What is wrong with a filter as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterProblem {
    /// Where, below `filters`: `.data[0].value[1]`.
    pub field: String,
    /// What.
    pub message: String,
}

/// What becomes of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It passes.
    Pass,
    /// It does not pass; the first kind that said so.
    Fail(Reason),
    /// Some kinds gave no answer, and so it does not pass; says which and why, and nothing of the event's data.
    Error(String),
}

/// One kind of filter, compiled.
trait Kind: Debug + Send + Sync {
    /// Whether the event passes.
    fn judge(&self, seen: &Seen<'_>) -> Result<bool, Errors>;
}

/// How a kind is made of a manifest; nothing if the manifest has none.
type Compile = fn(&EventDependencyFilter, &mut Setup) -> Option<Box<dyn Kind>>;

/// A kind of filter.
#[derive(Debug)]
struct Row {
    reason: Reason,
    /// What its errors call it.
    label: &'static str,
    /// Whether it reads the data.
    reads_data: bool,
    /// Whether its error ends the evaluation even under `or`.
    aborts: bool,
    compile: Compile,
}

/// All kinds, in the order of their evaluation.
const KINDS: &[Row] = &[
    Row { reason: Reason::Exprs, label: "expr", reads_data: true, aborts: false, compile: exprs::compile },
    Row { reason: Reason::Data, label: "data", reads_data: true, aborts: false, compile: data::compile },
    Row { reason: Reason::Context, label: "context", reads_data: false, aborts: false, compile: context::compile },
    Row { reason: Reason::Time, label: "time", reads_data: false, aborts: false, compile: time::compile },
    Row { reason: Reason::Script, label: "script", reads_data: true, aborts: true, compile: script::compile },
];

/// What kinds gather while they are compiled.
#[derive(Default)]
struct Setup {
    paths: PathSet,
    problems: Vec<FilterProblem>,
    refused: Vec<FilterProblem>,
}

impl Setup {
    /// The place of a path's answer.
    fn path(&mut self, field: &str, text: &str) -> usize {
        self.paths.add(text).unwrap_or_else(|error| {
            self.refused.push(FilterProblem { field: field.to_owned(), message: error.message });
            0
        })
    }

    /// Notes what is wrong; the error then is the filter's whenever an event comes to it, as in the reference.
    fn noted<T>(&mut self, field: &str, result: Result<T, String>) -> Result<T, String> {
        if let Err(message) = &result {
            self.problems.push(FilterProblem { field: field.to_owned(), message: message.clone() });
        }
        result
    }
}

/// An event as the kinds see it.
struct Seen<'a> {
    context: &'a Context<'a>,
    moment: &'a Moment,
    data: Data<'a>,
}

/// The event's data.
enum Data<'a> {
    /// There is none, which every kind that reads it lets pass.
    Absent,
    /// It is not one JSON value.
    Invalid,
    /// It is.
    Json(Json<'a>),
}

/// The text of a JSON value and what the paths find in it.
struct Json<'a> {
    text: &'a str,
    answers: Vec<Option<Found<'a>>>,
}

impl<'a> Json<'a> {
    /// What the path with this place in the set has found.
    fn answer(&self, place: usize) -> Option<&Found<'a>> {
        self.answers.get(place)?.as_ref()
    }
}

impl Filters {
    /// Compiles the filters of a dependency and its `filtersLogicalOperator`.
    ///
    /// What is wrong with single entries (a text that is no number, a pattern or a program that does not compile) is an
    /// error of that entry when an event comes to it, since others may let the event pass before; [`Filters::problems`]
    /// lists them.
    ///
    /// # Errors
    /// Paths that are too long or nest too deep to be bounded.
    pub fn compile(spec: &EventDependencyFilter, operator: &str) -> Result<Self, Vec<FilterProblem>> {
        let mut setup = Setup::default();
        let kinds = KINDS.iter().filter_map(|row| Some((row, (row.compile)(spec, &mut setup)?))).collect();
        if !setup.refused.is_empty() {
            return Err(setup.refused);
        }
        Ok(Self { operator: Operator::new(operator), kinds, paths: setup.paths, problems: setup.problems })
    }

    /// What can never work as it is written.
    pub fn problems(&self) -> &[FilterProblem] {
        &self.problems
    }

    /// Judges an event, after its transform, in the moment of its record.
    pub fn judge(&self, event: &Event<'_>, moment: &Moment) -> Verdict {
        let reads_data = self.kinds.iter().any(|(row, _)| row.reads_data);
        let text = event.data.as_deref().filter(|_| reads_data).map(json::text);
        let data = self.data(text.as_ref(), event.data_is_json);
        let seen = Seen { context: &event.context, moment, data };
        let (mut passed, mut failed, mut errors) = (false, None, Vec::new());
        for (row, kind) in &self.kinds {
            match kind.judge(&seen) {
                Ok(true) => passed = true,
                Ok(false) => failed = failed.or(Some(row.reason)),
                Err(error) => {
                    errors.push(error.text(row.label));
                    if self.operator == Operator::And || row.aborts {
                        break;
                    }
                }
            }
        }
        if !errors.is_empty() {
            return Verdict::Error(errors.join(" / "));
        }
        match self.operator {
            Operator::And => failed.map_or(Verdict::Pass, Verdict::Fail),
            Operator::Or if passed => Verdict::Pass,
            // No kind is given: nothing said no, and nothing yes.
            Operator::Or => Verdict::Fail(failed.unwrap_or(Reason::Data)),
        }
    }

    fn data<'a>(&self, text: Option<&'a Cow<'a, str>>, is_json: bool) -> Data<'a> {
        match text {
            None => Data::Absent,
            Some(text) if is_json || json::valid(text.as_bytes()) => {
                Data::Json(Json { text, answers: self.paths.get(text) })
            }
            Some(_) => Data::Invalid,
        }
    }
}

impl<'a> Seen<'a> {
    /// The data; `None` if the event has none.
    fn json(&self) -> Result<Option<&Json<'a>>, Errors> {
        match &self.data {
            Data::Absent => Ok(None),
            Data::Invalid => Err(Errors::one("event data not valid JSON")),
            Data::Json(json) => Ok(Some(json)),
        }
    }
}

#[cfg(test)]
mod tests;
