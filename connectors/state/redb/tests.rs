use super::*;
use crate::disk::faults::power::{Event, happens, keeping, lose_power, record, recorded};
use crate::disk::faults::{cases, copy, damage, damages, fail_sync, memory_dir};
use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt as _;

const ALL: Range<&[u8]> = b""..b"\xff\xff\xff\xff";

type Rows = Vec<(Vec<u8>, Vec<u8>)>;

fn rows(state: &Redb, table: Table) -> Result<Rows> {
    let mut rows = Vec::new();
    state.scan(table, ALL, &mut |key, value| {
        rows.push((key.to_vec(), value.to_vec()));
        true
    })?;
    Ok(rows)
}

#[test]
fn rows_come_back_in_key_order_from_their_own_table() {
    let dir = tempfile::tempdir().unwrap();
    let state = Redb::open(dir.path()).unwrap();
    state
        .commit(&[
            Change::put(Table::Open, "b", "2"),
            Change::put(Table::Open, "a", "1"),
            Change::put(Table::Open, "c", "3"),
            Change::put(Table::Meta, "a", ""),
            Change::remove(Table::Open, "b"),
        ])
        .unwrap();
    assert_eq!(rows(&state, Table::Open).unwrap(), [(b"a".to_vec(), b"1".to_vec()), (b"c".to_vec(), b"3".to_vec())]);
    assert_eq!(state.get(Table::Meta, b"a").unwrap(), Some(vec![]));
    assert_eq!(state.get(Table::Open, b"b").unwrap(), None);
    let mut met = 0;
    state
        .scan(Table::Open, ALL, &mut |_, _| {
            met += 1;
            false
        })
        .unwrap();
    assert_eq!(met, 1);
    state.scan(Table::Open, b"c"..b"a", &mut |_, _| panic!("an empty range has no rows")).unwrap();
    assert!(state.bytes() > 0);
}

#[test]
fn only_the_owner_may_read_the_file_and_one_process_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    let state = Redb::open(dir.path()).unwrap();
    let mode = std::fs::metadata(dir.path().join("state.redb")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let error = Redb::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains(&dir.path().display().to_string()), "{error}");
    assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
    drop(state);
    Redb::open(dir.path()).unwrap();
}

#[test]
fn a_state_that_is_missing_from_its_folder_is_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    drop(Redb::open(dir.path()).unwrap());
    std::fs::remove_file(dir.path().join("state.redb")).unwrap();
    let error = Redb::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("state.redb"), "{error}");
}

#[test]
fn an_unknown_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(Redb::open(dir.path()).unwrap());
    std::fs::write(dir.path().join("format"), "tidegate state 99\n").unwrap();
    let error = Redb::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("tidegate state 99") && error.contains("tidegate state 2"), "{error}");
}

