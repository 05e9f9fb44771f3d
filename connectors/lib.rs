//! All that touches the outside: sources, buses, triggers and state, and with them all of tokio.

pub mod buses;
mod disk;
mod pem;
mod secret;
pub mod sources;
pub mod state;
pub mod triggers;

pub use disk::catches_panics;
