//! The duplicate window: drops a message that its upstream sent again, for a stretch of log time.

use model::envelope::{SOURCE_PREFIX, UNDECODABLE_SOURCE, is_control};
use model::{Attributes, Batch, LogTime};
use operators::hash;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;

/// The identities of recent messages of one partition.
#[derive(Debug)]
pub(super) struct Window {
    /// In milliseconds of log time; 0 switches it off.
    span: u64,
    seen: FxHashMap<[u8; 16], LogTime>,
    order: VecDeque<(LogTime, [u8; 16])>,
}

impl Window {
    /// A window that knows what it had learnt at the commit point.
    pub(super) fn new(span: u64, learnt: impl IntoIterator<Item = (LogTime, [u8; 16])>) -> Self {
        let order: VecDeque<_> = learnt.into_iter().collect();
        Self { span, seen: order.iter().map(|(at, hash)| (*hash, *at)).collect(), order }
    }

    /// Takes repeats out of a batch; answers how many, and the identities it learnt.
    pub(super) fn sift(&mut self, batch: &mut Batch) -> (usize, Vec<(LogTime, [u8; 16])>) {
        if self.span == 0 {
            return (0, Vec::new());
        }
        let (mut repeats, mut learnt) = (Vec::new(), Vec::new());
        for (record, row) in batch.iter().zip(0..) {
            let Some(identity) = identity(&record.attributes()) else { continue };
            let at = record.log_time;
            self.forget(at);
            match self.seen.entry(identity) {
                Entry::Occupied(_) => repeats.push(row),
                Entry::Vacant(new) => {
                    new.insert(at);
                    self.order.push_back((at, identity));
                    learnt.push((at, identity));
                }
            }
        }
        if !repeats.is_empty() {
            batch.retain(|row| repeats.binary_search(&row).is_err());
        }
        (repeats.len(), learnt)
    }

    fn forget(&mut self, now: LogTime) {
        while let Some((_, identity)) = self.order.pop_front_if(|(at, _)| at.0 + self.span <= now.0) {
            self.seen.remove(&identity);
        }
    }
}

/// What a repeat has in common with the first: its route and the upstream's id. In our own envelope that id is an attribute
/// of its own; in anybody else's it is the CloudEvent's id. Without one nothing is ever a repeat.
fn identity(attributes: &Attributes<'_>) -> Option<[u8; 16]> {
    let ours = attributes.source.starts_with(SOURCE_PREFIX);
    let id = if ours { attributes.upstream_id } else { attributes.id };
    let counts = !id.is_empty() && attributes.source != UNDECODABLE_SOURCE && !is_control(attributes.source.as_bytes());
    counts.then(|| hash::wide(&[attributes.source.as_bytes(), attributes.subject.as_bytes(), id.as_bytes()]))
}
