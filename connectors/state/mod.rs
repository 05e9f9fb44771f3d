//! The durable state of a bus's dataflow: tables of rows that move forward one transaction at a time.

mod redb;

pub use redb::Redb;
