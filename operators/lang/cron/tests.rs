//! Schedules against the library's own documented behaviour.

use super::{Dialect, Schedule};
use jiff::{Timestamp, tz::TimeZone};

const FULL: Dialect = Dialect { seconds: true, descriptors: true };

fn schedule(text: &str, dialect: Dialect) -> Schedule {
    Schedule::parse(text, dialect, &TimeZone::UTC).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn next_activations() {
    let cases = [
        ("0 0/15 * * * *", "2012-07-09T14:59:59Z", Some("2012-07-09T15:00:00Z")),
        ("0 20-35/15 * * * *", "2012-07-09T15:45:00Z", Some("2012-07-09T16:20:00Z")),
        ("0 */15 * * * *", "2012-07-09T23:45:00.5Z", Some("2012-07-10T00:00:00Z")),
        ("15/35 20-35/15 1/2 */2 * *", "2012-07-09T23:35:51Z", Some("2012-07-11T01:20:15Z")),
        ("0 0 0 29 Feb ?", "2012-07-09T23:35:00Z", Some("2016-02-29T00:00:00Z")),
        ("0 0 0 30 Feb ?", "2012-07-09T23:35:00Z", None),
        (", * * * * *", "2012-07-09T23:35:00Z", None),
        ("* * * * * *", "1969-12-31T23:59:58.5Z", Some("1969-12-31T23:59:59Z")),
        ("@every 90.9s", "2012-07-09T14:45:00.25Z", Some("2012-07-09T14:46:30Z")),
        ("@every 1ms", "2012-07-09T14:45:00Z", Some("2012-07-09T14:45:01Z")),
        ("TZ=Europe/Berlin @daily", "2024-07-15T00:00:00Z", Some("2024-07-15T22:00:00Z")),
        // A local time that is skipped is left out for the day, one that comes twice is taken once.
        ("TZ=America/New_York 0 30 2 * * *", "2012-03-11T05:00:00Z", Some("2012-03-12T06:30:00Z")),
        ("TZ=America/New_York 0 30 1 * * *", "2012-11-04T04:00:00Z", Some("2012-11-04T05:30:00Z")),
        // Midnight does not exist on that day in Sao Paulo.
        ("TZ=America/Sao_Paulo 0 0 9 10 * *", "2018-11-03T12:00:00Z", Some("2018-11-10T11:00:00Z")),
        // The day that Samoa skipped; the library's own search never ends there.
        ("TZ=Pacific/Apia 0 0 0 5 * *", "2011-12-28T12:00:00Z", None),
    ];
    for (text, after, expected) in cases {
        assert_eq!(schedule(text, FULL).next(at(after)), expected.map(at), "{text} after {after}");
    }
}

#[test]
fn previous_activations() {
    let cases = [
        ("30 9 * * *", "2024-07-15T09:30:00Z", Some("2024-07-14T09:30:00Z")),
        ("30 9 * * *", "2024-07-15T09:30:01Z", Some("2024-07-15T09:30:00Z")),
        ("0 0 13 * 5", "2024-07-15T00:00:01Z", Some("2024-07-13T00:00:00Z")),
        ("0 0 31 2 *", "2024-07-15T00:00:00Z", None),
        ("TZ=America/New_York 30 1 * * *", "2024-11-03T06:10:00Z", Some("2024-11-02T05:30:00Z")),
    ];
    for (text, before, expected) in cases {
        assert_eq!(schedule(text, Dialect::default()).previous(at(before)), expected.map(at), "{text} before {before}");
    }
    assert_eq!(schedule("@every 1m", FULL).previous(at("2024-07-15T09:30:00Z")), None);
}

#[test]
fn texts_that_are_no_schedule() {
    let cases = [
        ("", 0),
        ("* * * *", 0),
        ("* * * * * *", 0),
        ("60 * * * *", 0),
        ("* 24 * * *", 2),
        ("* * 0 * *", 4),
        ("* * * 13 *", 6),
        ("* * * * 7", 8),
        ("5-1 * * * *", 0),
        ("1-2-3 * * * *", 0),
        ("1/2/3 * * * *", 0),
        ("*/0 * * * *", 0),
        ("-1 * * * *", 0),
        ("x * * * *", 0),
        ("@daily", 0),
        ("TZ=Nowhere/Here * * * * *", 3),
        ("TZ=utc * * * * *", 3),
        ("TZ=UTC", 3),
    ];
    for (text, position) in cases {
        let error = Schedule::parse(text, Dialect::default(), &TimeZone::UTC).unwrap_err();
        assert_eq!(error.at, position, "{text}: {error}");
    }
    assert!(Schedule::parse("@never", FULL, &TimeZone::UTC).is_err());
    assert!(Schedule::parse("@every 5", FULL, &TimeZone::UTC).is_err());
}

#[test]
fn a_star_with_anything_after_it_is_a_star() {
    for text in ["*-7 * * * *", "? * ? * ?", "0-59 * * * *", "*/1 * * * *"] {
        let next = schedule(text, Dialect::default()).next(at("2024-07-15T09:30:00Z"));
        assert_eq!(next, Some(at("2024-07-15T09:31:00Z")), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn previous_undoes_next(minute in 0..60u8, hour in 0..24u8, day in 1..29u8, start in 0..4_000_000_000i64) {
        let schedule = schedule(&format!("{minute} {hour} {day} * *"), Dialect::default());
        let start = Timestamp::from_second(start).unwrap();
        let next = schedule.next(start).unwrap();
        proptest::prop_assert!(next > start);
        let later = next + jiff::SignedDuration::from_secs(1);
        proptest::prop_assert_eq!(schedule.previous(later), Some(next));
    }

    #[test]
    fn no_text_panics(text in "[-0-9*/?,@A-Za-z= ]{0,40}", start in -9_000_000_000i64..9_000_000_000) {
        if let Ok(schedule) = Schedule::parse(&text, FULL, &TimeZone::UTC) {
            let start = Timestamp::from_second(start).unwrap();
            schedule.next(start);
            schedule.previous(start);
        }
    }
}
