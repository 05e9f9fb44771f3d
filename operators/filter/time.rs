//! Time filters: hours of the day, in a zone, within which an event must have happened.

use super::entries::Errors;
use super::{Kind, Seen, Setup};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use lang::dates::{self, Time, Zone};
use model::manifest::{EventDependencyFilter, TimeFilter};

/// Go's layout of the two bounds.
const LAYOUT: &str = "15:04:05";

/// What a filter accepts, or why it cannot say.
#[derive(Debug)]
struct Hours(Result<Window, String>);

/// From `start` up to but without `stop`; over midnight if `stop` is not behind `start`.
#[derive(Debug)]
struct Window {
    start: jiff::civil::Time,
    stop: jiff::civil::Time,
    zone: TimeZone,
}

pub(super) fn compile(spec: &EventDependencyFilter, setup: &mut Setup) -> Option<Box<dyn Kind>> {
    let window = setup.noted(".time", window(spec.time.as_ref()?));
    Some(Box::new(Hours(window)))
}

fn window(spec: &TimeFilter) -> Result<Window, String> {
    let zone = match Zone::load(&spec.timezone) {
        Some(Zone::Named(zone)) => zone,
        Some(_) => TimeZone::UTC,
        None => return Err(format!("invalid timezone '{}'", spec.timezone)),
    };
    Ok(Window { start: time_of_day("start", &spec.start)?, stop: time_of_day("stop", &spec.stop)?, zone })
}

fn time_of_day(name: &str, text: &str) -> Result<jiff::civil::Time, String> {
    let time = dates::parse(LAYOUT, text).map_err(|error| format!("{name}: {error}"))?;
    Ok(Offset::UTC.to_datetime(time.instant).time())
}

impl Kind for Hours {
    fn judge(&self, seen: &Seen<'_>) -> Result<bool, Errors> {
        let window = self.0.as_ref().map_err(Errors::one)?;
        let happened = seen.context.instant().unwrap_or(Time::zero().instant);
        Ok(window.accepts(happened))
    }
}

impl Window {
    /// Both bounds are placed on the date that the instant has in the zone.
    fn accepts(&self, instant: Timestamp) -> bool {
        let date = self.zone.to_datetime(instant).date();
        let (start, stop) = (self.at(date, self.start), self.at(date, self.stop));
        if start < stop { start <= instant && instant < stop } else { start <= instant || instant < stop }
    }

    /// Where the clock shows a time twice or never, the instant is the one that Go takes: by the offset that holds at the
    /// instant which the offset before it leads to.
    fn at(&self, date: Date, time: jiff::civil::Time) -> Timestamp {
        let as_utc = instant(DateTime::from_parts(date, time));
        let guess = shifted(as_utc, self.zone.to_offset(as_utc));
        shifted(as_utc, self.zone.to_offset(guess))
    }
}

fn instant(time: DateTime) -> Timestamp {
    Offset::UTC.to_timestamp(time).unwrap_or(Timestamp::MIN)
}

fn shifted(as_utc: Timestamp, offset: Offset) -> Timestamp {
    as_utc.checked_sub(SignedDuration::from_secs(offset.seconds().into())).unwrap_or(as_utc)
}
