//! What the system allows a process: open files.

use super::{Notes, Patient};
use rustix::process::{Resource, getrlimit};

/// Connections, logs, states and triggers want at least so many.
const ENOUGH: u64 = 1_024;

pub(super) fn check(_: &Patient, notes: &mut Notes<'_>) {
    let limit = getrlimit(Resource::Nofile);
    let shown = |limit: Option<u64>| limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string());
    let message = format!("{} files may be open at once (hard limit {})", shown(limit.current), shown(limit.maximum));
    match limit.current {
        Some(current) if current < ENOUGH => {
            notes.warning(
                message,
                "raise it with `ulimit -n`, or LimitNOFILE in a unit of systemd; every connection takes one",
            );
        }
        _ => notes.ok(message),
    }
}
