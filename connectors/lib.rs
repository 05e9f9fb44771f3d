//! All that touches the outside: sources, buses, triggers and state, and with them all of tokio.

mod disk;
pub mod state;
