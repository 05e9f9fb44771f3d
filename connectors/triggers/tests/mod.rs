//! Triggers against real sockets.

mod http;
mod log;
mod proxy;
mod sink;
mod tls;
