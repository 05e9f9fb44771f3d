//! How close the embedded bus and the state come to redb alone: `cargo bench --bench log [publish|scan|commit|restart]`.
//!
//! Each ratio is taken within one run, its two sides in turn, so that what else the machine does meets both.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program to be read by people, not a library"
)]

use connectors::buses::embedded::{Embedded, Options};
use connectors::state::Redb;
use model::ports::{Bus, Change, State, Table};
use model::{Attributes, NewRecord, Offset, Partition};
use redb::{Database, TableDefinition};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const FRAME: usize = 1_280;
const CELL: Duration = Duration::from_secs(2);
const ROUNDS: usize = 7;
const ROWS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("rows");

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    if wants("publish") {
        publish(&runtime);
    }
    if wants("scan") {
        scan(&runtime);
    }
    if wants("commit") {
        commit();
    }
    if wants("restart") {
        restart(&runtime);
    }
}

/// A record whose frame has `len` bytes.
fn record(len: usize) -> NewRecord {
    let attributes = Attributes {
        id: "01234567-89ab-cdef-0123-456789abcdef",
        source: "eventsource/default/webhook/example",
        kind: "com.github.argoproj.argo-events.webhook",
        subject: "example",
        time: "2026-11-24T03:25:42Z",
        datacontenttype: "application/json",
        upstream_id: "",
    };
    let empty = NewRecord::new(&attributes, b"", None).unwrap().frame().len();
    NewRecord::new(&attributes, &vec![b'x'; len - empty], None).unwrap()
}

fn folder() -> tempfile::TempDir {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    std::fs::create_dir_all(&target).unwrap();
    tempfile::tempdir_in(target).unwrap()
}

fn open(folder: &Path, runtime: &Runtime) -> Embedded {
    Embedded::open(folder, &Options::default(), runtime.handle(), Arc::new(|error| panic!("{error}"))).unwrap()
}

/// Seconds of processor time this process has used, with what the system did for it.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

/// Bytes this process has had written to disk.
fn written() -> f64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    io.lines().find_map(|line| line.strip_prefix("write_bytes: ")).unwrap().parse().unwrap()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Records a second of the bus, and of redb alone with groups of the same size.
fn publish(runtime: &Runtime) {
    println!("publish, records of {FRAME} bytes: the bus, and redb alone with groups of the same size");
    for publishers in [16, 64, 256] {
        let rounds: Vec<(Cell, Cell)> = (0..ROUNDS)
            .map(|_| {
                let bus = publish_bus(runtime, publishers);
                let alone = publish_alone(bus.group);
                (bus, alone)
            })
            .collect();
        let of = |value: fn(&(Cell, Cell)) -> f64| median(rounds.iter().map(value).collect());
        println!(
            "  {publishers} publishers, groups of {:.0}: {:.0} and {:.0} records/s, ratio {:.2}; p50/p99 {:.2}/{:.2} ms; \
             {:.3} and {:.3} CPU-s per 10k; {:.2} and {:.2} bytes written per byte",
            of(|round| round.0.group as f64),
            of(|round| round.0.rate),
            of(|round| round.1.rate),
            of(|round| round.0.rate / round.1.rate),
            of(|round| round.0.p50),
            of(|round| round.0.p99),
            of(|round| round.0.cpu),
            of(|round| round.1.cpu),
            of(|round| round.0.written),
            of(|round| round.1.written),
        );
    }
}

/// What one side did in one round.
struct Cell {
    /// Records a second.
    rate: f64,
    /// Records in a group, on average.
    group: usize,
    /// Milliseconds from publishing a record to its being durable.
    p50: f64,
    p99: f64,
    /// Seconds of processor time for 10,000 records.
    cpu: f64,
    /// Bytes written to disk for each byte of a record.
    written: f64,
}

impl Cell {
    /// Runs `work`, which answers with the milliseconds of each record and the number of groups.
    fn measure(work: impl FnOnce(Instant) -> (Vec<f64>, usize)) -> Self {
        let (start, used, before) = (Instant::now(), cpu(), written());
        let (mut times, groups) = work(start);
        let count = times.len();
        let (seconds, used, bytes) = (start.elapsed().as_secs_f64(), cpu() - used, written() - before);
        times.sort_by(f64::total_cmp);
        Self {
            rate: count as f64 / seconds,
            group: count.div_ceil(groups),
            p50: times[count / 2],
            p99: times[count * 99 / 100],
            cpu: used / count as f64 * 1e4,
            written: bytes / (count * FRAME) as f64,
        }
    }
}

