//! A whole pipeline over a log that is durable already: feed, dataflow, commit and dispatch, with the state on disk.

use crate::records::{data, record, trigger};
use crate::{ROUNDS, median};
use connectors::buses::embedded::{Embedded, Options};
use connectors::state::Redb;
use model::manifest::{
    DataFilter, EventDependency, EventDependencyFilter, Exponential, Sensor, Trigger, TriggerTemplate,
};
use model::ports::{Answer, Attempt, BoxFuture, Bus, Failure};
use operators::action::Action;
use operators::plan::{Subject, trigger_id};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tidegate::dispatch::Runners;
use tidegate::dispatch::runner::Runner;
use tidegate::metrics::TriggerMeters;
use tidegate::pipeline::{Pipeline, Setup};
use tokio::runtime::Runtime;

/// One event in fifty passes the filter and waits for a partner that never comes.
pub(crate) fn log() {
    println!("log, events of 1 KiB, one in fifty a hit of `a && b`, the state on disk");
    measure(400_000, 50, "a && b");
}

/// Each event is a firing into a sink that counts.
pub(crate) fn firings() {
    println!("firings, each event one, journaled on disk");
    measure(200_000, 1, "a");
}

fn measure(events: usize, hit_each: usize, condition: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let folder = folder();
    let bus = Arc::new(
        Embedded::open(folder.path(), &Options::default(), runtime.handle(), Arc::new(|error| panic!("{error}")))
            .unwrap(),
    );
    fill(&bus, &runtime, events, hit_each);
    let read: Vec<f64> = (0..ROUNDS).map(|_| bare(&bus, events)).collect();
    let rates: Vec<f64> = (0..ROUNDS).map(|_| round(&bus, &runtime, events, hit_each, condition)).collect();
    println!(
        "  {:.0} thousand events a second; polling the log alone {:.0} thousand",
        median(rates) / 1e3,
        median(read) / 1e3
    );
}

fn folder() -> tempfile::TempDir {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    std::fs::create_dir_all(&target).unwrap();
    tempfile::tempdir_in(target).unwrap()
}

fn fill(bus: &Arc<Embedded>, runtime: &Runtime, events: usize, hit_each: usize) {
    let next = Arc::new(AtomicUsize::new(0));
    runtime.block_on(async {
        let mut publishing = tokio::task::JoinSet::new();
        for _ in 0..512 {
            let (bus, next) = (bus.clone(), next.clone());
            publishing.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= events {
                        return;
                    }
                    let value = if n.is_multiple_of(hit_each) { 1 } else { 2 };
                    bus.publish(record(n, "a", &data(value, 1_024))).await.unwrap();
                }
            });
        }
        publishing.join_all().await;
    });
}

/// Events a second of polling alone.
fn bare(bus: &Arc<Embedded>, events: usize) -> f64 {
    let (start, mut next) = (Instant::now(), model::Offset(0));
    while (next.0 as usize) < events {
        next.0 += bus.poll(model::Partition(0), next, 1_024).unwrap().len() as u64;
    }
    events as f64 / start.elapsed().as_secs_f64()
}

/// Events a second from opening a pipeline to the commit that has passed all of them.
fn round(bus: &Arc<Embedded>, runtime: &Runtime, events: usize, hit_each: usize, condition: &str) -> f64 {
    let folder = folder();
    let sink = Arc::new(Counting::default());
    let _guard = runtime.enter();
    let start = Instant::now();
    let pipeline = Pipeline::open(Setup {
        bus: bus.clone(),
        state: Arc::new(Redb::open(folder.path()).unwrap()),
        subjects: vec![subject(condition)],
        runners: runners(sink.clone()),
        workers: 1,
        window: 60_000,
        fatal: Arc::new(|error| panic!("{error}")),
    })
    .unwrap();
    let open = || pipeline.committer().view().ledger().firings(tidegate::ledger::TriggerCounter::Open);
    while pipeline.committer().view().point().partitions[0].0.0 < events as u64 || open() > 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let seconds = start.elapsed().as_secs_f64();
    let wanted = if condition == "a" { events / hit_each } else { 0 };
    assert_eq!(sink.0.load(Ordering::Relaxed), wanted, "firings at the sink");
    runtime.block_on(pipeline.stop()).unwrap();
    events as f64 / seconds
}

fn subject(condition: &str) -> Subject {
    let filter = DataFilter {
        path: "body.number".into(),
        value_type: "number".into(),
        value: vec!["1".into()],
        ..DataFilter::default()
    };
    let dependency = |name: &str| EventDependency {
        name: name.into(),
        event_source_name: "source".into(),
        event_name: name.into(),
        filters: Some(EventDependencyFilter { data: vec![filter.clone()], ..EventDependencyFilter::default() }),
        ..EventDependency::default()
    };
    let template = TriggerTemplate { name: "t".into(), conditions: condition.into(), ..TriggerTemplate::default() };
    let mut sensor = Sensor::default();
    sensor.metadata.name = "s0".into();
    sensor.spec.dependencies = vec![dependency("a"), dependency("b")];
    sensor.spec.triggers = vec![Trigger { template: Some(template), ..Trigger::default() }];
    Subject { sensor: Arc::new(sensor), namespace: "ns".into(), keys: Default::default(), windows: Default::default() }
}

fn runners(sink: Arc<Counting>) -> Runners {
    let runner = Runner {
        sink,
        action: Action::compile(&Trigger::default()).unwrap(),
        allow: None,
        retry: Exponential { steps: 1, duration: Duration::ZERO, factor: 1.0, jitter: 0.0 },
        pace: None,
        at_most_once: false,
        concurrency: 16,
        rescue: None,
        meters: TriggerMeters::default(),
    };
    [(trigger_id(&trigger(0)), Arc::new(runner))].into_iter().collect()
}

/// A sink that only counts.
#[derive(Debug, Default)]
struct Counting(AtomicUsize);

impl model::Trigger for Counting {
    fn attempt<'a>(&'a self, _: Attempt<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(Answer::default()) })
    }
}
