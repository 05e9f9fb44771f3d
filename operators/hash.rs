//! Hashes that are the same on every machine and in every version: the identity of rows, cells and firings.

use model::{LogId, Position};
use sha2::{Digest, Sha256};

/// 128 bits of SHA-256 over parts that are each preceded by their length, so that no two lists of parts run together.
pub fn wide(parts: &[&[u8]]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let mut out = [0; 16];
    out.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    out
}

/// The first 64 bits of [`wide`].
pub fn stable(parts: &[&[u8]]) -> u64 {
    wide(parts).iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// Where the hits of a trigger and key are joined: what workers are chosen by.
pub fn shard(trigger: u64, key: Option<&str>) -> u64 {
    key.map_or(trigger, |key| stable(&[&trigger.to_le_bytes(), key.as_bytes()]))
}

/// The seed of random numbers in programs that are evaluated for one record: computed for every routed event, and so mixed
/// with three multiplications (the finalizer of splitmix64) and not hashed.
pub fn seed(log: LogId, position: Position) -> u64 {
    let log = log.0.iter().fold(0_u64, |mixed, byte| mixed.rotate_left(8) ^ u64::from(*byte));
    mix(mix(log ^ u64::from(position.partition.0)).wrapping_add(position.offset.0))
}

fn mix(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(stable(&[b"ab", b"c"]), stable(&[b"a", b"bc"]));
    }

    #[test]
    fn every_record_has_a_seed_of_its_own_that_is_fixed_for_ever() {
        let at = |partition, offset| {
            seed(LogId([7; 16]), Position { partition: model::Partition(partition), offset: model::Offset(offset) })
        };
        let seeds: std::collections::BTreeSet<_> = (0..4).flat_map(|p| (0..1000).map(move |n| at(p, n))).collect();
        assert_eq!(seeds.len(), 4000);
        assert_eq!(format!("{:016x}", at(1, 2)), "bcd9dbb49673066b");
    }

    #[test]
    fn the_hash_is_fixed_for_ever() {
        assert_eq!(format!("{:016x}", stable(&[b"default", b"sensor", b"trigger"])), "fb098e6ff898f1e2");
    }
}
