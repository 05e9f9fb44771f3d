//! What was made of the last action: most triggers have no parameters, and so the same action every time.

use model::Result;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// The last action of a trigger with what was made of it.
#[derive(Debug)]
pub(super) struct Last<D>(Mutex<Option<(Value, Arc<D>)>>);

impl<D> Default for Last<D> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<D> Last<D> {
    /// What `make` makes of an action, made anew only where the action is another one than the last.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) fn of(&self, action: &Value, make: impl FnOnce(&Value) -> Result<D>) -> Result<Arc<D>> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, made)) = last.as_ref().filter(|(known, _)| known == action) {
            return Ok(Arc::clone(made));
        }
        let made = Arc::new(make(action)?);
        *last = Some((action.clone(), Arc::clone(&made)));
        Ok(made)
    }
}
