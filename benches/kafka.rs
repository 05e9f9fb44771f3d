//! How close the bus on Kafka comes to the bare client: `cargo bench --bench kafka [publish|consume|commit]`.
//!
//! A broker of its own is started; `tests/kafka/broker install` fetches it. Each ratio is taken within one run, its two
//! sides in turn, on the same broker.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program to be read by people, not a library"
)]

#[path = "dataflow/records.rs"]
mod records;

use connectors::buses::{KINDS, Opened, Opening, Turn};
use model::manifest::{
    DataFilter, EventBusSpec, EventDependency, EventDependencyFilter, KafkaBus, KafkaConsumerGroup, Sensor, Trigger,
    TriggerTemplate,
};
use model::ports::{Change, Table};
use model::secrets::Secrets;
use model::{Bus, Offset, Partition};
use operators::plan::Subject;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{ClientConfig, TopicPartitionList};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tidegate::pipeline::{Pipeline, Setup};
use tokio::runtime::Runtime;

const EVENTS: usize = 600_000;
const ROUNDS: usize = 5;
/// So many publishers wait for their answers at once.
const IN_FLIGHT: usize = 512;

/// One measure on a broker.
type Measure = fn(&Runtime, &Broker);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let broker = Broker::start();
    let measures: [(&str, Measure); 3] = [("publish", publish), ("consume", consume), ("commit", commit)];
    for (name, measure) in measures {
        if wanted.is_empty() || wanted.iter().any(|one| one == name) {
            measure(&runtime, &broker);
        }
    }
}

/// Events of 1 KiB with their headers, each confirmed by the broker: the bus, and the bare client with the same settings.
fn publish(runtime: &Runtime, broker: &Broker) {
    println!("publish, events of 1 KiB, {IN_FLIGHT} in flight, each confirmed");
    let Opened { bus, .. } = open(runtime, broker, "publish");
    let producer: FutureProducer = broker
        .client()
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("linger.ms", "0")
        .set("compression.type", "lz4")
        .create()
        .unwrap();
    let rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|_| {
            let bus = bus.clone();
            let ours = flow(runtime, EVENTS / 12, move |n| {
                let bus = bus.clone();
                async move {
                    bus.publish(event(n)).await.unwrap();
                }
            });
            let producer = producer.clone();
            let bare = flow(runtime, EVENTS / 12, move |n| {
                let producer = producer.clone();
                async move {
                    let event = event(n);
                    let headers = ["ce_id", "ce_source", "ce_type", "ce_subject", "ce_time"]
                        .into_iter()
                        .fold(OwnedHeaders::new(), |all, key| {
                            all.insert(Header { key, value: Some("a value as long as most") })
                        });
                    let record = FutureRecord::to("publish")
                        .partition(0)
                        .key("source.a")
                        .payload(event.envelope())
                        .headers(headers);
                    producer.send(record, Duration::from_secs(10)).await.unwrap();
                }
            });
            (ours, bare)
        })
        .collect();
    show(&rounds, "the bare producer");
}

/// A topic read through route and filter, where no event passes, beside a loop around the bare consumer.
fn consume(runtime: &Runtime, broker: &Broker) {
    println!("consume, events of 1 KiB through route and filter, none passes");
    let Opened { bus, .. } = open(runtime, broker, "consume");
    let filled = bus.clone();
    flow(runtime, EVENTS, move |n| {
        let bus = filled.clone();
        async move {
            bus.publish(event(n)).await.unwrap();
        }
    });
    let (mut whole, mut polled) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let bare = bare(broker, "consume");
        whole.push((through(runtime, broker), bare));
        polled.push((poll(&*open(runtime, broker, "consume").bus), bare));
    }
    show(&whole, "the bare consumer");
    println!("  polling the bus alone:");
    show(&polled, "the bare consumer");
}

/// Commits of ten rows to the state beside an idle broker.
fn commit(runtime: &Runtime, broker: &Broker) {
    println!("commit, ten rows, one transaction and the copy");
    let Opened { state, .. } = open(runtime, broker, "commit");
    let Turn::Waiting(claim) = state else { panic!("a state on Kafka has to be claimed") };
    let state = claim().unwrap();
    let mut took: Vec<Duration> = (0..300u32)
        .map(|n| {
            let rows: Vec<_> = (0..10u32)
                .map(|row| Change::put(Table::Pending, (n % 7 * 10 + row).to_be_bytes(), vec![b'x'; 200]))
                .collect();
            let begun = Instant::now();
            state.commit(&rows).unwrap();
            begun.elapsed()
        })
        .collect();
    took.sort();
    println!("  p50 {:.1} ms, p99 {:.1} ms", took[150].as_secs_f64() * 1e3, took[297].as_secs_f64() * 1e3);
}

fn event(n: usize) -> model::NewRecord {
    records::record(n, "a", &records::data(2, 1_024))
}

/// Events a second of `count` calls, [`IN_FLIGHT`] at once.
fn flow<F: Future<Output = ()> + Send + 'static>(
    runtime: &Runtime,
    count: usize,
    call: impl Fn(usize) -> F + Clone + Send + 'static,
) -> f64 {
    let (next, start) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    runtime.block_on(async {
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let (next, call) = (next.clone(), call.clone());
            calls.spawn(async move {
                loop {
                    match next.fetch_add(1, Ordering::Relaxed) {
                        n if n < count => call(n).await,
                        _ => return,
                    }
                }
            });
        }
        calls.join_all().await;
    });
    count as f64 / start.elapsed().as_secs_f64()
}

