//! Brings durable records to the dataflow: polls, drops repeats, stamps with clamped log time, holds back.

mod duplicates;

use crate::commit::{Committer, Fed, Note, SLOT};
use crate::rows::CommitPoint;
use duplicates::Window;
use model::{Batch, Bus, LogTime, Offset, Partition, Position, Result, Time};
use operators::plan::Timeline;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// At most so many records travel as one batch.
const BATCH: usize = 1024;
/// The feed runs at most so many records ahead of the commit point.
const AHEAD: u64 = 1 << 17;

/// The feed of one bus: where each partition stands, and what was handed out.
#[derive(Debug)]
pub struct Feed {
    bus: Arc<dyn Bus>,
    committer: Committer,
    timeline: Timeline,
    partitions: Vec<Reading>,
    /// The partitions, to be looked at from the one furthest behind on.
    order: Vec<usize>,
    /// The largest log time handed out.
    handed: LogTime,
    /// The largest log time of an event handed out, ticks left out.
    events: LogTime,
    /// Nothing at or after it is handed out until a plan that is in force from there is durable.
    closed_from: Option<Time>,
}

/// Where one partition is read.
#[derive(Debug)]
struct Reading {
    next: Offset,
    clamp: LogTime,
    window: Window,
    /// Records that were read but could not be handed out yet.
    rest: Option<Batch>,
}

impl Feed {
    /// A feed that goes on at a commit point; `learnt` is what the duplicate windows know, by partition.
    pub fn new(
        bus: Arc<dyn Bus>,
        committer: Committer,
        timeline: Timeline,
        point: &CommitPoint,
        window: u64,
        learnt: Vec<(LogTime, [u8; 16])>,
    ) -> Self {
        let partitions = (0..bus.partitions()).map(|n| {
            let (next, clamp) = point.partitions.get(usize::from(n)).copied().unwrap_or_default();
            Reading { next, clamp, window: Window::new(window, learnt.iter().copied()), rest: None }
        });
        let partitions: Vec<_> = partitions.collect();
        let handed = point.partitions.iter().map(|(_, clamp)| *clamp).max().unwrap_or_default();
        let order = (0..partitions.len()).collect();
        Self { bus, committer, timeline, partitions, order, handed, events: LogTime::default(), closed_from: None }
    }

    /// No record before it will be handed out any more.
    pub fn frontier(&self) -> Time {
        let reach = |(reading, n): (&Reading, u16)| {
            Time::of(reading.clamp, Position { partition: Partition(n), offset: reading.next })
        };
        self.partitions.iter().zip(0..).map(reach).min().unwrap_or_default()
    }

    /// The instant at which a plan that is entered now comes into force. Until [`Feed::open`] nothing past it is handed out.
    pub fn close(&mut self) -> Time {
        let effective = Time::instant(LogTime(self.handed.0 + 1));
        self.closed_from = Some(effective);
        effective
    }

    /// On several partitions: the log time that the frontier must reach for all events handed out to be joined and
    /// committed.
    pub fn awaited(&self) -> Option<LogTime> {
        (self.partitions.len() > 1).then(|| slot_end(self.events))
    }

    /// The partitions that hold the frontier back before `until`.
    pub fn behind(&self, until: LogTime) -> Vec<Partition> {
        self.partitions
            .iter()
            .zip(0..)
            .filter(|(reading, _)| reading.clamp < until)
            .map(|(_, n)| Partition(n))
            .collect()
    }

    /// Hands out records past the change again.
    pub fn open(&mut self) {
        self.closed_from = None;
    }

    /// The next batch, of the partition that is furthest behind in log time and has one; `None` when there is nothing to
    /// hand out now. The committer is told before the batch is given.
    ///
    /// # Errors
    /// A bus that cannot be read.
    pub fn hand_out(&mut self) -> Result<Option<Arc<Batch>>> {
        let committed = self.committer.view().offsets.load(Ordering::Relaxed);
        if self.partitions.iter().map(|reading| reading.next.0).sum::<u64>() > committed + AHEAD {
            return Ok(None);
        }
        self.order.sort_unstable_by_key(|n| (self.partitions[*n].clamp, *n));
        for at in 0..self.order.len() {
            if let Some(batch) = self.hand_out_of(self.order[at])? {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    /// The next batch of one partition.
    fn hand_out_of(&mut self, n: usize) -> Result<Option<Arc<Batch>>> {
        let partition = Partition(n as u16);
        let reading = &mut self.partitions[n];
        let mut batch = match reading.rest.take() {
            Some(rest) => rest,
            None => self.bus.poll(partition, reading.next, BATCH)?,
        };
        let from = reading.clamp;
        batch.clamp(from);
        let keep = self.until(&batch);
        let reading = &mut self.partitions[n];
        let rest = batch.split_off(keep);
        reading.rest = (!rest.is_empty()).then_some(rest);
        let (Some(first), Some(last)) = (batch.get(0), batch.get(batch.len().saturating_sub(1))) else {
            return Ok(None);
        };
        let time = first.time();
        reading.clamp = last.log_time;
        reading.next = Offset(last.position.offset.0 + 1);
        self.handed = self.handed.max(reading.clamp);
        let event = batch.iter().filter(|record| !record.is_control()).last().map(|record| record.time());
        self.events = self.events.max(event.map_or(LogTime::default(), |event| event.log_time));
        let reading = &mut self.partitions[n];
        let after = (reading.next, reading.clamp);
        let (duplicates, learnt) = reading.window.sift(&mut batch);
        self.committer.note(Note::Fed(Fed { partition, time, after, event, duplicates, learnt }));
        Ok(Some(Arc::new(batch)))
    }

    /// How many records of `batch` may travel together: none past a change of plan, on several partitions none past a slot.
    fn until(&self, batch: &Batch) -> usize {
        let Some(first) = batch.get(0).map(|record| record.time()) else { return 0 };
        let change = self.timeline.next_after(first).into_iter().chain(self.closed_from).min();
        let slot = (self.partitions.len() > 1).then(|| Time::instant(slot_end(first.log_time)));
        let Some(end) = change.into_iter().chain(slot).min() else { return batch.len() };
        batch.iter().take_while(|record| record.time() < end).count()
    }
}

/// The end of the slot that a log time falls into.
fn slot_end(time: LogTime) -> LogTime {
    LogTime(time.0 - time.0 % SLOT + SLOT)
}
