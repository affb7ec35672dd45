//! Logarithmic buckets: which one a value falls into, and how many are in each, with their exact sum.
//!
//! In: values. Out: count and sum by bucket. The values of a bucket have their leading bits in common, so for values below 2^32 it takes
//! a word to say how many there are and what they come to above the least of them. What a word cannot hold is kept beside it,
//! which hardly ever happens. Not here: values that wait, quantiles.

use crate::model::NONE;
use crate::widest::widest;
use std::ops::Range;

/// Buckets per doubling. So many are opened at once: a page.
const PER_OCTAVE: usize = 64;

/// Count and sum of the values in one bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) count: u64,
    /// Losses of a million trials of a large world are more than 64 bits hold.
    pub(super) sum: u128,
}

impl Bucket {
    #[expect(clippy::cast_precision_loss, reason = "a mean of integers, to the nearest double")]
    pub(super) const fn mean(self) -> f64 {
        self.sum as f64 / self.count as f64
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
    }
}

/// The same of values below 2^32.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    count: u32,
    /// The sum of what they are above the least value of the bucket.
    rest: u32,
}

impl Word {
    fn read(self, index: usize) -> Bucket {
        let count = u64::from(self.count);
        Bucket { count, sum: u128::from(count) * u128::from(least(index)) + u128::from(self.rest) }
    }

    /// Both together, if there is room for that.
    fn with(self, count: u64, rest: u64) -> Option<Self> {
        let sum = |a: u32, b: u64| u64::from(a).checked_add(b).and_then(|sum| u32::try_from(sum).ok());
        Some(Self { count: sum(self.count, count)?, rest: sum(self.rest, rest)? })
    }
}

/// Something by bucket, from the first page that holds anything to the last.
#[derive(Debug, Clone, Default)]
struct Pages<T> {
    all: Vec<T>,
    /// The index of the first of them.
    base: usize,
}

impl<T: Copy + Default> Pages<T> {
    #[inline]
    fn get(&self, index: usize) -> T {
        self.all.get(index.wrapping_sub(self.base)).copied().unwrap_or_default()
    }

    #[inline]
    fn at(&mut self, index: usize) -> &mut T {
        self.cover(index, index);
        &mut self.all[index - self.base]
    }

    /// Sees to it that there are all from one to another.
    #[inline]
    fn cover(&mut self, least: usize, most: usize) {
        if least < self.base || most.wrapping_sub(self.base) >= self.all.len() {
            self.open(least, most);
        }
    }

    /// Opens the pages of these and those between them and all others: at once, since whatever is outgrown is memory touched in vain.
    #[cold]
    fn open(&mut self, least: usize, most: usize) {
        let page = |index: usize| index / PER_OCTAVE * PER_OCTAVE;
        let (mut from, mut to) = (page(least), page(most) + PER_OCTAVE);
        if self.all.is_empty() {
            self.base = from;
        } else {
            (from, to) = (from.min(self.base), to.max(self.base + self.all.len()));
        }
        let mut all = Vec::with_capacity(to - from);
        all.resize(self.base - from, T::default());
        all.append(&mut self.all);
        all.resize(to - from, T::default());
        (self.all, self.base) = (all, from);
    }

    fn range(&self) -> Range<usize> {
        self.base..self.base + self.all.len()
    }

    /// Those that are there, with their index.
    fn iter(&self) -> impl Iterator<Item = (usize, T)> {
        (self.base..).zip(self.all.iter().copied())
    }
}

/// Counts and sums by bucket.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets {
    words: Pages<Word>,
    /// What does not fit.
    more: Option<Box<Pages<Bucket>>>,
}

impl Buckets {
    pub(super) const fn is_empty(&self) -> bool {
        self.words.all.is_empty() && self.more.is_none()
    }

    /// From the first that may hold anything to the last.
    pub(super) fn range(&self) -> Range<usize> {
        match &self.more {
            None => self.words.range(),
            Some(more) if self.words.all.is_empty() => more.range(),
            Some(more) => {
                let (words, more) = (self.words.range(), more.range());
                words.start.min(more.start)..words.end.max(more.end)
            }
        }
    }

