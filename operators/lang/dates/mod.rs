//! Dates and durations as Go writes them, which the manifests of the reference use.

mod duration;
mod layout;
mod time;

pub use duration::{duration, duration_text};
pub use layout::{LayoutError, format, month_name, parse, weekday_name};
pub use time::{Time, Zone};
