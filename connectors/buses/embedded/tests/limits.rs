//! Retention, the quota, and what happens when the disk fails.

use super::*;
use crate::disk::faults::{fail_sync, memory_dir};

/// Waits until something that another thread does has happened.
fn until(done: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it did not happen");
}

fn fill(bus: &Arc<Embedded>, records: u64) {
    for n in 0..records {
        publish(bus, record(n, 9_000)).unwrap();
    }
}

#[test]
fn retention_removes_whole_files_and_never_passes_a_subscriber() {
    let dir = memory_dir();
    let bus = open(dir.path(), &Options { retention_bytes: Some(0), ..small() });
    bus.release("slow", &[(PARTITION, Offset(0))]).unwrap();
    bus.release("quick", &[(PARTITION, Offset(0))]).unwrap();
    fill(&bus, 60);
    bus.release("quick", &[(PARTITION, Offset(60))]).unwrap();
    fill(&bus, 20);
    assert_eq!(bus.extent().partitions[0].0, Offset(0));
    assert_eq!(read_all(&bus, Offset(0)).unwrap().len(), 80);
    for released in [7, 30, 55] {
        bus.release("slow", &[(PARTITION, Offset(released))]).unwrap();
        bus.look();
        let file = *held(&bus.shared.log).rolled.range(..=Offset(released)).next_back().unwrap().0;
        until(|| bus.extent().partitions[0].0 == file);
        assert_eq!(read_all(&bus, Offset(released)).unwrap().len() as u64, 80 - released);
    }
    let error = bus.poll(PARTITION, Offset(0), 1).unwrap_err().to_string();
    assert!(error.starts_with("offset 0 is no longer kept; the log begins at "), "{error}");
    drop(bus);
    let bus = open(dir.path(), &small());
    assert_eq!(read_all(&bus, Offset(55)).unwrap().len(), 25);
}

#[test]
fn retention_goes_by_age_too() {
    let dir = memory_dir();
    let bus = open(dir.path(), &small());
    fill(&bus, 60);
    bus.look();
    drop(bus);
    let bus = open(dir.path(), &Options { retention_age: Duration::ZERO, ..small() });
    until(|| held(&bus.shared.log).rolled.is_empty());
    let files =
        || std::fs::read_dir(dir.path()).unwrap().filter(|e| file::first(&e.as_ref().unwrap().path()).is_some());
    until(|| files().count() == 1);
    assert!(read_all(&bus, bus.extent().partitions[0].0).unwrap().len() < 60);
}

/// Goes on by a tenth of a second whenever it is asked.
fn slow_clock() -> LogTime {
    static TICKS: AtomicU64 = AtomicU64::new(10);
    LogTime(100 * TICKS.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn a_file_of_old_records_is_complete_however_small() {
    let dir = memory_dir();
    let options = Options { retention_age: Duration::from_millis(300), ..small() };
    let bus = Embedded::open_at(dir.path(), &options, runtime().handle(), Arc::new(|_| {}), slow_clock);
    let bus = Arc::new(bus.unwrap());
    bus.release("sensors", &[(PARTITION, Offset(0))]).unwrap();
    for n in 0..12 {
        publish(&bus, record(n, 1)).unwrap();
    }
    let firsts: Vec<_> = held(&bus.shared.log).rolled.keys().map(|first| first.0).collect();
    assert_eq!(firsts, [0, 5]);
    assert_eq!(read_all(&bus, Offset(0)).unwrap().len(), 12);
}

#[test]
fn a_full_log_names_who_holds_it_and_takes_records_again() {
    let dir = memory_dir();
    let options = Options { quota: Some(1 << 20), ..small() };
    let bus = open(dir.path(), &options);
    bus.release("archive", &[(PARTITION, Offset(0))]).unwrap();
    bus.release("sensors", &[(PARTITION, Offset(0))]).unwrap();
    let (published, error) = (0..)
        .find_map(|n| {
            let position = publish(&bus, record(n, 9_000));
            let _ = bus.release("archive", &[(PARTITION, Offset(n + 1))]);
            position.err().map(|error| (n, error))
        })
        .unwrap();
    assert_eq!((error.kind(), error.retry_hint()), (model::ErrorKind::External, Some(FULL_RETRY)));
    let error = error.to_string();
    assert!(error.contains("is full") && error.contains(&dir.path().display().to_string()), "{error}");
    assert!(error.contains("subscriber \"sensors\" holds") && error.contains("from offset 0 on"), "{error}");
    assert_eq!(read_all(&bus, Offset(0)).unwrap().len() as u64, published);
    bus.release("sensors", &[(PARTITION, Offset(published))]).unwrap();
    until(|| publish(&bus, record(0, 9_000)).is_ok());
}

#[test]
fn a_failed_sync_stops_the_log_for_good() {
    let dir = memory_dir();
    let (failed, failures) = mpsc::channel();
    let on_failure: OnFailure = Arc::new(move |error| failed.send(error.to_string()).unwrap());
    let bus = Embedded::open(dir.path(), &small(), runtime().handle(), on_failure).map(Arc::new).unwrap();
    publish(&bus, record(1, 10)).unwrap();
    fail_sync(dir.path());
    let error = publish(&bus, record(2, 10)).unwrap_err().to_string();
    assert!(error.contains(".redb") && error.contains("the disk lost a write"), "{error}");
    assert_eq!(failures.recv().unwrap(), error);
    assert_eq!(publish(&bus, record(3, 10)).unwrap_err().to_string(), error);
    assert_eq!(bus.release("new", &[(PARTITION, Offset(0))]).unwrap_err().to_string(), error);
    assert_eq!(read_all(&bus, Offset(0)).unwrap().len(), 1);
    drop(bus);
    assert!(failures.try_recv().is_err(), "it is told once");
    let ids: Vec<_> =
        read_all(&open(dir.path(), &small()), Offset(0)).unwrap().into_iter().map(|(_, id, _)| id).collect();
    assert!(ids == ["1"] || ids == ["1", "2"], "{ids:?}");
}
