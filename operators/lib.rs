//! The dataflow's operators: routes, screens, joins and firings over timely, without a clock or any input and output.
//!
//! ```text
//! batches ─ route ─ screen ─ join ─ effects      rows of the plan decide; the graph never changes
//! ```
//! [`plan`] compiles sensors into rows; [`route`] and [`screen`] make hits of events; [`join`] holds hits until a
//! condition holds and [`fire`] makes the firing. Everything a commit takes along is an [`effect::Effect`].

pub mod action;
pub mod effect;
pub mod evaluation;
pub mod filter;
pub mod fire;
pub mod hash;
pub mod join;
pub mod parameters;
pub mod plan;
pub mod route;
pub mod screen;
pub mod transform;
