//! The trigger `kafka`: one record for each attempt, done when the brokers confirm it.

mod draft;
mod producers;

pub(super) use producers::Producers;

use super::Opening;
use super::last::Last;
use draft::Draft;
use model::ports::{Answer, Attempt, BoxFuture, Failure};
use model::secrets::Secrets;
use model::{Result, Trigger};
use std::sync::Arc;

/// A trigger that writes records.
#[derive(Debug)]
struct Kafka {
    namespace: String,
    secrets: Secrets,
    producers: Arc<Producers>,
    last: Last<Draft>,
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
        last: Last::default(),
    }))
}

impl Trigger for Kafka {
    fn attempt<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let draft = self.last.of(attempt.action, Draft::new).map_err(Failure::unsent)?;
            let record = draft.record(&attempt, &self.namespace, &self.secrets).map_err(Failure::unsent)?;
            let means = draft.means(&self.namespace, &self.secrets).map_err(Failure::unsent)?;
            self.producers.send(means, record).await?;
            Ok(Answer::default())
        })
    }
}
