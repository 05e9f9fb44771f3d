//! The thread that appends: whatever came during the last sync becomes the next group.

use super::file::{Header, LogFile};
use super::group::Group;
use super::queue::Work;
use super::retention::Notice;
use super::{Shared, held};
use crate::disk::Reached;
use model::{LogTime, Offset, Result};
use std::mem;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

/// Publishers whose records are durable, the first of them at this offset.
pub(super) type Published = (Offset, Vec<oneshot::Sender<Offset>>);

/// Tells publishers inside the runtime: one wake for each group instead of one for each publisher.
pub(super) async fn reply(mut published: UnboundedReceiver<Published>) {
    while let Some((first, replies)) = published.recv().await {
        for (offset, reply) in (first.0..).zip(replies) {
            let _ = reply.send(Offset(offset));
        }
    }
}

#[derive(Debug)]
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    /// The log time of the last record.
    pub(super) floor: LogTime,
    /// The log time of the first record of the file that grows, once it has one.
    pub(super) since: Option<LogTime>,
    pub(super) clock: fn() -> LogTime,
    /// The offset before which everything is durable, noted for the next start.
    pub(super) reached: Reached,
    pub(super) published: UnboundedSender<Published>,
    pub(super) retention: Sender<Notice>,
}

impl Writer {
    /// Works until the queue is closed and empty, or until an append fails.
    pub(super) fn run(mut self) {
        while let Some(mut work) = self.shared.queue.take() {
            if let Err(error) = self.append(&mut work).and_then(|()| self.roll()) {
                self.shared.fail(&error);
                return;
            }
        }
    }

    fn append(&mut self, work: &mut Work) -> Result<()> {
        let (first, active) = {
            let log = held(&self.shared.log);
            (log.next, log.active.clone())
        };
        let group = match work.records.is_empty() {
            true => None,
            false => {
                self.floor = self.floor.max((self.clock)());
                self.since.get_or_insert(self.floor);
                Some(Group::new(first, self.floor, &work.records)?)
            }
        };
        active.append(group.as_ref(), &work.released)?;
        self.shared.queue.done(&work.records);
        if let Some(group) = group {
            self.reached.note(first.0 + group.batch.len() as u64)?;
            held(&self.shared.log).append(group.batch);
            let _ = self.published.send((first, mem::take(&mut work.replies)));
            held(&self.shared.wakes).iter().for_each(|wake| wake());
        }
        for releaser in mem::take(&mut work.releasers) {
            let _ = releaser.send(());
        }
        Ok(())
    }

    fn roll(&mut self) -> Result<()> {
        if self.shared.measure() {
            let _ = self.retention.send(Notice::Look);
        }
        let limits = self.shared.limits;
        let Some(since) = self.since else { return Ok(()) };
        // A file that grows slowly is closed too, or age could never remove its records.
        let old = u128::from(self.floor.0.saturating_sub(since.0)) > limits.age.as_millis();
        let (first, subscribers) = {
            let log = held(&self.shared.log);
            if !old && log.active.bytes() < limits.roll {
                return Ok(());
            }
            (log.next, log.subscribers.clone())
        };
        let header = Header { log_id: self.shared.log_id, first, floor: self.floor };
        let file = LogFile::create(self.shared.folder.path(), header, &subscribers)?;
        self.since = None;
        let complete = held(&self.shared.log).roll(file);
        let _ = self.retention.send(Notice::Rolled(complete));
        Ok(())
    }
}
