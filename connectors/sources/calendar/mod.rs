//! The source `calendar`: the instants of a schedule or an interval.

mod instants;
#[cfg(test)]
mod tests;

use super::outset::{Outset, Part, Task};
use super::payload::metadata;
use instants::Instants;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::manifest::GoDuration;
use model::manifest::event_source::{CalendarEventSource, Source};
use model::ports::{Arrival, BoxFuture, Cursors, Intake};
use model::{Error, ErrorKind, Origin, Result};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// How often the clock is looked at while waiting, since it may be set, and machines sleep.
const LOOK: Duration = Duration::from_secs(30);
/// A last instant that lies further in the future than this was written with a wrong clock and does not count.
const STEP: SignedDuration = SignedDuration::from_hours(24);
/// The longest wait before an instant that could not be published is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// What says how late it is.
type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A calendar that makes an event at each of its instants.
struct Calendar {
    origin: Arc<Origin>,
    instants: Instants,
    zone: TimeZone,
    /// How far back missed instants are made up for; none where they are not.
    catch_up: Option<SignedDuration>,
    metadata: String,
    intake: Arc<dyn Intake>,
    cursors: Arc<dyn Cursors>,
    now: Clock,
}

/// The plan of a calendar.
pub(super) fn plan(outset: &Outset<'_>, source: Source<'_>) -> Option<Result<Part>> {
    let Source::Calendar(calendar) = source else { return None };
    let definition = serde_json::to_string(calendar).map_err(|error| Error::internal(error.to_string()));
    let place =
        if calendar.schedule.is_empty() { format!("every {}", calendar.interval) } else { calendar.schedule.clone() };
    let part = |definition| Ok(Part::Task { definition, place, task: Box::new(task(outset, calendar)?) });
    Some(definition.and_then(part))
}

fn task(outset: &Outset<'_>, settings: &CalendarEventSource) -> Result<Calendar> {
    let zone = match settings.timezone.as_str() {
        "" => TimeZone::UTC,
        name => TimeZone::get(name).map_err(|_| Error::user(format!("timezone {name:?} is not known")))?,
    };
    Ok(Calendar {
        origin: Arc::clone(&outset.origin),
        instants: Instants::new(settings, &zone, outset.ports.compile)?,
        zone,
        catch_up: catch_up(settings)?,
        metadata: metadata(&settings.metadata),
        intake: Arc::clone(&outset.ports.intake),
        cursors: Arc::clone(&outset.ports.cursors),
        now: Arc::new(Timestamp::now),
    })
}

/// How far back missed instants are made up for.
fn catch_up(settings: &CalendarEventSource) -> Result<Option<SignedDuration>> {
    let catchup = settings.persistence.as_ref().and_then(|persistence| persistence.catchup.as_ref());
    let Some(catchup) = catchup.filter(|catchup| catchup.enabled) else { return Ok(None) };
    if catchup.max_duration.is_empty() {
        return Ok(Some(SignedDuration::MAX));
    }
    let limit: Result<GoDuration, _> = catchup.max_duration.parse();
    let limit = limit.map_err(|error| Error::user(format!("maxDuration: {error}")))?;
    Ok(Some(SignedDuration::from_nanos(limit.nanoseconds())))
}

impl Task for Calendar {
    fn run(self: Box<Self>, mut stop: watch::Receiver<()>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let mut last = self.start();
            loop {
                let Some(instant) = self.instants.next(self.base(last)) else {
                    return tracing::info!(event = self.origin.route.path(), "the calendar has no instant any more");
                };
                tokio::select! {
                    () = self.wait(instant) => {}
                    _ = stop.changed() => return,
                }
                if !self.publish(instant, &mut stop).await {
                    return;
                }
                last = instant;
            }
        })
    }
}

impl Calendar {
    /// The last instant that was published, as the cursor has it; now, where it has none.
    fn start(&self) -> Timestamp {
        let now = (self.now)();
        let cursor = self.cursors.read(&self.cursor()).unwrap_or_else(|error| {
            tracing::error!(%error, "the last instant of a calendar cannot be read");
            None
        });
        let last = cursor.and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse::<Timestamp>().ok());
        match last {
            Some(last) if last.duration_since(now) <= STEP => last,
            Some(last) => {
                tracing::warn!(event = self.origin.route.path(), %last, "the last instant is far in the future and does not count");
                now
            }
            None => now,
        }
    }

    /// Where the search for the next instant starts: never before the last one, so that a clock that is set back fires
    /// nothing twice, and no further back than missed instants are made up for.
    fn base(&self, last: Timestamp) -> Timestamp {
        let now = (self.now)();
        let back = self.catch_up.unwrap_or(SignedDuration::ZERO);
        last.max(now.checked_sub(back).unwrap_or(Timestamp::MIN))
    }

    async fn wait(&self, instant: Timestamp) {
        while let Ok(left) = Duration::try_from(instant.duration_since((self.now)())) {
            if left.is_zero() {
                return;
            }
            sleep(left.min(LOOK)).await;
        }
    }

    /// Publishes an instant, as often as it takes, and notes it; false where the source stops before that.
    async fn publish(&self, instant: Timestamp, stop: &mut watch::Receiver<()>) -> bool {
        let mut wait = Duration::from_millis(100);
        while let Err(error) = self.intake.publish(self.arrival(instant)).await {
            tracing::warn!(event = self.origin.route.path(), %error, "an instant could not be published");
            if error.kind() == ErrorKind::User {
                self.intake.failed(&self.origin);
                break;
            }
            tokio::select! {
                () = sleep(wait) => {}
                _ = stop.changed() => return false,
            }
            wait = (wait * 2).min(PATIENCE);
        }
        if let Err(error) = self.cursors.write(self.cursor(), instant.to_string().into_bytes()).await {
            tracing::error!(event = self.origin.route.path(), %error, "the last instant could not be noted");
        }
        true
    }

    fn arrival(&self, instant: Timestamp) -> Arrival {
        let route = &self.origin.route;
        let local = instant.to_zoned(self.zone.clone());
        let time = local.strftime("%Y-%m-%d %H:%M:%S%.f %z %Z");
        Arrival {
            origin: Arc::clone(&self.origin),
            upstream_id: Some(format!("{}/{}/{instant}", route.event_source, route.event_name)),
            data: format!(r#"{{"eventTime":"{time}"{}}}"#, self.metadata),
        }
    }

    fn cursor(&self) -> String {
        format!("calendar/{}", self.origin.route.path())
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calendar")
            .field("origin", &self.origin)
            .field("instants", &self.instants)
            .finish_non_exhaustive()
    }
}
