//! Test doubles of a failing disk: files whose syncs or writes fail on demand, and copies of files with damage.

use redb::StorageBackend;
use redb::backends::FileBackend;
use std::io::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Files opened with it fail their next sync once it is set.
#[derive(Debug, Clone, Default)]
pub(crate) struct FailingSync(pub(crate) Arc<AtomicBool>);

impl FailingSync {
    /// The backend for a file; given to [`super::File::open_on`].
    pub(crate) fn on(&self, file: std::fs::File) -> Result<impl StorageBackend + use<>, redb::Error> {
        Ok(Backend { file: FileBackend::new(file)?, failing: self.0.clone() })
    }
}

#[derive(Debug)]
struct Backend {
    file: FileBackend,
    failing: Arc<AtomicBool>,
}

impl StorageBackend for Backend {
    fn len(&self) -> Result<u64, Error> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> Result<(), Error> {
        if self.failing.swap(false, Ordering::SeqCst) {
            return Err(Error::other("the disk lost a write"));
        }
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        self.file.write(offset, data)
    }
}

/// `whole` damaged in many ways, each with what was done: cut at about `places` lengths, and with one byte changed at as
/// many offsets, spread evenly and all over the first 320 bytes, where redb keeps its header.
pub(crate) fn damages(whole: &[u8], places: usize) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
    let step = (whole.len() / places).max(1);
    let cuts = (0..whole.len()).step_by(step).map(|at| (format!("cut at {at}"), whole[..at].to_vec()));
    let offsets = (0..whole.len().min(320)).chain((320..whole.len()).step_by(step | 1));
    let flips = offsets.zip([1, 2, 0x80, 0xff].into_iter().cycle()).map(|(at, mask)| {
        let mut damaged = whole.to_vec();
        damaged[at] ^= mask;
        (format!("byte {at} changed by {mask:#x}"), damaged)
    });
    cuts.chain(flips)
}

/// Copies the files of a folder, without its folders.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// A temporary folder in memory where the machine has one, for tests that open files hundreds of times.
pub(crate) fn memory_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}
