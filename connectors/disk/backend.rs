//! How redb reaches a file: plain reads, writes and syncs. The folder is locked, so the file is not.

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
}

impl Disk {
    /// Makes a file that only its owner may read, in place of the one that may be there.
    pub(super) fn create(path: &Path) -> Result<Self> {
        Self::open(path, OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600))
    }

    /// Opens a file for reading, and for writing when that is what it is for.
    pub(super) fn existing(path: &Path, write: bool) -> Result<Self> {
        Self::open(path, OpenOptions::new().read(true).write(write))
    }

    fn open(path: &Path, options: &OpenOptions) -> Result<Self> {
        Ok(Self {
            file: options.open(path)?,
            #[cfg(test)]
            path: path.to_owned(),
        })
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
        self.file.set_len(len)
    }

    fn sync_data(&self) -> Result<()> {
        #[cfg(test)]
        super::faults::sync(&self.path)?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.file.write_all_at(data, offset)
    }
}
