//! The same records give the same firings: random sensors over random streams, on one worker and on several, whole and
//! crashed, against an oracle that is a plain loop.

pub(crate) mod memory;
mod oracle;

use memory::{MemoryBus, MemoryState, Recorder};
use model::envelope::{Draft, Form, write};
use model::manifest::{
    ConditionsReset, ConditionsResetByTime, EventDependency, Exponential, Sensor, Trigger, TriggerTemplate,
};
use model::{Bus, LogTime, Origin, Partition, Route};
use operators::action::Action;
use operators::effect::{Counter, Expiry};
use operators::plan::{Subject, TriggerName, trigger_id};
use oracle::{Expected, Happening, Rule};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tidegate::commit::View;
use tidegate::dispatch::Runners;
use tidegate::dispatch::runner::Runner;
use tidegate::metrics::TriggerMeters;
use tidegate::pipeline::{Pipeline, Setup};

/// Where the streams begin in log time: the first of January 2024, in the past, so that ticks always end them.
pub(crate) const START: u64 = 1_704_067_200_000;
const MINUTE: u64 = 60_000;

fn rule() -> impl Strategy<Value = Rule> {
    let dependencies = prop::collection::vec(0..3_u8, 1..5);
    let terms = prop::collection::vec(prop::collection::btree_set(0..5_usize, 1..4), 1..3);
    (dependencies, terms, any::<bool>(), prop::option::of(1_u64..120_000), prop::option::of(Just(MINUTE))).prop_map(
        |(events, terms, keyed, window, reset)| {
            let dependencies: Vec<_> =
                events.iter().enumerate().map(|(n, event)| (format!("d{n}"), format!("e{event}"))).collect();
            let any_of_all = terms
                .into_iter()
                .map(|term| {
                    term.into_iter()
                        .map(|n| n % dependencies.len())
                        .collect::<std::collections::BTreeSet<_>>()
                        .into_iter()
                        .collect()
                })
                .collect();
            Rule { dependencies, any_of_all, keyed, window, reset }
        },
    )
}

fn stream(partitions: u16) -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec((0..partitions, -3_000_i64..20_000, 0..4_u8, 0..3_u64), 1..60).prop_map(|steps| {
        let (mut clock, mut offsets) = (START, BTreeMap::<u16, u64>::new());
        let happening = |(partition, step, event, key): (u16, i64, u8, u64)| {
            clock = clock.saturating_add_signed(step);
            let next = offsets.entry(partition).or_default();
            *next += 1;
            Happening { partition, offset: *next - 1, log_time: clock, event: format!("e{event}"), key }
        };
        steps.into_iter().map(happening).collect()
    })
}

/// The sensor that says what a rule says.
fn subject(rule: &Rule, name: &str) -> Subject {
    let dependency = |(name, event): &(String, String)| EventDependency {
        name: name.clone(),
        event_source_name: "source".into(),
        event_name: event.clone(),
        ..EventDependency::default()
    };
    let term = |all: &Vec<usize>| {
        format!("({})", all.iter().map(|n| rule.dependencies[*n].0.as_str()).collect::<Vec<_>>().join(" && "))
    };
    let reset = rule.reset.map(|_| ConditionsReset {
        by_time: Some(ConditionsResetByTime { cron: "* * * * *".into(), timezone: String::new() }),
    });
    let template = TriggerTemplate {
        name: "t".into(),
        conditions: rule.any_of_all.iter().map(term).collect::<Vec<_>>().join(" || "),
        conditions_reset: reset.into_iter().collect(),
        ..TriggerTemplate::default()
    };
    let mut sensor = Sensor::default();
    sensor.metadata.name = name.into();
    sensor.spec.dependencies = rule.dependencies.iter().map(dependency).collect();
    sensor.spec.triggers = vec![Trigger { template: Some(template), ..Trigger::default() }];
    let keys =
        rule.dependencies.iter().filter(|_| rule.keyed).map(|(name, _)| (name.clone(), "key".to_owned())).collect();
    let windows = rule.window.map(|window| ("t".to_owned(), window)).into_iter().collect();
    Subject { sensor: Arc::new(sensor), namespace: "ns".into(), keys, windows }
}

fn trigger(sensor: &str) -> TriggerName {
    TriggerName { namespace: "ns".into(), sensor: sensor.into(), trigger: "t".into() }
}

fn runner(sink: Arc<Recorder>) -> Arc<Runner> {
    let retry = Exponential { steps: 1, duration: Duration::ZERO, factor: 1.0, jitter: 0.0 };
    let action = Action::compile(&Trigger::default()).expect("an empty trigger compiles");
    Arc::new(Runner {
        sink,
        action,
        allow: None,
        retry,
        pace: None,
        at_most_once: false,
        concurrency: 16,
        rescue: None,
        meters: TriggerMeters::default(),
    })
}

