//! The open firings of one trigger: which of them are in memory, and which may start next.

use crate::rows::OpenRow;
use model::FiringId;
use operators::effect::Firing;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::sync::Arc;

/// So many firings of a trigger are kept in memory; the others wait in the state.
pub(super) const IN_MEMORY: usize = 1024;

/// A firing on its way through its attempts.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) firing: Arc<Firing>,
    /// Attempts made so far.
    pub(super) attempts: u32,
    /// When the first began, by the wall clock in milliseconds since 1970; 0 before it.
    pub(super) began: u64,
}

impl Job {
    pub(super) fn new(firing: Arc<Firing>) -> Self {
        Self { firing, attempts: 0, began: 0 }
    }
}

/// The open firings of one trigger.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Not tried yet, in the order of time.
    waiting: VecDeque<Job>,
    /// Due to be tried again.
    ready: VecDeque<Job>,
    /// Held back by the rate limit until it allows the next.
    paced: bool,
    in_flight: usize,
    /// Waiting for their next try.
    sleeping: usize,
    /// In the state only.
    spilled: usize,
    refilling: bool,
    /// The last firing that was put in line.
    last: Option<Arc<Firing>>,
    /// Everything in memory.
    known: FxHashSet<FiringId>,
    /// What ended and may still stand in the state as open: with the commit it ended at.
    ended: VecDeque<(u64, FiringId)>,
}

impl Queue {
    /// Puts a new firing in line, or leaves it to the state when memory is full.
    pub(super) fn accept(&mut self, firing: Arc<Firing>) {
        if self.spilled > 0 || self.held() >= IN_MEMORY {
            self.spilled += 1;
            // One that lies before what is in line (a dead letter sent again) is found by reading from the beginning.
            self.last.take_if(|last| firing.time <= last.time);
        } else {
            self.line_up(firing);
        }
    }

    fn line_up(&mut self, firing: Arc<Firing>) {
        self.known.insert(firing.id);
        self.last = Some(firing.clone());
        self.waiting.push_back(Job::new(firing));
    }

    fn held(&self) -> usize {
        self.waiting.len() + self.ready.len() + self.in_flight + self.sleeping
    }

    /// The next firing that may start with `places` places in all: what is due again goes before what was never tried.
    pub(super) fn next(&mut self, places: usize) -> Option<Job> {
        if self.paced || self.in_flight >= places {
            return None;
        }
        let job = self.ready.pop_front().or_else(|| self.waiting.pop_front())?;
        self.in_flight += 1;
        Some(job)
    }

    /// Puts a firing back that the rate limit does not allow yet; nothing starts before [`Queue::paced`].
    pub(super) fn wait_for_pace(&mut self, job: Job) {
        self.in_flight -= 1;
        self.paced = true;
        let line = if job.attempts > 0 { &mut self.ready } else { &mut self.waiting };
        line.push_front(job);
    }

    /// The rate limit allows the next.
    pub(super) fn paced(&mut self) {
        self.paced = false;
    }

    /// A firing has left its place: it sleeps until its next try, or it ended at commit `now`.
    pub(super) fn landed(&mut self, job: &Job, sleeps: bool, now: u64) {
        self.in_flight -= 1;
        if sleeps {
            self.sleeping += 1;
            return;
        }
        self.known.remove(&job.firing.id);
        self.forget(now);
        self.ended.push_back((now, job.firing.id));
    }

    /// Forgets what the state has forgotten: a firing's end is in the second commit after it at the latest.
    fn forget(&mut self, now: u64) {
        while self.ended.pop_front_if(|(at, _)| *at + 2 <= now).is_some() {}
    }

    /// A sleeping firing is due again.
    pub(super) fn ready(&mut self, job: Job) {
        self.sleeping = self.sleeping.saturating_sub(1);
        self.ready.push_back(job);
    }

    /// Whether the state is to be asked for more.
    pub(super) fn wants_refill(&self) -> bool {
        self.spilled > 0 && !self.refilling && self.held() <= IN_MEMORY / 2
    }

    /// How many rows to read, and after which firing.
    pub(super) fn refilling(&mut self) -> (usize, Option<Arc<Firing>>) {
        self.refilling = true;
        (IN_MEMORY - self.held().min(IN_MEMORY / 2), self.last.clone())
    }

    /// Puts rows of the state in line; whether the state must be asked again later, because a commit that will hold more is
    /// still to come. `now` is the number of commits made.
    pub(super) fn refilled(&mut self, rows: Vec<OpenRow>, now: u64) -> bool {
        self.forget(now);
        let gone: FxHashSet<_> = self.ended.iter().map(|(_, id)| *id).collect();
        let before = self.spilled;
        for row in rows {
            if self.spilled > 0 && !self.known.contains(&row.firing.id) && !gone.contains(&row.firing.id) {
                self.spilled -= 1;
                self.line_up(row.firing);
            }
        }
        self.refilling = self.spilled > 0 && self.spilled == before;
        self.refilling
    }

    /// Everything that does not run, for triggers that are no more.
    pub(super) fn take_all(&mut self) -> Vec<Job> {
        self.waiting.drain(..).chain(self.ready.drain(..)).collect()
    }

    /// Whether nothing is open.
    pub(super) fn is_empty(&self) -> bool {
        self.held() == 0 && self.spilled == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{LogTime, Time};
    use operators::plan::TriggerName;

    fn firing(n: u64) -> Arc<Firing> {
        let trigger = Arc::new(TriggerName { namespace: "n".into(), sensor: "s".into(), trigger: "t".into() });
        let id = FiringId(u128::from(n).to_be_bytes());
        Arc::new(Firing { id, time: Time::instant(LogTime(n)), trigger, key: None, events: Vec::new() })
    }

    #[test]
    fn a_firing_that_sleeps_gives_its_place_up() {
        let mut queue = Queue::default();
        (0..3).for_each(|n| queue.accept(firing(n)));
        let first = queue.next(1).unwrap();
        assert!(queue.next(1).is_none());
        queue.landed(&first, true, 0);
        assert_eq!(queue.next(1).unwrap().firing.time.log_time, LogTime(1));
        queue.ready(first);
        assert_eq!(queue.next(2).unwrap().firing.time.log_time, LogTime(0));
    }

    #[test]
    fn memory_is_bounded_and_nothing_is_forgotten_or_run_twice() {
        let mut queue = Queue::default();
        let all = 3 * IN_MEMORY as u64;
        (0..all).for_each(|n| queue.accept(firing(n)));
        let (mut ran, mut commits) = (Vec::new(), 0);
        while !queue.is_empty() {
            while let Some(job) = queue.next(16) {
                assert!(queue.held() <= IN_MEMORY);
                queue.landed(&job, false, commits);
                ran.push(job.firing.time.log_time.0);
            }
            if queue.wants_refill() {
                let (wanted, after) = queue.refilling();
                let from = after.map_or(0, |last| last.time.log_time.0 + 1);
                let rows = (from..all).take(wanted).map(|n| OpenRow { firing: firing(n), started: false }).collect();
                queue.refilled(rows, commits);
                commits += 1;
            }
        }
        assert_eq!(ran, (0..all).collect::<Vec<_>>());
    }
}
