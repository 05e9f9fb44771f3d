//! The join without timely: told hits in the order of their times, it answers what changes.

use crate::effect::{Counter, Effect, Expiry, Hit, Pending, Place};
use crate::fire::fire;
use crate::hash;
use crate::plan::{Plan, Span, Timeline, TriggerRow, cell_id, trigger_id};
use model::{Event, FiredEvent, LogId, LogTime, Time};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

type Key = Option<Arc<str>>;
type Effects = Vec<(Time, Effect)>;

/// The waiting hits of one worker's share of (trigger, key).
#[derive(Debug)]
pub struct Join {
    log: LogId,
    timeline: Timeline,
    span: Span,
    triggers: Vec<Waiting>,
    /// The next reset of each trigger that has been waiting since the last.
    resets: BTreeSet<(LogTime, u32)>,
    /// The end of the window of the oldest hit of each key that waits.
    windows: BTreeSet<(LogTime, u32, Key)>,
}

/// What one trigger waits with.
#[derive(Debug, Default)]
struct Waiting {
    keys: FxHashMap<Key, Slots>,
    reset: Option<LogTime>,
}

/// What one key of a trigger waits with, and its entry in the windows.
#[derive(Debug, Default)]
struct Slots {
    held: Vec<Option<Held>>,
    window: Option<LogTime>,
}

/// A hit that waits.
#[derive(Debug, Clone)]
struct Held {
    time: Time,
    event: Arc<Event<'static>>,
}

impl Join {
    /// A join that waits with nothing at `from`.
    pub fn new(log: LogId, timeline: Timeline, from: Time) -> Self {
        let span = timeline.at(from);
        let triggers = span.plan.triggers.iter().map(|_| Waiting::default()).collect();
        Self { log, timeline, span, triggers, resets: BTreeSet::new(), windows: BTreeSet::new() }
    }

    /// Takes up hits that waited at the commit point, by the plan in force there.
    pub fn restore(&mut self, pending: impl IntoIterator<Item = Pending>) -> Effects {
        let mut effects = Vec::new();
        self.take_up(pending.into_iter().collect(), &mut effects);
        effects
    }

    /// Whether the hit's trigger keeps nothing.
    pub fn is_stateless(&self, hit: &Hit) -> bool {
        self.timeline
            .get(hit.generation)
            .is_some_and(|plan| plan.triggers.get(hit.trigger as usize).is_some_and(|row| row.stateless))
    }

    /// The earliest instant at which a waiting hit may be cleared.
    pub fn next_due(&self) -> Option<LogTime> {
        let (reset, window) = (self.resets.first().map(|(at, _)| *at), self.windows.first().map(|(at, _, _)| *at));
        reset.into_iter().chain(window).min()
    }

    /// Applies the next hit; hits of triggers that keep something must come in the order of their times.
    pub fn apply(&mut self, hit: Hit, effects: &mut Effects) {
        let row = self.timeline.get(hit.generation).and_then(|plan| plan.triggers.get(hit.trigger as usize).cloned());
        match row {
            Some(row) if row.stateless => self.fire(
                &row,
                hit.key,
                hit.time,
                [(hit.slot.into(), Held { time: hit.time, event: hit.event })],
                effects,
            ),
            Some(row) => {
                self.advance(hit.time, effects);
                self.hold(&row, hit, effects);
            }
            None => {}
        }
    }

    /// Applies every instant up to and including that of `reached`: resets, windows and changes of plan.
    pub fn advance(&mut self, reached: Time, effects: &mut Effects) {
        loop {
            let change = self.timeline.get(self.span.generation + 1).filter(|plan| plan.effective <= reached);
            let due = self.next_due().filter(|due| Time::instant(*due) <= reached);
            match (change, due) {
                (Some(plan), due) if due.is_none_or(|due| plan.effective < Time::instant(due)) => {
                    self.change(plan, effects)
                }
                (_, Some(due)) => self.happen(due, effects),
                _ => return,
            }
        }
    }