    /// What is in a bucket.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Bucket {
        let mut all = self.words.get(index).read(index);
        if let Some(more) = &self.more {
            all.add(more.get(index));
        }
        all
    }

    /// Adds so many of one value.
    pub(super) fn add(&mut self, value: u64, count: u64) {
        let index = index(value);
        if u32::try_from(value).is_err() || !self.add_to_word(index, count, count.saturating_mul(value - least(index))) {
            self.more().at(index).add(Bucket { count, sum: u128::from(value) * u128::from(count) });
        }
    }

    /// Adds values with what they are above the least of their bucket, if its word has room for that.
    fn add_to_word(&mut self, index: usize, count: u64, rest: u64) -> bool {
        let word = self.words.at(index);
        let sum = word.with(count, rest);
        *word = sum.unwrap_or(*word);
        sum.is_some()
    }

    /// Adds values between two of them, fewer than 2^32 with those that are there; [`NONE`] is no value.
    pub(super) fn add_all(&mut self, values: &[u32], min: u32, max: u32) {
        self.words.cover(index(min.into()), index(max.into()));
        let mut rounds = Vec::new();
        count_in(&mut self.words.all, self.words.base, values, min, &mut rounds);
        for index in rounds {
            self.more().at(index).add(Bucket { count: 0, sum: 1 << u32::BITS });
        }
    }

    /// Adds others.
    pub(super) fn merge(&mut self, other: &Self) {
        if let Some(last) = other.words.all.len().checked_sub(1) {
            self.words.cover(other.words.base, other.words.base + last);
        }
        for (index, word) in other.words.iter().filter(|(_, word)| word.count > 0) {
            if !self.add_to_word(index, word.count.into(), word.rest.into()) {
                self.more().at(index).add(word.read(index));
            }
        }
        for (index, bucket) in other.more.iter().flat_map(|more| more.iter()) {
            self.more().at(index).add(bucket);
        }
    }

    #[cold]
    fn more(&mut self) -> &mut Pages<Bucket> {
        self.more.get_or_insert_default()
    }
}

/// The index of a value's bucket: the value itself as far as it has no more bits than a page has numbers and one; from there on the
/// leading bits, after the pages of the doublings before.
#[expect(clippy::cast_possible_truncation, reason = "below 59 * 64")]
pub(super) const fn index(value: u64) -> usize {
    let shift = doublings(value);
    shift as usize * PER_OCTAVE + (value >> shift) as usize
}

/// How many bits of a value its bucket leaves out.
const fn doublings(value: u64) -> u32 {
    const FIRST: u64 = PER_OCTAVE as u64;
    (value | FIRST).ilog2() - FIRST.ilog2()
}

/// The least value of a bucket.
pub(super) const fn least(index: usize) -> u64 {
    let doublings = (index / PER_OCTAVE).saturating_sub(1);
    ((index - doublings * PER_OCTAVE) as u64) << doublings
}

/// A value as a float: its exponent and its leading bits stand side by side there. Rounding up stops far below the latter, at a bit that is
/// cleared.
#[expect(clippy::cast_precision_loss, reason = "only leading bits are read")]
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
const fn float(value: u32) -> u32 {
    ((value & !(value >> 8)) as f32).to_bits()
}

/// The bits of a float after its exponent; and the exponent of the first value that is not its own index.
const FRACTION: u32 = f32::MANTISSA_DIGITS - 1;
const FIRST: u32 = f32::MAX_EXP.unsigned_abs() - 1 + PER_OCTAVE.ilog2();

/// The same index for a brief value, without a choice that vectors do not have.
#[inline(always)]
const fn index_of_brief(value: u32) -> u32 {
    const OCTAVE: u32 = PER_OCTAVE.ilog2();
    let leading = float(value) >> (FRACTION - OCTAVE);
    if leading < FIRST << OCTAVE { value } else { leading - ((FIRST - 1) << OCTAVE) }
}

/// What a brief value is above the least of its bucket.
#[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
#[inline(always)]
const fn rest_of(value: u32) -> u32 {
    value & !(u32::MAX << (float(value) >> FRACTION).saturating_sub(FIRST))
}

/// So many values have their buckets found at once.
const ABREAST: usize = 32;

