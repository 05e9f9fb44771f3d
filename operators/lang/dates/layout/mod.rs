//! Go's layouts: a date written as the reference date is (`Mon Jan 2 15:04:05 MST 2006`).

mod element;
mod read;
mod write;

pub use read::{LayoutError, parse};
pub use write::format;

/// The weekdays from Sunday and the months from January; the first three letters are the short names.
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month, from 1.
pub fn month_name(month: i8) -> &'static str {
    write::name(&MONTHS, month - 1)
}

/// The name of a weekday; Sunday is 0.
pub fn weekday_name(day: i8) -> &'static str {
    write::name(&WEEKDAYS, day)
}

#[cfg(test)]
mod tests;
