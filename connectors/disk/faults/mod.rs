//! Test doubles of a failing disk: syncs that fail on demand, files with damage, and a power loss.

pub(crate) mod power;

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
    let masks = [1, 2, 0x80, 0xff];
    // One byte of redb's header says which of two transactions is the newest, with no checksum: each of its bits.
    let newest = (0..8).map(|bit| (9, 1 << bit));
    let offsets = (0..whole.len().min(320)).chain((320..whole.len()).step_by(step | 1));
    let flips = newest.chain(offsets.zip(masks.into_iter().cycle())).map(|(at, mask)| {
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

/// How many cases a random test tries: `usual`, or that times what `TIDEGATE_TIMES` says.
pub(crate) fn cases(usual: u32) -> u32 {
    usual * std::env::var("TIDEGATE_TIMES").map_or(1, |times| times.parse::<u32>().unwrap())
}

/// Damage to a file, at places that are shares of its length.
#[derive(Debug, Clone)]
pub(crate) enum Damage {
    /// Its end is missing.
    Cut(u16),
    /// Bits of one byte are turned.
    Flip(u16, u8),
    /// So many bytes are zero.
    Zero(u16, usize),
    /// So many bytes are those of another place: a write that went astray.
    Stray(u16, u16, usize),
    /// So many bytes follow its end.
    Tail(usize),
}

/// Any damage.
pub(crate) fn damage() -> impl proptest::strategy::Strategy<Value = Damage> {
    use proptest::prelude::*;
    let len = || prop_oneof![1..600_usize, Just(4096), 1..20_000_usize];
    prop_oneof![
        any::<u16>().prop_map(Damage::Cut),
        (any::<u16>(), 1..=255_u8).prop_map(|(at, mask)| Damage::Flip(at, mask)),
        (0..600_u16, 1..=255_u8).prop_map(|(at, mask)| Damage::Flip(at, mask)),
        (any::<u16>(), len()).prop_map(|(at, len)| Damage::Zero(at, len)),
        (any::<u16>(), any::<u16>(), len()).prop_map(|(from, to, len)| Damage::Stray(from, to, len)),
        len().prop_map(Damage::Tail),
    ]
}

impl Damage {
    /// Does it to the bytes of a file.
    pub(crate) fn apply(&self, bytes: &mut Vec<u8>) {
        let share = |at: u16| usize::from(at) * bytes.len() / (usize::from(u16::MAX) + 1);
        let range = |at: u16, len: usize| share(at)..bytes.len().min(share(at) + len);
        match *self {
            Self::Cut(at) => bytes.truncate(share(at)),
            Self::Flip(at, mask) => {
                let at = share(at);
                bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= mask);
            }
            Self::Zero(at, len) => {
                let range = range(at, len);
                bytes[range].fill(0);
            }
            Self::Stray(from, to, len) => {
                let (from, to) = (range(from, len), range(to, len));
                let len = from.len().min(to.len());
                bytes.copy_within(from.start..from.start + len, to.start);
            }
            Self::Tail(len) => bytes.extend(std::iter::repeat_n(0x5a, len)),
        }
    }
}
