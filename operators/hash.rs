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

/// The seed of random numbers in programs that are evaluated for one record.
pub fn seed(log: LogId, position: Position) -> u64 {
    stable(&[&log.0, &position.partition.0.to_le_bytes(), &position.offset.0.to_le_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(stable(&[b"ab", b"c"]), stable(&[b"a", b"bc"]));
    }

    #[test]
    fn the_hash_is_fixed_for_ever() {
        assert_eq!(format!("{:016x}", stable(&[b"default", b"sensor", b"trigger"])), "fb098e6ff898f1e2");
    }
}
