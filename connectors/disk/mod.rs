//! What is kept on this machine's disk: a folder that one process owns, and redb files in it.

mod backend;
mod file;
mod folder;

pub(crate) use file::{File, bytes};
pub(crate) use folder::{Folder, sync};

#[cfg(test)]
pub(crate) mod faults;
