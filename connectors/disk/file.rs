//! A redb file: how it is opened, and what its failures mean to a user.

use super::folder::sync;
use model::{Error, ErrorKind, Result};
use redb::backends::FileBackend;
use redb::{Builder, Database, StorageBackend, WriteTransaction};
use std::fs::OpenOptions;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Bytes of a file that redb keeps in memory.
const CACHE: usize = 16 << 20;

/// A redb database in a file that only its owner may read.
#[derive(Debug)]
pub(crate) struct File {
    path: PathBuf,
    database: Database,
}

impl File {
    /// Makes a file at `path`; it appears there once `fill` has done its part, durably.
    ///
    /// # Errors
    /// A file that cannot be made (external).
    pub(crate) fn create(path: &Path, fill: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>) -> Result<Self> {
        let draft = path.with_extension("new");
        let create = || -> Result<Database, redb::Error> {
            let mut options = OpenOptions::new();
            let file = options.read(true).write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
            let database = builder().create_with_backend(FileBackend::new(file)?)?;
            let transaction = database.begin_write()?;
            fill(&transaction)?;
            transaction.commit()?;
            std::fs::rename(&draft, path)?;
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
        Self::open_on(path, check, |file| Ok(FileBackend::new(file)?))
    }

    /// As [`File::open`], with redb reading and writing through the backend that `on` makes.
    pub(crate) fn open_on<B: StorageBackend>(
        path: &Path,
        check: bool,
        on: impl FnOnce(std::fs::File) -> Result<B, redb::Error>,
    ) -> Result<Self> {
        let open = || -> Result<Database, redb::Error> {
            let file = OpenOptions::new().read(true).write(true).open(path)?;
            if file.metadata()?.len() == 0 {
                return Err(redb::Error::Corrupted("it is empty".to_owned()));
            }
            Ok(builder().set_check_integrity_on_open(check).create_with_backend(on(file)?)?)
        };
        Ok(Self { path: path.to_owned(), database: guarded(path, open)? })
    }

    /// Runs `work`, which calls redb and nothing else, on the database; its errors name the file.
    ///
    /// # Errors
    /// Those of `work`; a damaged file on which redb panicked (data).
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T> {
        guarded(&self.path, || work(&self.database))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes it takes on disk.
    pub(crate) fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |file| file.blocks() * 512)
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE);
    builder
}

/// redb trusts the pages of a file that it closed cleanly, and panics on some that were altered since.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| failure(path, &error)),
        Err(_) => Err(Error::data(format!("{}: the file is damaged", path.display()))),
    }
}

fn failure(path: &Path, error: &redb::Error) -> Error {
    let kind = match error {
        redb::Error::Corrupted(_) | redb::Error::UpgradeRequired(_) | redb::Error::TableTypeMismatch { .. } => {
            ErrorKind::Data
        }
        redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::Backend(_) => ErrorKind::External,
        redb::Error::DatabaseAlreadyOpen | redb::Error::ValueTooLarge(_) => ErrorKind::User,
        _ => ErrorKind::Internal,
    };
    Error::new(kind, format!("{}: {error}", path.display()))
}
