//! Removing whole files that nobody needs any more, on a thread of its own.

use super::file::path;
use super::{Shared, held};
use crate::disk;
use model::Offset;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How often age is looked at while nothing is published.
const INTERVAL: Duration = Duration::from_secs(60);

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Notice {
    /// The log goes on in a new file; the one that begins here is complete.
    Rolled(Offset),
    /// There may be something to remove.
    Look,
}

/// Works until nobody can send notices any more.
pub(super) fn run(shared: &Shared, notices: &Receiver<Notice>) {
    loop {
        match notices.recv_timeout(INTERVAL) {
            Ok(Notice::Rolled(first)) => complete(shared, first),
            Ok(Notice::Look) => {}
            Err(RecvTimeoutError::Timeout) => held(&shared.reader).rest(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
        remove(shared);
    }
}

/// Closes a file and takes it out of the page cache: a cache full of written pages slows the writer down several times.
fn complete(shared: &Shared, first: Offset) {
    let path = path(shared.folder.path(), first);
    loop {
        // Whoever opens a file for reading holds the reader: nobody may open one that is just being closed.
        let reader = held(&shared.reader);
        let file = held(&shared.log).close(first);
        if file.is_some() {
            drop(file);
            break;
        }
        drop(reader);
        std::thread::sleep(Duration::from_millis(1));
    }
    if let Ok(file) = fs::File::open(&path) {
        let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    }
    let mut log = held(&shared.log);
    if let Some(bytes) = log.rolled.get_mut(&first) {
        *bytes = disk::bytes(&path);
    }
}

/// Removes files, the oldest first, while the log is too large or they are too old, and no subscriber needs them.
fn remove(shared: &Shared) {
    let folder = shared.folder.path();
    loop {
        let first = {
            let mut log = held(&shared.log);
            let Some((first, _)) = log.removable() else { break };
            if log.bytes() <= shared.limits.retention && !old(&path(folder, first), shared.limits.age) {
                break;
            }
            log.rolled.remove(&first);
            first
        };
        let path = path(folder, first);
        // Synced one by one, so that after a crash the files that are left follow each other.
        if let Err(error) = fs::remove_file(&path).and_then(|()| disk::sync(folder)) {
            tracing::error!(file = %path.display(), %error, "a file of the log could not be removed");
            break;
        }
        tracing::debug!(file = %path.display(), "removed a file of the log");
    }
    shared.measure();
}

/// Whether the last record of a complete file is older than `age`.
fn old(path: &Path, age: Duration) -> bool {
    let last = fs::metadata(path).and_then(|file| file.modified());
    last.is_ok_and(|last| last.elapsed().is_ok_and(|elapsed| elapsed > age))
}
