//! The attempts of one firing in flight, and the verdict on each.

use super::runner::Runner;
use super::{Job, Next, Ran, now};
use crate::commit::{Committer, Note};
use crate::rows::Outcome;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Makes an attempt; with places for one firing only, also those that follow it, so that nothing overtakes.
pub(super) async fn run(trigger: u64, runner: Arc<Runner>, committer: Committer, mut job: Job) -> Ran {
    if job.began == 0 {
        job.began = now();
    }
    if runner.at_most_once && job.attempts == 0 && !started(&committer, &job).await {
        return Ran { trigger, job, next: Next::Again(Duration::from_secs(1)) };
    }
    loop {
        job.attempts += 1;
        let failed = match runner.attempt(&job.firing, job.attempts).await {
            Ok(()) => return Ran { trigger, job, next: Next::Done(Outcome::Succeeded, String::new()) },
            Err(failed) => failed,
        };
        let may_repeat = !failed.hopeless && (failed.unsent || !runner.at_most_once);
        let Some(wait) = runner.wait(job.attempts, &job.firing.id).filter(|_| may_repeat) else {
            let next = last_resort(&runner, &job, failed.reason).await;
            return Ran { trigger, job, next };
        };
        tracing::debug!(trigger = %job.firing.trigger, firing = %job.firing.id, attempt = job.attempts, reason = %failed.reason, ?wait, "attempt failed; it will be repeated");
        if runner.concurrency > 1 {
            return Ran { trigger, job, next: Next::Again(wait) };
        }
        tokio::time::sleep(wait).await;
    }
}

/// Whether the firing is durably marked as started.
async fn started(committer: &Committer, job: &Job) -> bool {
    let (told, answer) = oneshot::channel();
    committer.note(Note::Start(job.firing.clone(), Box::new(move |result| _ = told.send(result.is_ok()))));
    answer.await.unwrap_or(false)
}

/// What all attempts could not do: the `dlqTrigger` gets the same events, else the firing is a dead letter.
async fn last_resort(runner: &Runner, job: &Job, reason: String) -> Next {
    runner.gave_up();
    let Some(rescue) = &runner.rescue else { return Next::Done(Outcome::Dead, reason) };
    let mut number = 0;
    loop {
        number += 1;
        let failed = match rescue.attempt(&job.firing, number).await {
            Ok(()) => return Next::Done(Outcome::Rescued, reason),
            Err(failed) => failed,
        };
        match rescue.wait(number, &job.firing.id).filter(|_| !failed.hopeless) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => {
                rescue.gave_up();
                return Next::Done(Outcome::Dead, format!("{reason}; its dlqTrigger: {}", failed.reason));
            }
        }
    }
}
