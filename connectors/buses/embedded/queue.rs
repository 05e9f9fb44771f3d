//! What waits for the writer: records to append and offsets that subscribers released, bounded in bytes.

use super::file::Subscribers;
use super::held;
use model::{NewRecord, Offset};
use std::mem;
use std::sync::{Condvar, Mutex, PoisonError, mpsc};
use tokio::sync::{Semaphore, oneshot};

/// How many bytes of records may wait; each counts as its size rounded up to the next KiB, so that at most 32,768 wait.
const ROOM: usize = 32 << 20;

/// Filled by publishers and subscribers, emptied by the writer.
#[derive(Debug)]
pub(super) struct Queue {
    work: Mutex<Work>,
    filled: Condvar,
    room: Semaphore,
}

/// All that waits at one moment; what the writer makes durable in one transaction.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Records in the order of their offsets to be.
    pub(super) records: Vec<NewRecord>,
    /// Who waits for each of the records.
    pub(super) replies: Vec<oneshot::Sender<Offset>>,
    /// What was released since the last work.
    pub(super) released: Subscribers,
    /// Who waits for that to be durable.
    pub(super) releasers: Vec<mpsc::Sender<()>>,
    closed: bool,
}

/// The queue takes nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed;

impl Queue {
    pub(super) fn new() -> Self {
        Self { work: Mutex::default(), filled: Condvar::new(), room: Semaphore::new(cost(ROOM) as usize) }
    }

    /// Adds a record once there is room for it; the receiver gets its offset once it is durable.
    pub(super) async fn publish(&self, record: NewRecord) -> Result<oneshot::Receiver<Offset>, Closed> {
        let room = self.room.acquire_many(cost(record.frame().len())).await.map_err(|_| Closed)?;
        let (reply, receiver) = oneshot::channel();
        self.add(|work| {
            work.records.push(record);
            work.replies.push(reply);
        })?;
        room.forget();
        Ok(receiver)
    }

    /// Notes what a subscriber released, to go along with the next records.
    pub(super) fn release(&self, subscriber: &str, offset: Offset) -> Result<(), Closed> {
        let mut work = held(&self.work);
        if work.closed {
            return Err(Closed);
        }
        work.released.insert(subscriber.to_owned(), offset);
        Ok(())
    }

    /// Notes what a subscriber released; the receiver is told once that is durable.
    pub(super) fn release_now(&self, subscriber: &str, offset: Offset) -> Result<mpsc::Receiver<()>, Closed> {
        let (done, receiver) = mpsc::channel();
        self.add(|work| {
            work.released.insert(subscriber.to_owned(), offset);
            work.releasers.push(done);
        })?;
        Ok(receiver)
    }

    fn add(&self, change: impl FnOnce(&mut Work)) -> Result<(), Closed> {
        let mut work = held(&self.work);
        if work.closed {
            return Err(Closed);
        }
        let idle = work.is_idle();
        change(&mut work);
        if idle {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Waits for work and takes all of it; `None` once the queue is closed and empty.
    pub(super) fn take(&self) -> Option<Work> {
        let mut work = self
            .filled
            .wait_while(held(&self.work), |work| work.is_idle() && !work.closed)
            .unwrap_or_else(PoisonError::into_inner);
        if work.closed && work.is_idle() && work.released.is_empty() {
            return None;
        }
        let closed = work.closed;
        Some(mem::replace(&mut work, Work { closed, ..Work::default() }))
    }

    /// Gives back the room that records took, now that they are durable.
    pub(super) fn done(&self, records: &[NewRecord]) {
        self.room.add_permits(records.iter().map(|record| cost(record.frame().len()) as usize).sum());
    }

    /// Takes nothing any more; what waits is still to be taken.
    pub(super) fn close(&self) {
        held(&self.work).closed = true;
        self.room.close();
        self.filled.notify_one();
    }

    /// Takes nothing any more and forgets what waits: who waits for it learns that it was not done.
    pub(super) fn fail(&self) {
        self.close();
        let forgotten = mem::replace(&mut *held(&self.work), Work { closed: true, ..Work::default() });
        drop(forgotten);
    }
}

impl Work {
    /// Whether nobody waits for anything in it.
    fn is_idle(&self) -> bool {
        self.records.is_empty() && self.releasers.is_empty()
    }
}

/// The room that a record of so many bytes takes; one larger than all of it takes all of it.
fn cost(bytes: usize) -> u32 {
    (bytes.clamp(1, ROOM).div_ceil(1024)) as u32
}
