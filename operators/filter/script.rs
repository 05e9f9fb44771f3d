//! Script filters: Lua that finds the data in `event` and returns whether the event passes.

use super::entries::Errors;
use super::{Kind, Seen, Setup};
use lang::lua;
use model::manifest::EventDependencyFilter;

/// The script, or why it is none.
#[derive(Debug)]
struct Script(Result<lua::Script, String>);

pub(super) fn compile(spec: &EventDependencyFilter, setup: &mut Setup) -> Option<Box<dyn Kind>> {
    if spec.script.is_empty() {
        return None;
    }
    let script = lua::Script::compile(&spec.script).map_err(|error| error.to_string());
    Some(Box::new(Script(setup.noted(".script", script))))
}

impl Kind for Script {
    fn judge(&self, seen: &Seen<'_>) -> Result<bool, Errors> {
        let Some(json) = seen.json()? else { return Ok(true) };
        let script = self.0.as_ref().map_err(Errors::one)?;
        script.filter(json.text, seen.moment).map_err(|error| Errors::one(error.to_string()))
    }
}
