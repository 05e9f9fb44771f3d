//! One file of the log: a header, groups of records by their first offset, and how far subscribers have released.

use super::group::{Chunk, Group};
use crate::disk::File;
use bytes::BytesMut;
use model::{Batch, Error, ErrorKind, LogId, LogTime, Offset, Result};
use redb::{Database, ReadOnlyDatabase, ReadableDatabase, ReadableTable as _, TableDefinition};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

const HEADER: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("header");
const GROUPS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("groups");
const SUBSCRIBERS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("subscribers");

/// How many bytes one read gathers, beyond the group it starts with.
pub(super) const READ: usize = 1 << 20;

/// Each subscriber with the offset before which it needs nothing any more.
pub(super) type Subscribers = BTreeMap<String, Offset>;

/// What a file knows of the log it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// The identity of the log.
    pub(super) log_id: LogId,
    /// The offset of its first record.
    pub(super) first: Offset,
    /// The log time of the record before; no record of the file has a smaller one.
    pub(super) floor: LogTime,
}

/// Where the records of a file begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// The offset after the last.
    pub(super) next: Offset,
    /// Log time of the first.
    pub(super) since: LogTime,
    /// Log time of the last.
    pub(super) until: LogTime,
}

/// A file of the log, open for appending or only for reading.
pub(super) struct LogFile<D = Database>(File<D>);

impl LogFile {
    /// Makes the file that begins with `header`.
    ///
    /// # Errors
    /// When it cannot be made durable.
    pub(super) fn create(folder: &Path, header: Header, subscribers: &Subscribers) -> Result<Self> {
        let file = File::create(&path(folder, header.first), |transaction| {
            transaction.open_table(HEADER)?.insert("header", header.encode().as_slice())?;
            transaction.open_table(GROUPS)?;
            let mut rows = transaction.open_table(SUBSCRIBERS)?;
            for (name, offset) in subscribers {
                rows.insert(name.as_str(), note(name, *offset).as_slice())?;
            }
            Ok(())
        })?;
        Ok(Self(file))
    }

    /// Opens the newest file, whose every page is then checked.
    ///
    /// # Errors
    /// A damaged file (data); one that cannot be read (external).
    pub(super) fn open(folder: &Path, first: Offset) -> Result<Self> {
        File::open(&path(folder, first), true).map(Self).map_err(|error| within(first, error))
    }

    /// Appends groups and notes what subscribers released, as one and durably.
    ///
    /// # Errors
    /// When that failed; what is on disk is then unknown.
    pub(super) fn append(&self, group: Option<&Group>, released: &Subscribers) -> Result<()> {
        self.with(|database| {
            let transaction = database.begin_write()?;
            if let Some(group) = group {
                let mut rows = transaction.open_table(GROUPS)?;
                for (first, value) in group.values() {
                    rows.insert(first.0, value)?;
                }
            }
            if !released.is_empty() {
                let mut rows = transaction.open_table(SUBSCRIBERS)?;
                for (name, offset) in released {
                    rows.insert(name.as_str(), note(name, *offset).as_slice())?;
                }
            }
            Ok(transaction.commit()?)
        })
    }
}

impl LogFile<ReadOnlyDatabase> {
    /// Opens a file to which nothing is appended any more.
    ///
    /// # Errors
    /// As [`LogFile::open`].
    pub(super) fn read_only(folder: &Path, first: Offset) -> Result<Self> {
        File::read(&path(folder, first)).map(Self).map_err(|error| within(first, error))
    }
}

impl<D> LogFile<D> {
    /// Works on the file; where it turns out to be damaged, the error says which records it has.
    fn with<T>(&self, work: impl FnOnce(&D) -> Result<T, redb::Error>) -> Result<T> {
        self.0.with(work).map_err(|error| match first(self.0.path()) {
            Some(first) if error.kind() == ErrorKind::Data => within(first, error),
            _ => error,
        })
    }
}

impl<D: ReadableDatabase> LogFile<D> {
    /// What it knows of its log.
    ///
    /// # Errors
    /// A damaged header.
    pub(super) fn header(&self) -> Result<Header> {
        let stored = self.with(|database| {
            let row = database.begin_read()?.open_table(HEADER)?.get("header")?;
            Ok(row.and_then(|row| Header::decode(row.value())))
        })?;
        stored.ok_or_else(|| self.damaged("its header is damaged"))
    }

