//! Placeholder.
use crate::effect::Reason;
use lang::Moment;
use model::Event;
use model::manifest::EventDependencyFilter;
/// f
#[derive(Debug)]
pub struct Filters;
/// p
#[derive(Debug)]
pub struct FilterProblem {
    /// f
    pub field: String,
    /// m
    pub message: String,
}
/// v
#[derive(Debug)]
pub enum Verdict {
    /// p
    Pass,
    /// f
    Fail(Reason),
    /// e
    Error(String),
}
impl Filters {
    /// c
    /// # Errors
    pub fn compile(_: &EventDependencyFilter, _: &str) -> Result<Self, Vec<FilterProblem>> {
        Ok(Self)
    }
    /// j
    pub fn judge(&self, _: &Event<'_>, _: &Moment) -> Verdict {
        Verdict::Pass
    }
}
