//! The ledger: counters that are exact at every commit, and the sums that must come out even.

use operators::effect::{BusCounter, Counter, Expiry, Reason};
use operators::plan::TriggerName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the ledger counts of a trigger's firings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TriggerCounter {
    /// Firings in all.
    Firings,
    /// An attempt succeeded.
    Succeeded,
    /// The `dlqTrigger` took it.
    Rescued,
    /// Not done.
    Open,
    /// In the dead letter.
    Dead,
    /// Taken out of the dead letter for good.
    Dropped,
    /// Started at most once and cut off by a crash.
    Interrupted,
}

/// One counter of the ledger; its encoding is its key in the state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Account {
    /// Of the bus.
    Bus(BusCounter),
    /// Of a trigger's dependency.
    Dependency(Arc<TriggerName>, Arc<str>, Counter),
    /// Of a trigger.
    Trigger(Arc<TriggerName>, TriggerCounter),
}

/// All counters of one bus.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    accounts: BTreeMap<Account, i64>,
}

impl Ledger {
    /// Adds to a counter and answers its new value.
    pub fn add(&mut self, account: Account, n: i64) -> i64 {
        let value = self.accounts.entry(account).or_default();
        *value += n;
        *value
    }

    /// The value of a counter.
    pub fn get(&self, account: &Account) -> i64 {
        self.accounts.get(account).copied().unwrap_or_default()
    }

    /// Every counter with its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Account, i64)> {
        self.accounts.iter().map(|(account, value)| (account, *value))
    }

    /// What is counted in and not counted out: zero unless something was lost or counted twice.
    ///
    /// received = routed + unrouted + duplicate + undecodable; per dependency: offered = filtered + pending + superseded +
    /// expired + consumed; per trigger: firings = succeeded + rescued + open + dead + dropped + interrupted.
    pub fn unaccounted(&self) -> [(&'static str, i64); 3] {
        let (mut bus, mut dependencies, mut triggers) = (0, BTreeMap::new(), BTreeMap::new());
        for (account, value) in self.iter() {
            match account {
                Account::Bus(BusCounter::Received) => bus += value,
                Account::Bus(_) => bus -= value,
                Account::Dependency(name, dependency, counter) => {
                    let sign = if *counter == Counter::Offered { 1 } else { -1 };
                    *dependencies.entry((name, dependency)).or_insert(0) += sign * value;
                }
                Account::Trigger(name, counter) => {
                    let sign = if *counter == TriggerCounter::Firings { 1 } else { -1 };
                    *triggers.entry(name).or_insert(0) += sign * value;
                }
            }
        }
        let off = |values: &mut dyn Iterator<Item = i64>| values.map(i64::abs).sum();
        [
            ("bus", bus.abs()),
            ("dependency", off(&mut dependencies.into_values())),
            ("trigger", off(&mut triggers.into_values())),
        ]
    }

    /// The sum of one counter over all dependencies.
    pub fn total(&self, counter: Counter) -> i64 {
        self.iter()
            .filter(|(account, _)| matches!(account, Account::Dependency(_, _, c) if *c == counter))
            .map(|(_, value)| value)
            .sum()
    }

    /// The sum of one counter over all triggers.
    pub fn firings(&self, counter: TriggerCounter) -> i64 {
        self.iter()
            .filter(|(account, _)| matches!(account, Account::Trigger(_, c) if *c == counter))
            .map(|(_, value)| value)
            .sum()
    }
}

impl TriggerCounter {
    /// Its label in metrics and listings.
    pub fn label(self) -> &'static str {
        match self {
            Self::Firings => "firings",
            Self::Succeeded => "succeeded",
            Self::Rescued => "rescued",
            Self::Open => "open",
            Self::Dead => "dead",
            Self::Dropped => "dropped",
            Self::Interrupted => "interrupted",
        }
    }
}

/// The label of a dependency's counter, and that of its reason if it has one.
pub fn labels(counter: Counter) -> (&'static str, Option<&'static str>) {
    match counter {
        Counter::Offered => ("offered", None),
        Counter::Filtered(reason) => ("filtered", Some(Reason::label(reason))),
        Counter::Pending => ("pending", None),
        Counter::Superseded => ("superseded", None),
        Counter::Expired(expiry) => ("expired", Some(Expiry::label(expiry))),
        Counter::Consumed => ("consumed", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_sum_is_watched() {
        let name = Arc::new(TriggerName { namespace: "n".into(), sensor: "s".into(), trigger: "t".into() });
        let mut ledger = Ledger::default();
        ledger.add(Account::Bus(BusCounter::Received), 3);
        ledger.add(Account::Bus(BusCounter::Routed), 2);
        ledger.add(Account::Bus(BusCounter::Duplicate), 1);
        ledger.add(Account::Dependency(name.clone(), "a".into(), Counter::Offered), 2);
        ledger.add(Account::Dependency(name.clone(), "a".into(), Counter::Consumed), 1);
        ledger.add(Account::Trigger(name.clone(), TriggerCounter::Firings), 1);
        assert_eq!(ledger.unaccounted(), [("bus", 0), ("dependency", 1), ("trigger", 1)]);
        ledger.add(Account::Dependency(name.clone(), "a".into(), Counter::Pending), 1);
        ledger.add(Account::Trigger(name, TriggerCounter::Open), 1);
        assert!(ledger.unaccounted().iter().all(|(_, off)| *off == 0));
    }
}