widest! {
    /// Counts values whose buckets are all there, and which do not get too many; for every [`NONE`] nothing is added to that of `instead`,
    /// which takes no choice. Tells of buckets whose rest has gone once round.
    #[expect(clippy::cast_possible_truncation, reason = "below 27 * 64")]
    fn count_in(words: &mut [Word], base: usize, values: &[u32], instead: u32, rounds: &mut Vec<usize>) {
        let base = base as u32;
        let (mut places, mut rests, mut ones) = ([0; ABREAST], [0; ABREAST], [0; ABREAST]);
        let (whole, rest) = values.as_chunks();
        let mut last = [NONE; ABREAST];
        last[..rest.len()].copy_from_slice(rest);
        for all in whole.iter().chain((!rest.is_empty()).then_some(&last)) {
            for i in 0..ABREAST {
                let value = if all[i] == NONE { instead } else { all[i] };
                places[i] = index_of_brief(value).wrapping_sub(base);
                ones[i] = u32::from(all[i] != NONE);
                rests[i] = rest_of(value) & ones[i].wrapping_neg();
            }
            for ((&place, &rest), &one) in places.iter().zip(&rests).zip(&ones) {
                let word = &mut words[place as usize];
                let (sum, is_round) = word.rest.overflowing_add(rest);
                (word.rest, word.count) = (sum, word.count + one);
                if is_round {
                    rounds.push((base + place) as usize);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widest::tests::narrow;
    use std::collections::BTreeMap;

    #[test]
    fn brief_values_have_the_same_buckets() {
        let near = |value: u32| (value.saturating_sub(3)..=value.saturating_add(3)).collect::<Vec<_>>();
        let spread = (0..5_000_u32).map(|i| i.wrapping_mul(0x9E37_79B9) >> (i % 30));
        for value in (0..32).flat_map(|power| near(1 << power)).chain(near(u32::MAX)).chain(0..5_000).chain(spread) {
            let index = index(u64::from(value));
            assert_eq!(index_of_brief(value) as usize, index, "{value}");
            assert_eq!(least(index) + u64::from(rest_of(value)), u64::from(value), "{value}");
        }
    }

    #[test]
    fn what_a_word_cannot_hold_is_kept_beside_it() {
        // So far above the least of their buckets that a word holds 130 of them; and some that are alike, one of them too long for a word.
        let high: Vec<u32> = (0..3_000).map(|i| (1 << 31) + (1 << 25) - 1 - i % 7).collect();
        let many = [(5, 3), (70, 1 << 31), (70, 1 << 31), (71, (1 << 32) - 1), (1 << 20, 9), (3 << 40, 2), (NONE.into(), 4)];
        let filled = |add: &dyn Fn(&mut Buckets)| {
            let mut buckets = Buckets::default();
            add(&mut buckets);
            let all = buckets.range().map(|index| (index, buckets.get(index)));
            all.filter(|(_, bucket)| bucket.count > 0).collect::<Vec<_>>()
        };
        let together = |buckets: &mut Buckets| {
            high.chunks(500).for_each(|some| buckets.add_all(some, *some.iter().min().unwrap(), *some.iter().max().unwrap()));
            many.iter().for_each(|&(value, count)| buckets.add(value, count));
            (0..3).for_each(|_| buckets.add(71, 1));
        };
        let merged = |buckets: &mut Buckets| {
            for value in &high {
                let mut one = Buckets::default();
                one.add_all(&[NONE, *value], *value, *value);
                buckets.merge(&one);
            }
            for &(value, count) in &many {
                let mut other = Buckets::default();
                other.add(value, count - 1);
                other.add(value, 1);
                buckets.merge(&other);
            }
            (0..3).for_each(|_| buckets.add(71, 1));
        };
        let mut wanted = BTreeMap::new();
        for (value, count) in high.iter().map(|&value| (value.into(), 1)).chain(many).chain([(71, 3)]) {
            let bucket: &mut Bucket = wanted.entry(index(value)).or_default();
            bucket.add(Bucket { count, sum: u128::from(value) * u128::from(count) });
        }
        let wanted: Vec<_> = wanted.into_iter().collect();
        assert_eq!(filled(&together), wanted);
        assert_eq!(narrow(|| filled(&together)), wanted);
        assert_eq!(filled(&merged), wanted);
    }
}
