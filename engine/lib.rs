//! The engine: manifests in, a running dataflow out.

pub mod manifests;
