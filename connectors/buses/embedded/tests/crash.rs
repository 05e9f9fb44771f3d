//! A process that is killed, or whose disk is full, while it publishes: nothing acknowledged is missing afterwards.

use super::*;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

const FOLDER: &str = "TIDEGATE_TEST_LOG";
const ROLL: &str = "TIDEGATE_TEST_LOG_ROLL";

/// Offset and id of each record that was acknowledged.
type Acknowledged = BTreeMap<Offset, String>;

/// The publishing process, when this test is run by the others; else nothing.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let on_failure = Arc::new(|_: &Error| std::process::exit(3));
    let roll_bytes = std::env::var(ROLL).unwrap().parse().unwrap();
    let options = Options { roll_bytes, ..small() };
    let bus = Embedded::open(Path::new(&folder), &options, runtime().handle(), on_failure).unwrap();
    let bus = Arc::new(bus);
    bus.release("sensors", &[(PARTITION, Offset(0))]).unwrap();
    runtime().block_on(async {
        let mut publishers = JoinSet::new();
        for publisher in 0..16_u64 {
            let bus = bus.clone();
            publishers.spawn(async move {
                for n in 0.. {
                    let id = u64::from(std::process::id()) << 32 | publisher << 24 | n;
                    let Ok(Position { offset, .. }) = bus.publish(record(id, 500)).await else { return };
                    std::io::stdout().write_all(format!("\nack {} {id}\n", offset.0).as_bytes()).unwrap();
                }
            });
        }
        publishers.join_all().await;
        std::future::pending::<()>().await;
    });
}

/// Runs [`child`] by way of `program` and its first arguments; gives its process, a thread that reads what it says, and a sign for each
/// record acknowledged.
fn run(
    program: &[&str],
    folder: &Path,
    roll: u64,
) -> (std::process::Child, JoinHandle<Acknowledged>, mpsc::Receiver<()>) {
    let test = std::env::current_exe().unwrap();
    let mut command = Command::new(program.first().map_or(test.as_os_str(), |program| program.as_ref()));
    if !program.is_empty() {
        command.args(&program[1..]).arg(&test);
    }
    command
        .args(["buses::embedded::tests::crash::child", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .env(ROLL, roll.to_string());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let (ack, acks) = mpsc::channel();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reader = std::thread::spawn(move || {
        let mut acknowledged = Acknowledged::new();
        for line in lines.map_while(|line| line.ok()) {
            if let Some((offset, id)) = line.strip_prefix("ack ").and_then(|line| line.split_once(' ')) {
                acknowledged.insert(Offset(offset.parse().unwrap()), id.to_owned());
                let _ = ack.send(());
            }
        }
        acknowledged
    });
    (child, reader, acks)
}

fn check(folder: &Path, acknowledged: &Acknowledged) {
    let bus = open(folder, &small());
    let found = read_all(&bus, Offset(0)).unwrap();
    assert!(found.iter().enumerate().all(|(n, (offset, _, _))| offset.0 == n as u64));
    for (offset, id) in acknowledged {
        assert_eq!(found.get(offset.0 as usize).map(|(_, id, _)| id), Some(id), "offset {}", offset.0);
    }
    let (mut next, mut floor) = (Offset(0), LogTime(0));
    while next.0 < found.len() as u64 {
        for row in bus.poll(PARTITION, next, 1000).unwrap().iter() {
            assert!(row.log_time >= floor, "log time fell at offset {}", row.position.offset.0);
            (next, floor) = (Offset(row.position.offset.0 + 1), row.log_time);
        }
    }
    assert_eq!(bus.extent().subscribers, [("sensors".to_owned(), Offset(0))]);
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9() {
    let dir = memory_dir();
    let mut acknowledged = Acknowledged::new();
    for kill in 0..20 {
        let (mut child, reader, acks) = run(&[], dir.path(), 96 << 10);
        assert_eq!(acks.iter().take(kill * 37 % 300 + 1).count(), kill * 37 % 300 + 1);
        child.kill().unwrap();
        child.wait().unwrap();
        let now = reader.join().unwrap();
        assert!(!now.is_empty() && now.keys().all(|offset| !acknowledged.contains_key(offset)));
        acknowledged.extend(now);
        check(dir.path(), &acknowledged);
    }
    let rolls = std::fs::read_dir(dir.path()).unwrap().count();
    assert!(rolls > 10, "too few files to have been killed while one was made: {rolls}");
}

/// A limit on the size of files stands for a full disk; it needs no right to mount one.
#[test]
fn nothing_acknowledged_is_lost_when_a_write_fails() {
    let dir = memory_dir();
    for blocks in [400, 700, 1100] {
        let folder = dir.path().join(blocks.to_string());
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let (mut child, reader, _) = run(&["sh", "-c", &limit], &folder, 1 << 30);
        assert_eq!(child.wait().unwrap().code(), Some(3), "the failed write was not told");
        check(&folder, &reader.join().unwrap());
    }
}
