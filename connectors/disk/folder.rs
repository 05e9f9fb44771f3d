//! A folder that one process at a time owns and whose format is known.

#[cfg(test)]
use super::faults::power::{Event, happens};
use model::{Error, Result};
use std::fs::{self, DirBuilder, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A folder held by this process until it is dropped.
///
/// `lock` in it is locked by its owner and holds the owner's process id; `format` says what the folder holds and in
/// which version, and is written once all of it is there.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    format: String,
    settled: bool,
    _lock: fs::File,
}

impl Folder {
    /// Takes the folder at `path`, which holds `what` in format `version`; makes it where it is missing.
    ///
    /// # Errors
    /// A folder that another process holds or that has another format (user); one that cannot be read or made.
    pub(crate) fn open(path: &Path, what: &str, version: u32) -> Result<Self> {
        let failed = |error: std::io::Error| Error::external(format!("{}: {error}", path.display()));
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        let lock = lock(path)?;
        let format = format!("tidegate {what} {version}\n");
        let settled = match fs::read_to_string(path.join("format")) {
            Ok(found) if found == format => true,
            Ok(found) => {
                let (folder, found, format) = (path.display(), found.trim_end(), format.trim_end());
                return Err(Error::user(format!(
                    "{folder} holds {found:?}; this build reads and writes only {format:?}"
                )));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) => return Err(failed(error).context("format")),
        };
        Ok(Self { path: path.to_owned(), format, settled, _lock: lock })
    }

    /// Whether it was complete before, so that a file missing from it is a loss.
    pub(crate) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Notes that it is complete.
    ///
    /// # Errors
    /// When that cannot be made durable.
    pub(crate) fn settle(&mut self) -> Result<()> {
        if !self.settled {
            write_whole(&self.path, "format", self.format.as_bytes())
                .map_err(|error| Error::external(format!("{}: {error}", self.path.display())))?;
            self.settled = true;
        }
        Ok(())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes what was created, renamed or removed in a folder durable.
pub(crate) fn sync(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()?;
    #[cfg(test)]
    happens(folder, || Event::SyncFolder);
    Ok(())
}

fn lock(folder: &Path) -> Result<fs::File> {
    let path = folder.join("lock");
    let failed = |error: std::io::Error| Error::external(format!("{}: {error}", path.display()));
    let mut options = OpenOptions::new();
    let mut file = options.read(true).write(true).create(true).mode(0o600).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let known = file.read_to_string(&mut holder).is_ok() && !holder.trim().is_empty();
            let holder = if known { format!("process {}", holder.trim()) } else { "another process".to_owned() };
            return Err(Error::user(format!("{} is in use by {holder}; one at a time can hold it", folder.display())));
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(failed)?;
    Ok(file)
}

/// Puts a file of this content into a folder, durably and as a whole.
pub(super) fn write_whole(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let draft = folder.join(format!("{name}.new"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, folder.join(name))?;
    sync(folder)?;
    #[cfg(test)]
    happens(folder, || Event::Whole { path: folder.join(name), bytes: content.to_vec() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_owner_and_one_format() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        let mut folder = Folder::open(&path, "test", 1).unwrap();
        assert!(!folder.is_settled());
        folder.settle().unwrap();
        let error = Folder::open(&path, "test", 1).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("{} is in use by process {}; one at a time can hold it", path.display(), std::process::id())
        );
        drop(folder);
        let error = Folder::open(&path, "test", 2).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "{} holds \"tidegate test 1\"; this build reads and writes only \"tidegate test 2\"",
                path.display()
            )
        );
        assert!(Folder::open(&path, "test", 1).unwrap().is_settled());
    }
}
