//! How close the dataflow comes to plain loops that do the same: `cargo bench --bench dataflow [route|join|log|firings]`.
//!
//! Each ratio is taken within one run, its two sides in turn, so that what else the machine does meets both.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program to be read by people, not a library"
)]

mod graph;
mod plain;
mod records;
mod whole;

use records::{Events, batches, subjects};

const EVENTS: usize = 400_000;
const ROUNDS: usize = 5;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let measures: [(&str, fn()); 4] =
        [("route", route), ("join", join), ("log", whole::log), ("firings", whole::firings)];
    for (name, measure) in measures {
        if wanted.is_empty() || wanted.iter().any(|one| one == name) {
            measure();
        }
    }
}

/// The median.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Events that no dependency names: the graph on one worker, and a loop with a hash map.
fn route() {
    println!("route, 10,000 sensors, no event matches");
    let subjects = subjects(10_000);
    let batches = batches(Events { count: EVENTS, names: 16, prefix: "other", keys: 1 });
    compare(|| graph::run(&subjects, &batches), || plain::route(&subjects, &batches));
}

/// `a && b` by a key: the graph on one worker, and a loop that holds the latest of each in a hash map.
fn join() {
    for sensors in [1, 100, 10_000] {
        println!("join, {sensors} sensors of `a && b` by a key, each event a hit");
        let subjects = subjects(sensors);
        let batches = batches(Events { count: EVENTS, names: sensors, prefix: "", keys: 500 });
        compare(|| graph::run(&subjects, &batches), || plain::join(&subjects, &batches));
    }
}

/// Runs both sides in turn, which must find the same number of firings.
fn compare(graph: impl Fn() -> (usize, f64), plain: impl Fn() -> (usize, f64)) {
    let rounds: Vec<_> = (0..ROUNDS).map(|_| (graph(), plain())).collect();
    assert!(rounds.iter().all(|(graph, plain)| graph.0 == plain.0), "the graph and the loop found other firings");
    let of =
        |value: &dyn Fn(f64, f64) -> f64| median(rounds.iter().map(|(graph, plain)| value(graph.1, plain.1)).collect());
    let millions = EVENTS as f64 / 1e6;
    println!(
        "  {:.2} M events/s, loop {:.2}, ratio {:.2}; {} firings",
        of(&|graph, _| millions / graph),
        of(&|_, plain| millions / plain),
        of(&|graph, plain| plain / graph),
        rounds[0].0.0
    );
}
