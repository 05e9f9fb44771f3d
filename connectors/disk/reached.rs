//! How far a redb file had come, noted beside it, so that one that lost its end is noticed.
//!
//! When the newest transaction of a file does not fit its checksums, redb goes back to the one before: right where the
//! power failed before it was durable, wrong where it was durable and then damaged. The note tells the two apart. It is
//! written after the sync and not synced itself, so it is never ahead of the file, and kill -9 does not lose it.

use super::backend::Disk;
use super::folder::write_whole;
use model::{Error, Result};
use redb::StorageBackend as _;
use std::path::{Path, PathBuf};

/// The note of one folder: a number that only grows, and its CRC-32.
#[derive(Debug)]
pub(crate) struct Reached {
    path: PathBuf,
    disk: Disk,
}

impl Reached {
    /// Opens the note in `folder`, making one of 0 where there is none; also gives its number.
    ///
    /// # Errors
    /// A damaged note (data); one that cannot be read or made (external).
    pub(crate) fn open(folder: &Path) -> Result<(Self, u64)> {
        let path = folder.join("reached");
        let failed = |error: std::io::Error| Error::external(format!("{}: {error}", path.display()));
        if !path.exists() {
            write_whole(folder, "reached", &encode(0)).map_err(failed)?;
        }
        let disk = Disk::existing(&path, true).map_err(failed)?;
        let mut bytes = [0; 12];
        let whole = disk.read(0, &mut bytes).is_ok();
        let number = bytes.first_chunk().map_or(0, |number| u64::from_le_bytes(*number));
        if !whole || encode(number) != bytes {
            return Err(Error::data(format!(
                "{}: the file is damaged; without it a loss at the end of the file beside it goes unnoticed, so remove it \
                 only if that file is known to be whole",
                path.display()
            )));
        }
        Ok((Self { path, disk }, number))
    }

    /// Notes that the file beside it is durable up to `number`.
    ///
    /// # Errors
    /// When that cannot be written.
    pub(crate) fn note(&self, number: u64) -> Result<()> {
        let written = self.disk.write(0, &encode(number));
        written.map_err(|error| Error::external(format!("{}: {error}", self.path.display())))
    }
}

fn encode(number: u64) -> [u8; 12] {
    let mut bytes = [0; 12];
    let (head, crc) = bytes.split_at_mut(8);
    head.copy_from_slice(&number.to_le_bytes());
    crc.copy_from_slice(&crc32fast::hash(head).to_le_bytes());
    bytes
}
