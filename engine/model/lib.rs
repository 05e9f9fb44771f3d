//! The nouns of Tidegate and the ports between its parts; nothing here runs.
//!
//! An [`Event`] is a CloudEvent as a manifest sees it. On a [`Bus`] it is a [`NewRecord`] and then a [`Record`]: the
//! same event as an envelope, with a [`Position`] and a [`LogTime`]. A [`Time`] orders all records of a bus.

pub mod envelope;
mod error;
mod event;
mod ids;
pub mod manifest;
pub mod ports;
mod record;
mod route;
pub mod secrets;
mod time;

pub use error::{Error, ErrorKind, Result};
pub use event::{Context, Event, FiredEvent};
pub use ids::{FiringId, LogId, LogTime, Offset, Partition, Position};
pub use ports::{Bus, Intake, State, Trigger};
pub use record::{Attributes, Batch, NewRecord, Record, write_frame};
pub use route::{Origin, Route};
pub use time::Time;
