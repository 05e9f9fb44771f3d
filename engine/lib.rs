//! The engine: manifests in, a running dataflow out.

pub mod admin;
pub mod cli;
pub mod commit;
pub mod cursors;
pub mod dataflow;
pub mod dispatch;
pub mod doctor;
pub mod feed;
pub mod graph;
pub mod intake;
pub mod ledger;
pub mod manifests;
pub mod metrics;
pub mod pipeline;
pub mod process;
pub mod rows;
