//! Sources against real sockets.

mod calls;
mod hostile;
mod reload;
pub(super) mod stand;
mod tls;
