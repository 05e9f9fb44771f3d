//! Judges each routed event once per screen, transform first and filters then, and makes hits of what passes.

use crate::effect::{BusCounter, Counter, Effect, Hit, Reason, Undecodable};
use crate::evaluation::guarded;
use crate::filter::Verdict;
use crate::hash;
use crate::plan::{Offer, Plan, Screen, Timeline};
use crate::route::Routed;
use lang::Moment;
use model::{Event, LogId, Record, Time, envelope};
use std::sync::Arc;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::StreamVec;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::generic::OutputBuilder;
use timely::dataflow::operators::generic::builder_rc::OperatorBuilder;

type Builder<D> = CapacityContainerBuilder<Vec<D>>;

/// Gives the hits of routed batches, and what was counted of them.
pub fn screen<'s>(
    routed: StreamVec<'s, u128, Routed>,
    log: LogId,
    timeline: Timeline,
) -> (StreamVec<'s, u128, Hit>, StreamVec<'s, u128, (Time, Effect)>) {
    let mut operator = OperatorBuilder::new("Screen".to_owned(), routed.scope());
    let mut input = operator.new_input(routed, Pipeline);
    let (hit_output, hits) = operator.new_output::<Vec<Hit>>();
    let (effect_output, effects) = operator.new_output::<Vec<(Time, Effect)>>();
    let (mut hit_output, mut effect_output) =
        (OutputBuilder::<_, Builder<_>>::from(hit_output), OutputBuilder::<_, Builder<_>>::from(effect_output));
    operator.build(move |_| {
        let mut screener = Screener { log, tally: Vec::new(), hits: Vec::new(), effects: Vec::new() };
        move |_| {
            let (mut hit_output, mut effect_output) = (hit_output.activate(), effect_output.activate());
            input.for_each_stamp(|capability, data| {
                for routed in data.flat_map(|routed| routed.drain(..)) {
                    if let Some(plan) = timeline.get(routed.generation) {
                        screener.batch(&plan, &routed);
                    }
                }
                if !screener.hits.is_empty() {
                    hit_output.session(&capability).give_container(&mut screener.hits);
                }
                if let Some(capability) = capability.retain_least(1) {
                    effect_output.session(&capability).give_container(&mut screener.effects);
                }
            });
        }
    });
    (hits, effects)
}

/// Judges batches; keeps its buffers between them.
struct Screener {
    log: LogId,
    /// By offer of a route: how many events it was offered, and why they did not pass.
    tally: Vec<Tally>,
    hits: Vec<Hit>,
    effects: Vec<(Time, Effect)>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    offered: i64,
    filtered: [i64; Reason::ALL.len()],
}

impl Screener {
    fn batch(&mut self, plan: &Plan, routed: &Routed) {
        let time = routed.batch.get(0).map(|record| record.time()).unwrap_or_default();
        let (named, undecodable) = (routed.rows.len(), routed.undecodable.len());
        for (counter, n) in [
            (BusCounter::Received, routed.received),
            (BusCounter::Routed, named),
            (BusCounter::Unrouted, routed.received - named - undecodable),
            (BusCounter::Undecodable, undecodable),
        ] {
            if n > 0 {
                self.effects.push((time, Effect::Bus(counter, n as i64)));
            }
        }
        for record in routed.undecodable.iter().filter_map(|row| routed.batch.get(*row as usize)) {
            let (reason, bytes) = (record.attributes().kind.to_owned(), record.envelope().to_vec());
            let lost = Undecodable { time: record.time(), reason, bytes };
            self.effects.push((record.time(), Effect::Undecodable(Box::new(lost))));
        }
        // Rows of one route follow each other mostly; the counts are handed out whenever the route changes.
        for run in routed.rows.chunk_by(|a, b| a.1 == b.1) {
            let Some(route) = run.first().and_then(|(_, route)| plan.routes.get(*route as usize)) else { continue };
            self.tally.clear();
            self.tally.resize(route.offers.len(), Tally::default());
            for record in run.iter().filter_map(|(row, _)| routed.batch.get(*row as usize)) {
                self.record(plan, routed.generation, &route.offers, &record);
            }
            for (offer, tally) in route.offers.iter().zip(&self.tally) {
                count(plan, offer, tally, time, &mut self.effects);
            }
        }
    }

    fn record(&mut self, plan: &Plan, generation: u32, offers: &[Offer], record: &Record<'_>) {
        let event = envelope::event(record);
        let position = record.position;
        let seed = hash::seed(self.log, position);
        let moment = Moment { now: record.log_time.timestamp(), seed };
        for (offer, tally) in offers.iter().zip(&mut self.tally) {
            tally.offered += 1;
            let judged = match (&event, plan.screens.get(offer.screen as usize)) {
                (Ok(event), Some(screen)) => judge(screen, event, &moment),
                _ => Err(Reason::Error),
            };
            match judged {
                Ok(transformed) => {
                    let event = transformed.or_else(|| event.as_ref().ok().cloned()).unwrap_or_default();
                    give_hits(plan, generation, offer, record.time(), event, &mut self.hits, &mut self.effects);
                }
                Err(reason) => tally.filtered[reason as usize] += 1,
            }
        }
    }
}

/// The transformed event if the screen has a transform and lets the event pass; else why it does not.
fn judge<'a>(screen: &Screen, event: &Event<'a>, moment: &Moment) -> Result<Option<Event<'a>>, Reason> {
    guarded(|| {
        let transformed = screen
            .transform
            .as_ref()
            .map(|transform| transform.apply(event, moment))
            .transpose()
            .map_err(|_| Reason::Error)?;
        let seen = transformed.as_ref().unwrap_or(event);
        match screen.filters.as_ref().map_or(Verdict::Pass, |filters| filters.judge(seen, moment)) {
            Verdict::Pass => Ok(transformed),
            Verdict::Fail(reason) => Err(reason),
            Verdict::Error(_) => Err(Reason::Error),
        }
    })
    .unwrap_or(Err(Reason::Error))
}

fn give_hits(
    plan: &Plan,
    generation: u32,
    offer: &Offer,
    time: Time,
    event: Event<'_>,
    hits: &mut Vec<Hit>,
    effects: &mut Vec<(Time, Effect)>,
) {
    let event = Arc::new(event.into_owned());
    for target in &offer.targets {
        let key = match &target.key {
            None => None,
            Some(path) => match event.text().and_then(|text| path.get(text)) {
                Some(found) => Some(Arc::from(&*found.string_view())),
                None => {
                    if let Some(slot) = plan
                        .triggers
                        .get(target.trigger as usize)
                        .and_then(|row| row.slots.get(usize::from(target.slot)))
                    {
                        effects.push((time, Effect::Cell(slot.cell, Counter::Filtered(Reason::NoKey), 1)));
                    }
                    continue;
                }
            },
        };
        hits.push(Hit { time, generation, trigger: target.trigger, slot: target.slot, key, event: event.clone() });
    }
}

fn count(plan: &Plan, offer: &Offer, tally: &Tally, time: Time, effects: &mut Vec<(Time, Effect)>) {
    let cells = offer
        .targets
        .iter()
        .filter_map(|target| plan.triggers.get(target.trigger as usize)?.slots.get(usize::from(target.slot)));
    for cell in cells.map(|slot| slot.cell) {
        effects.push((time, Effect::Cell(cell, Counter::Offered, tally.offered)));
        for (reason, n) in Reason::ALL.into_iter().zip(tally.filtered).filter(|(_, n)| *n > 0) {
            effects.push((time, Effect::Cell(cell, Counter::Filtered(reason), n)));
        }
    }
}
