//! How redb reaches a file: plain reads, writes and syncs. The folder is locked, so the file is not.

#[cfg(test)]
use super::faults::power::{Event, happens};
use redb::StorageBackend;
use std::fs::{File, OpenOptions};
use std::io::Result;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

#[derive(Debug)]
pub(super) struct Disk {
    file: File,
    #[cfg(test)]
    path: std::path::PathBuf,
    #[cfg(test)]
    id: u64,
}

impl Disk {
    /// Makes a file that only its owner may read, in place of the one that may be there.
    pub(super) fn create(path: &Path) -> Result<Self> {
        Self::open(path, OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600), true)
    }

    /// Opens a file for reading, and for writing when that is what it is for.
    pub(super) fn existing(path: &Path, write: bool) -> Result<Self> {
        Self::open(path, OpenOptions::new().read(true).write(write), false)
    }

    #[cfg(not(test))]
    fn open(path: &Path, options: &OpenOptions, _new: bool) -> Result<Self> {
        Ok(Self { file: options.open(path)? })
    }

    #[cfg(test)]
    fn open(path: &Path, options: &OpenOptions, new: bool) -> Result<Self> {
        static IDS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let id = IDS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let file = options.open(path)?;
        happens(path, || Event::Opened { disk: id, path: path.to_owned(), new });
        Ok(Self { file, path: path.to_owned(), id })
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        self.file.read_exact_at(out, offset)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        #[cfg(test)]
        happens(&self.path, || Event::SetLen { disk: self.id, len });
        self.file.set_len(len)
    }

    fn sync_data(&self) -> Result<()> {
        #[cfg(test)]
        super::faults::sync(&self.path)?;
        self.file.sync_data()?;
        #[cfg(test)]
        happens(&self.path, || Event::Sync { disk: self.id });
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        #[cfg(test)]
        happens(&self.path, || Event::Write { disk: self.id, at: offset, bytes: data.to_vec() });
        self.file.write_all_at(data, offset)
    }
}
