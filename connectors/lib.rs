//! All that touches the outside: sources, buses, triggers and state, and with them all of tokio.

pub mod buses;
mod disk;
mod fence;
mod kafka;
mod pem;
mod secret;
pub mod sources;
pub mod state;
mod tls;
pub mod triggers;

pub use fence::catches_panics;
