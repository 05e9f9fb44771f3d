//! A trigger ready to run: its sink, its parameters, and how its attempts are paced, repeated and judged.

use super::pace::Pace;
use crate::metrics::TriggerMeters;
use bytes::Bytes;
use model::manifest::Exponential;
use model::ports::{Answer, Attempt};
use model::{FiringId, Trigger};
use operators::action::Action;
use operators::effect::Firing;
use operators::evaluation::guarded;
use operators::hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So many firings of a trigger are in flight at once, unless its annotation says otherwise.
pub const CONCURRENCY: usize = 16;

/// A wait is never longer, whatever a factor makes of it.
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 24 * 3600);

/// What runs the firings of one trigger.
#[derive(Debug)]
pub struct Runner {
    /// The sink.
    pub sink: Arc<dyn Trigger>,
    /// The action with its parameters and payload.
    pub action: Action,
    /// Statuses that count as a success; without a list, those below 400.
    pub allow: Option<Vec<i32>>,
    /// How often and how fast a failed attempt is repeated.
    pub retry: Exponential,
    /// The rate limit.
    pub pace: Option<Pace>,
    /// `atLeastOnce: false` is written in the manifest.
    pub at_most_once: bool,
    /// How many firings may be in flight at once.
    pub concurrency: usize,
    /// The `dlqTrigger`.
    pub rescue: Option<Arc<Runner>>,
    /// What is measured of it.
    pub meters: TriggerMeters,
}

/// An attempt that did not succeed.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub reason: String,
    /// The sink cannot have seen the request.
    pub unsent: bool,
    /// Every attempt would fail the same way.
    pub hopeless: bool,
}

/// The status policy: a status must be in the list if there is one, else below 400.
pub fn is_success(allow: Option<&[i32]>, status: u16) -> bool {
    allow.map_or(status < 400, |allow| allow.contains(&i32::from(status)))
}

impl Runner {
    /// Makes attempt `number` of a firing and judges it.
    ///
    /// # Errors
    /// Why it did not succeed.
    pub async fn attempt(&self, firing: &Firing, number: u32) -> Result<(), Failed> {
        let began = Instant::now();
        let result = self.try_once(firing, number).await;
        self.meters.attempted(result.is_ok(), began.elapsed());
        result
    }

    async fn try_once(&self, firing: &Firing, number: u32) -> Result<(), Failed> {
        let hopeless = |reason: String| Failed { reason, unsent: true, hopeless: true };
        let resolved = guarded(|| self.action.resolve(firing))
            .unwrap_or_else(|| Err("the evaluation of its parameters failed abnormally".into()));
        let resolved = resolved.map_err(|reason| hopeless(format!("its parameters cannot be resolved: {reason}")))?;
        let attempt = Attempt {
            firing: firing.id,
            number,
            action: &resolved.section,
            payload: resolved.payload.map(Bytes::from),
            headers: &resolved.headers,
            events: &firing.events,
        };
        match self.sink.attempt(attempt).await {
            Ok(answer) => self.judge(&answer),
            Err(failure) => Err(Failed { reason: failure.error.to_string(), unsent: failure.unsent, hopeless: false }),
        }
    }

    fn judge(&self, answer: &Answer) -> Result<(), Failed> {
        match answer.status {
            Some(status) if !is_success(self.allow.as_deref(), status) => Err(Failed {
                reason: format!("the sink answered with status {status}"),
                unsent: false,
                hopeless: false,
            }),
            _ => Ok(()),
        }
    }

    /// How long to wait after `attempts` attempts; `None` when there were enough. The jitter is drawn from the firing's id.
    pub fn wait(&self, attempts: u32, firing: &FiringId) -> Option<Duration> {
        let chance = hash::stable(&[&firing.0, &attempts.to_le_bytes()]) as f64 / u64::MAX as f64;
        (attempts < self.retry.steps).then(|| self.retry.wait(attempts, chance).min(LONGEST_WAIT))
    }

    /// All attempts have failed.
    pub fn gave_up(&self) {
        self.meters.gave_up();
    }
}
