//! What the embedded bus promises.

mod crash;
mod damage;
mod law;
mod limits;
mod power;

use super::*;
use crate::disk::faults::memory_dir;
use model::Attributes;
use std::sync::atomic::AtomicU64;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap())
}

/// A clock that jumps back and forth.
fn clock() -> LogTime {
    static TICKS: AtomicU64 = AtomicU64::new(1);
    let tick = TICKS.fetch_add(1, Ordering::Relaxed);
    LogTime(1_000_000 + tick.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 1_000)
}

/// Small files and little memory, so that a few records already roll and are read from disk.
fn small() -> Options {
    Options { roll_bytes: 96 << 10, memory_bytes: 8 << 10, quota: Some(1 << 30), ..Options::default() }
}

fn try_open(folder: &Path, options: &Options) -> Result<Arc<Embedded>> {
    let on_failure = Arc::new(|error: &Error| panic!("{error}"));
    Embedded::open_at(folder, options, runtime().handle(), on_failure, clock).map(Arc::new)
}

fn open(folder: &Path, options: &Options) -> Arc<Embedded> {
    try_open(folder, options).unwrap()
}

fn record(id: u64, len: usize) -> NewRecord {
    let id = id.to_string();
    NewRecord::new(&Attributes { id: &id, ..Attributes::default() }, &vec![b'x'; len], None).unwrap()
}

fn publish(bus: &Arc<Embedded>, record: NewRecord) -> Result<Position> {
    runtime().block_on(bus.publish(record))
}

/// Publishes all at once; the offset of each.
fn publish_all(bus: &Arc<Embedded>, records: Vec<NewRecord>) -> Vec<(Offset, NewRecord)> {
    runtime().block_on(async {
        let mut publishing = JoinSet::new();
        for record in records {
            let bus = bus.clone();
            publishing.spawn(async move { (bus.publish(record.clone()).await.unwrap().offset, record) });
        }
        publishing.join_all().await
    })
}

/// Offset, id and envelope of every record from `from` on.
fn read_all(bus: &Embedded, from: Offset) -> Result<Vec<(Offset, String, usize)>> {
    let (mut next, mut found) = (from, Vec::new());
    loop {
        let batch = bus.poll(PARTITION, next, 100)?;
        let Some(last) = batch.len().checked_sub(1) else { return Ok(found) };
        next.0 = batch.get(last).unwrap().position.offset.0 + 1;
        found.extend(
            batch.iter().map(|row| (row.position.offset, row.attributes().id.to_owned(), row.envelope().len())),
        );
    }
}

#[test]
fn what_is_published_is_polled_with_its_offset() {
    let dir = memory_dir();
    let bus = open(dir.path(), &small());
    let (woken, wakes) = mpsc::channel();
    bus.watch(Arc::new(move || woken.send(()).unwrap()));
    assert!(bus.poll(PARTITION, Offset(0), 10).unwrap().is_empty());
    for n in 0..3 {
        assert_eq!(publish(&bus, record(n, 10)).unwrap(), Position { partition: PARTITION, offset: Offset(n) });
        wakes.recv().unwrap();
    }
    let batch = bus.poll(PARTITION, Offset(1), 10).unwrap();
    assert_eq!(batch.get(0).unwrap().attributes().id, "1");
    assert_eq!(read_all(&bus, Offset(0)).unwrap().len(), 3);
    assert_eq!(bus.extent().partitions, [(Offset(0), Offset(3))]);
    assert!(bus.poll(Partition(1), Offset(0), 1).is_err());
    let error = bus.poll(PARTITION, Offset(4), 1).unwrap_err().to_string();
    assert_eq!(error, "the log ends before offset 3, not at 4");
}

#[test]
fn it_keeps_its_id_and_its_subscribers() {
    let dir = memory_dir();
    let bus = open(dir.path(), &small());
    let id = bus.log_id(None).unwrap();
    publish(&bus, record(0, 10)).unwrap();
    bus.release("sensors", &[(PARTITION, Offset(0))]).unwrap();
    bus.release("sensors", &[(PARTITION, Offset(1))]).unwrap();
    bus.release("archive", &[(PARTITION, Offset(0))]).unwrap();
    drop(bus);
    let bus = open(dir.path(), &small());
    assert_eq!(bus.log_id(None).unwrap(), id);
    assert_eq!(bus.extent().subscribers, [("archive".to_owned(), Offset(0)), ("sensors".to_owned(), Offset(1))]);
    let other = memory_dir();
    assert_ne!(open(other.path(), &small()).log_id(None).unwrap(), id);
}

#[test]
fn one_process_holds_the_folder_and_an_unknown_format_is_refused() {
    let dir = memory_dir();
    let bus = open(dir.path(), &small());
    let error = try_open(dir.path(), &small()).unwrap_err().to_string();
    assert!(error.contains(&dir.path().display().to_string()) && error.contains("in use by process"), "{error}");
    drop(bus);
    std::fs::write(dir.path().join("format"), "tidegate log 2\n").unwrap();
    let error = try_open(dir.path(), &small()).unwrap_err().to_string();
    assert!(error.contains("tidegate log 2"), "{error}");
}

#[test]
fn a_record_waits_for_room_and_one_too_large_is_refused() {
    let dir = memory_dir();
    let bus = open(dir.path(), &Options { quota: Some(4 << 30), ..Options::default() });
    let error = publish(&bus, record(0, RECORD + 1)).unwrap_err();
    assert_eq!(error.kind(), model::ErrorKind::User);
    let large = (0..12).map(|n| record(n, 9 << 20)).collect();
    let mut ids: Vec<_> = publish_all(&bus, large).into_iter().map(|(offset, _)| offset.0).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..12).collect::<Vec<_>>());
    let sizes: Vec<_> = read_all(&bus, Offset(0)).unwrap().into_iter().map(|(_, _, len)| len).collect();
    assert_eq!(sizes, [9 << 20; 12]);
}
