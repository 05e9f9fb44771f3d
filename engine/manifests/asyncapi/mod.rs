//! The AsyncAPI document: of Tidegate itself, or of what manifests expose and publish.
//!
//! A [`Description`] says it independently of the version of AsyncAPI; [`Spec`] says how it is written.

mod describe;
mod description;
mod itself;
mod operations;
mod v2;
mod v3;

pub use describe::manifests;
pub use description::{Description, Document};
pub use itself::itself;

/// A version of AsyncAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Spec {
    /// Version 2.6.0, where channels hold their operations.
    #[default]
    #[value(name = "2.6.0")]
    V2,
    /// Version 3.0.0, where operations stand beside channels.
    #[value(name = "3.0.0")]
    V3,
}

impl Description {
    /// The document in a version of AsyncAPI.
    pub fn document(&self, spec: Spec) -> Document {
        match spec {
            Spec::V2 => v2::document(self),
            Spec::V3 => v3::document(self),
        }
    }
}
