//! What is kept on this machine's disk: a folder that one process owns, and redb files in it.

mod file;
mod folder;

pub(crate) use file::File;
pub(crate) use folder::Folder;

#[cfg(test)]
pub(crate) mod faults;
