//! Bit masks of bytes: many bytes looked at in a few instructions, without any that only some machines have.

/// One bit for each of up to 64 bytes that is `wanted`, the first byte's lowest; `N` is a multiple of 8.
///
/// Written so that the compiler makes vector instructions of it: every byte keeps the bit of its own place among eight,
/// and a multiplication adds eight such bytes up in the highest of them.
pub(crate) fn mask<const N: usize>(bytes: &[u8; N], wanted: impl Fn(u8) -> bool) -> u64 {
    let mut bits = [0_u8; N];
    for (place, (bit, byte)) in bits.iter_mut().zip(bytes).enumerate() {
        *bit = if wanted(*byte) { 1 << (place % 8) } else { 0 };
    }
    let sum = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0101_0101_0101_0101) >> 56;
    bits.as_chunks::<8>().0.iter().enumerate().fold(0, |mask, (place, eight)| mask | sum(eight) << (8 * place))
}

/// Where the first `wanted` byte at or behind `at` stands; the text's length if there is none.
pub(crate) fn find(bytes: &[u8], mut at: usize, wanted: impl Fn(u8) -> bool) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
        let found = mask(chunk, &wanted);
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += chunk.len();
    }
    bytes.get(at..).and_then(|rest| rest.iter().position(|byte| wanted(*byte))).map_or(bytes.len(), |rest| at + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_mask_has_a_bit_for_each_wanted_byte(bytes in any::<[u8; 64]>()) {
            let found = mask(&bytes, |byte| byte % 3 == 0);
            for (place, byte) in bytes.iter().enumerate() {
                prop_assert_eq!(found >> place & 1 == 1, byte % 3 == 0);
            }
        }

        #[test]
        fn finds_the_first(bytes in proptest::collection::vec(0_u8..20, 0..80), at in 0_usize..90) {
            let naive = (at..bytes.len()).find(|at| bytes[*at] == 7).unwrap_or(bytes.len());
            prop_assert_eq!(find(&bytes, at, |byte| byte == 7), naive);
        }
    }
}
