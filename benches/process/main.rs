//! The whole program over loopback, every event durable before its 200: `cargo bench --bench process [ingest|saturation|pace|fan-out|idle]`.
//!
//! The program under test is a process of its own; load generator and recording sink share the machine with it. Every event is
//! accounted for by its number: what was answered 200 must reach the sink, once. `TIDEGATE_GITHUB_EXAMPLES` adds real payloads.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program to be read by people, not a library"
)]

mod echo;
mod load;
mod payloads;
mod proc;
mod sink;
mod subject;

use load::{Load, Report};
use payloads::Payloads;
use sink::Sink;
use std::time::Duration;
use subject::Subject;

/// A kind of measurement.
type Measure = fn(&Bench);

const MEASURES: &[(&str, Measure)] =
    &[("ingest", ingest), ("saturation", saturation), ("pace", pace), ("fan-out", fan_out), ("idle", idle)];

/// What all measurements share.
struct Bench {
    runtime: tokio::runtime::Runtime,
    payloads: Vec<Payloads>,
}

impl Bench {
    /// Runs load and sink on this thread.
    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::task::LocalSet::new().block_on(&self.runtime, work)
    }
}

fn main() {
    if let Ok(role) = std::env::var(echo::PORT) {
        return echo::serve(&role);
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let payloads = std::iter::once(Payloads::small()).chain(Payloads::github()).collect();
    let bench = Bench { runtime, payloads };
    for (name, measure) in MEASURES.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|one| one == name))
    {
        println!("{name}");
        measure(&bench);
    }
}

const ROUNDS: usize = 5;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// POST to durable to 200, with no Sensor, beside a bare hyper server that answers 200 at once.
fn ingest(bench: &Bench) {
    for payloads in &bench.payloads {
        for connections in [64, 256] {
            let rounds: Vec<_> = (0..ROUNDS)
                .map(|_| {
                    let bare = {
                        let echo = echo::Echo::start(None);
                        bench.run(Load::new(echo.port, payloads).run_for(connections, Duration::from_secs(3)))
                    };
                    let subject = Subject::start(0, None);
                    let load = Load::new(subject.port, payloads);
                    let before = subject.usage().cpu();
                    let ours = bench.run(load.run_for(connections, Duration::from_secs(3)));
                    let cpu = (subject.usage().cpu() - before) / ours.accepted.len() as f64 * 1e4;
                    (bare, ours, cpu)
                })
                .collect();
            let of = |value: &dyn Fn(&(Report, Report, f64)) -> f64| median(rounds.iter().map(value).collect());
            println!(
                "  {}, {connections} connections: {:.0} a second, durable; bare {:.0}; ratio {:.2}; p50/p99 {:.2}/{:.2} ms; {:.2} CPU-s per 10,000",
                payloads.name,
                of(&|round| round.1.rate()),
                of(&|round| round.0.rate()),
                of(&|round| round.1.rate() / round.0.rate()),
                of(&|round| round.1.quantile(0.5)),
                of(&|round| round.1.quantile(0.99)),
                of(&|round| round.2),
            );
        }
    }
}

/// As many events as 64 connections bring, each an HTTP trigger's request; beside a relay that keeps nothing.
fn saturation(bench: &Bench) {
    for payloads in &bench.payloads {
        let rounds: Vec<_> = (0..ROUNDS).map(|_| (flood(bench, payloads, 1), relay(bench, payloads))).collect();
        let of = |value: &dyn Fn(&(Flood, Flood)) -> f64| median(rounds.iter().map(value).collect());
        println!(
            "  {}, 64 connections, one trigger: {:.0} accepted and {:.0} triggers a second, {:.2} CPU-s per 10,000 events; \
             the relay {:.0} triggers a second, {:.2} CPU-s; ratio of CPU {:.2}; {:.0} MB at most, {:.0} descriptors at the end",
            payloads.name,
            of(&|round| round.0.accepted),
            of(&|round| round.0.triggers),
            of(&|round| round.0.cpu),
            of(&|round| round.1.triggers),
            of(&|round| round.1.cpu),
            of(&|round| round.0.cpu / round.1.cpu),
            of(&|round| round.0.memory),
            of(&|round| round.0.descriptors),
        );
    }
}

