//! The rate limit of a trigger: permits at equal distances, with some slack saved up while idle.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many permits are saved up while nothing asks for one, as in the reference.
const SLACK: u32 = 10;

/// A leaky bucket. It delays and never drops.
#[derive(Debug)]
pub struct Pace {
    every: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// A permit every `every`.
    pub fn new(every: Duration) -> Self {
        Self { every, next: Mutex::new(None) }
    }

    /// Zero and a permit, or how long until one can be had.
    pub fn wait(&self) -> Duration {
        self.wait_at(Instant::now())
    }

    fn wait_at(&self, now: Instant) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let due = next.unwrap_or(now).max(now.checked_sub(self.every * SLACK).unwrap_or(now));
        let wait = due.saturating_duration_since(now);
        if wait.is_zero() {
            *next = Some(due + self.every);
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_are_spaced_and_idleness_saves_ten() {
        let pace = Pace::new(Duration::from_secs(1));
        let start = Instant::now() + Duration::from_secs(3600);
        assert_eq!(pace.wait_at(start), Duration::ZERO);
        assert_eq!(pace.wait_at(start), Duration::from_secs(1));
        let later = start + Duration::from_secs(60);
        let allowed = (0..20).filter(|_| pace.wait_at(later).is_zero()).count();
        assert_eq!(allowed, 11);
    }
}
