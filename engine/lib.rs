//! The engine: manifests in, a running dataflow out.

pub mod cli;
pub mod commit;
pub mod dataflow;
pub mod dispatch;
pub mod feed;
pub mod ledger;
pub mod manifests;
pub mod metrics;
pub mod pipeline;
pub mod rows;
