//! The data folder: whether it can be used, is private, and has room.

use super::{Notes, Patient, size};
use connectors::buses::embedded;
use connectors::state;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Less room than this is an error: the log's files take 64 MiB each.
const ROOM: u64 = 256 << 20;
/// Less than this is a warning.
const PLENTY: u64 = 2 << 30;

pub(super) fn folder(patient: &Patient, notes: &mut Notes<'_>) {
    let folder = &patient.data;
    let shown = folder.display();
    let Ok(about) = fs::metadata(folder) else {
        return notes.ok(format!("{shown} does not exist; `tidegate run` makes it"));
    };
    if !about.is_dir() {
        return notes.error(format!("{shown} is no folder"), "name another one with --data-dir");
    }
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let message = format!("{shown} can be read by other users (mode {mode:o}); events lie in it as they came");
        notes.warning(message, format!("chmod 700 {shown}"));
    }
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    match fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => {}
        Err(error) => {
            return notes
                .error(format!("{shown} cannot be written: {error}"), "run as its owner, or name another folder");
        }
    }
    let mut parts = 0;
    for (part, what, version) in parts_of(folder) {
        parts += 1;
        let expected = format!("tidegate {what} {version}");
        match fs::read_to_string(part.join("format")) {
            Ok(found) if found.trim_end() == expected => {}
            Ok(found) => notes.error(
                format!("{} holds {:?}; this build reads {expected:?}", part.display(), found.trim_end()),
                "run the version of Tidegate that wrote it, or move the folder away",
            ),
            Err(error) => notes.warning(
                format!("{} was not completed: {error}", part.display()),
                "the next `tidegate run` completes it; if a file was removed from it, restore it",
            ),
        }
        for entry in fs::read_dir(&part).into_iter().flatten().flatten() {
            let open = entry.metadata().is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
            if open {
                let path = entry.path();
                notes.warning(
                    format!("{} can be read by other users", path.display()),
                    format!("chmod 600 {}", path.display()),
                );
            }
        }
    }
    notes.ok(format!("{shown} can be used; {parts} logs and states in it"));
}

/// Every folder with a format of its own: what it holds, and in which version this build reads that.
fn parts_of(folder: &Path) -> Vec<(PathBuf, &'static str, u32)> {
    let (log, state) = (embedded::FORMAT, state::FORMAT);
    let inside = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut parts = Vec::new();
    for bus in inside(&folder.join("buses")).flat_map(|namespace| inside(&namespace).collect::<Vec<_>>()) {
        parts.extend([(bus.join("log"), "log", log), (bus.join("state"), "state", state)]);
    }
    parts.push((folder.join("sources"), "state", state));
    parts.retain(|(part, ..)| part.is_dir());
    parts.sort();
    parts
}

pub(super) fn disk(patient: &Patient, notes: &mut Notes<'_>) {
    let exists = patient.data.ancestors().find(|folder| folder.is_dir());
    let folder = exists.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(about) = rustix::fs::statvfs(folder) else {
        return notes.warning(format!("how much room {} has cannot be told", folder.display()), "");
    };
    let (free, all) = (about.f_bavail * about.f_frsize, about.f_blocks * about.f_frsize);
    let message = format!("{} of {} are free for {}", size(free), size(all), patient.data.display());
    let help = "make room, or set `embedded.quota` and `embedded.maxAge` on the EventBus";
    if free < ROOM {
        notes.error(message, help);
    } else if free < PLENTY {
        notes.warning(message, help);
    } else {
        notes.ok(message);
    }
}
