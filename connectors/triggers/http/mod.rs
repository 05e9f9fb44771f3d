//! The trigger `http`: one request for each attempt.

mod client;
mod connect;
mod draft;
mod redirect;
mod send;

pub(super) use client::Clients;

use super::Opening;
use super::last::Last;
use draft::Draft;
use model::ports::{Answer, Attempt, BoxFuture, Failure};
use model::secrets::Secrets;
use model::{Result, Trigger};
use std::sync::Arc;

/// A trigger that sends requests.
#[derive(Debug)]
struct Http {
    namespace: String,
    secrets: Secrets,
    clients: Arc<Clients>,
    last: Last<Draft>,
}

/// Makes an HTTP trigger.
pub(super) fn open(opening: &Opening<'_>) -> Result<Arc<dyn Trigger>> {
    Ok(Arc::new(Http {
        namespace: opening.namespace.to_owned(),
        secrets: opening.secrets.clone(),
        clients: Arc::clone(&opening.shared.clients),
        last: Last::default(),
    }))
}

impl Trigger for Http {
    fn attempt<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let draft = self.last.of(attempt.action, Draft::new).map_err(Failure::unsent)?;
            let client =
                self.clients.client(draft.tls.as_ref(), &self.namespace, &self.secrets).map_err(Failure::unsent)?;
            let request = draft.request(&attempt, &self.namespace, &self.secrets).map_err(Failure::unsent)?;
            send::send(&client, request, draft.timeout).await
        })
    }
}
