//! A power loss: what a disk was asked to do is written down, and of what was not synced any part may be missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// One thing that happened, in the order in which it did.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// A file was opened, under a number of its own; a new one is empty.
    Opened { disk: u64, path: PathBuf, new: bool },
    /// Bytes were written.
    Write { disk: u64, at: u64, bytes: Vec<u8> },
    /// The length was changed.
    SetLen { disk: u64, len: u64 },
    /// What was written and changed in the file is durable.
    Sync { disk: u64 },
    /// A file got another name.
    Renamed { from: PathBuf, to: PathBuf },
    /// The names in the folder are durable.
    SyncFolder,
    /// A file of this content was put into the folder durably.
    Whole { path: PathBuf, bytes: Vec<u8> },
    /// The test was told that so much is durable.
    Told(u64),
}

static RECORDED: Mutex<Vec<(PathBuf, Vec<Event>)>> = Mutex::new(Vec::new());

/// Writes down from now on what happens in `folder`.
pub(crate) fn record(folder: &Path) {
    RECORDED.lock().unwrap().push((folder.to_owned(), Vec::new()));
}

/// What happened in `folder`; nothing more is written down.
pub(crate) fn recorded(folder: &Path) -> Vec<Event> {
    let mut recorded = RECORDED.lock().unwrap();
    let found = recorded.iter().position(|(path, _)| path == folder).unwrap();
    recorded.remove(found).1
}

/// Something happens to a file, or to a folder itself.
pub(crate) fn happens(path: &Path, event: impl FnOnce() -> Event) {
    if let Some((_, events)) = RECORDED.lock().unwrap().iter_mut().find(|(folder, _)| path.starts_with(folder)) {
        events.push(event());
    }
}

/// How many bytes of a write are on the disk as a whole or not at all.
const SECTOR: u64 = 512;

#[derive(Debug, Default, Clone)]
struct Inode {
    durable: Vec<u8>,
    pending: Vec<Event>,
}

impl Inode {
    fn apply(&mut self, event: &Event, mut keep: impl FnMut() -> bool) {
        match event {
            Event::SetLen { len, .. } if keep() => self.durable.resize(*len as usize, 0),
            Event::Write { at, bytes, .. } => {
                let mut at = *at;
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    let (sector, after) = rest.split_at(rest.len().min((SECTOR - at % SECTOR) as usize));
                    if keep() {
                        let end = at as usize + sector.len();
                        if self.durable.len() < end {
                            self.durable.resize(end, 0);
                        }
                        self.durable[at as usize..end].copy_from_slice(sector);
                    }
                    (at, rest) = (at + sector.len() as u64, after);
                }
            }
            _ => {}
        }
    }
}

/// Writes to `to` what a power loss right after `events` leaves of a folder that looked like `before`; `keep` says of
/// each sector, length and name that was not synced whether it is there.
pub(crate) fn lose_power(before: &Path, events: &[Event], to: &Path, mut keep: impl FnMut() -> bool) {
    let name = |path: &Path| path.file_name().unwrap().to_owned();
    let (mut inodes, mut names, mut disks, mut renames) = (Vec::new(), BTreeMap::new(), BTreeMap::new(), Vec::new());
    for entry in std::fs::read_dir(before).unwrap().map(|entry| entry.unwrap()) {
        names.insert(entry.file_name(), inodes.len());
        inodes.push(Inode { durable: std::fs::read(entry.path()).unwrap(), pending: Vec::new() });
    }
    for event in events {
        match event {
            Event::Opened { disk, path, new } => {
                if *new {
                    names.insert(name(path), inodes.len());
                    inodes.push(Inode::default());
                }
                let renamed = renames.iter().find(|(_, to)| *to == name(path)).map(|(from, _)| from);
                disks.insert(*disk, names[renamed.unwrap_or(&name(path))]);
            }
            Event::Write { disk, .. } | Event::SetLen { disk, .. } => inodes[disks[disk]].pending.push(event.clone()),
            Event::Sync { disk } => {
                let inode = &mut inodes[disks[disk]];
                for event in std::mem::take(&mut inode.pending) {
                    inode.apply(&event, || true);
                }
            }
            Event::Renamed { from, to } => renames.push((name(from), name(to))),
            Event::SyncFolder => {
                for (from, to) in renames.drain(..) {
                    let inode = names.remove(&from).unwrap();
                    names.insert(to, inode);
                }
            }
            Event::Whole { path, bytes } => {
                names.insert(name(path), inodes.len());
                inodes.push(Inode { durable: bytes.clone(), pending: Vec::new() });
            }
            Event::Told(_) => {}
        }
    }
    for (from, to) in renames {
        if keep() {
            let inode = names.remove(&from).unwrap();
            names.insert(to, inode);
        }
    }
    std::fs::create_dir_all(to).unwrap();
    for (name, inode) in names {
        let mut inode = inodes[inode].clone();
        for event in std::mem::take(&mut inode.pending) {
            inode.apply(&event, &mut keep);
        }
        std::fs::write(to.join(name), inode.durable).unwrap();
    }
}

/// Answers of a disk that keeps `tenths` of ten things, by a seed.
pub(crate) fn keeping(mut seed: u64, tenths: u64) -> impl FnMut() -> bool {
    move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % 10 < tenths
    }
}
