//! A redb file: how it is opened, and what its failures mean to a user.

use super::backend::Disk;
#[cfg(test)]
use super::faults::power::{Event, happens};
use super::folder::sync;
use crate::fence::fenced;
use model::{Error, ErrorKind, Result};
use redb::{Builder, Database, ReadOnlyDatabase, StorageBackend as _, WriteTransaction};
use std::fmt;
use std::io::ErrorKind as IoKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Bytes of a file that redb keeps in memory.
const CACHE: usize = 16 << 20;

/// A redb database in a file of a folder that this process holds, open for writing or only for reading.
pub(crate) struct File<D = Database> {
    path: PathBuf,
    database: D,
}

impl File {
    /// Makes a file at `path`; it appears there once `fill` has done its part, durably.
    ///
    /// # Errors
    /// A file that cannot be made (external).
    pub(crate) fn create(path: &Path, fill: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>) -> Result<Self> {
        let draft = path.with_extension("new");
        let create = || -> Result<Database, redb::Error> {
            let database = builder().create_with_backend(Disk::create(&draft)?)?;
            let transaction = database.begin_write()?;
            fill(&transaction)?;
            transaction.commit()?;
            std::fs::rename(&draft, path)?;
            #[cfg(test)]
            happens(path, || Event::Renamed { from: draft.clone(), to: path.to_owned() });
            path.parent().map_or(Ok(()), sync)?;
            Ok(database)
        };
        Ok(Self { path: path.to_owned(), database: guarded(path, create)? })
    }

    /// Opens the file at `path`. With `check`, every page is read and compared with its checksum, so that a file that
    /// was altered is refused; without it, redb trusts a file that it closed itself.
    ///
    /// # Errors
    /// A damaged file (data); one that is missing or cannot be read (external).
    pub(crate) fn open(path: &Path, check: bool) -> Result<Self> {
        let open = || -> Result<Database, redb::Error> {
            let disk = Disk::existing(path, true)?;
            if disk.len()? == 0 {
                // redb would make a new one of it.
                return Err(redb::Error::Corrupted("it is empty".to_owned()));
            }
            Ok(builder().set_check_integrity_on_open(check).create_with_backend(disk)?)
        };
        Ok(Self { path: path.to_owned(), database: guarded(path, open)? })
    }
}

impl File<ReadOnlyDatabase> {
    /// Opens a file that nobody writes to any more. One that was not closed cleanly is recovered first.
    ///
    /// # Errors
    /// As [`File::open`].
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let open = || {
            guarded(path, || match builder().open_read_only_with_backend(Disk::existing(path, false)?) {
                Err(redb::DatabaseError::RepairAborted) => Ok(None),
                opened => Ok(Some(opened?)),
            })
        };
        let mut opened = open()?;
        if opened.is_none() {
            drop(File::open(path, true)?);
            opened = open()?;
        }
        let database = opened.ok_or_else(|| failure(path, &redb::Error::RepairAborted))?;
        Ok(Self { path: path.to_owned(), database })
    }
}

impl<D> File<D> {
    /// Runs `work`, which calls redb and nothing else, on the database; its errors name the file.
    ///
    /// # Errors
    /// Those of `work`; a damaged file on which redb panicked (data).
    pub(crate) fn with<T>(&self, work: impl FnOnce(&D) -> Result<T, redb::Error>) -> Result<T> {
        guarded(&self.path, || work(&self.database))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes it takes on disk.
    pub(crate) fn bytes(&self) -> u64 {
        bytes(&self.path)
    }
}

impl<D> fmt::Debug for File<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("File").field(&self.path).finish()
    }
}

/// How many bytes the file at `path` takes on disk; none where it is missing.
pub(crate) fn bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.blocks() * 512)
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE);
    builder
}

/// Runs `work`, which calls redb: it panics on some files that were altered since it closed them.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T> {
    match fenced(work) {
        Some(done) => done.map_err(|error| failure(path, &error)),
        None => Err(Error::data(format!("{}: the file is damaged", path.display()))),
    }
}

fn failure(path: &Path, error: &redb::Error) -> Error {
    let damaged = |what: &str| Error::data(format!("{}: the file is damaged: {what}", path.display()));
    let kind = match error {
        redb::Error::Corrupted(what) => return damaged(what),
        // Formats are looked at before a file is opened, so that in one of a known format its marks have changed.
        redb::Error::UpgradeRequired(_) | redb::Error::TableDoesNotExist(_) | redb::Error::TableTypeMismatch { .. } => {
            return damaged(&error.to_string());
        }
        redb::Error::Io(error) if matches!(error.kind(), IoKind::InvalidData | IoKind::UnexpectedEof) => {
            return damaged(&error.to_string());
        }
        redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::Backend(_) => ErrorKind::External,
        redb::Error::DatabaseAlreadyOpen | redb::Error::ValueTooLarge(_) => ErrorKind::User,
        _ => ErrorKind::Internal,
    };
    Error::new(kind, format!("{}: {error}", path.display()))
}
