//! The trigger `log`: a line for each event of a firing.

use super::{Opening, Output};
use model::ports::{Answer, Attempt, BoxFuture, Failure};
use model::{Context, Error, Result, Trigger};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError};

/// Writes events as JSON lines, with the names that the reference uses in its log.
struct Log {
    namespace: String,
    sensor: String,
    trigger: String,
    output: Output,
}

/// A line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    level: &'static str,
    /// The event's data as text.
    msg: Cow<'a, str>,
    namespace: &'a str,
    sensor_name: &'a str,
    trigger_name: &'a str,
    trigger_type: &'static str,
    dependency_name: &'a str,
    event_context: &'a Context<'static>,
    firing: &'a str,
}

/// Makes a log trigger.
pub(super) fn open(opening: &Opening<'_>) -> Result<Arc<dyn Trigger>> {
    Ok(Arc::new(Log {
        namespace: opening.namespace.to_owned(),
        sensor: opening.sensor.to_owned(),
        trigger: opening.trigger.to_owned(),
        output: Arc::clone(&opening.shared.output),
    }))
}

impl Trigger for Log {
    fn attempt<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        let written = self.lines(&attempt).and_then(|lines| {
            let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
            output.write_all(&lines)?;
            output.flush()
        });
        let failed = |error| Failure::maybe_sent(Error::external(format!("the events cannot be written: {error}")));
        Box::pin(std::future::ready(written.map(|()| Answer::default()).map_err(failed)))
    }
}

impl Log {
    /// The lines of all events, written at once so that those of other firings do not come between.
    fn lines(&self, attempt: &Attempt<'_>) -> io::Result<Vec<u8>> {
        let firing = attempt.firing.to_string();
        let mut lines = Vec::new();
        for fired in attempt.events {
            let line = Line {
                level: "info",
                msg: fired.event.data_string(),
                namespace: &self.namespace,
                sensor_name: &self.sensor,
                trigger_name: &self.trigger,
                trigger_type: "Log",
                dependency_name: &fired.dependency,
                event_context: &fired.event.context,
                firing: &firing,
            };
            serde_json::to_writer(&mut lines, &line)?;
            lines.push(b'\n');
        }
        Ok(lines)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Log({}/{}/{})", self.namespace, self.sensor, self.trigger)
    }
}
