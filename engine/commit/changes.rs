//! What one commit writes: the effects and firings before a frontier as rows.

use super::Done;
use super::fed::Handed;
use crate::ledger::{Account, Ledger, TriggerCounter};
use crate::rows::{self, CommitPoint, DeadRow, JournalEvent, JournalRow, OpenRow, Outcome, UndecodableRow};
use model::ports::{Change, Table};
use model::{FiringId, Result, Time};
use operators::effect::{BusCounter, Effect, Firing, Pending, Undecodable};
use operators::plan::TriggerName;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many journal rows are stored as one value.
const PACK: usize = 64;

/// By ledger cell: the trigger and dependency it counts for.
pub(super) type Cells = FxHashMap<u64, (Arc<TriggerName>, Arc<str>)>;

/// The rows of one commit as they come together.
pub(super) struct Changes<'a> {
    pub(super) point: &'a mut CommitPoint,
    pub(super) ledger: &'a mut Ledger,
    pub(super) rows: Vec<Change>,
    moved: BTreeSet<Account>,
    pending: BTreeMap<Vec<u8>, Option<Pending>>,
    journal: Vec<JournalRow>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(point: &'a mut CommitPoint, ledger: &'a mut Ledger) -> Self {
        Self { point, ledger, rows: Vec::new(), moved: BTreeSet::new(), pending: BTreeMap::new(), journal: Vec::new() }
    }

    pub(super) fn count(&mut self, account: Account, n: i64) {
        self.ledger.add(account.clone(), n);
        self.moved.insert(account);
    }

    fn count_firing(&mut self, firing: &Firing, counter: TriggerCounter, n: i64) {
        self.count(Account::Trigger(firing.trigger.clone(), counter), n);
    }

    /// Takes along what was handed out before `frontier`.
    pub(super) fn handed(&mut self, handed: &mut Handed, frontier: Time) -> Result<()> {
        let duplicates = handed.commit(frontier, self.point, &mut self.rows)?;
        if duplicates > 0 {
            self.count(Account::Bus(BusCounter::Received), duplicates);
            self.count(Account::Bus(BusCounter::Duplicate), duplicates);
        }
        Ok(())
    }

    /// Takes effects along, in the order in which they were made. Of several that concern one place the last counts.
    pub(super) fn effects(&mut self, effects: impl IntoIterator<Item = Effect>, cells: &Cells) -> Result<()> {
        let (mut buses, mut counts, mut undecodable) = (FxHashMap::default(), FxHashMap::default(), Vec::new());
        for effect in effects {
            match effect {
                Effect::Bus(counter, n) => *buses.entry(counter).or_insert(0) += n,
                Effect::Cell(cell, counter, n) => *counts.entry((cell, counter)).or_insert(0) += n,
                Effect::Hold(pending) => drop(self.pending.insert(rows::pending_key(&pending.place), Some(pending))),
                Effect::Release(place) => drop(self.pending.insert(rows::pending_key(&place), None)),
                Effect::Fire(_) => {}
                Effect::Undecodable(record) => undecodable.push(*record),
            }
        }
        undecodable.into_iter().try_for_each(|record| self.undecodable(record))?;
        buses.into_iter().for_each(|(counter, n)| self.count(Account::Bus(counter), n));
        for ((cell, counter), n) in counts {
            if let Some((name, dependency)) = cells.get(&cell) {
                self.count(Account::Dependency(name.clone(), dependency.clone(), counter), n);
            }
        }
        Ok(())
    }

    fn undecodable(&mut self, record: Undecodable) -> Result<()> {
        let position = record.time.position();
        let (partition, offset) = (position.partition.0, position.offset.0);
        tracing::warn!(partition, offset, reason = record.reason, "a record is no event; it is in the dead letter");
        let Undecodable { time, reason, bytes } = record;
        let row = rows::encode(&UndecodableRow { time, reason, bytes })?;
        self.rows.push(Change::put(Table::Undecodable, rows::undecodable_key(time), row));
        Ok(())
    }

    /// A firing appears in the ledger: done already, or open from now on.
    pub(super) fn fired(&mut self, firing: &Arc<Firing>, started: bool, done: Option<Done>, plan: u64) -> Result<()> {
        self.count_firing(firing, TriggerCounter::Firings, 1);
        self.count_firing(firing, TriggerCounter::Open, 1);
        match done {
            Some(done) => self.ended(done, plan),
            None => self.open(firing, started),
        }
    }

    /// Writes a firing as open.
    pub(super) fn open(&mut self, firing: &Arc<Firing>, started: bool) -> Result<()> {
        let row = rows::encode(&OpenRow { firing: firing.clone(), started })?;
        self.rows.push(Change::put(Table::Open, rows::open_key(firing), row));
        Ok(())
    }

    /// A firing that was written as open is done.
    pub(super) fn closed(&mut self, done: Done, plan: u64) -> Result<()> {
        self.rows.push(Change::remove(Table::Open, rows::open_key(&done.firing)));
        self.ended(done, plan)
    }

    fn ended(&mut self, done: Done, plan: u64) -> Result<()> {
        let firing = &done.firing;
        self.count_firing(firing, TriggerCounter::Open, -1);
        self.count_firing(firing, counter(done.outcome), 1);
        if done.outcome == Outcome::Dead {
            let row = DeadRow {
                firing: firing.clone(),
                reason: done.detail.clone(),
                attempts: done.attempts,
                since: done.ended,
            };
            self.rows.push(Change::put(Table::Dead, firing.id.0, rows::encode(&row)?));
        }
        self.journal.push(journal_row(done, plan));
        Ok(())
    }

    /// A dead letter is open again.
    pub(super) fn redriven(&mut self, dead: &DeadRow) -> Result<()> {
        self.rows.push(Change::remove(Table::Dead, dead.firing.id.0));
        self.count_firing(&dead.firing, TriggerCounter::Dead, -1);
        self.count_firing(&dead.firing, TriggerCounter::Open, 1);
        self.open(&dead.firing, false)
    }

    /// A dead letter is given up.
    pub(super) fn dropped(&mut self, id: FiringId, dead: DeadRow, now: u64, plan: u64) {
        self.rows.push(Change::remove(Table::Dead, id.0));
        self.count_firing(&dead.firing, TriggerCounter::Dead, -1);
        self.count_firing(&dead.firing, TriggerCounter::Dropped, 1);
        let (began, detail) = (dead.since, format!("dropped by hand; it was dead because: {}", dead.reason));
        self.journal.push(journal_row(
            Done { firing: dead.firing, outcome: Outcome::Dropped, attempts: dead.attempts, began, ended: now, detail },
            plan,
        ));
    }

    /// The rows of the commit, with its point last.
    pub(super) fn finish(mut self) -> Result<Vec<Change>> {
        for (key, pending) in std::mem::take(&mut self.pending) {
            let value = pending.map(|pending| rows::encode(&pending)).transpose()?;
            self.rows.push(Change { table: Table::Pending, key, value });
        }
        for (pack, part) in self.journal.chunks(PACK).zip(0..) {
            self.rows.push(Change::put(
                Table::Journal,
                rows::journal_key(self.point.number, part),
                rows::encode(&pack)?,
            ));
        }
        self.point.journal_rows += self.journal.len() as u64;
        for account in std::mem::take(&mut self.moved) {
            let value = self.ledger.get(&account);
            self.rows.push(Change::put(Table::Ledger, rows::encode(&account)?, rows::encode(&value)?));
        }
        self.rows.push(Change::put(Table::Meta, rows::COMMIT, rows::encode(self.point)?));
        Ok(self.rows)
    }
}

fn counter(outcome: Outcome) -> TriggerCounter {
    match outcome {
        Outcome::Succeeded => TriggerCounter::Succeeded,
        Outcome::Rescued => TriggerCounter::Rescued,
        Outcome::Dead => TriggerCounter::Dead,
        Outcome::Dropped => TriggerCounter::Dropped,
        Outcome::Interrupted => TriggerCounter::Interrupted,
    }
}

fn journal_row(done: Done, plan: u64) -> JournalRow {
    let firing = done.firing;
    let event = |event: &model::FiredEvent| JournalEvent {
        dependency: event.dependency.clone(),
        id: event.event.context.id.to_string(),
        position: event.time.position(),
    };
    JournalRow {
        id: firing.id,
        trigger: firing.trigger.clone(),
        key: firing.key.clone(),
        time: firing.time,
        plan,
        events: firing.events.iter().map(event).collect(),
        outcome: done.outcome,
        attempts: done.attempts,
        began: done.began,
        ended: done.ended,
        detail: done.detail,
    }
}
