//! Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC11).
//!
//! In: a 128-bit counter and a 64-bit key. Out: 128 bits. No state.

use rand::rand_core::{Infallible, TryRng};

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
pub(super) const LOWER: u64 = 0xFFFF_FFFF;
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// One block of Philox4x32-10.
#[must_use]
pub fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    #[expect(clippy::cast_possible_truncation, reason = "the lower halves")]
    philox4x32_together(counter.map(|word| [word.into()]), key).map(|[word]: [u64; 1]| word as u32)
}

/// One block for each of several counters: none waits for the product of another. Words are the lower halves of wider ones, as products
/// leave them; nobody reads what is in the upper halves.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
#[must_use]
pub(super) fn philox4x32_together<const N: usize>(counters: [[u64; N]; 4], key: [u32; 2]) -> [[u64; N]; 4] {
    let [mut a, mut b, mut c, mut d] = counters;
    let [mut k0, mut k1] = key;
    for _ in 0..10 {
        // A loop, since a closure that is not inlined would be compiled for any processor.
        for i in 0..N {
            let (p0, p1) = (MULTIPLIERS[0] * (a[i] & LOWER), MULTIPLIERS[1] * (c[i] & LOWER));
            (a[i], b[i], c[i], d[i]) = (p1 >> 32 ^ b[i] ^ u64::from(k0), p1, p0 >> 32 ^ d[i] ^ u64::from(k1), p0);
        }
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
    }
    [a, b, c, d]
}

/// A stream of blocks under one key, for code that wants a `rand` generator (world generators, tests).
#[derive(Debug, Clone)]
pub struct PhiloxStream {
    key: [u32; 2],
    block: u64,
    buffer: [u32; 4],
    used: usize,
}

impl PhiloxStream {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "splitting a word into halves")]
        let key = [seed as u32, (seed >> 32) as u32];
        Self { key, block: 0, buffer: [0; 4], used: 4 }
    }

    fn next_word(&mut self) -> u32 {
        if self.used == 4 {
            #[expect(clippy::cast_possible_truncation, reason = "splitting a word into halves")]
            let counter = [self.block as u32, (self.block >> 32) as u32, 0, 0];
            self.buffer = philox4x32(counter, self.key);
            self.block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.buffer[self.used - 1]
    }
}

impl TryRng for PhiloxStream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.next_word()) << 32 | u64::from(self.next_word()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            let word = self.next_word().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The known answers that Random123 publishes for philox4x32, 10 rounds.
    #[test]
    fn known_answers() {
        assert_eq!(philox4x32([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox4x32([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        assert_eq!(philox4x32(pi, [0xa409_3822, 0x299f_31d0]), [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }
}
