//! The trigger `http`: one request for each attempt.

mod client;
mod connect;
mod draft;
mod redirect;
mod send;

pub(super) use client::Clients;

use super::Opening;
use draft::Draft;
use model::ports::{Answer, Attempt, BoxFuture, Failure};
use model::secrets::Secrets;
use model::{Result, Trigger};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// A trigger that sends requests.
#[derive(Debug)]
struct Http {
    namespace: String,
    secrets: Secrets,
    clients: Arc<Clients>,
    /// The last action with what was made of it. Most triggers have no parameters and so the same action every time.
    last: Mutex<Option<(Value, Arc<Draft>)>>,
}

/// Makes an HTTP trigger.
pub(super) fn open(opening: &Opening<'_>) -> Result<Arc<dyn Trigger>> {
    Ok(Arc::new(Http {
        namespace: opening.namespace.to_owned(),
        secrets: opening.secrets.clone(),
        clients: Arc::clone(&opening.shared.clients),
        last: Mutex::new(None),
    }))
}

impl Trigger for Http {
    fn attempt<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let draft = self.draft(attempt.action).map_err(Failure::unsent)?;
            let client =
                self.clients.client(draft.tls.as_ref(), &self.namespace, &self.secrets).map_err(Failure::unsent)?;
            let request = draft.request(&attempt, &self.namespace, &self.secrets).map_err(Failure::unsent)?;
            send::send(&client, request, draft.timeout).await
        })
    }
}

impl Http {
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
