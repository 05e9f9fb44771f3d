//! Publishes on their way: many share one turn of the bus, and they end in the order of their records.

use super::record::{Position, Record};
use super::{Kafka, PATIENCE};
use model::ports::{Accepted, Arrival, BoxFuture};
use model::{Error, ErrorKind, Result};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// How many records may be on their way, and how many bytes of data.
const RECORDS: usize = 512;
const BYTES: usize = 8 << 20;

/// The records on their way to the bus, in the order they were read in.
pub(super) struct Flights<'a> {
    kafka: &'a Kafka,
    flights: VecDeque<Flight<'a>>,
    bytes: usize,
}

/// A record on its way.
struct Flight<'a> {
    position: Position,
    /// What is published; `None` where the record can be no event.
    arrival: Option<Arrival>,
    outcome: Outcome<'a>,
}

/// How far a publish has come.
enum Outcome<'a> {
    Pending(BoxFuture<'a, Result<Accepted>>),
    Done(Result<Accepted>),
}

impl<'a> Flights<'a> {
    pub(super) fn new(kafka: &'a Kafka) -> Self {
        Self { kafka, flights: VecDeque::new(), bytes: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.flights.is_empty()
    }

    /// Whether another record may start: not when enough are on their way, and not behind one that the bus refused at
    /// once, so that none overtakes it.
    pub(super) fn has_room(&self) -> bool {
        let refused = matches!(self.flights.back(), Some(Flight { outcome: Outcome::Done(Err(_)), .. }));
        self.flights.len() < RECORDS && self.bytes < BYTES && !refused
    }

    /// Begins to publish a record.
    pub(super) async fn start(&mut self, record: Record) {
        let (arrival, outcome) = match record.arrival {
            Ok(arrival) => (Some(arrival.clone()), begin(self.kafka, arrival).await),
            Err(error) => (None, Outcome::Done(Err(error))),
        };
        self.bytes += arrival.as_ref().map_or(0, |arrival| arrival.data.len());
        self.flights.push_back(Flight { position: record.position, arrival, outcome });
    }

    /// Waits until the first publish has an outcome.
    pub(super) async fn landed(&mut self) {
        let Some(flight) = self.flights.front_mut() else { return };
        if let Outcome::Pending(publish) = &mut flight.outcome {
            let done = publish.as_mut().await;
            flight.outcome = Outcome::Done(done);
        }
    }

    /// Brings the first record to its end, as often as it takes, and says which it was; `None` where the source stops
    /// before that.
    pub(super) async fn settle(&mut self, stop: &mut watch::Receiver<()>) -> Option<Position> {
        let (position, arrival, mut outcome) = self.next().await?;
        let mut wait = Duration::from_millis(100);
        while let Some((arrival, error)) = self.may_repeat(position, arrival.as_ref(), &outcome) {
            if wait == Duration::from_millis(100) {
                self.tell(position, error, "a record could not be published; it is tried again, and the others wait");
            }
            tokio::select! {
                () = sleep(wait) => {}
                _ = stop.changed() => {
                    // Nothing may be passed over: those behind it are read again with it.
                    self.flights.clear();
                    return None;
                }
            }
            wait = (wait * 2).min(PATIENCE);
            outcome = self.kafka.intake.publish(arrival.clone()).await;
        }
        Some(position)
    }

    /// As [`Flights::settle`], at the source's end: what fails now is read again after it.
    pub(super) async fn drain(&mut self) -> Option<Position> {
        let (position, arrival, outcome) = self.next().await?;
        if self.may_repeat(position, arrival.as_ref(), &outcome).is_some() {
            self.flights.clear();
            return None;
        }
        Some(position)
    }

    /// The first record with the outcome of its publish.
    async fn next(&mut self) -> Option<(Position, Option<Arrival>, Result<Accepted>)> {
        self.landed().await;
        let Flight { position, arrival, outcome } = self.flights.pop_front()?;
        self.bytes -= arrival.as_ref().map_or(0, |arrival| arrival.data.len());
        match outcome {
            Outcome::Done(done) => Some((position, arrival, done)),
            Outcome::Pending(publish) => Some((position, arrival, publish.await)),
        }
    }

    /// What is to be tried again and why. A record that can never be an event is told and counted, and is done.
    fn may_repeat<'b>(
        &self,
        position: Position,
        arrival: Option<&'b Arrival>,
        outcome: &'b Result<Accepted>,
    ) -> Option<(&'b Arrival, &'b Error)> {
        let error = outcome.as_ref().err()?;
        match arrival.filter(|_| error.kind() != ErrorKind::User) {
            Some(arrival) => Some((arrival, error)),
            None => {
                self.tell(position, error, "a record cannot become an event; it is skipped and counted as failed");
                self.kafka.intake.failed(&self.kafka.origin);
                None
            }
        }
    }

    fn tell(&self, Position { partition, offset }: Position, error: &Error, what: &str) {
        let (event, topic) = (self.kafka.origin.route.path(), &self.kafka.topic);
        tracing::warn!(event, topic, partition, offset, %error, "kafka: {what}");
    }
}

/// Hands an arrival to the intake; the bus takes records in the order in which they are handed over.
async fn begin(kafka: &Kafka, arrival: Arrival) -> Outcome<'_> {
    let mut publish = kafka.intake.publish(arrival);
    match poll_fn(|context| Poll::Ready(publish.as_mut().poll(context))).await {
        Poll::Ready(done) => Outcome::Done(done),
        Poll::Pending => Outcome::Pending(publish),
    }
}