/// Events a second of a loop around the client's consumer.
fn bare(broker: &Broker, topic: &str) -> f64 {
    let consumer: BaseConsumer =
        broker.client().set("group.id", "bare").set("fetch.wait.max.ms", "100").create().unwrap();
    consumer.fetch_metadata(Some(topic), Duration::from_secs(10)).unwrap();
    let mut place = TopicPartitionList::new();
    place.add_partition_offset(topic, 0, rdkafka::Offset::Beginning).unwrap();
    let start = Instant::now();
    consumer.assign(&place).unwrap();
    let (mut count, mut bytes) = (0, 0);
    while count < EVENTS {
        if let Some(message) = consumer.poll(Duration::from_millis(100)) {
            bytes += message.unwrap().payload_len();
            count += 1;
        }
    }
    assert!(bytes > count * 1_000);
    EVENTS as f64 / start.elapsed().as_secs_f64()
}

/// Events a second of polling the bus alone.
fn poll(bus: &dyn Bus) -> f64 {
    let (start, mut next, mut count) = (Instant::now(), Offset(0), 0);
    while count < EVENTS {
        let batch = bus.poll(Partition(0), next, 1_024).unwrap();
        count += batch.len();
        if let Some(last) = batch.get(batch.len().saturating_sub(1)) {
            next = Offset(last.position.offset.0 + 1);
        }
    }
    EVENTS as f64 / start.elapsed().as_secs_f64()
}

/// Events a second from opening a pipeline to the commit that has passed all of them.
fn through(runtime: &Runtime, broker: &Broker) -> f64 {
    let Opened { bus, .. } = open(runtime, broker, "consume");
    let folder = tempfile::tempdir().unwrap();
    let _guard = runtime.enter();
    let start = Instant::now();
    let pipeline = Pipeline::open(Setup {
        bus,
        state: Arc::new(connectors::state::Redb::open(folder.path()).unwrap()),
        subjects: vec![subject()],
        runners: Default::default(),
        workers: 1,
        window: 0,
        fatal: Arc::new(|error| panic!("{error}")),
    })
    .unwrap();
    while pipeline.committer().view().point().partitions[0].0.0 < EVENTS as u64 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let seconds = start.elapsed().as_secs_f64();
    runtime.block_on(pipeline.stop()).unwrap();
    EVENTS as f64 / seconds
}

/// A Sensor whose filter no event passes.
fn subject() -> Subject {
    let filter = DataFilter {
        path: "body.number".into(),
        value_type: "number".into(),
        value: vec!["1".into()],
        ..DataFilter::default()
    };
    let dependency = EventDependency {
        name: "a".into(),
        event_source_name: "source".into(),
        event_name: "a".into(),
        filters: Some(EventDependencyFilter { data: vec![filter], ..EventDependencyFilter::default() }),
        ..EventDependency::default()
    };
    let template = TriggerTemplate { name: "t".into(), ..TriggerTemplate::default() };
    let mut sensor = Sensor::default();
    sensor.metadata.name = "s0".into();
    sensor.spec.dependencies = vec![dependency];
    sensor.spec.triggers = vec![Trigger { template: Some(template), ..Trigger::default() }];
    Subject { sensor: Arc::new(sensor), namespace: "ns".into(), keys: Default::default(), windows: Default::default() }
}

/// The bus on a topic of one partition.
fn open(runtime: &Runtime, broker: &Broker, topic: &str) -> Opened {
    let group = KafkaConsumerGroup { oldest: true, ..KafkaConsumerGroup::default() };
    let kafka = KafkaBus {
        url: broker.address.clone(),
        topic: topic.into(),
        consumer_group: Some(group),
        ..KafkaBus::default()
    };
    let spec = EventBusSpec { kafka: Some(kafka), ..EventBusSpec::default() };
    let opening = Opening {
        namespace: "ns",
        name: "bench",
        folder: broker.folder.path(),
        spec: &spec,
        secrets: &Secrets::default(),
        runtime: runtime.handle(),
        on_failure: Arc::new(|error| panic!("{error}")),
    };
    (KINDS.iter().find(|kind| kind.name == "kafka").unwrap().open)(&opening).unwrap()
}

fn show(rounds: &[(f64, f64)], peer: &str) {
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let of = |value: &dyn Fn(f64, f64) -> f64| median(rounds.iter().map(|(ours, bare)| value(*ours, *bare)).collect());
    println!(
        "  {:.0} thousand events a second; {peer} {:.0}, ratio {:.2}",
        of(&|ours, _| ours / 1e3),
        of(&|_, bare| bare / 1e3),
        of(&|ours, bare| ours / bare)
    );
}

/// A broker that ends with the bench.
struct Broker {
    folder: tempfile::TempDir,
    address: String,
}

impl Broker {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("settings");
        std::fs::write(&settings, "num.partitions=1\n").unwrap();
        let address = script("start", folder.path(), &settings);
        Self { address, folder }
    }

    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.address);
        config
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        script("kill", self.folder.path(), Path::new(""));
    }
}

fn script(verb: &str, folder: &Path, settings: &Path) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kafka/broker");
    let output = Command::new(script).arg(verb).arg(folder).env("BROKER_SETTINGS", settings).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