    /// The subscribers and what each had released.
    ///
    /// # Errors
    /// A damaged row.
    pub(super) fn subscribers(&self) -> Result<Subscribers> {
        let rows = self.with(|database| {
            let mut found = Vec::new();
            for row in database.begin_read()?.open_table(SUBSCRIBERS)?.iter()? {
                let (name, value) = row?;
                found.push((name.value().to_owned(), value.value().to_vec()));
            }
            Ok(found)
        })?;
        rows.into_iter()
            .map(|(name, value)| match value.first_chunk::<8>().map(|offset| Offset(u64::from_le_bytes(*offset))) {
                Some(offset) if value == note(&name, offset) => Ok((name, offset)),
                _ => Err(self.damaged(&format!("what subscriber {name:?} released is damaged"))),
            })
            .collect()
    }

    /// Where its records begin and end; `None` while it has none.
    ///
    /// # Errors
    /// A damaged first or last group.
    pub(super) fn span(&self) -> Result<Option<Span>> {
        let span = self.with(|database| {
            let rows = database.begin_read()?.open_table(GROUPS)?;
            let (Some((start, first)), Some((end, last))) = (rows.first()?, rows.last()?) else { return Ok(None) };
            let (start, end) = (Offset(start.value()), Offset(end.value()));
            Ok(Some((|| {
                let (_, since) = edge(start, first.value())?;
                let (next, until) = edge(end, last.value())?;
                Ok(Span { next, since, until })
            })()))
        })?;
        span.transpose().map_err(|error: Error| error.context(self.path().display()))
    }

    /// Records from `from` on, about [`READ`] bytes of them and at least one, with every checksum compared; none where
    /// the file ends there. They are gathered into `buffer`.
    ///
    /// # Errors
    /// Records that are damaged or missing, with the file and the offset.
    pub(super) fn read(&self, from: Offset, buffer: BytesMut) -> Result<Batch> {
        let found = self.with(|database| {
            let rows = database.begin_read()?.open_table(GROUPS)?;
            let Some(start) = rows.range(..=from.0)?.next_back().transpose()? else { return Ok(None) };
            let (mut chunk, mut next) = (Chunk::reusing(buffer), Offset(start.0.value()));
            for row in rows.range(start.0.value()..)? {
                let (first, value) = row?;
                if first.value() != next.0 {
                    return Ok(Some(Err(Error::data(format!("offset {}: records are missing", next.0)))));
                }
                match chunk.add(next, value.value(), from) {
                    Ok(after) => next = after,
                    Err(error) => return Ok(Some(Err(error))),
                }
                if chunk.bytes() >= READ {
                    break;
                }
            }
            Ok(Some(Ok(chunk)))
        })?;
        let damaged = |error: Error| error.context(self.path().display());
        match found {
            None => Err(damaged(Error::data(format!("offset {}: records are missing", from.0)))),
            Some(chunk) => chunk.and_then(Chunk::finish).map_err(damaged),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// How many bytes it takes on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn damaged(&self, what: &str) -> Error {
        Error::data(format!("{}: {what}", self.path().display()))
    }
}

impl<D> fmt::Debug for LogFile<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Header {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = [&self.log_id.0[..], &self.first.0.to_le_bytes(), &self.floor.0.to_le_bytes()].concat();
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (log_id, rest) = bytes.split_first_chunk::<16>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let floor = rest.first_chunk::<8>()?;
        let header = Self {
            log_id: LogId(*log_id),
            first: Offset(u64::from_le_bytes(*first)),
            floor: LogTime(u64::from_le_bytes(*floor)),
        };
        (header.encode() == bytes).then_some(header)
    }
}

/// The offset after a group and its log time.
fn edge(first: Offset, value: &[u8]) -> Result<(Offset, LogTime)> {
    let mut chunk = Chunk::default();
    let next = chunk.add(first, value, first)?;
    let log_time = chunk.finish()?.get(0).map(|record| record.log_time);
    Ok((next, log_time.unwrap_or_default()))
}

/// Adds to what is wrong with a file which records it has.
fn within(first: Offset, error: Error) -> Error {
    error.context(format_args!("the records from offset {} on", first.0))
}

/// Where the file is that begins with the record at `first`.
pub(super) fn path(folder: &Path, first: Offset) -> PathBuf {
    folder.join(format!("{:020}.redb", first.0))
}

/// The first offset of the file with this name; `None` for other files.
pub(super) fn first(name: &Path) -> Option<Offset> {
    let stem = name.file_name()?.to_str()?.strip_suffix(".redb")?;
    (stem.len() == 20).then(|| stem.parse().ok().map(Offset)).flatten()
}

/// The row of a subscriber: the offset it released, and a CRC-32 of that and its name.
fn note(name: &str, offset: Offset) -> Vec<u8> {
    let offset = offset.0.to_le_bytes();
    [&offset[..], &crc32fast::hash(&[&offset[..], name.as_bytes()].concat()).to_le_bytes()].concat()
}
