//! Which settings stand apart from each other: neither of two pushes the other out.
//!
//! In: pairs, as they are found. Out: whether a pair is one of them. That is asked only of settings that get further trials: who stands apart from
//! everybody left gets none, and is apart without a list. So a setting keeps its pairs from the first of them until it is out, or done; until then
//! it takes a bit for every setting after it, and 1 kB at most. Of settings further from each other nothing is kept: they are compared again at
//! every look, and tried until one of them is out. Not here: what puts two settings apart (`settle`).

use super::checkpoint::bits;

/// Of how many settings after it a setting keeps whether it stands apart from them.
const REACH: usize = 8_192;
const WORD: usize = usize::BITS as usize;

/// Pairs of settings that stand apart.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Apart {
    /// By setting.
    rows: Vec<Row>,
}

/// A bit for each of the settings after one, the next one first; nothing before the first is set.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
struct Row(#[serde(with = "bits")] Vec<usize>);

impl Apart {
    /// No pairs yet, of so many settings.
    pub(super) fn new(settings: usize) -> Self {
        Self { rows: vec![Row::default(); settings] }
    }

    /// Whether these two do.
    pub(super) fn has(&self, one: usize, other: usize) -> bool {
        let (row, bit) = place(one, other);
        self.rows[row].0.get(bit / WORD).is_some_and(|word| word >> (bit % WORD) & 1 == 1)
    }

    /// These two do.
    pub(super) fn add(&mut self, one: usize, other: usize) {
        let (row, bit) = place(one, other);
        if bit >= REACH {
            return;
        }
        let words = self.words(row);
        let row = &mut self.rows[row].0;
        if row.is_empty() {
            *row = vec![0; words];
        }
        row[bit / WORD] |= 1 << (bit % WORD);
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
        let whole = |(n, row): (usize, &Row)| row.0.is_empty() || row.0.len() == self.words(n);
        self.rows.len() == settings && self.rows.iter().enumerate().all(whole)
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.rows.iter().map(|row| size_of::<Row>() + size_of_val(&*row.0)).sum()
    }

    /// Words of a row.
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
    fn a_setting_takes_a_kilobyte_at_most_however_many_settings_there_are() {
        let settings = 3 * REACH;
        let mut apart = Apart::new(settings);
        let empty = apart.bytes();
        for other in 1..settings {
            apart.add(0, other);
        }
        assert_eq!(apart.bytes() - empty, 1024);
        assert!(apart.has(0, REACH) && !apart.has(0, REACH + 1), "those beyond are not known");
    }
}
