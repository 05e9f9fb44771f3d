//! What sensors mean, said as plainly as possible: one loop over all records in the order of their times.

use super::memory::Carried;
use std::collections::BTreeMap;

/// A trigger as the oracle understands it.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Dependencies in the order of the manifest: name and event name.
    pub dependencies: Vec<(String, String)>,
    /// Alternatives of dependencies that must all have come.
    pub any_of_all: Vec<Vec<usize>>,
    /// Events are joined by their `key`.
    pub keyed: bool,
    /// In milliseconds.
    pub window: Option<u64>,
    /// Waiting hits are cleared whenever log time passes a multiple of this many milliseconds.
    pub reset: Option<u64>,
}

/// A record: event name and key at a place and a time.
#[derive(Debug, Clone)]
pub struct Happening {
    pub partition: u16,
    pub offset: u64,
    pub log_time: u64,
    pub event: String,
    pub key: u64,
}

/// What a rule must have done after all records: its firings, and the hits that wait.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    pub firings: Vec<Vec<Carried>>,
    pub pending: Vec<Carried>,
    pub superseded: i64,
    pub expired: i64,
}

/// Applies a rule to records. `until` is the log time up to which resets and windows have come due.
pub fn apply(rule: &Rule, records: &[Happening], until: u64) -> Expected {
    let mut ordered = clamped(records);
    ordered.sort_by_key(|record| (record.log_time, record.partition, record.offset));
    let mut held: BTreeMap<Option<u64>, BTreeMap<usize, Happening>> = BTreeMap::new();
    let mut expected = Expected::default();
    let conjunction = rule.any_of_all.iter().any(|all| all.len() > 1);
    for record in ordered {
        expire(rule, &mut held, record.log_time, &mut expected);
        for (n, (name, event)) in rule.dependencies.iter().enumerate() {
            let used = rule.any_of_all.iter().any(|all| all.contains(&n));
            if *event != record.event || !used {
                continue;
            }
            if !conjunction {
                expected.firings.push(vec![(name.clone(), record.partition, record.offset)]);
                continue;
            }
            let key = rule.keyed.then_some(record.key);
            let waiting = held.entry(key).or_default();
            expected.superseded += i64::from(waiting.insert(n, record.clone()).is_some());
            if rule.any_of_all.iter().any(|all| all.iter().all(|n| waiting.contains_key(n))) {
                let events = held.remove(&key).unwrap_or_default();
                expected.firings.push(
                    events
                        .iter()
                        .map(|(n, event)| (rule.dependencies[*n].0.clone(), event.partition, event.offset))
                        .collect(),
                );
            }
        }
    }
    expire(rule, &mut held, until, &mut expected);
    let waiting =
        held.into_values().flatten().map(|(n, event)| (rule.dependencies[n].0.clone(), event.partition, event.offset));
    expected.pending = waiting.collect();
    expected.pending.sort();
    expected.firings.sort();
    expected
}

/// Clears what a reset or the window has cleared by `now`.
fn expire(
    rule: &Rule,
    held: &mut BTreeMap<Option<u64>, BTreeMap<usize, Happening>>,
    now: u64,
    expected: &mut Expected,
) {
    for waiting in held.values_mut() {
        let before = waiting.len();
        waiting.retain(|_, event| {
            let reset = rule.reset.is_some_and(|every| event.log_time / every != now / every);
            let old = rule.window.is_some_and(|window| event.log_time + window <= now);
            !reset && !old
        });
        expected.expired += (before - waiting.len()) as i64;
    }
}

/// The records with log time made monotone within each partition.
fn clamped(records: &[Happening]) -> Vec<Happening> {
    let mut clamps: BTreeMap<u16, u64> = BTreeMap::new();
    let mut clamped = records.to_vec();
    clamped.sort_by_key(|record| (record.partition, record.offset));
    for record in &mut clamped {
        let clamp = clamps.entry(record.partition).or_default();
        *clamp = record.log_time.max(*clamp);
        record.log_time = *clamp;
    }
    clamped
}