fn publish_bus(runtime: &Runtime, publishers: usize) -> Cell {
    let folder = folder();
    let bus = Arc::new(open(folder.path(), runtime));
    let groups = Arc::new(AtomicUsize::new(0));
    let counted = groups.clone();
    bus.watch(Arc::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    Cell::measure(|start| {
        let times = runtime.block_on(async {
            let mut publishing = JoinSet::new();
            for _ in 0..publishers {
                let (bus, record) = (bus.clone(), record(FRAME));
                publishing.spawn(async move {
                    let mut times = Vec::new();
                    while start.elapsed() < CELL {
                        let sent = Instant::now();
                        bus.publish(record.clone()).await.unwrap();
                        times.push(sent.elapsed().as_secs_f64() * 1e3);
                    }
                    times
                });
            }
            publishing.join_all().await.concat()
        });
        (times, groups.load(Ordering::Relaxed))
    })
}

/// A transaction with one value for each group, in files of 64 MiB.
fn publish_alone(group: usize) -> Cell {
    let folder = folder();
    let value = vec![b'x'; group * FRAME];
    let make =
        |n: usize| redb::Builder::new().set_cache_size(16 << 20).create(folder.path().join(n.to_string())).unwrap();
    let roll = (64 << 20) / value.len();
    Cell::measure(|start| {
        let (mut groups, mut times, mut database) = (0, Vec::new(), make(0));
        while start.elapsed() < CELL {
            let begun = Instant::now();
            insert(&database, groups as u64, &value);
            times.extend(std::iter::repeat_n(begun.elapsed().as_secs_f64() * 1e3, group));
            groups += 1;
            if groups % roll == 0 {
                database = make(groups);
            }
        }
        (times, groups)
    })
}

fn insert(database: &Database, key: u64, value: &[u8]) {
    let transaction = database.begin_write().unwrap();
    transaction.open_table(ROWS).unwrap().insert(key, value).unwrap();
    transaction.commit().unwrap();
}

/// Records a second that polls of 1,024 give, all checksums compared, from files that the system has in memory.
fn scan(runtime: &Runtime) {
    const RECORDS: u64 = 400_000;
    println!("scan, polls of 1,024");
    for (name, publishers) in [("groups of about 16", 16), ("groups of about 512", 512)] {
        let folder = folder();
        let bus = Arc::new(open(folder.path(), runtime));
        fill(&bus, runtime, publishers, RECORDS);
        let rates = (0..4).map(|_| read(&bus)).skip(1).collect();
        println!("  {name}, records of 1,100 bytes: {:.2} M records/s", median(rates) / 1e6);
    }
}

/// Publishes records of 1,100 bytes.
fn fill(bus: &Arc<Embedded>, runtime: &Runtime, publishers: usize, records: u64) {
    let left = Arc::new(AtomicU64::new(records));
    runtime.block_on(async {
        let mut publishing = JoinSet::new();
        for _ in 0..publishers {
            let (bus, left, record) = (bus.clone(), left.clone(), record(1_100));
            publishing.spawn(async move {
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    bus.publish(record.clone()).await.unwrap();
                }
            });
        }
        publishing.join_all().await;
    });
}

fn read(bus: &Embedded) -> f64 {
    let (start, mut next, mut bytes) = (Instant::now(), Offset(0), 0);
    loop {
        let batch = bus.poll(Partition(0), next, 1_024).unwrap();
        if batch.is_empty() {
            break;
        }
        bytes += batch.bytes();
        next.0 += batch.len() as u64;
    }
    assert!(bytes > 0);
    next.0 as f64 / start.elapsed().as_secs_f64()
}

/// What one commit each 20 ms costs, the rows as the engine makes them: a packed journal that is trimmed, open
/// firings, hits put and removed, the ledger; and the same rows with redb alone.
fn commit() {
    println!("state, a commit each 20 ms: p50/p99 ms, cores; the same with redb alone");
    for firings in [50, 1_000, 15_000] {
        let (folder, other) = (folder(), folder());
        let state = Redb::open(folder.path()).unwrap();
        let database = Database::create(other.path().join("alone")).unwrap();
        let (mut ours, mut alone) = (Commits::default(), Commits::default());
        for round in 0..6 {
            ours.run(round, firings, |changes| state.commit(changes).unwrap());
            alone.run(round, firings, |changes| commit_alone(&database, changes));
        }
        println!("  {firings} firings/s: {}; alone {}", ours.show(), alone.show());
    }
}

