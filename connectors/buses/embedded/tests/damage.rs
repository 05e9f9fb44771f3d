//! Files that were cut or altered: the log is read as it was written, or refused with the file named.

use super::*;
use crate::disk::faults::{copy, damages, memory_dir};

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

#[test]
fn damage_is_never_silent() {
    let dir = memory_dir();
    let (closed, running) = (dir.path().join("closed"), dir.path().join("running"));
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
    // The last transaction of a process that was killed may be damaged and not only torn; it has one record.
    publish(&bus, record(999, 10)).unwrap();
    written.push((Offset(written.len() as u64), "999".to_owned(), 10));
    copy(&closed, &running);
    drop(bus);
    let mut refused = 0;
    for folder in [&closed, &running] {
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file::first(file).is_some());
        files.sort();
        assert!(files.len() > 1);
        let newest = files.pop().unwrap();
        for (file, lost) in [(files.remove(0), 0), (newest, usize::from(folder == &running))] {
            let whole = std::fs::read(&file).unwrap();
            for (what, bytes) in damages(&whole, 24) {
                let damaged = dir.path().join("damaged");
                copy(folder, &damaged);
                std::fs::write(damaged.join(file.file_name().unwrap()), bytes).unwrap();
                let (found, error) = read(&damaged);
                assert_eq!(found, written[..found.len()], "{}: {what}", file.display());
                match error {
                    Some(error) => {
                        let error = error.to_string();
                        assert!(error.contains(&*file.file_name().unwrap().to_string_lossy()), "{what}: {error}");
                        refused += 1;
                    }
                    None => assert!(found.len() + lost >= written.len(), "{}: {what}", file.display()),
                }
                std::fs::remove_dir_all(&damaged).unwrap();
            }
        }
    }
    assert!(refused > 0);
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
