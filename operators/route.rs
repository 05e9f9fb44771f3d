//! Finds which records of a batch some dependency names, by their attributes alone: no JSON is read.

use crate::plan::{Plan, Timeline};
use model::envelope::{UNDECODABLE_SOURCE, bare_source, is_control};
use model::{Batch, Time};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::StreamVec;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::Operator;

/// A batch with the rows that some dependency names.
#[derive(Debug, Clone)]
pub struct Routed {
    /// The number of the plan in force for all its records.
    pub generation: u32,
    /// The records.
    pub batch: Arc<Batch>,
    /// (row, route) of the records that are named, in row order.
    pub rows: Vec<(u32, u32)>,
    /// The rows of records that are no events.
    pub undecodable: Vec<u32>,
    /// How many records are events or ought to be, ticks and the like left out.
    pub received: usize,
}

/// Routes every record of the batches; a batch never spans a change of plan.
pub fn route<'s>(batches: StreamVec<'s, u128, Arc<Batch>>, timeline: Timeline) -> StreamVec<'s, u128, Routed> {
    batches.unary::<CapacityContainerBuilder<Vec<_>>, _, _, _>(Pipeline, "Route", move |_, _| {
        let mut router = Router::new(timeline);
        move |input, output| {
            input.for_each_stamp(|capability, data| {
                let mut session = output.session(&capability);
                for batch in data.flat_map(|batches| batches.drain(..)) {
                    session.give(router.route(batch));
                }
            });
        }
    })
}

/// The routing table with a memory of what it has answered, so that a known (source, subject) costs one look-up.
#[derive(Debug)]
pub struct Router {
    timeline: Timeline,
    generation: u32,
    plan: Arc<Plan>,
    known: FxHashMap<Box<[u8]>, Known>,
    key: Vec<u8>,
    last: Known,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    Route(u32),
    Unrouted,
    Undecodable,
    Control,
}

/// Beyond this many remembered (source, subject) pairs the memory starts anew: hostile names cannot fill it.
const REMEMBERED: usize = 1 << 16;

impl Router {
    /// A router by the plans of `timeline`.
    pub fn new(timeline: Timeline) -> Self {
        let span = timeline.at(Time::default());
        let (key, last) = (Vec::new(), Known::Control);
        Self { timeline, generation: span.generation, plan: span.plan, known: FxHashMap::default(), key, last }
    }

    /// Routes one batch.
    pub fn route(&mut self, batch: Arc<Batch>) -> Routed {
        self.follow(batch.get(0).map(|record| record.time()).unwrap_or_default());
        let mut routed =
            Routed { generation: self.generation, batch, rows: Vec::new(), undecodable: Vec::new(), received: 0 };
        for (record, row) in routed.batch.iter().zip(0..) {
            let (source, subject) = record.names();
            match self.look_up(source, subject) {
                Known::Control => continue,
                Known::Route(route) => routed.rows.push((row, route)),
                Known::Undecodable => routed.undecodable.push(row),
                Known::Unrouted => {}
            }
            routed.received += 1;
        }
        routed
    }

    fn follow(&mut self, time: Time) {
        let span = self.timeline.at(time);
        if span.generation != self.generation || !Arc::ptr_eq(&span.plan, &self.plan) {
            (self.generation, self.plan) = (span.generation, span.plan);
            self.known.clear();
            self.key.clear();
        }
    }

    fn look_up(&mut self, source: &[u8], subject: &[u8]) -> Known {
        // Records of one source come in runs: the key of the last look-up is compared before anything is hashed.
        if self.key.len() == source.len() + 1 + subject.len()
            && self.key.starts_with(source)
            && self.key.ends_with(subject)
        {
            return self.last;
        }
        self.key.clear();
        self.key.extend_from_slice(source);
        self.key.push(0);
        self.key.extend_from_slice(subject);
        self.last = match self.known.get(&*self.key) {
            Some(known) => *known,
            None => self.learn(source, subject),
        };
        self.last
    }

    fn learn(&mut self, source: &[u8], subject: &[u8]) -> Known {
        let known = match (std::str::from_utf8(source), std::str::from_utf8(subject)) {
            _ if is_control(source) => Known::Control,
            (Ok(UNDECODABLE_SOURCE), _) => Known::Undecodable,
            (Ok(source), Ok(subject)) => {
                self.plan.route(bare_source(source), subject).map_or(Known::Unrouted, Known::Route)
            }
            _ => Known::Unrouted,
        };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(self.key.as_slice().into(), known);
        known
    }
}