#[derive(Default)]
struct Commits {
    times: Vec<f64>,
    cpu: f64,
    seconds: f64,
}

impl Commits {
    /// A round of 50 commits, one second.
    fn run(&mut self, round: u64, firings: usize, mut commit: impl FnMut(&[Change])) {
        let all: Vec<_> = (round * 50..(round + 1) * 50).map(|n| changes(n, firings / 50)).collect();
        let (start, used) = (Instant::now(), cpu());
        for (n, changes) in (1..).zip(all) {
            let begun = Instant::now();
            commit(&changes);
            self.times.push(begun.elapsed().as_secs_f64() * 1e3);
            std::thread::sleep((start + Duration::from_millis(20 * n)).saturating_duration_since(Instant::now()));
        }
        self.cpu += cpu() - used;
        self.seconds += start.elapsed().as_secs_f64();
    }

    fn show(&self) -> String {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        format!("{p50:.2}/{p99:.2} ms, {:.3} cores", self.cpu / self.seconds)
    }
}

fn changes(n: u64, firings: usize) -> Vec<Change> {
    let key = |n: u64, row: usize| [n.to_be_bytes(), (row as u64).to_be_bytes()].concat();
    let mut changes = Vec::new();
    for row in 0..firings.div_ceil(64) {
        changes.push(Change::put(Table::Journal, key(n, row), vec![1; 300 * (firings - row * 64).min(64)]));
        if let Some(old) = n.checked_sub(100) {
            changes.push(Change::remove(Table::Journal, key(old, row)));
        }
    }
    for row in 0..16 {
        changes.push(Change::put(Table::Open, key(n, row), vec![2; 2_048]));
        if let Some(old) = n.checked_sub(1) {
            changes.push(Change::remove(Table::Open, key(old, row)));
        }
    }
    for row in 0..firings / 5 {
        changes.push(Change::put(Table::Pending, key(n, row), vec![3; 1_300]));
        if let Some(old) = n.checked_sub(1) {
            changes.push(Change::remove(Table::Pending, key(old, row)));
        }
    }
    changes.push(Change::put(Table::Ledger, "default", vec![4; 800]));
    changes.push(Change::put(Table::Meta, "commit", n.to_be_bytes()));
    changes
}

fn commit_alone(database: &Database, changes: &[Change]) {
    let mut transaction = database.begin_write().unwrap();
    transaction.set_quick_repair(true);
    for table in Table::ALL {
        let rows = TableDefinition::<&[u8], &[u8]>::new(table.name());
        let mut rows = transaction.open_table(rows).unwrap();
        for Change { key, value, .. } in changes.iter().filter(|change| change.table == table) {
            match value {
                Some(value) => drop(rows.insert(key.as_slice(), value.as_slice()).unwrap()),
                None => drop(rows.remove(key.as_slice()).unwrap()),
            }
        }
    }
    transaction.commit().unwrap();
}

/// How long opening takes after a kill, the files in the system's memory: they are copied while in use.
fn restart(runtime: &Runtime) {
    println!("restart after a kill, from memory");
    let (folder, killed) = (folder(), self::folder());
    let bus = Arc::new(open(folder.path(), runtime));
    fill(&bus, runtime, 256, 50_000);
    copy(folder.path(), killed.path());
    let start = Instant::now();
    let bus = open(killed.path(), runtime);
    let ms = start.elapsed().as_secs_f64() * 1e3;
    println!("  log, {} MiB in files of up to 64 MiB: {ms:.0} ms", bus.extent().bytes >> 20);
    for mib in [16_u64, 90, 512] {
        let (folder, killed) = (self::folder(), self::folder());
        let state = Redb::open(folder.path()).unwrap();
        for part in 0..mib {
            let row = |n: u64| (part << 10 | n).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
            let rows: Vec<_> = (0..1024).map(|n| Change::put(Table::Pending, row(n), vec![5; 1_024])).collect();
            state.commit(&rows).unwrap();
        }
        copy(folder.path(), killed.path());
        let start = Instant::now();
        let state = Redb::open(killed.path()).unwrap();
        let ms = start.elapsed().as_secs_f64() * 1e3;
        println!(
            "  state, {mib} MiB of rows of 1 KiB in random order, a file of {} MiB: {ms:.0} ms",
            state.bytes() >> 20
        );
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let copy = to.join(entry.file_name());
        std::fs::copy(entry.path(), &copy).unwrap();
        // Else the first sync of the reopened file would pay for the copy.
        std::fs::File::open(copy).unwrap().sync_all().unwrap();
    }
}