    fn hold(&mut self, row: &Arc<TriggerRow>, hit: Hit, effects: &mut Effects) {
        let slot = usize::from(hit.slot);
        let (Some(waiting), Some(cell)) =
            (self.triggers.get_mut(hit.trigger as usize), row.slots.get(slot).map(|slot| slot.cell))
        else {
            return;
        };
        let slots = waiting.keys.entry(hit.key.clone()).or_insert_with(|| Slots::of(row));
        let superseded = slots.held[slot].replace(Held { time: hit.time, event: hit.event.clone() }).is_some();
        if superseded {
            effects.push((hit.time, Effect::Cell(cell, Counter::Superseded, 1)));
            effects.push((hit.time, Effect::Cell(cell, Counter::Pending, -1)));
        }
        if !row.holds(|slot| slots.held.get(slot).is_some_and(Option::is_some)) {
            effects.push((hit.time, Effect::Cell(cell, Counter::Pending, 1)));
            effects.push((hit.time, Effect::Hold(pending(row, &hit.key, slot, hit.time, hit.event))));
            self.schedule(row, hit.trigger, hit.key, hit.time.log_time);
            return;
        }
        let slots = waiting.keys.remove(&hit.key).unwrap_or_default();
        if let Some(at) = slots.window {
            self.windows.remove(&(at, hit.trigger, hit.key.clone()));
        }
        let held: Vec<_> = slots.held.into_iter().enumerate().filter_map(|(slot, held)| Some((slot, held?))).collect();
        for (other, _) in held.iter().filter(|(other, _)| *other != slot || superseded) {
            if *other != slot {
                effects.push((hit.time, Effect::Cell(row.slots[*other].cell, Counter::Pending, -1)));
            }
            effects.push((hit.time, Effect::Release(place(row, &hit.key, *other))));
        }
        self.fire(row, hit.key, hit.time, held, effects);
    }

    fn fire(
        &self,
        row: &TriggerRow,
        key: Key,
        time: Time,
        held: impl IntoIterator<Item = (usize, Held)>,
        effects: &mut Effects,
    ) {
        let mut events = Vec::new();
        for (slot, held) in held {
            let Some(slot) = row.slots.get(slot) else { continue };
            effects.push((time, Effect::Cell(slot.cell, Counter::Consumed, 1)));
            events.push(FiredEvent { dependency: slot.dependency.clone(), time: held.time, event: held.event });
        }
        effects.push((time, Effect::Fire(Arc::new(fire(self.log, row, key, time, events)))));
    }

    /// Notes when the hit of `trigger` and `key` that came at `at` is due, unless something is noted already: hits come
    /// in the order of their times, so what is noted is not later.
    fn schedule(&mut self, row: &TriggerRow, trigger: u32, key: Key, at: LogTime) {
        let Some(waiting) = self.triggers.get_mut(trigger as usize) else { return };
        if waiting.reset.is_none()
            && let Some(next) = row.next_reset(at.max(self.span.plan.effective.log_time))
        {
            waiting.reset = Some(next);
            self.resets.insert((next, trigger));
        }
        if let (Some(window), Some(slots)) = (row.window, waiting.keys.get_mut(&key))
            && slots.window.is_none()
        {
            let end = LogTime(at.0.saturating_add(window));
            slots.window = Some(end);
            self.windows.insert((end, trigger, key));
        }
    }

    fn happen(&mut self, at: LogTime, effects: &mut Effects) {
        while let Some((_, trigger)) = self.resets.first().filter(|first| first.0 <= at).copied() {
            self.resets.remove(&(at, trigger));
            self.reset(trigger, at, effects);
        }
        while let Some((_, trigger, key)) = self.windows.first().filter(|first| first.0 <= at).cloned() {
            self.windows.remove(&(at, trigger, key.clone()));
            self.close_window(trigger, key, at, effects);
        }
    }

    fn reset(&mut self, trigger: u32, at: LogTime, effects: &mut Effects) {
        let (Some(row), Some(waiting)) =
            (self.span.plan.triggers.get(trigger as usize).cloned(), self.triggers.get_mut(trigger as usize))
        else {
            return;
        };
        waiting.reset = None;
        for (key, slots) in std::mem::take(&mut waiting.keys) {
            if let Some(end) = slots.window {
                self.windows.remove(&(end, trigger, key.clone()));
            }
            for (slot, _) in slots.held.iter().enumerate().filter(|(_, held)| held.is_some()) {
                expire(&row, &key, slot, Expiry::Reset, at, effects);
            }
        }
    }

    fn close_window(&mut self, trigger: u32, key: Key, at: LogTime, effects: &mut Effects) {
        let Some(row) = self.span.plan.triggers.get(trigger as usize).cloned() else { return };
        let (Some(window), Some(waiting)) = (row.window, self.triggers.get_mut(trigger as usize)) else { return };
        let Some(slots) = waiting.keys.get_mut(&key) else { return };
        let end = |held: &Held| LogTime(held.time.log_time.0.saturating_add(window));
        for (slot, held) in slots.held.iter_mut().enumerate() {
            if held.take_if(|held| end(held) <= at).is_some() {
                expire(&row, &key, slot, Expiry::Window, at, effects);
            }
        }
        slots.window = slots.held.iter().flatten().map(end).min();
        match slots.window {
            Some(next) => drop(self.windows.insert((next, trigger, key))),
            None => drop(waiting.keys.remove(&key)),
        }
    }

