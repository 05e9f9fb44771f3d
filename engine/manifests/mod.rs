//! Reads manifests, and points at what is wrong with them.
//!
//! [`Manifests::read`] turns files into objects: [`files`](self) finds them, `yaml` makes a tree of every document, the
//! model decodes the tree. Each object stays with its tree, so that a path such as `spec.triggers[0].template.name`
//! leads back to `file:line:column`. [`rules`] judge the objects; [`argo`] gives the reference's own verdict.

pub mod annotations;
pub mod argo;
pub mod asyncapi;
mod files;
mod finding;
mod judge;
mod load;
mod report;
pub mod rules;
pub mod schema;
pub mod secrets;
mod tree;
mod words;
mod yaml;

pub use finding::{File, FileId, Finding};
pub use load::{Loaded, Manifests};
pub use report::{Counts, Format};
pub use tree::{Found, Lines, Node, Span};
