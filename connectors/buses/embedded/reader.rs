//! Reading records that are no longer in memory.

use super::file::LogFile;
use super::log::Place;
use model::{Batch, Error, LogId, Offset, Result};
use redb::ReadOnlyDatabase;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// How many remainders of reads are kept for the next poll: one for each of so many readers.
const AHEAD: usize = 4;

/// One file that is open for reading, and what was read beyond what was asked for.
#[derive(Debug)]
pub(super) struct Reader {
    folder: PathBuf,
    log_id: LogId,
    open: Option<(Offset, LogFile<ReadOnlyDatabase>)>,
    ahead: VecDeque<Batch>,
    idle: bool,
}

impl Reader {
    pub(super) fn new(folder: &Path, log_id: LogId) -> Self {
        Self { folder: folder.to_owned(), log_id, open: None, ahead: VecDeque::new(), idle: true }
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
            (None, Place::Active(file)) => whole(file.read(from)?, from, file.path())?,
            (None, Place::Rolled(first)) => {
                let file = self.file(first)?;
                whole(file.read(from)?, from, file.path())?
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
        }
        self.idle = true;
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
