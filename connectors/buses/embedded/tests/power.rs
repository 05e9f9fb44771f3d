//! The power fails at any moment, also while the log recovers from the power failing: of what was not synced any part is
//! missing, and still the log opens with all that was acknowledged.

use super::*;
use crate::disk::faults::power::{Event, happens, keeping, lose_power, record as write_down, recorded};
use crate::disk::faults::{cases, copy, memory_dir};
use proptest::prelude::*;

/// What happens until the power fails: the sizes of records that are published together, when it fails as a share of all
/// that happened, which of ten unsynced things are kept, and a seed for that.
type Life = (Vec<Vec<usize>>, u16, u64, u64);

fn life() -> impl Strategy<Value = Life> {
    let size = prop_oneof![6 => 0..2_000_usize, 1 => 0..70_000_usize];
    let group = prop::collection::vec(size, 1..12);
    (prop::collection::vec(group, 0..10), any::<u16>(), 0..=10_u64, any::<u64>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(40), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_acknowledged_is_lost_when_the_power_fails(lives in prop::collection::vec(life(), 1..4)) {
        let dir = memory_dir();
        let mut folder = dir.path().join("0");
        let mut ids = Vec::<String>::new();
        std::fs::create_dir_all(&folder).unwrap();
        for (n, (groups, moment, tenths, seed)) in lives.into_iter().enumerate() {
            let before = dir.path().join("before");
            let _ = std::fs::remove_dir_all(&before);
            copy(&folder, &before);
            write_down(&folder);
            let bus = open(&folder, &small());
            let known = ids.len();
            for lens in groups {
                let records = lens.iter().enumerate().map(|(n, len)| record((ids.len() + n) as u64, *len)).collect();
                let mut published = publish_all(&bus, records);
                published.sort_by_key(|(offset, _)| *offset);
                ids.extend(published.into_iter().map(|(_, record)| record.attributes().id.to_owned()));
                happens(&folder, || Event::Told(ids.len() as u64));
            }
            drop(bus);
            let events = recorded(&folder);
            let events = &events[..usize::from(moment) * events.len() / usize::from(u16::MAX)];
            let told = events.iter().filter_map(|event| match event { Event::Told(count) => Some(*count), _ => None });
            let told = (told.max().unwrap_or_default() as usize).max(known);
            folder = dir.path().join((n + 1).to_string());
            lose_power(&before, events, &folder, keeping(seed, tenths));
            let copied = dir.path().join(format!("{n}-look"));
            copy(&folder, &copied);
            let found = read_all(&open(&copied, &small()), Offset(0)).unwrap();
            prop_assert!(found.len() >= told, "{} of {told} acknowledged records are there", found.len());
            for (n, (offset, id, _)) in found.iter().enumerate() {
                prop_assert_eq!((offset.0, id), (n as u64, &ids[n]));
            }
            ids.truncate(found.len());
        }
    }
}
