//! The trigger `kafka`: one record for each attempt, done when the brokers confirm it.

mod draft;
mod producers;

pub(super) use producers::Producers;

use super::Opening;
use draft::Draft;
use model::ports::{Answer, Attempt, BoxFuture, Failure};
use model::secrets::Secrets;
use model::{Result, Trigger};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// A trigger that writes records.
#[derive(Debug)]
struct Kafka {
    namespace: String,
    secrets: Secrets,
    producers: Arc<Producers>,
    /// The last action with what was made of it. Most triggers have no parameters and so the same action every time.
    last: Mutex<Option<(Value, Arc<Draft>)>>,
}

/// Makes a Kafka trigger.
///
/// # Errors
/// Settings that this build cannot run.
pub(super) fn open(opening: &Opening<'_>) -> Result<Arc<dyn Trigger>> {
    if let Some(settings) = &opening.template.kafka {
        draft::check(settings)?;
    }
    Ok(Arc::new(Kafka {
        namespace: opening.namespace.to_owned(),
        secrets: opening.secrets.clone(),
        producers: Arc::clone(&opening.shared.producers),
        last: Mutex::new(None),
    }))
}

impl Trigger for Kafka {
    fn attempt<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let draft = self.draft(attempt.action).map_err(Failure::unsent)?;
            let record = draft.record(&attempt, &self.namespace, &self.secrets).map_err(Failure::unsent)?;
            let means = draft.means(&self.namespace, &self.secrets).map_err(Failure::unsent)?;
            self.producers.send(means, record).await?;
            Ok(Answer::default())
        })
    }
}

impl Kafka {
    fn draft(&self, action: &Value) -> Result<Arc<Draft>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, draft)) = last.as_ref().filter(|(known, _)| known == action) {
            return Ok(Arc::clone(draft));
        }
        let draft = Arc::new(Draft::new(action)?);
        *last = Some((action.clone(), Arc::clone(&draft)));
        Ok(draft)
    }
}
