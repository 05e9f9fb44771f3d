//! Every test that needs the whole program, one module a subject.

// A test says what went wrong by stopping.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

/// Recorded behaviour of the reference, case by case.
mod conformance;
/// The whole program as its users run it.
mod end_to_end;
/// Manifests are drawn.
mod graphs;
/// Kafka, with a real broker.
mod kafka;
/// Manifests are read, judged, described.
mod manifests;
/// The small languages against the reference's own libraries.
mod oracle;
/// Random sensors over random streams, against an oracle.
mod pipeline;
