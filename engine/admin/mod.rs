//! The admin interface: health, metrics and the API, over TCP for reading and over a socket in the data folder for changing.

mod api;
pub mod listing;
mod server;

pub use server::{Admin, SOCKET};
