//! Layouts against what Go 1.26 gives for them.

use super::{LayoutError, format, parse};
use crate::dates::{Time, Zone};

fn at(seconds: i64, nanoseconds: i32, zone: &str) -> Time {
    Time { instant: jiff::Timestamp::new(seconds, nanoseconds).unwrap(), zone: Zone::load(zone).unwrap() }
}

#[test]
fn elements_are_written() {
    let time = at(1_721_044_805, 7_080_000, "America/New_York");
    for (layout, text) in [
        ("Monday, January 2 2006", "Monday, July 15 2024"),
        ("Mon Jan _2 15:04:05 MST 2006", "Mon Jul 15 08:00:05 EDT 2024"),
        ("01/02 03:04:05PM '06 -0700", "07/15 08:00:05AM '24 -0400"),
        ("1/2 3:4:5 pm", "7/15 8:0:5 am"),
        ("002 __2 _2006", "197 197 _2024"),
        ("2006-01-02T15:04:05.000Z07:00", "2024-07-15T08:00:05.007-04:00"),
        ("05.999999999 05,999 .00 .0000000000", "05.00708 05,007 .00 .007080000"),
        ("Month Janus 20060102150405", "Month Janus 20240715080005"),
        ("-07 -070000 -07:00:00 Z07", "-04 -040000 -04:00:00 -04"),
        ("caf\u{e9} \u{65e5}", "caf\u{e9} \u{65e5}"),
    ] {
        assert_eq!(format(layout, &time), text, "{layout}");
    }
    assert_eq!(at(0, 0, "UTC").to_string(), "1970-01-01 00:00:00 +0000 UTC");
    assert_eq!(at(-1, 500_000_000, "Asia/Kolkata").rfc3339(), "1970-01-01T05:29:59.5+05:30");
    assert_eq!(Time::zero().to_string(), "0001-01-01 00:00:00 +0000 UTC");
}

#[test]
fn texts_are_read() {
    for (layout, text, expected) in [
        ("2006-01-02", "2024-02-29", "2024-02-29 00:00:00 +0000 UTC"),
        ("2006-01-02T15:04:05Z07:00", "2024-07-15T10:00:00.25+02:00", "2024-07-15 10:00:00.25 +0200 +0200"),
        ("2006-01-02T15:04:05Z07:00", "2024-07-15T10:00:00+00:00", "2024-07-15 10:00:00 +0000 UTC"),
        ("Mon, 02 Jan 2006 15:04:05 MST", "mon, 15 JUL 2024 01:02:03 PDT", "2024-07-15 01:02:03 +0000 PDT"),
        ("15:04 MST", "10:00 GMT+3", "0000-01-01 13:00:00 +0300 GMT+3"),
        ("3:04PM", "12:05AM", "0000-01-01 00:05:00 +0000 UTC"),
        ("2006 002", "2024 366", "2024-12-31 00:00:00 +0000 UTC"),
        ("06", "69", "1969-01-01 00:00:00 +0000 UTC"),
        ("06", "+5", "2005-01-01 00:00:00 +0000 UTC"),
        ("Jan _2 15:04:05.000", "Feb  3 04:05:06.789", "0000-02-03 04:05:06.789 +0000 UTC"),
        ("05,999", "07.1234567899", "0000-01-01 00:00:07.123456789 +0000 UTC"),
        ("2006  Jan", "2024 Mar", "2024-03-01 00:00:00 +0000 UTC"),
    ] {
        let found = parse(layout, text).map(|time| time.to_string());
        assert_eq!(found.as_deref(), Ok(expected), "{layout}: {text}");
    }
}

#[test]
fn what_is_no_date_is_an_error() {
    for (layout, text, error) in [
        ("2006-01-02", "2023-02-29", LayoutError::Range),
        ("2006-01-02", "2023-13-01", LayoutError::Range),
        ("2006-01-02", "2023-1-01", LayoutError::Form),
        ("2006-01-02", "2023-01-01 ", LayoutError::Form),
        ("15:04", "24:00", LayoutError::Range),
        ("05.000", "05.12", LayoutError::Form),
        ("MST", "ABCDE", LayoutError::Form),
        ("-0700", "+2500", LayoutError::Range),
        ("PM", "Pm", LayoutError::Form),
        ("2006 002", "2023 366", LayoutError::Range),
    ] {
        assert_eq!(parse(layout, text), Err(error), "{layout}: {text}");
    }
}
