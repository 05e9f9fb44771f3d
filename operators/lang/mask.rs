//! Bit masks of bytes: sixteen of them compared at a time.

pub(crate) use wide::u8x16 as Lanes;

/// All lanes with a byte of this value.
pub(crate) fn equal(lanes: Lanes, byte: u8) -> Lanes {
    lanes.simd_eq(Lanes::splat(byte))
}

/// One bit for each byte that is `wanted`, the first byte's lowest.
pub(crate) fn mask(bytes: &[u8; 64], wanted: impl Fn(Lanes) -> Lanes) -> u64 {
    let masks = bytes.as_chunks::<16>().0.iter().map(|lanes| u64::from(wanted(Lanes::new(*lanes)).to_bitmask()));
    masks.rev().fold(0, |higher, mask| higher << 16 | mask)
}

/// Where the first `wanted` byte at or behind `at` stands; the text's length if there is none. A blank is never wanted.
pub(crate) fn find(bytes: &[u8], mut at: usize, wanted: impl Fn(Lanes) -> Lanes) -> usize {
    while let Some(lanes) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let found = wanted(Lanes::new(*lanes)).to_bitmask();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += lanes.len();
    }
    let mut lanes = [b' '; 16];
    let rest = bytes.get(at..).unwrap_or_default();
    lanes.iter_mut().zip(rest).for_each(|(lane, byte)| *lane = *byte);
    match wanted(Lanes::new(lanes)).to_bitmask() {
        0 => bytes.len(),
        found => at + found.trailing_zeros() as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_mask_has_a_bit_for_each_wanted_byte(bytes in proptest::array::uniform32(0_u8..4)) {
            let mut block = [0; 64];
            block.iter_mut().zip(bytes.iter().cycle()).for_each(|(to, from)| *to = *from);
            let found = mask(&block, |lanes| equal(lanes, 1) | equal(lanes, 2));
            for (place, byte) in block.iter().enumerate() {
                prop_assert_eq!(found >> place & 1 == 1, matches!(byte, 1 | 2));
            }
        }

        #[test]
        fn finds_the_first(bytes in proptest::collection::vec(0_u8..20, 0..80), at in 0_usize..90) {
            let naive = (at..bytes.len()).find(|at| bytes[*at] == 7).unwrap_or(bytes.len());
            prop_assert_eq!(find(&bytes, at, |lanes| equal(lanes, 7)), naive);
        }
    }
}
