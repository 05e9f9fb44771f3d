//! What the feed has handed out beyond the commit point: where each partition stands at any frontier, and the duplicate
//! window's rows.

use super::{Fed, SLOT};
use crate::rows::{self, CommitPoint};
use model::ports::{Change, Table};
use model::{LogTime, Partition, Result, Time};
use std::collections::VecDeque;

/// Batches handed out and not yet committed, in the order of handing out, and the rows of the duplicate window.
#[derive(Debug)]
pub(super) struct Handed {
    batches: VecDeque<Fed>,
    /// Each row of the window with its newest log time.
    rows: VecDeque<(Vec<u8>, LogTime)>,
    /// How long the window is, in milliseconds.
    window: u64,
    partitioned: bool,
}

impl Handed {
    pub(super) fn new(rows: VecDeque<(Vec<u8>, LogTime)>, window: u64, partitioned: bool) -> Self {
        Self { batches: VecDeque::new(), rows, window, partitioned }
    }

    pub(super) fn push(&mut self, fed: Fed) {
        self.batches.push_back(fed);
    }

    /// The latest commit point that is not after `limit`. At it a partition's offset is known and the counters of whole
    /// batches are exact: the beginning of a batch, or of a slot where batches of several partitions overlap.
    pub(super) fn boundary(&self, limit: Time) -> Time {
        if self.partitioned {
            return Time::instant(LogTime(limit.log_time.0 - limit.log_time.0 % SLOT));
        }
        let around = self.batches.iter().rev().find(|fed| fed.time <= limit).filter(|fed| limit < fed.end());
        around.map_or(limit, |fed| fed.time)
    }

    /// Takes the batches before `frontier` along: the point's offsets, the counted duplicates, the window's rows.
    pub(super) fn commit(&mut self, frontier: Time, point: &mut CommitPoint, changes: &mut Vec<Change>) -> Result<i64> {
        let (mut duplicates, mut learnt) = (0, Vec::new());
        // Batches of several partitions are not handed out in the order of their times.
        let (now, later): (VecDeque<_>, _) =
            std::mem::take(&mut self.batches).into_iter().partition(|fed| fed.time < frontier);
        self.batches = later;
        for fed in now {
            if let Some(place) = point.partitions.get_mut(usize::from(fed.partition.0)) {
                *place = fed.after;
            }
            duplicates += fed.duplicates as i64;
            learnt.extend(fed.learnt);
        }
        if let Some(newest) = learnt.iter().map(|(at, _)| *at).max() {
            let key = rows::duplicates_key(point.number, Partition(0));
            changes.push(Change::put(Table::Duplicates, key.clone(), rows::encode(&learnt)?));
            self.rows.push_back((key, newest));
        }
        while let Some((key, _)) = self.rows.pop_front_if(|(_, newest)| newest.0 + self.window < frontier.log_time.0) {
            changes.push(Change::remove(Table::Duplicates, key));
        }
        Ok(duplicates)
    }
}