    /// Goes over to the next plan: hits of unchanged dependencies stay, the others expire.
    fn change(&mut self, plan: Arc<Plan>, effects: &mut Effects) {
        let waiting = std::mem::replace(&mut self.triggers, plan.triggers.iter().map(|_| Waiting::default()).collect());
        let next = Span { generation: self.span.generation + 1, plan };
        let old = std::mem::replace(&mut self.span, next);
        self.resets.clear();
        self.windows.clear();
        let waited = old.plan.triggers.iter().zip(waiting).flat_map(|(row, waiting)| {
            let slots = waiting.keys.into_iter().flat_map(|(key, slots)| {
                slots.held.into_iter().enumerate().map(move |(slot, held)| (key.clone(), slot, held))
            });
            slots.filter_map(|(key, slot, held)| held.map(|held| pending(row, &key, slot, held.time, held.event)))
        });
        self.take_up(waited.collect(), effects);
    }

    /// Keeps hits that waited before the plan in force if their trigger and dependency are what they were; else they expire.
    fn take_up(&mut self, mut waited: Vec<Pending>, effects: &mut Effects) {
        waited.sort_by(|a, b| (a.time, &a.place).cmp(&(b.time, &b.place)));
        let (plan, rows) = (self.span.plan.clone(), rows_by_id(&self.span.plan));
        for pending in waited {
            let found = rows.get(&trigger_id(&pending.place.trigger)).and_then(|trigger| {
                let row = plan.triggers.get(*trigger as usize)?;
                let slot = row.slots.iter().position(|slot| slot.dependency == pending.place.dependency)?;
                let unchanged = row.fingerprint == pending.trigger_fingerprint
                    && row.slots[slot].fingerprint == pending.slot_fingerprint;
                unchanged.then_some((*trigger, row, slot))
            });
            let Some((trigger, row, slot)) = found else {
                let cell = cell_id(&pending.place.trigger, &pending.place.dependency);
                effects.push((plan.effective, Effect::Cell(cell, Counter::Pending, -1)));
                effects.push((plan.effective, Effect::Cell(cell, Counter::Expired(Expiry::Plan), 1)));
                effects.push((plan.effective, Effect::Release(pending.place)));
                continue;
            };
            let key = pending.place.key;
            let slots = self.triggers[trigger as usize].keys.entry(key.clone()).or_insert_with(|| Slots::of(row));
            slots.held[slot] = Some(Held { time: pending.time, event: pending.event });
            self.schedule(row, trigger, key, pending.time.log_time);
        }
    }
}

impl Slots {
    fn of(row: &TriggerRow) -> Self {
        Self { held: vec![None; row.slots.len()], window: None }
    }
}

impl Pending {
    /// Whether the hit's (trigger, key) is joined by worker `index` of `peers`.
    pub fn belongs_to(&self, index: usize, peers: usize) -> bool {
        let shard = hash::shard(trigger_id(&self.place.trigger), self.place.key.as_deref());
        shard % peers.max(1) as u64 == index as u64
    }
}

fn rows_by_id(plan: &Plan) -> FxHashMap<u64, u32> {
    plan.triggers.iter().zip(0..).map(|(row, trigger)| (row.id, trigger)).collect()
}

fn place(row: &TriggerRow, key: &Key, slot: usize) -> Place {
    Place { trigger: row.name.clone(), key: key.clone(), dependency: row.slots[slot].dependency.clone() }
}

fn pending(row: &TriggerRow, key: &Key, slot: usize, time: Time, event: Arc<Event<'static>>) -> Pending {
    let slot_fingerprint = row.slots[slot].fingerprint;
    Pending { place: place(row, key, slot), trigger_fingerprint: row.fingerprint, slot_fingerprint, time, event }
}

fn expire(row: &TriggerRow, key: &Key, slot: usize, why: Expiry, at: LogTime, effects: &mut Effects) {
    let (at, cell) = (Time::instant(at), row.slots[slot].cell);
    effects.push((at, Effect::Cell(cell, Counter::Pending, -1)));
    effects.push((at, Effect::Cell(cell, Counter::Expired(why), 1)));
    effects.push((at, Effect::Release(place(row, key, slot))));
}
