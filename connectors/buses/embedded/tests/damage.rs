//! Files that were cut or altered: the log is read as it was written, or refused with the file named.

use super::*;
use crate::disk::faults::{Damage, cases, copy, damage, damages, memory_dir};
use proptest::prelude::*;

type Found = Vec<(Offset, String, usize)>;

/// Smaller files still: each is opened some hundred times.
fn tiny() -> Options {
    Options { roll_bytes: 64 << 10, ..small() }
}

/// All that a log gives, and why it gives no more.
fn read(folder: &Path) -> (Found, Option<Error>) {
    let bus = match try_open(folder, &tiny()) {
        Ok(bus) => bus,
        Err(error) => return (Found::new(), Some(error)),
    };
    let mut found = Found::new();
    while let end = Offset(found.len() as u64)
        && end < bus.extent().partitions[0].1
    {
        match bus.poll(PARTITION, end, 7) {
            Ok(batch) => found.extend(
                batch.iter().map(|row| (row.position.offset, row.attributes().id.to_owned(), row.envelope().len())),
            ),
            Err(error) => return (found, Some(error)),
        }
    }
    (found, None)
}

/// An error says which file is damaged, and where in the log.
fn clear(error: &Error, file: &Path, what: &str) {
    let text = error.to_string();
    assert!(text.contains(&*file.file_name().unwrap().to_string_lossy()), "{what}: {text}");
    assert!(text.contains("offset ") && (text.contains("damaged") || text.contains("missing")), "{what}: {text}");
    assert_eq!(error.kind(), model::ErrorKind::Data, "{what}: {text}");
}

/// The log of a process that ended, in `closed`, and of one that was killed, in `running`; and what they must give.
fn written(dir: &Path) -> Found {
    let (closed, running) = (dir.join("closed"), dir.join("running"));
    let bus = open(&closed, &tiny());
    let mut written = Found::new();
    for group in 0..12 {
        let mut published = publish_all(&bus, (0..6).map(|n| record(group * 10 + n, 700)).collect());
        published.sort_by_key(|(offset, _)| *offset);
        written.extend(
            published
                .into_iter()
                .map(|(offset, record)| (offset, record.attributes().id.to_owned(), record.envelope().len())),
        );
    }
    publish(&bus, record(999, 10)).unwrap();
    written.push((Offset(written.len() as u64), "999".to_owned(), 10));
    copy(&closed, &running);
    drop(bus);
    written
}

/// The files of a log, the oldest first.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file::first(file).is_some());
    files.sort();
    files
}

#[test]
fn damage_is_never_silent() {
    let dir = memory_dir();
    let written = written(dir.path());
    let mut refused = 0;
    for folder in ["closed", "running"].map(|name| dir.path().join(name)) {
        let mut files = files(&folder);
        assert!(files.len() > 1);
        let newest = files.pop().unwrap();
        for file in [files.remove(0), newest] {
            let whole = std::fs::read(&file).unwrap();
            for (what, bytes) in damages(&whole, 24) {
                let damaged = dir.path().join("damaged");
                copy(&folder, &damaged);
                std::fs::write(damaged.join(file.file_name().unwrap()), bytes).unwrap();
                let (found, error) = read(&damaged);
                assert_eq!(found, written[..found.len()], "{}: {what}", file.display());
                match error {
                    Some(error) => {
                        clear(&error, &file, &what);
                        refused += 1;
                    }
                    None => assert_eq!(found.len(), written.len(), "{}: {what}", file.display()),
                }
                std::fs::remove_dir_all(&damaged).unwrap();
            }
        }
    }
    assert!(refused > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(150), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_damage_is_refused_or_costs_nothing(
        killed: bool,
        which: prop::sample::Index,
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        static WHOLE: OnceLock<(tempfile::TempDir, Found)> = OnceLock::new();
        let (whole, written) = WHOLE.get_or_init(|| {
            let dir = memory_dir();
            let written = written(dir.path());
            (dir, written)
        });
        let dir = memory_dir();
        copy(&whole.path().join(if killed { "running" } else { "closed" }), dir.path());
        let file = which.get(&files(dir.path())).clone();
        let mut bytes = std::fs::read(&file).unwrap();
        damages.iter().for_each(|damage: &Damage| damage.apply(&mut bytes));
        std::fs::write(&file, bytes).unwrap();
        let (found, error) = read(dir.path());
        prop_assert_eq!(&found, &written[..found.len()]);
        match error {
            Some(error) => clear(&error, &file, ""),
            None => {
                prop_assert_eq!(found.len(), written.len());
                let bus = open(dir.path(), &tiny());
                for n in 0..3 {
                    prop_assert_eq!(publish(&bus, record(n, 30_000)).unwrap().offset.0, written.len() as u64 + n);
                }
                drop(bus);
                let (found, error) = read(dir.path());
                prop_assert!(error.is_none(), "{:?}", error);
                prop_assert_eq!(found.len(), written.len() + 3);
            }
        }
    }
}

#[test]
fn a_missing_file_is_noticed() {
    let dir = memory_dir();
    let bus = open(dir.path(), &small());
    for n in 0..40 {
        publish(&bus, record(n, 9_000)).unwrap();
    }
    let firsts: Vec<_> = held(&bus.shared.log).rolled.keys().copied().collect();
    drop(bus);
    std::fs::remove_file(file::path(dir.path(), firsts[1])).unwrap();
    let (found, error) = read(dir.path());
    assert_eq!(found.len() as u64, firsts[1].0);
    let error = error.unwrap().to_string();
    let expected =
        format!("{}: offset {}: records are missing", file::path(dir.path(), firsts[0]).display(), firsts[1].0);
    assert_eq!(error, expected);
    std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).for_each(|path| {
        if file::first(&path).is_some() {
            std::fs::remove_file(path).unwrap();
        }
    });
    assert!(try_open(dir.path(), &small()).unwrap_err().to_string().contains("the files of the log are missing"));
}
