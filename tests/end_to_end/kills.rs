//! kill -9 at random moments under load: no firing missing, none unexpected, repeats with the same id.

use super::stand::{Load, Sink, Tidegate, free_port};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

#[test]
fn kill_9_loses_no_firing_and_repeats_keep_their_id() {
    let kills: u32 = std::env::var("TIDEGATE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let (sink, port) = (Sink::answering(200, Duration::from_millis(1)), free_port());
    let mut tidegate = Tidegate::new(&super::one_trigger(port, sink.port, ""));
    let next = Arc::new(AtomicU64::new(0));
    let mut accepted = Vec::new();
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..kills {
        tidegate.start(&[]);
        let load = Load::start(port, "/in", 4, &next);
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(40 + (chance >> 33) % 300));
        tidegate.kill();
        accepted.extend(load.stop());
    }
    tidegate.start(&[]);
    tidegate.settle();
    let mut fired: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    let mut repeats = 0;
    for (id, bodies) in sink.seen.lock().unwrap().iter() {
        assert!(bodies.iter().all(|body| body == &bodies[0]), "a repeat differs from its first: {bodies:?}");
        repeats += bodies.len() - 1;
        let body: serde_json::Value = serde_json::from_str(&bodies[0]).unwrap();
        let n = body["number"].as_str().unwrap().parse().unwrap();
        fired.entry(n).or_default().insert(id.clone());
    }
    let missing: Vec<_> = accepted.iter().filter(|n| !fired.contains_key(n)).collect();
    println!("{kills} kills, {} accepted, {} firings, {repeats} repeats", accepted.len(), fired.len());
    assert!(missing.is_empty(), "accepted and never fired: {missing:?}");
    assert!(fired.values().all(|ids| ids.len() == 1), "one event fired under two ids");
    // An event may be durable though its client never saw the answer, but none can fire that was never posted.
    assert!(fired.keys().all(|n| *n < next.load(std::sync::atomic::Ordering::Relaxed)));
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}
