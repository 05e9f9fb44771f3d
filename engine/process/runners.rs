//! Makes the runners of a bus's triggers: sink, action, retry, pace, policy, rescue.

use super::buses::BusSpec;
use crate::dispatch::Runners;
use crate::dispatch::pace::Pace;
use crate::dispatch::runner::{CONCURRENCY, Runner};
use crate::metrics::Meters;
use connectors::triggers::{self, Shared};
use model::manifest::{Exponential, RateLimit, Trigger};
use model::secrets::Secrets;
use model::{Error, Result};
use operators::action::Action;
use operators::plan::{Subject, TriggerName, trigger_id};
use std::sync::Arc;
use std::time::Duration;

/// What runners are made from beside their manifests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) secrets: &'a Secrets,
    pub(super) meters: &'a Meters,
    pub(super) shared: &'a Shared,
}

/// The runners of all triggers of a bus.
///
/// # Errors
/// A trigger that this build cannot run, or whose settings are wrong; all of them, a line each.
pub(super) fn build(bus: &BusSpec, surroundings: &Surroundings<'_>) -> Result<Runners> {
    let (mut runners, mut wrong) = (Runners::default(), Vec::new());
    for subject in &bus.subjects {
        for (trigger, n) in subject.sensor.spec.triggers.iter().zip(0..) {
            let name = name(subject, trigger);
            let places = bus.concurrency.get(&(name.sensor.clone(), name.trigger.clone())).copied();
            match runner(&name, trigger, places.unwrap_or(CONCURRENCY), surroundings) {
                Ok(runner) => drop(runners.insert(trigger_id(&name), Arc::new(runner))),
                Err(error) => wrong
                    .push(format!("{}/{}: spec.triggers[{n}]{error}", subject.namespace, subject.sensor.metadata.name)),
            }
        }
    }
    if wrong.is_empty() { Ok(runners) } else { Err(Error::user(wrong.join("\n"))) }
}

fn name(subject: &Subject, trigger: &Trigger) -> TriggerName {
    TriggerName {
        namespace: subject.namespace.clone(),
        sensor: subject.sensor.metadata.name.clone(),
        trigger: trigger.name().to_owned(),
    }
}

/// The runner of one trigger; an error begins with the field it is about.
fn runner(
    name: &TriggerName,
    trigger: &Trigger,
    concurrency: usize,
    surroundings: &Surroundings<'_>,
) -> Result<Runner, String> {
    let template = trigger.template.as_ref().ok_or(".template is missing")?;
    let (member, _) = template.action().ok_or(".template has no action, such as `http` or `log`")?;
    let kind = triggers::KINDS.iter().find(|kind| kind.name == member);
    let kind = kind.ok_or_else(|| {
        format!(".template.{member}: this build cannot run such a trigger; it has {}", triggers::names())
    })?;
    let Surroundings { secrets, meters, shared } = *surroundings;
    let opening = triggers::Opening {
        namespace: &name.namespace,
        sensor: &name.sensor,
        trigger: &name.trigger,
        template,
        secrets,
        shared,
    };
    let sink = (kind.open)(&opening).map_err(|error| format!(".template.{member}: {error}"))?;
    let action = Action::compile(trigger).map_err(|problems| {
        let lines: Vec<_> = problems.into_iter().map(|(field, message)| format!("{field}: {message}")).collect();
        lines.join("; ")
    })?;
    let rescue = trigger.dlq_trigger.as_ref().map(|rescue| {
        let name = TriggerName { trigger: rescue.name().to_owned(), ..name.clone() };
        self::runner(&name, rescue, concurrency, surroundings)
            .map(Arc::new)
            .map_err(|error| format!(".dlqTrigger{error}"))
    });
    Ok(Runner {
        sink,
        action,
        allow: trigger
            .policy
            .as_ref()
            .and_then(|policy| policy.status.as_ref())
            .map(|status| status.allow.clone().unwrap_or_default()),
        retry: retry(trigger)?,
        pace: trigger.rate_limit.as_ref().map(pace).transpose()?,
        at_most_once: trigger.at_least_once == Some(false),
        concurrency,
        rescue: rescue.transpose()?,
        meters: meters.trigger(name),
    })
}

/// `retryStrategy`; without it there is one attempt.
fn retry(trigger: &Trigger) -> Result<Exponential, String> {
    let once = Exponential { steps: 1, duration: Duration::ZERO, factor: 1.0, jitter: 0.0 };
    let Some(backoff) = &trigger.retry_strategy else { return Ok(once) };
    backoff.resolve().map_err(|error| format!(".retryStrategy: {error}"))
}

fn pace(limit: &RateLimit) -> Result<Pace, String> {
    let unit = match limit.unit.as_str() {
        "Minute" => Duration::from_secs(60),
        "Hour" => Duration::from_secs(3600),
        _ => Duration::from_secs(1),
    };
    let n = u32::try_from(limit.requests_per_unit).ok().filter(|n| *n > 0);
    let n =
        n.ok_or_else(|| format!(".rateLimit.requestsPerUnit is {}; it must be at least 1", limit.requests_per_unit))?;
    Ok(Pace::new(unit / n))
}
