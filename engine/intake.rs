//! From a source to its bus: filter, wrap, publish; when the record is durable, the source may acknowledge.

use crate::metrics::Meters;
use lang::Moment;
use lang::expr::Expression;
use model::envelope::{self, Draft, Form};
use model::ports::{Accepted, Arrival, BoxFuture};
use model::{Bus, Error, Intake, LogTime, Origin, Result, Route};
use operators::evaluation::guarded;
use operators::hash;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

/// The intake of a process: every source publishes through it.
#[derive(Debug, Default)]
pub struct Gate {
    outlets: RwLock<BTreeMap<(String, String), Outlet>>,
    filters: RwLock<BTreeMap<Route, Arc<Expression>>>,
    meters: Arc<Meters>,
}

/// A bus that events can be published to.
#[derive(Debug, Clone)]
pub struct Outlet {
    /// The bus.
    pub bus: Arc<dyn Bus>,
    /// The form its envelopes are written in.
    pub form: Form,
}

impl Gate {
    /// An intake without buses.
    pub fn new(meters: Arc<Meters>) -> Self {
        Self { meters, ..Self::default() }
    }

    /// Opens the way to a bus.
    pub fn open(&self, namespace: &str, bus: &str, outlet: Outlet) {
        self.outlets
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((namespace.to_owned(), bus.to_owned()), outlet);
    }

    /// Sets the EventSources' own filters, all at once.
    pub fn filter(&self, filters: BTreeMap<Route, Arc<Expression>>) {
        *self.filters.write().unwrap_or_else(PoisonError::into_inner) = filters;
    }

    /// Whether the EventSource's own filter lets the event pass; one that fails drops it, as in the reference.
    fn passes(&self, arrival: &Arrival, now: jiff::Timestamp) -> bool {
        let route = &arrival.origin.route;
        let filter = self.filters.read().unwrap_or_else(PoisonError::into_inner).get(route).cloned();
        let Some(filter) = filter else { return true };
        let moment = Moment { now, seed: hash::stable(&[arrival.data.as_bytes()]) };
        match guarded(|| filter.holds(&arrival.data, &moment)) {
            Some(Ok(holds)) => holds,
            Some(Err(error)) => {
                tracing::warn!(route = route.path(), %error, "the EventSource's filter failed; the event is dropped");
                false
            }
            None => false,
        }
    }

    /// Publishes an event that comes in by hand, past the source's own checks and filter.
    ///
    /// # Errors
    /// A bus that does not take it.
    pub async fn send(&self, origin: &Origin, data: &str) -> Result<Accepted> {
        self.publish_as(origin, event_id(origin, None)?, None, jiff::Timestamp::now(), data).await
    }

    async fn publish_as(
        &self,
        origin: &Origin,
        id: String,
        upstream_id: Option<&str>,
        now: jiff::Timestamp,
        data: &str,
    ) -> Result<Accepted> {
        let (namespace, bus) = (&origin.route.namespace, &origin.route.bus);
        let missing = || Error::internal(format!("there is no bus {namespace}/{bus}"));
        let outlet = self.outlet(&(namespace.clone(), bus.clone())).ok_or_else(missing)?;
        let record =
            envelope::write(&Draft { origin, id: &id, upstream_id, time: &now.to_string(), data }, outlet.form)?;
        let position = outlet.bus.publish(record).await?;
        Ok(Accepted { id, position: Some(position) })
    }

    /// The way to a bus, if it is open.
    pub fn outlet(&self, bus: &(String, String)) -> Option<Outlet> {
        self.outlets.read().unwrap_or_else(PoisonError::into_inner).get(bus).cloned()
    }

    /// All open ways, by bus.
    pub fn outlets(&self) -> BTreeMap<(String, String), Outlet> {
        self.outlets.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Intake for Gate {
    fn publish(&self, arrival: Arrival) -> BoxFuture<'_, Result<Accepted>> {
        Box::pin(async move {
            let began = Instant::now();
            let meters = self.meters.source(&arrival.origin.route);
            let now = jiff::Timestamp::now();
            let id = event_id(&arrival.origin, arrival.upstream_id.as_deref())?;
            if !self.passes(&arrival, now) {
                return Ok(Accepted { id, position: None });
            }
            let published =
                self.publish_as(&arrival.origin, id, arrival.upstream_id.as_deref(), now, &arrival.data).await;
            match &published {
                Ok(_) => meters.sent(began.elapsed()),
                Err(_) => meters.send_failed(),
            }
            published
        })
    }

    fn failed(&self, origin: &Origin) {
        self.meters.source(&origin.route).processing_failed();
    }
}

/// 32 hexadecimal digits: of the upstream's id where there is one, so that a repeat has the same, else random. The events
/// of Kafka have the upstream's id itself, as in the reference.
fn event_id(origin: &Origin, upstream_id: Option<&str>) -> Result<String> {
    let bytes = match upstream_id {
        Some(id) if origin.kind == "kafka" => return Ok(id.to_owned()),
        Some(id) => hash::wide(&[origin.route.path().as_bytes(), id.as_bytes()]),
        None => {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no random numbers: {error}")))?;
            bytes
        }
    };
    Ok(model::FiringId(bytes).to_string())
}

/// The log time of now, for what is not part of the dataflow.
pub fn now() -> LogTime {
    LogTime::from_timestamp(jiff::Timestamp::now())
}
