//! The state in one redb file.

use crate::disk::{File, Folder, Reached};
use ::redb::{Durability, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use model::ports::{Change, State, Table};
use model::{Error, Result};
use std::collections::btree_map::{BTreeMap, Entry};
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The version of what the folder and its rows look like; another one is refused.
pub const FORMAT: u32 = 2;

/// Up to this size a file is checked page by page when it is opened: one to three milliseconds a MiB, from memory. A row
/// lost to damage between two others is noticed only then; in a larger file each row is checked when it is read.
const CHECKED: u64 = 256 << 20;

/// Of so many commits that need not be durable, one is: what they free is used again only after it.
const LOOSE: u64 = 64;

/// One row: how many commits there were.
const COMMITS: TableDefinition<'static, (), u64> = TableDefinition::new("commits");

type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// The state in `state.redb`: one redb table for each [`Table`], and before every value the CRC-32 of its row, because
/// redb compares no checksum when it reads.
#[derive(Debug)]
pub struct Redb {
    file: File,
    failed: OnceLock<String>,
    /// How many loose commits there were.
    loose: AtomicU64,
    reached: Reached,
    _folder: Folder,
}

impl Redb {
    /// Opens the state in a folder, which it makes where it is missing and then holds until it is dropped.
    ///
    /// # Errors
    /// A folder that another process holds, or of another format version (user); a damaged file (data).
    pub fn open(folder: &Path) -> Result<Self> {
        let mut folder = Folder::open(folder, "state", FORMAT)?;
        let path = folder.path().join("state.redb");
        let file = match std::fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound && !folder.is_settled() => File::create(&path, |rows| {
                rows.open_table(COMMITS)?.insert((), 0)?;
                Table::ALL.into_iter().try_for_each(|table| Ok(rows.open_table(definition(table)).map(drop)?))
            })?,
            found => File::open(&path, found.is_ok_and(|file| file.len() <= CHECKED))?,
        };
        let (reached, made) = Reached::open(folder.path())?;
        let found = file.with(|database| {
            Ok(database.begin_read()?.open_table(COMMITS)?.get(())?.map_or(0, |commits| commits.value()))
        })?;
        if found < made {
            return Err(Error::data(format!(
                "{}: the state ends with commit {found}, but commit {made} was made: the end of the file was damaged or \
                 lost. Restore it, or move {} and the log beside it away to begin anew",
                path.display(),
                folder.path().display()
            )));
        }
        folder.settle()?;
        Ok(Self { file, failed: OnceLock::new(), loose: AtomicU64::new(0), reached, _folder: folder })
    }

    /// As [`State::commit`], but a crash of the machine or of the process may undo the latest of these commits, each as a
    /// whole; every [`LOOSE`]th is durable.
    pub(crate) fn commit_loosely(&self, changes: &[Change]) -> Result<()> {
        let durable = self.loose.fetch_add(1, Ordering::Relaxed) % LOOSE == LOOSE - 1;
        self.put(changes, if durable { Durability::Immediate } else { Durability::None })
    }

    fn put(&self, changes: &[Change], durability: Durability) -> Result<()> {
        if let Some(earlier) = self.failed.get() {
            return Err(Error::external(format!("the state cannot be written since an earlier failure: {earlier}")));
        }
        if changes.is_empty() {
            return Ok(());
        }
        // What a failed fsync left on disk is unknown, so nothing may be written on top of it.
        self.write(changes, durability).inspect_err(|error| drop(self.failed.set(error.to_string())))
    }

    fn write(&self, changes: &[Change], durability: Durability) -> Result<()> {
        let durable = matches!(durability, Durability::Immediate);
        let commits = self.file.with(|database| {
            let mut transaction = database.begin_write()?;
            transaction.set_durability(durability)?;
            // Without it, opening a file after a crash walks all of it: seconds for each GiB.
            transaction.set_quick_repair(true);
            let mut tables = BTreeMap::new();
            for Change { table, key, value } in changes {
                let rows = match tables.entry(*table) {
                    Entry::Occupied(open) => open.into_mut(),
                    Entry::Vacant(closed) => closed.insert(transaction.open_table(definition(*table))?),
                };
                let key = key.as_slice();
                match value {
                    Some(value) => {
                        let crc = checksum(*table, key, value);
                        rows.insert(key, [crc.as_slice(), value].concat().as_slice()).map(drop)
                    }
                    None => rows.remove(key).map(drop),
                }?;
            }
            drop(tables);
            let mut row = transaction.open_table(COMMITS)?;
            let commits = row.get(())?.map_or(0, |commits| commits.value()) + 1;
            row.insert((), commits)?;
            drop(row);
            transaction.commit()?;
            Ok(commits)
        })?;
        if durable { self.reached.note(commits) } else { Ok(()) }
    }
}

impl State for Redb {
    fn commit(&self, changes: &[Change]) -> Result<()> {
        self.put(changes, Durability::Immediate)
    }

    fn scan(&self, table: Table, keys: Range<&[u8]>, row: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Result<()> {
        if keys.start >= keys.end {
            return Ok(());
        }
        let damaged = |key: &[u8], why: &str| {
            let (path, table) = (self.file.path().display(), table.name());
            Error::data(format!("{path}, table {table}, key {}: the row is damaged: {why}", hex(key)))
        };
        let mut rows = self.file.with(|database| {
            let rows = database.begin_read()?.open_table(definition(table))?;
            Ok(rows.range::<&[u8]>(keys)?)
        })?;
        let mut last = Vec::new();
        for first in std::iter::once(true).chain(std::iter::repeat(false)) {
            let Some((key, stored)) = self.file.with(|_| Ok(rows.next().transpose()?))? else { break };
            let (key, stored) = (key.value(), stored.value());
            let value = match stored.split_first_chunk() {
                Some((crc, value)) if *crc == checksum(table, key, value) => value,
                _ => return Err(damaged(key, "its checksum does not match")),
            };
            if !first && last.as_slice() >= key {
                return Err(damaged(key, "it is not in key order"));
            }
            last.clear();
            last.extend_from_slice(key);
            if !row(key, value) {
                break;
            }
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.file.bytes()
    }
}

fn definition(table: Table) -> Definition {
    TableDefinition::new(table.name())
}

/// The CRC-32 of a row with its table and key, so that a row read in another's place is noticed too.
fn checksum(table: Table, key: &[u8], value: &[u8]) -> [u8; 4] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(table.name().as_bytes());
    crc.update(&(key.len() as u64).to_le_bytes());
    crc.update(key);
    crc.update(value);
    crc.finalize().to_le_bytes()
}

fn hex(key: &[u8]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
