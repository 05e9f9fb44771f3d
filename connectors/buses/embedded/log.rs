//! The log as readers and retention see it: which files it has, its newest records, and its subscribers.

use super::file::{LogFile, Subscribers};
use model::ports::Extent;
use model::{Batch, Error, Offset, Result};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

/// How many records a batch of the tail has at most: what the engine asks for at once, and so no more than is copied.
const BATCH: usize = 1_024;

/// What changes with every append; held only for moments.
#[derive(Debug)]
pub(super) struct Log {
    /// The offset of the next record.
    pub(super) next: Offset,
    /// First offset of the file that grows.
    pub(super) active_first: Offset,
    /// The file that grows.
    pub(super) active: Arc<LogFile>,
    /// First offset and size in bytes of the other files.
    pub(super) rolled: BTreeMap<Offset, u64>,
    /// Those of them that are not closed yet: until then they are read by the handle that wrote them.
    closing: BTreeMap<Offset, Arc<LogFile>>,
    /// What each subscriber has released.
    pub(super) subscribers: Subscribers,
    /// The newest records, so that a reader who keeps up needs no file.
    tail: VecDeque<Batch>,
    tail_bytes: usize,
    memory: usize,
}

/// Where a record is.
#[derive(Debug)]
pub(super) enum Place {
    /// There is none yet.
    End,
    /// In memory: these records begin with it.
    Tail(Batch),
    /// In the file that grows.
    Active(Arc<LogFile>),
    /// In the complete file with this first offset.
    Rolled(Offset),
}

impl Log {
    pub(super) fn new(next: Offset, first: Offset, active: LogFile, rolled: BTreeMap<Offset, u64>) -> Self {
        Self {
            next,
            active_first: first,
            active: Arc::new(active),
            rolled,
            closing: BTreeMap::new(),
            subscribers: Subscribers::new(),
            tail: VecDeque::new(),
            tail_bytes: 0,
            memory: 0,
        }
    }

    /// The offset of the oldest record that is kept.
    pub(super) fn first(&self) -> Offset {
        self.rolled.keys().next().copied().unwrap_or(self.active_first)
    }

    /// Keeps up to so many bytes of the newest records in memory, and at least the last group.
    #[must_use]
    pub(super) fn with_memory(self, bytes: u64) -> Self {
        Self { memory: usize::try_from(bytes).unwrap_or(usize::MAX), ..self }
    }

    /// Adds records that became durable.
    pub(super) fn append(&mut self, mut batch: Batch) {
        self.next.0 += batch.len() as u64;
        self.tail_bytes += batch.bytes();
        while !batch.is_empty() {
            let rest = batch.split_off(BATCH);
            self.tail.push_back(std::mem::replace(&mut batch, rest));
        }
        while self.tail_bytes > self.memory && self.tail.len() > 1 {
            let oldest = self.tail.pop_front();
            self.tail_bytes -= oldest.map_or(0, |batch| batch.bytes());
        }
    }

    /// Goes on in a new file; returns the first offset of the old one, which is to be closed.
    pub(super) fn roll(&mut self, active: LogFile) -> Offset {
        let (first, complete) = (self.active_first, std::mem::replace(&mut self.active, Arc::new(active)));
        self.rolled.insert(first, complete.bytes());
        self.closing.insert(first, complete);
        self.active_first = self.next;
        first
    }

    /// Gives the handle of a complete file away if nobody reads by it; `None` while somebody does.
    pub(super) fn close(&mut self, first: Offset) -> Option<LogFile> {
        match Arc::try_unwrap(self.closing.remove(&first)?) {
            Ok(file) => Some(file),
            Err(read) => {
                self.closing.insert(first, read);
                None
            }
        }
    }

    /// Where the record at `from` is; at most `records` of the tail.
    ///
    /// # Errors
    /// An offset that retention has passed or that the log never reached.
    pub(super) fn place(&self, from: Offset, records: usize) -> Result<Place> {
        if from >= self.next {
            return match from == self.next {
                true => Ok(Place::End),
                false => Err(Error::data(format!("the log ends before offset {}, not at {}", self.next.0, from.0))),
            };
        }
        if let Some(batch) = self.tail(from, records) {
            return Ok(Place::Tail(batch));
        }
        if from >= self.active_first {
            return Ok(Place::Active(self.active.clone()));
        }
        match self.rolled.range(..=from).next_back() {
            Some((first, _)) => Ok(match self.closing.get(first) {
                Some(file) => Place::Active(file.clone()),
                None => Place::Rolled(*first),
            }),
            None => {
                let first = self.first().0;
                Err(Error::data(format!("offset {} is no longer kept; the log begins at {first}", from.0)))
            }
        }
    }

    fn tail(&self, from: Offset, records: usize) -> Option<Batch> {
        let first = |batch: &Batch| batch.get(0).map_or(self.next, |record| record.position.offset);
        let found = self.tail.partition_point(|batch| first(batch) <= from).checked_sub(1)?;
        let mut batch = self.tail.get(found)?.clone();
        let mut batch = batch.split_off(usize::try_from(from.0 - first(&batch).0).ok()?);
        drop(batch.split_off(records));
        Some(batch)
    }

    /// How many bytes it takes on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.rolled.values().sum::<u64>() + self.active.bytes()
    }

    /// The subscriber that holds most: the one that has released least.
    pub(super) fn holder(&self) -> Option<(&str, Offset)> {
        self.subscribers.iter().map(|(name, offset)| (name.as_str(), *offset)).min_by_key(|(_, offset)| *offset)
    }

    /// The oldest file, if nobody needs it any more, and its size.
    pub(super) fn removable(&self) -> Option<(Offset, u64)> {
        let mut rolled = self.rolled.iter();
        let (first, bytes) = rolled.next()?;
        let end = rolled.next().map_or(self.active_first, |(first, _)| *first);
        self.subscribers.values().all(|released| *released >= end).then_some((*first, *bytes))
    }

    /// Why nothing can be published at `quota` bytes.
    pub(super) fn full(&self, folder: &Path, quota: u64) -> String {
        let full = format!("the log in {} is full: {} of {quota} bytes", folder.display(), self.bytes());
        match self.holder() {
            Some((name, offset)) if offset < self.next => {
                let held: u64 = match self.rolled.range(..=offset).next_back() {
                    Some((first, _)) => self.rolled.range(first..).map(|(_, bytes)| bytes).sum(),
                    None => 0,
                };
                let held = held + self.active.bytes();
                format!(
                    "{full}; subscriber {name:?} holds {held} of them: it needs the records from offset {} on",
                    offset.0
                )
            }
            _ => format!("{full}; no subscriber holds them, only its retention does"),
        }
    }

    /// What it holds.
    pub(super) fn extent(&self) -> Extent {
        Extent {
            partitions: vec![(self.first(), self.next)],
            bytes: self.bytes(),
            subscribers: self.subscribers.iter().map(|(name, offset)| (name.clone(), *offset)).collect(),
        }
    }
}
