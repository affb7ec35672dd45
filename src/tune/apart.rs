//! Which settings stand apart from each other: neither of two pushes the other out.
//!
//! In: pairs, as they are found. Out: whether a pair is one of them. That is asked only of settings that get further trials: who stands apart from
//! everybody left gets none, and is apart without a list. So a setting keeps its pairs from the first of them until it is out, or done. Neighbours
//! mostly stand alike to it: once all its pairs of a look are found it keeps where that changes, a few numbers however many settings there are, or
//! a bit for each of them if that is shorter, 1 kB at most. Of settings further from each other nothing is kept: they are compared again at
//! every look, and tried until one of them is out. Not here: what puts two settings apart (`settle`).

use super::checkpoint::bits;

/// Of how many settings after it a setting keeps whether it stands apart from them.
const REACH: usize = 8_192;
const WORD: usize = u16::BITS as usize;

/// Pairs of settings that stand apart.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Apart {
    /// By setting.
    rows: Vec<Row>,
}

/// What a setting knows of those after it, the next one first: a bit for each, if there are as many words as that takes; else from which on it stands
/// apart, from which on it does not, and so on. Nothing before the first is found.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
struct Row(#[serde(with = "bits")] Vec<u16>);

impl Apart {
    /// No pairs yet, of so many settings.
    pub(super) fn new(settings: usize) -> Self {
        Self { rows: vec![Row::default(); settings] }
    }

    /// Whether these two do.
    pub(super) fn has(&self, one: usize, other: usize) -> bool {
        let (row, bit) = place(one, other);
        let found = &*self.rows[row].0;
        if found.is_empty() || bit >= REACH {
            false
        } else if found.len() == self.words(row) {
            found[bit / WORD] >> (bit % WORD) & 1 == 1
        } else {
            found.partition_point(|&change| usize::from(change) <= bit) % 2 == 1
        }
    }

    /// These two do. The row of the first of them takes a bit for each setting until it is `settled`.
    pub(super) fn add(&mut self, one: usize, other: usize) {
        let (row, bit) = place(one, other);
        if bit >= REACH {
            return;
        }
        if self.rows[row].0.len() < self.words(row) {
            self.rows[row] = Row(self.spread(row));
        }
        self.rows[row].0[bit / WORD] |= 1 << (bit % WORD);
    }

    /// All pairs of this one and those after it are found for now, and nobody will ask about others than these, which come in their order.
    pub(super) fn settled(&mut self, setting: usize, others: impl Iterator<Item = usize>) {
        if self.rows[setting].0.is_empty() {
            return;
        }
        let mut changes = Vec::new();
        for other in others.take_while(|&other| place(setting, other).1 < REACH) {
            if self.has(setting, other) != (changes.len() % 2 == 1) {
                changes.extend(u16::try_from(place(setting, other).1));
            }
        }
        if changes.len() < self.words(setting) {
            changes.shrink_to_fit();
            self.rows[setting] = Row(changes);
        }
    }

    /// Nobody will ask about this one and those after it.
    pub(super) fn forget(&mut self, setting: usize) {
        self.rows[setting] = Row::default();
    }

    /// No pairs any more.
    pub(super) fn clear(&mut self) {
        self.rows.fill(Row::default());
    }

    /// Whether it may be about so many settings.
    pub(super) fn fits(&self, settings: usize) -> bool {
        let is_rising = |row: &Row| row.0.is_sorted_by(|a, b| a < b);
        let whole = |(n, row): (usize, &Row)| row.0.len() == self.words(n) || row.0.len() < self.words(n) && is_rising(row);
        self.rows.len() == settings && self.rows.iter().enumerate().all(whole)
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.rows.iter().map(|row| size_of::<Row>() + size_of_val(&*row.0)).sum()
    }

    /// A row as a bit for each setting.
    fn spread(&self, row: usize) -> Vec<u16> {
        let mut words = vec![0; self.words(row)];
        for bit in (0..words.len() * WORD).filter(|bit| self.has(row, row + 1 + bit)) {
            words[bit / WORD] |= 1 << (bit % WORD);
        }
        words
    }

    /// Words of a row with a bit for each setting.
    fn words(&self, row: usize) -> usize {
        (self.rows.len() - row - 1).min(REACH).div_ceil(WORD)
    }
}

/// The row of a pair, and its bit there.
fn place(one: usize, other: usize) -> (usize, usize) {
    debug_assert!(one != other, "a pair is of two");
    (one.min(other), one.abs_diff(other) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_known_from_both_ends_until_its_first_is_forgotten() {
        let mut apart = Apart::new(200);
        for (one, other) in [(3, 4), (150, 3), (199, 3), (198, 199)] {
            apart.add(one, other);
            assert!(apart.has(one, other) && apart.has(other, one), "{one} and {other}");
        }
        assert!(!apart.has(3, 5) && !apart.has(4, 5) && apart.fits(200) && !apart.fits(199));
        apart.forget(3);
        assert!(!apart.has(3, 150) && apart.has(198, 199));
        apart.clear();
        assert_eq!(apart, Apart::new(200));
    }

    #[test]
    fn what_is_known_of_those_that_are_left_is_the_same_in_both_forms() {
        let settings = 1_000;
        let is_left = |other: &usize| other % 7 != 3;
        // Nobody, everybody, one, all but one, blocks, every second, and no order at all.
        let patterns: [fn(usize) -> bool; 7] =
            [|_| false, |_| true, |n| n == 600, |n| n != 600, |n| n / 100 % 2 == 1, |n| n % 2 == 1, |n| n * n % 11 < 5];
        for is_apart in patterns {
            let mut apart = Apart::new(settings);
            // Twice: whatever is settled can be found more of.
            for part in [0, 1] {
                (1..settings).filter(|n| n % 2 == part && is_apart(*n)).for_each(|other| apart.add(0, other));
                apart.settled(0, (1..settings).filter(is_left));
                assert!(apart.fits(settings), "{:?}", apart.rows[0]);
            }
            for other in (1..settings).filter(is_left) {
                assert_eq!(apart.has(0, other), is_apart(other), "{other}");
            }
        }
    }

    #[test]
    fn a_setting_takes_little_where_its_neighbours_stand_alike_and_a_kilobyte_at_most() {
        let settings = 3 * REACH;
        let takes = |is_apart: fn(usize) -> bool| {
            let mut apart = Apart::new(settings);
            let empty = apart.bytes();
            (1..settings).filter(|n| is_apart(*n)).for_each(|other| apart.add(0, other));
            assert_eq!(apart.bytes() - empty, 1024, "while they are found");
            apart.settled(0, 1..settings);
            assert_eq!((apart.has(0, REACH), apart.has(0, REACH + 2)), (true, false), "those beyond are not known");
            apart.bytes() - empty
        };
        assert_eq!(takes(|_| true), 2);
        assert_eq!(takes(|n| n > 100 && n != 5_000), 6);
        assert_eq!(takes(|n| n % 2 == 0), 1024);
    }
}