#[test]
fn a_damaged_row_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let state = Redb::open(dir.path()).unwrap();
    state.commit(&[Change::put(Table::Dead, "k1", "a"), Change::put(Table::Dead, "k2", "b")]).unwrap();
    // A row written past the store, as a page altered on disk would show it.
    state
        .file
        .with(|database| {
            let transaction = database.begin_write()?;
            transaction.open_table(definition(Table::Dead))?.insert(&b"k2"[..], &b"\0\0\0\0x"[..])?;
            Ok(transaction.commit()?)
        })
        .unwrap();
    assert_eq!(state.get(Table::Dead, b"k1").unwrap(), Some(b"a".to_vec()));
    let error = state.get(Table::Dead, b"k2").unwrap_err();
    assert_eq!(error.kind(), model::ErrorKind::Data);
    assert!(error.to_string().contains("state.redb, table dead, key 6b32: the row is damaged"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// The store against plain maps, closed and opened again between commits.
    #[test]
    fn it_holds_what_was_committed(commits in prop::collection::vec(
        prop::collection::vec((0..3_usize, 0..12_u8, prop::option::of(prop::collection::vec(any::<u8>(), 0..40))), 0..12), 1..8),
        reopen in any::<u8>(),
    ) {
        let dir = memory_dir();
        let mut state = Redb::open(dir.path()).unwrap();
        let mut model = BTreeMap::<(Table, Vec<u8>), Vec<u8>>::new();
        for (n, commit) in commits.into_iter().enumerate() {
            let changes: Vec<_> = commit
                .into_iter()
                .map(|(table, key, value)| Change { table: Table::ALL[table], key: vec![key; 2], value })
                .collect();
            state.commit(&changes).unwrap();
            for Change { table, key, value } in changes {
                match value {
                    Some(value) => model.insert((table, key), value),
                    None => model.remove(&(table, key)),
                };
            }
            if reopen & (1 << n) != 0 {
                drop(state);
                state = Redb::open(dir.path()).unwrap();
            }
            for table in Table::ALL {
                let expected: Vec<_> =
                    model.iter().filter(|((t, _), _)| *t == table).map(|((_, k), v)| (k.clone(), v.clone())).collect();
                prop_assert_eq!(rows(&state, table).unwrap(), expected);
            }
        }
    }
}

#[test]
fn after_a_failed_commit_every_later_one_fails() {
    let dir = tempfile::tempdir().unwrap();
    let state = Redb::open(dir.path()).unwrap();
    state.commit(&[Change::put(Table::Meta, "k", "before")]).unwrap();
    fail_sync(dir.path());
    let error = state.commit(&[Change::put(Table::Meta, "k", "lost")]).unwrap_err();
    assert_eq!(error.kind(), model::ErrorKind::External);
    assert!(error.to_string().contains("state.redb"), "{error}");
    for _ in 0..3 {
        let later = state.commit(&[Change::put(Table::Meta, "k", "later")]).unwrap_err().to_string();
        assert!(later.contains("the disk lost a write"), "{later}");
    }
    drop(state);
    assert_eq!(Redb::open(dir.path()).unwrap().get(Table::Meta, b"k").unwrap(), Some(b"before".to_vec()));
}

/// The state of a process that ended, in `closed`, and of one that was killed, in `running`; and the rows of both.
fn written(dir: &Path) -> Vec<Rows> {
    let closed = dir.join("closed");
    let state = Redb::open(&closed).unwrap();
    for n in 0..6_u8 {
        let rows = (0..40_u8).map(|k| Change::put(Table::Pending, [k % 30, n % 3], vec![n; 50 + k as usize]));
        state.commit(&rows.collect::<Vec<_>>()).unwrap();
    }
    copy(&closed, &dir.join("running"));
    rows_of_all(&state).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(100), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_damage_is_refused_or_costs_nothing(killed: bool, damages in prop::collection::vec(damage(), 1..4)) {
        static WHOLE: OnceLock<(tempfile::TempDir, Vec<Rows>)> = OnceLock::new();
        let (whole, written) = WHOLE.get_or_init(|| {
            let dir = memory_dir();
            let rows = written(dir.path());
            (dir, rows)
        });
        let dir = memory_dir();
        copy(&whole.path().join(if killed { "running" } else { "closed" }), dir.path());
        let file = dir.path().join("state.redb");
        let mut bytes = std::fs::read(&file).unwrap();
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        std::fs::write(&file, bytes).unwrap();
        match Redb::open(dir.path()).and_then(|state| rows_of_all(&state).map(|rows| (state, rows))) {
            Err(error) => {
                prop_assert_eq!(error.kind(), model::ErrorKind::Data, "{}", error);
                prop_assert!(error.to_string().contains("state.redb"), "{}", error);
            }
            Ok((state, rows)) => {
                prop_assert!(rows == *written, "rows are lost or others");
                state.commit(&[Change::put(Table::Meta, "later", "on")]).unwrap();
                drop(state);
                prop_assert!(Redb::open(dir.path()).unwrap().get(Table::Meta, b"later").unwrap().is_some());
            }
        }
    }

    #[test]
    fn no_commit_is_lost_when_the_power_fails(
        commits in prop::collection::vec(prop::collection::vec((any::<u8>(), 0..3_000_usize), 1..12), 1..12),
        moment: u16,
        tenths in 0..=10_u64,
        seed: u64,
    ) {
        let dir = memory_dir();
        let [before, running, after] = ["before", "running", "after"].map(|name| dir.path().join(name));
        std::fs::create_dir_all(&before).unwrap();
        record(&running);
        let state = Redb::open(&running).unwrap();
        let mut states = vec![rows_of_all(&state).unwrap()];
        for (n, rows) in commits.iter().enumerate() {
            let changes = rows.iter().map(|(key, len)| Change::put(Table::Pending, [*key], vec![n as u8; *len]));
            state.commit(&changes.collect::<Vec<_>>()).unwrap();
            states.push(rows_of_all(&state).unwrap());
            happens(&running, || Event::Told(n as u64 + 1));
        }
        drop(state);
        let events = recorded(&running);
        let events = &events[..usize::from(moment) * events.len() / usize::from(u16::MAX)];
        let told = events.iter().filter_map(|event| match event { Event::Told(count) => Some(*count), _ => None });
        let told = told.max().unwrap_or_default() as usize;
        lose_power(&before, events, &after, keeping(seed, tenths));
        let rows = rows_of_all(&Redb::open(&after).unwrap()).unwrap();
        let next = states.len().min(told + 2);
        prop_assert!(states[told..next].contains(&rows), "commit {told} is lost");
    }
}

/// A state that is cut or altered anywhere opens as it was, or not at all.
#[test]
fn damage_is_never_silent() {
    let dir = memory_dir();
    let written = written(dir.path());
    let mut refused = 0;
    for folder in ["closed", "running"].map(|name| dir.path().join(name)) {
        let bytes = std::fs::read(folder.join("state.redb")).unwrap();
        let damaged = dir.path().join("damaged");
        copy(&folder, &damaged);
        for (what, bytes) in damages(&bytes, 40) {
            std::fs::write(damaged.join("state.redb"), bytes).unwrap();
            match Redb::open(&damaged).and_then(|state| rows_of_all(&state)) {
                Ok(rows) => assert!(rows == written, "{}: {what}", folder.display()),
                Err(error) => {
                    let text = error.to_string();
                    assert!(text.contains("state.redb") && text.contains("damaged"), "{what}: {text}");
                    assert_eq!(error.kind(), model::ErrorKind::Data, "{what}: {text}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 0);
}

fn rows_of_all(state: &Redb) -> Result<Vec<Rows>> {
    Table::ALL.into_iter().map(|table| rows(state, table)).collect()
}
