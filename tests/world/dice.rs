//! Luck for tests, from a seed.

use foreshock::luck::philox::PhiloxStream;
use rand::rand_core::TryRng;

/// Dice.
pub struct Dice(PhiloxStream);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(PhiloxStream::new(seed ^ 0x5eed_0000))
    }

    pub fn below(&mut self, n: usize) -> usize {
        let Ok(word) = self.0.try_next_u32();
        word as usize % n.max(1)
    }

    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
