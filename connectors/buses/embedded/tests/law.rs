//! The bus against a plain list of records, in random order and opened again in between.

use super::*;
use crate::disk::faults::memory_dir;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Publish(Vec<usize>),
    Poll(u16, usize),
    Release(bool, u16),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => prop::collection::vec(prop_oneof![9 => 0..2_000_usize, 1 => 0..100_000_usize], 1..40).prop_map(Step::Publish),
        6 => (any::<u16>(), 1..200_usize).prop_map(|(at, records)| Step::Poll(at, records)),
        2 => (any::<bool>(), any::<u16>()).prop_map(|(which, at)| Step::Release(which, at)),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..30)
}

/// The offset that lies at the fraction `at` of all offsets.
fn share(at: u16, end: u64) -> u64 {
    u64::from(at) * end / u64::from(u16::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_is_a_list_of_records(steps in steps(), subscribers in 0..3_usize) {
        let dir = memory_dir();
        let options = Options { retention_bytes: Some(200 << 10), ..small() };
        let mut bus = open(dir.path(), &options);
        let mut list = Vec::<NewRecord>::new();
        let names = &["sensors", "archive"][..subscribers.min(2)];
        let mut released: BTreeMap<_, _> = names.iter().map(|name| ((*name).to_owned(), 0)).collect();
        for name in names {
            bus.release(name, &[(PARTITION, Offset(0))]).unwrap();
        }
        let mut floor = LogTime(0);
        for step in steps {
            let end = list.len() as u64;
            match step {
                Step::Publish(lens) => {
                    let records = lens.iter().enumerate().map(|(n, len)| record(end + n as u64, *len)).collect();
                    let mut published = publish_all(&bus, records);
                    published.sort_by_key(|(offset, _)| *offset);
                    for (offset, record) in published {
                        prop_assert_eq!(offset.0, list.len() as u64);
                        list.push(record);
                    }
                    let last = bus.poll(PARTITION, Offset(list.len() as u64 - 1), 1).unwrap().get(0).unwrap().log_time;
                    prop_assert!(last >= floor);
                    floor = last;
                }
                Step::Poll(at, records) => {
                    let from = share(at, end);
                    let first = bus.extent().partitions[0].0.0;
                    let held = released.values().min().copied().unwrap_or(u64::MAX);
                    prop_assert!(first <= held, "retention passed a subscriber");
                    match bus.poll(PARTITION, Offset(from), records) {
                        Ok(batch) => {
                            prop_assert!(batch.len() <= records);
                            prop_assert_eq!(batch.is_empty(), from == end);
                            let mut clamp = LogTime(0);
                            for (n, row) in batch.iter().enumerate() {
                                prop_assert_eq!(row.position.offset.0, from + n as u64);
                                prop_assert_eq!(row.envelope(), list[from as usize + n].envelope());
                                prop_assert_eq!(row.attributes(), list[from as usize + n].attributes());
                                prop_assert!(row.log_time >= clamp);
                                clamp = row.log_time;
                            }
                        }
                        Err(error) => {
                            prop_assert!(from < bus.extent().partitions[0].0.0, "{}", error);
                            prop_assert!(from < held);
                        }
                    }
                }
                Step::Release(which, at) => {
                    if let Some((name, known)) = released.iter_mut().nth(usize::from(which)) {
                        let offset = share(at, end);
                        bus.release(name, &[(PARTITION, Offset(offset))]).unwrap();
                        *known = offset.max(*known);
                    }
                }
                Step::Reopen => {
                    drop(bus);
                    bus = open(dir.path(), &options);
                }
            }
            prop_assert_eq!(bus.extent().partitions[0].1.0, list.len() as u64);
            for (name, offset) in bus.extent().subscribers {
                let known = released[&name];
                prop_assert!(offset.0 == known || offset == bus.extent().partitions[0].0);
            }
        }
    }
}
