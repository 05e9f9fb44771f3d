//! Placeholder.
use lang::Moment;
use model::Event;
use model::manifest::EventDependencyTransformer;
/// t
#[derive(Debug)]
pub struct Transform;
impl Transform {
    /// c
    /// # Errors
    pub fn compile(_: &EventDependencyTransformer) -> Result<Option<Self>, lang::CompileError> {
        Ok(None)
    }
    /// a
    /// # Errors
    pub fn apply(&self, e: &Event<'_>, _: &Moment) -> Result<Event<'static>, lang::EvalError> {
        Ok(e.clone().into_owned())
    }
}
