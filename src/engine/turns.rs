//! Whose turn comes next: a set of cells from which the first is taken.
//!
//! In: cells, in any order, some more than once. Out: each once, the lowest number first. A bit for each cell, and a bit for each
//! word of those, so that neither taking nor emptying looks at cells that nobody put in.

const BITS: usize = 64;

/// A set of numbers below a bound.
#[derive(Debug)]
pub(super) struct Turns {
    words: Vec<u64>,
    /// By word: whether it holds anything.
    filled: Vec<u64>,
    /// How many there are.
    count: u32,
    /// No word of `filled` before this one holds anything.
    first: usize,
}

impl Turns {
    pub(super) fn new(bound: usize) -> Self {
        let words = bound.div_ceil(BITS);
        Self { words: vec![0; words], filled: vec![0; words.div_ceil(BITS)], count: 0, first: 0 }
    }

    #[inline]
    pub(super) fn put(&mut self, cell: u32) {
        let word = cell as usize / BITS;
        let bit = 1 << (cell as usize % BITS);
        if self.words[word] & bit != 0 {
            return;
        }
        self.words[word] |= bit;
        self.count += 1;
        self.filled[word / BITS] |= 1 << (word % BITS);
        self.first = self.first.min(word / BITS);
    }

    /// Takes the first.
    #[inline]
    pub(super) fn take(&mut self) -> Option<u32> {
        if self.count == 0 {
            return None;
        }
        self.count -= 1;
        while *self.filled.get(self.first)? == 0 {
            self.first += 1;
        }
        let word = self.first * BITS + self.filled[self.first].trailing_zeros() as usize;
        let bit = self.words[word].trailing_zeros() as usize;
        self.words[word] &= self.words[word] - 1;
        if self.words[word] == 0 {
            self.filled[self.first] &= self.filled[self.first] - 1;
        }
        u32::try_from(word * BITS + bit).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;

    #[test]
    fn each_is_taken_once_and_the_lowest_first() {
        let mut turns = Turns::new(10_000);
        for cell in [9_999, 3, 64, 3, 4_096, 0] {
            turns.put(cell);
        }
        assert_eq!((turns.take(), turns.take()), (Some(0), Some(3)));
        turns.put(5);
        turns.put(1);
        let rest: Vec<u32> = std::iter::from_fn(|| turns.take()).collect();
        assert_eq!(rest, [1, 5, 64, 4_096, 9_999]);
        turns.put(7);
        assert_eq!((turns.take(), turns.take()), (Some(7), None));
    }
}