fn fill(bus: &MemoryBus, records: &[Happening]) {
    for record in records {
        let route = Route {
            namespace: "ns".into(),
            bus: "default".into(),
            event_source: "source".into(),
            event_name: record.event.clone(),
        };
        let origin = Origin { route, kind: "webhook".into() };
        let (id, data) = (format!("{}-{}", record.partition, record.offset), format!(r#"{{"key":{}}}"#, record.key));
        let draft = Draft { origin: &origin, id: &id, upstream_id: None, time: "2024-01-01T00:00:00Z", data: &data };
        bus.append(
            Partition(record.partition),
            LogTime(record.log_time),
            write(&draft, Form::Documented).expect("a record"),
        );
    }
}

/// One bus with its sensors, named s0, s1 and so on, each with a trigger t.
pub(crate) struct Rig {
    pub(crate) bus: Arc<MemoryBus>,
    pub(crate) state: Arc<MemoryState>,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) sinks: Vec<Arc<Recorder>>,
    pub(crate) workers: usize,
}

impl Rig {
    fn new(rules: &[Rule], partitions: u16, workers: usize) -> Self {
        let name = |n: usize| format!("s{n}");
        Self {
            bus: Arc::new(MemoryBus::new(partitions.into())),
            state: Arc::default(),
            subjects: rules.iter().enumerate().map(|(n, rule)| subject(rule, &name(n))).collect(),
            sinks: rules.iter().map(|_| Arc::default()).collect(),
            workers,
        }
    }

    pub(crate) fn open(&self) -> Pipeline {
        let runners: Runners = self
            .sinks
            .iter()
            .enumerate()
            .map(|(n, sink)| (trigger_id(&trigger(&format!("s{n}"))), runner(sink.clone())))
            .collect();
        let setup = Setup {
            bus: self.bus.clone(),
            state: self.state.clone(),
            subjects: self.subjects.clone(),
            runners,
            workers: self.workers,
            window: 60_000,
            fatal: Arc::new(|error| panic!("{error}")),
        };
        Pipeline::open(setup).expect("a pipeline")
    }
}

/// Waits until the commit point has passed every record and all firings are done.
pub(crate) async fn settle(rig: &Rig, pipeline: &Pipeline, last: u64) {
    let begun = Instant::now();
    loop {
        let view = pipeline.committer().view();
        let point = view.point();
        let passed = match rig.bus.partitions() {
            1 => point.partitions[0].0.0 as usize >= rig.bus.len(0),
            _ => point.frontier.log_time.0 > last,
        };
        if passed && view.ledger().firings(tidegate::ledger::TriggerCounter::Open) == 0 {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "the pipeline does not settle: {point:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn compare(rig: &Rig, view: &View, rules: &[Rule], records: &[Happening], once: bool) -> Result<(), TestCaseError> {
    let ledger = view.ledger().clone();
    let until = view.point().frontier.log_time.0;
    let pending = tidegate::rows::pending(&*rig.state).expect("pending rows");
    for (n, rule) in rules.iter().enumerate() {
        let name = trigger(&format!("s{n}"));
        let seen = rig.sinks[n].seen();
        if once {
            prop_assert!(seen.values().all(|(_, times)| *times == 1), "a firing came more than once");
        }
        let mut firings: Vec<_> = seen.into_values().map(|(events, _)| events).collect();
        firings.sort();
        let mut waiting: Vec<_> = pending
            .iter()
            .filter(|row| *row.place.trigger == name)
            .map(|row| (row.place.dependency.to_string(), row.time.partition.0, row.time.offset.0))
            .collect();
        waiting.sort();
        let total = |wanted: &dyn Fn(Counter) -> bool| -> i64 {
            let matches = |account: &tidegate::ledger::Account| matches!(account, tidegate::ledger::Account::Dependency(of, _, counter) if **of == name && wanted(*counter));
            ledger.iter().filter(|(account, _)| matches(account)).map(|(_, value)| value).sum()
        };
        let got = Expected {
            firings,
            pending: waiting,
            superseded: total(&|counter| counter == Counter::Superseded),
            expired: total(&|counter| matches!(counter, Counter::Expired(Expiry::Reset | Expiry::Window))),
        };
        prop_assert_eq!(got, oracle::apply(rule, records, until), "rule {:?}", rule);
    }
    prop_assert_eq!(ledger.unaccounted(), [("bus", 0), ("dependency", 0), ("trigger", 0)]);
    Ok(())
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn firings_are_those_of_the_oracle(
        rules in prop::collection::vec(rule(), 1..4),
        (partitions, records) in (1_u16..4).prop_flat_map(|n| (Just(n), stream(n))),
        workers in 1_usize..4,
    ) {
        let rig = Rig::new(&rules, partitions, workers);
        fill(&rig.bus, &records);
        let last = records.iter().map(|record| record.log_time).max().unwrap_or_default();
        runtime().block_on(async {
            let pipeline = rig.open();
            settle(&rig, &pipeline, last).await;
            let view = pipeline.committer().view().clone();
            pipeline.stop().await.expect("a clean end");
            compare(&rig, &view, &rules, &records, true)
        })?;
    }

    #[test]
    fn a_crash_at_any_commit_changes_no_firing(
        rules in prop::collection::vec(rule(), 1..4),
        (partitions, records) in (1_u16..4).prop_flat_map(|n| (Just(n), stream(n))),
        cuts in prop::collection::vec(0..40_u64, 1..4),
    ) {
        let mut rig = Rig::new(&rules, partitions, 1);
        let last = records.iter().map(|record| record.log_time).max().unwrap_or_default();
        runtime().block_on(async {
            fill(&rig.bus, &records);
            for wait in cuts {
                let pipeline = rig.open();
                tokio::time::sleep(Duration::from_millis(wait)).await;
                // What a crash leaves is the state of this moment; the old process may do what it likes with its own.
                rig.state = Arc::new(rig.state.copy());
                pipeline.stop().await.expect("a clean end");
            }
            let pipeline = rig.open();
            settle(&rig, &pipeline, last).await;
            let view = pipeline.committer().view().clone();
            pipeline.stop().await.expect("a clean end");
            compare(&rig, &view, &rules, &records, false)
        })?;
    }
}

fn cases() -> u32 {
    std::env::var("TIDEGATE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60)
}
