//! Go's `time.Time`: an instant and the zone it is shown in.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

/// The zone that a time is shown in.
#[derive(Debug, Clone, PartialEq)]
pub enum Zone {
    /// UTC, which is also the local zone here.
    Utc,
    /// A fixed distance from UTC, as read from a text; the name may be empty.
    Fixed {
        /// What a layout prints for `MST`.
        name: String,
        /// Seconds east of UTC.
        seconds: i32,
    },
    /// A zone of the tz database.
    Named(TimeZone),
}

impl Zone {
    /// The zone of this IANA name, from the database that is part of the program; `UTC`, `Local` and the empty name
    /// are UTC. `None` when there is none.
    pub fn load(name: &str) -> Option<Self> {
        if matches!(name, "" | "UTC" | "Local") {
            return Some(Self::Utc);
        }
        TimeZoneDatabase::bundled().get(name).ok().map(Self::Named)
    }
}

/// An instant, to the nanosecond, and the zone it is shown in.
#[derive(Debug, Clone, PartialEq)]
pub struct Time {
    /// The instant.
    pub instant: Timestamp,
    /// Where it is shown.
    pub zone: Zone,
}

impl Time {
    /// This instant, shown in UTC.
    pub fn utc(instant: Timestamp) -> Self {
        Self { instant, zone: Zone::Utc }
    }

    /// Go's zero time: the start of year 1, UTC.
    pub fn zero() -> Self {
        let start = jiff::civil::date(1, 1, 1).at(0, 0, 0, 0);
        Self::utc(Offset::UTC.to_timestamp(start).unwrap_or(Timestamp::MIN))
    }

    /// The time at these whole seconds since 1970, UTC; `None` beyond the years -9999 to 9999.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        Timestamp::new(seconds, 0).ok().map(Self::utc)
    }

    /// Whole seconds since 1970, rounded down.
    pub fn unix(&self) -> i64 {
        self.instant.as_nanosecond().div_euclid(1_000_000_000) as i64
    }

    /// The same instant shown in another zone.
    pub fn in_zone(&self, zone: Zone) -> Self {
        Self { instant: self.instant, zone }
    }

    /// This many nanoseconds later; `None` beyond the years -9999 to 9999.
    pub fn plus(&self, nanoseconds: i64) -> Option<Self> {
        let instant = self.instant.checked_add(SignedDuration::from_nanos(nanoseconds)).ok()?;
        Some(Self { instant, zone: self.zone.clone() })
    }

    /// Nanoseconds from `earlier` to this, cut to what 64 bits hold as Go does.
    pub fn since(&self, earlier: &Self) -> i64 {
        let difference = self.instant.as_nanosecond() - earlier.instant.as_nanosecond();
        i64::try_from(difference).unwrap_or(if difference < 0 { i64::MIN } else { i64::MAX })
    }

    /// The wall clock of the zone, the seconds it is east of UTC, and the zone's abbreviation.
    pub fn civil(&self) -> (DateTime, i32, String) {
        let (offset, name) = match &self.zone {
            Zone::Utc => (Offset::UTC, "UTC".to_owned()),
            Zone::Fixed { name, seconds } => (Offset::from_seconds(*seconds).unwrap_or(Offset::UTC), name.clone()),
            Zone::Named(zone) => {
                let info = zone.to_offset_info(self.instant);
                (info.offset(), info.abbreviation().to_owned())
            }
        };
        (offset.to_datetime(self.instant), offset.seconds(), name)
    }

    /// The time at which the zone's clock shows this; `None` beyond the years -9999 to 9999. `offset` is the distance
    /// from UTC, in seconds, that a clock which shows it twice or never is taken to have if it can.
    pub fn at_civil(&self, civil: DateTime, offset: i32) -> Option<Self> {
        let instant = match &self.zone {
            Zone::Utc => Offset::UTC.to_timestamp(civil).ok()?,
            Zone::Fixed { seconds, .. } => Offset::from_seconds(*seconds).ok()?.to_timestamp(civil).ok()?,
            Zone::Named(zone) => {
                let preferred = Offset::from_seconds(offset).ok()?.to_timestamp(civil).ok()?;
                if zone.to_offset(preferred).seconds() == offset {
                    preferred
                } else {
                    zone.to_ambiguous_timestamp(civil).compatible().ok()?
                }
            }
        };
        Some(Self { instant, zone: self.zone.clone() })
    }

    /// RFC 3339 with as many digits below the second as it has, which is how Go's JSON writes it.
    pub fn rfc3339(&self) -> String {
        super::format("2006-01-02T15:04:05.999999999Z07:00", self)
    }
}

/// As Go prints a time: `2024-07-15 12:00:00.5 +0000 UTC`.
impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::format("2006-01-02 15:04:05.999999999 -0700 MST", self))
    }
}
