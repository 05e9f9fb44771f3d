//! Reading records that are no longer in memory.

use super::file::{LogFile, READ};
use super::log::Place;
use bytes::{Bytes, BytesMut};
use model::{Batch, Error, LogId, Offset, Result};
use redb::ReadOnlyDatabase;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// How many remainders of reads are kept for the next poll: one for each of so many readers.
const AHEAD: usize = 4;

/// How many buffers are kept to be used again.
const BUFFERS: usize = 6;

/// One file that is open for reading, and what was read beyond what was asked for.
#[derive(Debug)]
pub(super) struct Reader {
    folder: PathBuf,
    log_id: LogId,
    open: Option<(Offset, LogFile<ReadOnlyDatabase>)>,
    ahead: VecDeque<Batch>,
    /// The buffers of the last reads, to be used again when nobody holds their records any more.
    buffers: VecDeque<Bytes>,
    idle: bool,
}

impl Reader {
    pub(super) fn new(folder: &Path, log_id: LogId) -> Self {
        Self {
            folder: folder.to_owned(),
            log_id,
            open: None,
            ahead: VecDeque::new(),
            buffers: VecDeque::new(),
            idle: true,
        }
    }

    /// The records from `from` on, at most `records` of them and at least one.
    ///
    /// # Errors
    /// Records that are damaged or missing, with the file and the offset.
    pub(super) fn read(&mut self, place: Place, from: Offset, records: usize) -> Result<Batch> {
        self.idle = false;
        let known = self.ahead.iter().position(|batch| batch.get(0).is_some_and(|row| row.position.offset == from));
        let mut batch = match (known.and_then(|index| self.ahead.remove(index)), place) {
            (Some(batch), _) | (None, Place::Tail(batch)) => batch,
            (None, Place::End) => return Err(Error::internal("the end of the log was read from a file")),
            (None, Place::Active(file)) => {
                let batch = file.read(from, self.buffer())?;
                self.used(whole(batch, from, file.path())?)
            }
            (None, Place::Rolled(first)) => {
                let buffer = self.buffer();
                let file = self.file(first)?;
                let batch = whole(file.read(from, buffer)?, from, file.path())?;
                self.used(batch)
            }
        };
        let rest = batch.split_off(records);
        if !rest.is_empty() {
            self.ahead.push_back(rest);
            if self.ahead.len() > AHEAD {
                self.ahead.pop_front();
            }
        }
        Ok(batch)
    }

    /// Frees memory if nothing was read since the last time.
    pub(super) fn rest(&mut self) {
        if self.idle {
            self.open = None;
            self.ahead.clear();
            self.buffers.clear();
        }
        self.idle = true;
    }

    /// A buffer for a read. Memory of this size goes back to the system when it is freed, and every page of it is a
    /// fault when it is asked for again.
    fn buffer(&mut self) -> BytesMut {
        let unused = self.buffers.iter().position(Bytes::is_unique).and_then(|at| self.buffers.remove(at));
        unused
            .and_then(|buffer| buffer.try_into_mut().ok())
            .unwrap_or_else(|| BytesMut::with_capacity(READ + (128 << 10)))
    }

    /// Keeps the buffer of a read.
    fn used(&mut self, batch: Batch) -> Batch {
        self.buffers.push_back(batch.buffer().clone());
        if self.buffers.len() > BUFFERS {
            self.buffers.pop_front();
        }
        batch
    }

    fn file(&mut self, first: Offset) -> Result<&LogFile<ReadOnlyDatabase>> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != first) {
            self.open = None;
            let file = LogFile::read_only(&self.folder, first)?;
            let header = file.header()?;
            if (header.log_id, header.first) != (self.log_id, first) {
                return Err(Error::data(format!("{}: the file belongs to another log", file.path().display())));
            }
            self.open = Some((first, file));
        }
        self.open.as_ref().map(|(_, file)| file).ok_or_else(|| Error::internal("no file of the log is open"))
    }
}

/// A file has all records from its first to the next file's.
fn whole(batch: Batch, from: Offset, file: &Path) -> Result<Batch> {
    match batch.is_empty() {
        true => Err(Error::data(format!("{}: offset {}: records are missing", file.display(), from.0))),
        false => Ok(batch),
    }
}
