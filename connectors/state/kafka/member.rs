//! Membership in the group that decides which process moves a state on.

use crate::kafka::{Brokers, Reports, external};
use model::{Error, Result};
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::KafkaError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a process may be silent before another takes its place.
const SESSION_MS: &str = "6000";
const HEARTBEAT_MS: &str = "500";

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Others,
    Ours,
}

/// One process's membership; it leaves when this is dropped.
pub(super) struct Member {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    topic: String,
    turn: Mutex<Turn>,
    changed: Condvar,
    stop: AtomicBool,
}

/// Hears what the group decides.
#[derive(Clone)]
struct Ear {
    reports: Reports,
    shared: Arc<Shared>,
}

impl Member {
    /// Joins the group of a topic.
    pub(super) fn join(brokers: &Brokers, topic: &str) -> Result<Self> {
        let shared = Arc::new(Shared {
            topic: topic.to_owned(),
            turn: Mutex::new(Turn::Others),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
        });
        let mut config = brokers.connection().config();
        config
            .set("group.id", topic)
            .set("enable.auto.commit", "false")
            // A member that comes takes nothing from one that has.
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", SESSION_MS)
            .set("heartbeat.interval.ms", HEARTBEAT_MS);
        let ear = Ear { reports: brokers.reports().clone(), shared: shared.clone() };
        let consumer: BaseConsumer<Ear> =
            config.create_with_context(ear).map_err(|error| external("a consumer cannot be made", &error))?;
        consumer.subscribe(&[topic]).map_err(|error| external(format_args!("the group of {topic}"), &error))?;
        let ours = shared.clone();
        let thread = std::thread::Builder::new().name("kafka group".into()).spawn(move || ours.serve(&consumer));
        let thread = thread.map_err(|error| Error::external(format!("no thread for the group: {error}")))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Waits until it is this member's turn.
    pub(super) fn wait(&self) {
        let mut turn = self.shared.turn();
        while *turn == Turn::Others {
            turn = self.shared.changed.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether it is this member's turn, as far as it knows.
    pub(super) fn leads(&self) -> bool {
        *self.shared.turn() == Turn::Ours
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn turn(&self) -> std::sync::MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, consumer: &BaseConsumer<Ear>) {
        while !self.stop.load(Ordering::Acquire) {
            // The rows are read elsewhere: what is fetched here goes to nobody, so nothing is fetched.
            let _ = consumer.poll(Duration::from_millis(100));
        }
    }

    fn set(&self, turn: Turn) {
        *self.turn() = turn;
        self.changed.notify_all();
    }
}

impl ConsumerContext for Ear {
    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(partitions) if partitions.count() > 0 => {
                let _ = consumer.pause(partitions);
                self.shared.set(Turn::Ours);
            }
            // Brokers that were away for a while are enough for this. If another process has the turn now, Kafka refuses
            // the next commit of this one; until then it may go on.
            Rebalance::Revoke(partitions) if partitions.count() > 0 => self.shared.set(Turn::Others),
            Rebalance::Error(error) => tracing::warn!(%error, topic = self.shared.topic, "the group of the state"),
            _ => {}
        }
    }
}

impl ClientContext for Ear {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        self.reports.log(level, facility, text);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.reports.error(error, reason);
    }
}
