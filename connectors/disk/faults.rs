//! Test doubles of a failing disk: syncs that fail on demand, and files with damage.

use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

static FAILING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Makes the next sync of a file in `folder` fail.
pub(crate) fn fail_sync(folder: &Path) {
    FAILING.lock().unwrap().push(folder.to_owned());
}

/// Fails where [`fail_sync`] asked for it.
pub(super) fn sync(file: &Path) -> Result<()> {
    let mut failing = FAILING.lock().unwrap();
    match failing.iter().position(|folder| file.starts_with(folder)) {
        None => Ok(()),
        Some(found) => {
            failing.remove(found);
            Err(Error::other("the disk lost a write"))
        }
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
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// A temporary folder in memory where the machine has one, for tests that open files hundreds of times.
pub(crate) fn memory_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}