/// The same load on a relay.
fn relay(bench: &Bench, payloads: &Payloads) -> Flood {
    bench.run(async {
        let sink = Sink::start().await;
        let relay = echo::Echo::start(Some(sink.port));
        let before = relay.usage().cpu();
        let report = Load::new(relay.port, payloads).run(64, 40_000).await;
        sink.check(&report.accepted, 1);
        Flood {
            accepted: report.rate(),
            triggers: sink.rate(),
            cpu: (relay.usage().cpu() - before) / report.accepted.len() as f64 * 1e4,
            memory: relay.usage().peak_memory(),
            descriptors: relay.usage().descriptors() as f64,
        }
    })
}

/// One event, a hundred triggers.
fn fan_out(bench: &Bench) {
    let rounds: Vec<_> = (0..ROUNDS).map(|_| flood(bench, &bench.payloads[0], 100)).collect();
    let of = |value: &dyn Fn(&Flood) -> f64| median(rounds.iter().map(value).collect());
    println!(
        "  1 KiB, 100 triggers an event: {:.0} triggers a second, {:.2} CPU-s per 10,000 triggers",
        of(&|round| round.triggers),
        of(&|round| round.cpu / 100.0),
    );
}

/// What a flood of events came to.
struct Flood {
    accepted: f64,
    triggers: f64,
    cpu: f64,
    memory: f64,
    descriptors: f64,
}

fn flood(bench: &Bench, payloads: &Payloads, triggers: usize) -> Flood {
    let events = 40_000 / triggers;
    bench.run(async {
        let sink = Sink::start().await;
        let subject = Subject::start(triggers, Some(sink.port));
        let before = subject.usage().cpu();
        let report = Load::new(subject.port, payloads).run(64, events).await;
        sink.wait(report.accepted.len() * triggers).await;
        subject.settled().await;
        let cpu = subject.usage().cpu() - before;
        sink.check(&report.accepted, triggers);
        Flood {
            accepted: report.rate(),
            triggers: sink.rate(),
            cpu: cpu / events as f64 * 1e4,
            memory: subject.usage().peak_memory(),
            descriptors: subject.usage().descriptors() as f64,
        }
    })
}

/// Events at an even pace: from the POST's first byte to the trigger's request at the sink.
fn pace(bench: &Bench) {
    for rate in [50, 1_000] {
        let rounds: Vec<_> = (0..ROUNDS)
            .map(|_| {
                bench.run(async {
                    let sink = Sink::start().await;
                    let subject = Subject::start(1, Some(sink.port));
                    let report = Load::new(subject.port, &bench.payloads[0]).paced(rate, Duration::from_secs(6)).await;
                    sink.wait(report.accepted.len()).await;
                    sink.check(&report.accepted, 1);
                    (sink.latency(&report, 0.5), sink.latency(&report, 0.99), subject.usage().memory())
                })
            })
            .collect();
        println!(
            "  1 KiB, {rate} a second: p50/p99 {:.2}/{:.2} ms from POST to trigger, {:.0} MB",
            median(rounds.iter().map(|round| round.0).collect()),
            median(rounds.iter().map(|round| round.1).collect()),
            median(rounds.iter().map(|round| round.2).collect()),
        );
    }
    println!("  a write of 4 KiB and its fdatasync at these paces: {}", subject::sync_times());
}

/// What a process costs that has nothing to do, with one Sensor and with ten thousand.
fn idle(bench: &Bench) {
    for sensors in [1, 10_000] {
        bench.run(async {
            let subject = Subject::with_sensors(sensors);
            tokio::time::sleep(Duration::from_secs(1)).await;
            let before = subject.usage().cpu();
            tokio::time::sleep(Duration::from_secs(5)).await;
            let cores = (subject.usage().cpu() - before) / 5.0;
            println!("  {sensors} sensors: {:.0} MB, {cores:.4} cores", subject.usage().memory());
        });
    }
}
