//! What is kept on this machine's disk: a folder that one process owns, and redb files in it.

mod backend;
mod file;
mod folder;
mod reached;

pub(crate) use file::{File, bytes};
pub(crate) use folder::{Folder, sync};
pub(crate) use reached::Reached;

#[cfg(test)]
pub(crate) mod faults;
