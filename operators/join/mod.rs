//! Holds the latest hit of each dependency, per trigger and key, until the trigger's condition holds.
//!
//! The join itself ([`Join`]) is a plain structure that is told hits in the order of their times and how far time has
//! come; [`join`] is the operator that brings them into that order by the frontier.

mod state;

use crate::effect::{Effect, Hit, Pending};
use crate::hash;
use crate::plan::Timeline;
use model::{LogId, LogTime, Time};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use timely::container::CapacityContainerBuilder;
use timely::dataflow::StreamVec;
use timely::dataflow::channels::pact::Exchange;
use timely::dataflow::operators::Operator;

pub use state::Join;

/// The next instant of log time at which some waiting hit is due, over all workers; what an idle bus must tick for.
#[derive(Debug, Clone)]
pub struct Due(Arc<Vec<AtomicU64>>);

impl Due {
    /// Nothing is due on any of `workers` workers.
    pub fn new(workers: usize) -> Self {
        Self(Arc::new((0..workers).map(|_| AtomicU64::new(u64::MAX)).collect()))
    }

    /// The earliest instant of all workers.
    pub fn next(&self) -> Option<LogTime> {
        self.0.iter().map(|due| due.load(Ordering::Relaxed)).min().filter(|due| *due != u64::MAX).map(LogTime)
    }

    fn set(&self, worker: usize, due: Option<LogTime>) {
        if let Some(slot) = self.0.get(worker) {
            slot.store(due.map_or(u64::MAX, |due| due.0), Ordering::Relaxed);
        }
    }
}

/// What a join starts from.
#[derive(Debug, Clone)]
pub struct Start {
    /// The log whose records are joined; part of every firing's id.
    pub log: LogId,
    /// The plans.
    pub timeline: Timeline,
    /// The commit point that is gone on from.
    pub from: Time,
    /// The hits that waited at the commit point.
    pub pending: Arc<Vec<Pending>>,
    /// Where the next due instant is told.
    pub due: Due,
    /// The bus has several partitions: triggers that keep nothing then skip the ordering.
    pub partitioned: bool,
}

/// Joins hits by (trigger, key), in the order of their times.
pub fn join<'s>(hits: StreamVec<'s, u128, Hit>, start: Start) -> StreamVec<'s, u128, (Time, Effect)> {
    let (index, peers) = {
        let worker = hits.scope().worker();
        (worker.index(), worker.peers())
    };
    let timeline = start.timeline.clone();
    let exchange = Exchange::new(move |hit: &Hit| {
        let plan = timeline.get(hit.generation);
        plan.and_then(|plan| plan.triggers.get(hit.trigger as usize).map(|row| hash::shard(row.id, hit.key.as_deref())))
            .unwrap_or_default()
    });
    hits.unary_frontier::<CapacityContainerBuilder<Vec<_>>, _, _, _>(exchange, "Join", move |capability, _| {
        let mut capability = Some(capability);
        let mut join = Join::new(start.log, start.timeline.clone(), start.from);
        let mut effects =
            join.restore(start.pending.iter().filter(|pending| pending.belongs_to(index, peers)).cloned());
        // An event may be a hit of several slots of one trigger: these are then applied in the order of the manifest.
        let mut waiting: BTreeMap<(Time, u32, u16), Hit> = BTreeMap::new();
        move |(input, frontier), output| {
            input.for_each_stamp(|_, data| {
                for hit in data.flat_map(|hits| hits.drain(..)) {
                    if start.partitioned && join.is_stateless(&hit) {
                        join.apply(hit, &mut effects);
                    } else {
                        waiting.insert((hit.time, hit.trigger, hit.slot), hit);
                    }
                }
            });
            // An input that closes ends the dataflow, not log time: what still waits for the frontier stays undecided.
            let reached = frontier.frontier().first().map(|packed| Time::unpack(*packed));
            let (Some(reached), Some(held)) = (reached, &mut capability) else {
                capability = None;
                return;
            };
            let later = waiting.split_off(&(reached, 0, 0));
            for hit in std::mem::replace(&mut waiting, later).into_values() {
                join.apply(hit, &mut effects);
            }
            join.advance(reached, &mut effects);
            start.due.set(index, join.next_due());
            if !effects.is_empty() {
                output.session(held).give_container(&mut effects);
                effects = Vec::new();
            }
            held.downgrade(&reached.pack().max(*held.time()));
        }
    })
}
