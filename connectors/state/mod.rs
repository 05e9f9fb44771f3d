//! The durable state of a bus's dataflow: tables of rows that move forward one transaction at a time.

mod kafka;
mod redb;

pub(crate) use kafka::Kafka;
pub use redb::{FORMAT, Redb};
