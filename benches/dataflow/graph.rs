//! The operators as the engine connects them, on one worker, with batches from memory.

use model::{Batch, LogId, Time};
use operators::effect::Effect;
use operators::join::{Due, Start, join};
use operators::plan::{Subject, Timeline, compile};
use operators::route::route;
use operators::screen::screen;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use timely::dataflow::operators::vec::Input;
use timely::dataflow::operators::{Concat, Inspect, Probe};

/// Runs all batches; how many firings they made, and in how many seconds.
pub(crate) fn run(subjects: &[Subject], batches: &[Arc<Batch>]) -> (usize, f64) {
    let plan = compile(subjects, Time::default()).unwrap();
    let batches = batches.to_vec();
    let timeline = Timeline::new(vec![plan]);
    timely::execute_directly(move |worker| {
        let firings = Rc::new(Cell::new(0));
        let counted = firings.clone();
        let start = Start {
            log: LogId([7; 16]),
            timeline: timeline.clone(),
            from: Time::default(),
            pending: Arc::default(),
            due: Due::new(1),
            partitioned: false,
        };
        let (mut input, probe) = worker.dataflow::<u128, _, _>(|scope| {
            let (input, batches) = scope.new_input::<Arc<Batch>>();
            let routed = route(batches, timeline.clone());
            let (hits, tallied) = screen(routed, start.log, timeline.clone());
            let effects = join(hits, start).concat(tallied).inspect(move |(_, effect)| {
                if matches!(effect, Effect::Fire(_)) {
                    counted.set(counted.get() + 1);
                }
            });
            (input, effects.probe().0)
        });
        let begun = Instant::now();
        for batch in batches {
            let after = batch.iter().last().map(|record| record.time().pack() + 1).unwrap();
            input.send(batch);
            input.advance_to(after);
            while probe.less_than(input.time()) {
                worker.step();
            }
        }
        (firings.get(), begun.elapsed().as_secs_f64())
    })
}
