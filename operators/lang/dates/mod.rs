//! Dates and durations as Go writes them, which the manifests of the reference use.

mod duration;

pub use duration::duration;
