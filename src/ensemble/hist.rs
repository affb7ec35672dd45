//! Histograms that merge exactly: counts and sums of integers in logarithmic buckets.
//!
//! A quantile is the mean of the bucket it falls into: exact where a bucket holds one value (fixed
//! durations), within 0.8 % otherwise. Adding is integer addition, so any order gives the same bytes.
//! A few values are kept as they are, which takes a tenth of the memory and says the same.

use crate::model::NONE;
use crate::widest::widest;

/// Buckets per doubling. So many are opened at once: a page.
const PER_OCTAVE: usize = 64;

/// So many values are kept as they are: no more bytes than one page of buckets.
pub(super) const FEW: usize = 128;

/// Count and sum of the values in one bucket: two halves of one number, so that one addition counts a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bucket(u128);

impl Bucket {
    const fn new(count: u64, sum: u64) -> Self {
        Self((count as u128) << u64::BITS | sum as u128)
    }

    /// Holds these values.
    fn of(values: &[u64]) -> Self {
        Self::new(values.len() as u64, values.iter().fold(0, |sum, &value| sum.saturating_add(value)))
    }

    const fn count(self) -> u64 {
        (self.0 >> u64::BITS) as u64
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    const fn sum(self) -> u64 {
        self.0 as u64
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
    const fn mean(self) -> f64 {
        self.sum() as f64 / self.count() as f64
    }

    /// Counts one value whose sum with others stays below any bound.
    #[expect(clippy::inline_always, reason = "compiled for whatever processor its caller is")]
    #[inline(always)]
    const fn count_brief(&mut self, value: u32) {
        self.0 += Self::new(1, value as u64).0;
    }

    /// Takes back so many of one value.
    const fn take_brief(&mut self, value: u32, count: u64) {
        self.0 -= Self::new(count, value as u64 * count).0;
    }

    /// Adds values. Losses of absurd worlds stop at the largest number; all else is far below it.
    const fn add(&mut self, count: u64, sum: u64) {
        *self = Self::new(self.count() + count, self.sum().saturating_add(sum));
    }
}

/// A histogram of values below 2^58.
#[derive(Debug, Clone)]
pub struct Hist {
    count: u64,
    min: u64,
    max: u64,
    /// All values, in the order of their arrival, as long as they are at most [`FEW`]; then none.
    few: Vec<u64>,
    /// From the first page that holds anything to the last; none as long as there are few values.
    buckets: Vec<Bucket>,
    /// The index of the first of them.
    base: usize,
}

impl Default for Hist {
    fn default() -> Self {
        Self { count: 0, min: u64::MAX, max: 0, few: Vec::new(), buckets: Vec::new(), base: 0 }
    }
}

impl PartialEq for Hist {
    fn eq(&self, other: &Self) -> bool {
        (self.count, self.min, self.max) == (other.count, other.min, other.max) && self.filled().eq(other.filled())
    }
}

impl Eq for Hist {}

/// The index of a value's bucket: the value itself as far as it has no more bits than a page has numbers and one; from there on the
/// leading bits, after the pages of the doublings before.
#[expect(clippy::cast_possible_truncation, reason = "below 59 * 64")]
const fn index(value: u64) -> usize {
    let shift = doublings(value);
    shift as usize * PER_OCTAVE + (value >> shift) as usize
}

/// The same, read from the value as a float: its exponent and its leading bits stand side by side there.
#[expect(clippy::cast_possible_truncation, reason = "below 59 * 64")]
#[inline(always)]
const fn index_of_brief(value: u32) -> usize {
    const OCTAVE: u32 = PER_OCTAVE.ilog2();
    const FIRST: u64 = ((f64::MAX_EXP as u64 - 1 + OCTAVE as u64) << OCTAVE) - PER_OCTAVE as u64;
    let leading = (value as f64).to_bits() >> (f64::MANTISSA_DIGITS - 1 - OCTAVE);
    // Asked of the float, that is one comparison in vectors.
    if leading < FIRST + PER_OCTAVE as u64 { value as usize } else { (leading - FIRST) as usize }
}

/// How many bits of a value its bucket leaves out.
const fn doublings(value: u64) -> u32 {
    const FIRST: u64 = PER_OCTAVE as u64;
    (value | FIRST).ilog2() - FIRST.ilog2()
}

widest! {
    /// How many values there are, the least and the greatest; [`NONE`] is no value.
    pub(super) fn bounds(values: &[u32]) -> (u32, u32, u32) {
        let (mut count, mut min, mut max) = (0, NONE, 0);
        for &value in values {
            let is_value = value != NONE;
            count += u32::from(is_value);
            min = min.min(value);
            max = max.max(if is_value { value } else { 0 });
        }
        (count, min, max)
    }
}

/// So many values have their buckets found at once.
const ABREAST: usize = 32;

widest! {
    /// Counts values whose buckets are all there; `instead` for every [`NONE`].
    fn count_in(buckets: &mut [Bucket], base: usize, values: &[u32], instead: u32) {
        let (many, few) = values.as_chunks::<ABREAST>();
        let (mut places, mut counted) = ([0; ABREAST], [0; ABREAST]);
        for some in many {
            for ((place, counted), &value) in places.iter_mut().zip(&mut counted).zip(some) {
                *counted = if value == NONE { instead } else { value };
                *place = index_of_brief(*counted).wrapping_sub(base);
            }
            for (&place, &value) in places.iter().zip(&counted) {
                buckets[place].count_brief(value);
            }
        }
        for &value in few {
            let value = if value == NONE { instead } else { value };
            buckets[index_of_brief(value).wrapping_sub(base)].count_brief(value);
        }
    }
}

impl Hist {
    /// Adds a value.
    pub fn add(&mut self, value: u64) {
        self.add_to(value);
    }

    /// Adds a value; whether its bucket was empty.
    pub(super) fn add_to(&mut self, value: u64) -> bool {
        self.count += 1;
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
        if self.has_room(1) {
            let is_new = self.few.iter().all(|&known| index(known) != index(value));
            self.few.push(value);
            return is_new;
        }
        let bucket = self.bucket(index(value));
        let is_new = bucket.count() == 0;
        bucket.add(1, value);
        is_new
    }

    /// Adds values; what is summed over all of them stays at hand meanwhile.
    pub fn add_all(&mut self, values: impl Iterator<Item = u64>) {
        let Self { mut count, mut min, mut max, .. } = *self;
        for value in values {
            count += 1;
            min = min.min(value);
            max = max.max(value);
            if self.has_room(1) {
                self.few.push(value);
            } else {
                self.bucket(index(value)).add(1, value);
            }
        }
        (self.count, self.min, self.max) = (count, min, max);
    }

    /// Adds values that are short enough for their sums to stay below any bound; [`NONE`] is no value.
    pub(super) fn add_brief(&mut self, values: &[u32]) {
        let (count, min, max) = bounds(values);
        if count == 0 {
            return;
        }
        self.count += u64::from(count);
        (self.min, self.max) = (self.min.min(min.into()), self.max.max(max.into()));
        if self.has_room(count as usize) {
            self.few.reserve(count as usize);
            self.few.extend(values.iter().filter(|&&value| value != NONE).map(|&value| u64::from(value)));
            return;
        }
        self.cover(index_of_brief(min), index_of_brief(max));
        // Where there is no value the least is counted, which takes no choice, and taken back.
        count_in(&mut self.buckets, self.base, values, min);
        self.bucket(index_of_brief(min)).take_brief(min, values.len() as u64 - u64::from(count));
    }

    /// Adds so many of one value.
    pub(super) fn add_same(&mut self, value: u32, count: u64) {
        let value = u64::from(value);
        self.count += count;
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
        match usize::try_from(count) {
            Ok(count) if self.has_room(count) => self.few.extend(std::iter::repeat_n(value, count)),
            _ => self.bucket(index(value)).add(count, value * count),
        }
    }

    /// Whether so many more values are still few. If not, all go to buckets from now on.
    #[inline]
    fn has_room(&mut self, more: usize) -> bool {
        if !self.buckets.is_empty() {
            return false;
        }
        let are_few = self.few.len() + more <= FEW;
        if !are_few {
            self.spill();
        }
        are_few
    }

    /// Moves the few values to buckets.
    #[cold]
    fn spill(&mut self) {
        let few = std::mem::take(&mut self.few);
        if !few.is_empty() {
            let wider = |(min, max): (u64, u64), &value: &u64| (min.min(value), max.max(value));
            let (min, max) = few.iter().fold((self.min, self.max), wider);
            self.cover(index(min), index(max));
        }
        for value in few {
            self.bucket(index(value)).add(1, value);
        }
    }

    #[inline]
    fn bucket(&mut self, index: usize) -> &mut Bucket {
        self.cover(index, index);
        &mut self.buckets[index - self.base]
    }

    /// Sees to it that there are all buckets from one to another.
    #[inline]
    fn cover(&mut self, least: usize, most: usize) {
        if least < self.base || most.wrapping_sub(self.base) >= self.buckets.len() {
            self.open(least, most);
        }
    }

    /// Opens the pages of these buckets and those between them and all others: at once, since whatever is outgrown is memory touched in
    /// vain.
    #[cold]
    fn open(&mut self, least: usize, most: usize) {
        let page = |index: usize| index / PER_OCTAVE * PER_OCTAVE;
        let (mut from, mut to) = (page(least), page(most) + PER_OCTAVE);
        if self.buckets.is_empty() {
            self.base = from;
        } else {
            (from, to) = (from.min(self.base), to.max(self.base + self.buckets.len()));
        }
        let mut buckets = Vec::with_capacity(to - from);
        buckets.resize(self.base - from, Bucket::default());
        buckets.append(&mut self.buckets);
        buckets.resize(to - from, Bucket::default());
        (self.buckets, self.base) = (buckets, from);
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Hist) {
        if other.buckets.is_empty() {
            return self.add_all(other.few.iter().copied());
        }
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.spill();
        self.cover(index(self.min), index(self.max));
        for (index, theirs) in other.filled() {
            self.bucket(index).add(theirs.count(), theirs.sum());
        }
    }

    /// How many values.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> u128 {
        let few: u128 = self.few.iter().copied().map(u128::from).sum();
        few + self.there().map(|(_, b)| u128::from(b.sum())).sum::<u128>()
    }

    /// Sum of their squares, to the resolution of buckets.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub fn squares(&self) -> f64 {
        self.points().map(|(mean, count)| mean * mean * count as f64).sum()
    }

    /// The least; 0 if there is none.
    #[must_use]
    pub const fn min(&self) -> u64 {
        if self.count == 0 { 0 } else { self.min }
    }

    /// The greatest.
    #[must_use]
    pub const fn max(&self) -> u64 {
        self.max
    }

    /// The value of this rank (1 is the least), with `zeros` further values of 0 below all others.
    #[must_use]
    pub fn at_rank(&self, rank: u64, zeros: u64) -> f64 {
        let Some(mut left) = rank.checked_sub(zeros).filter(|&left| left > 0) else { return 0.0 };
        if left <= self.few.len() as u64 {
            return self.around_few(left);
        }
        for (_, bucket) in self.there() {
            if left <= bucket.count() {
                return bucket.mean();
            }
            left -= bucket.count();
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
        let max = self.max as f64;
        max
    }

    /// How many values are at most this (to the resolution of a bucket: its mean decides).
    #[must_use]
    pub fn count_up_to(&self, value: f64) -> u64 {
        self.points().filter(|(mean, _)| *mean <= value).map(|(_, count)| count).sum()
    }

    /// Non-empty buckets as (mean, count), ascending.
    pub fn points(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        self.filled().map(|(_, b)| (b.mean(), b.count()))
    }

    /// Buckets that hold anything, with their index.
    fn filled(&self) -> impl Iterator<Item = (usize, Bucket)> {
        let few = self.few_in_order();
        let bucket = |same: &[u64]| (index(same[0]), Bucket::of(same));
        let few: Vec<_> = few.chunk_by(|&a, &b| index(a) == index(b)).map(bucket).collect();
        few.into_iter().chain(self.there())
    }

    /// Those that are there.
    fn there(&self) -> impl Iterator<Item = (usize, Bucket)> {
        (self.base..).zip(self.buckets.iter().copied()).filter(|(_, b)| b.count() > 0)
    }

    fn few_in_order(&self) -> Vec<u64> {
        let mut few = self.few.clone();
        few.sort_unstable();
        few
    }

    /// The mean of the bucket that the few value of this rank would be in.
    #[expect(clippy::cast_possible_truncation, reason = "a rank among a few")]
    fn around_few(&self, rank: u64) -> f64 {
        let few = self.few_in_order();
        let at = index(few[rank as usize - 1]);
        let same = few.partition_point(|&value| index(value) < at)..few.partition_point(|&value| index(value) <= at);
        Bucket::of(&few[same]).mean()
    }

    /// The same in less detail.
    pub(super) fn coarse(&self) -> Coarse {
        let mut coarse = Coarse { count: self.count, sum: self.sum(), ..Coarse::default() };
        for (index, bucket) in self.filled() {
            // Any value of a bucket will do: no doubling ends within one.
            let doublings = (index / PER_OCTAVE).saturating_sub(1);
            let least = ((index - doublings * PER_OCTAVE) as u64) << doublings;
            coarse.buckets[Coarse::place(least)] += u32::try_from(bucket.count()).unwrap_or(u32::MAX);
        }
        coarse
    }

    /// The index of a value's bucket, for whoever keeps something beside it.
    #[must_use]
    pub const fn bucket_of(value: u64) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "below 59 * 64")]
        let index = index(value) as u32;
        index
    }

    /// Feeds everything to a digest.
    pub(super) fn digest(&self, into: &mut impl FnMut(u64)) {
        into(self.count);
        for (index, bucket) in self.filled() {
            into(index as u64);
            into(bucket.count());
            into(bucket.sum());
        }
    }
}

/// Counts and exact sum in 64 buckets, one per doubling: for the many cells that nobody reads in detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coarse {
    /// How many values.
    pub count: u64,
    /// Their sum.
    pub sum: u128,
    buckets: [u32; 64],
}

impl Default for Coarse {
    fn default() -> Self {
        Self { count: 0, sum: 0, buckets: [0; 64] }
    }
}

impl Coarse {
    /// Adds a value.
    pub fn add(&mut self, value: u64) {
        self.count += 1;
        self.sum += u128::from(value);
        self.buckets[Self::place(value)] += 1;
    }

    const fn place(value: u64) -> usize {
        63_usize.saturating_sub(value.leading_zeros() as usize)
    }

    /// Adds another.
    pub fn merge(&mut self, other: &Coarse) {
        self.count += other.count;
        self.sum += other.sum;
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
    }

    /// The value of this rank, to within a doubling.
    #[must_use]
    pub fn at_rank(&self, rank: u64, zeros: u64) -> f64 {
        let Some(mut left) = rank.checked_sub(zeros).filter(|&left| left > 0) else { return 0.0 };
        for (power, &count) in (0..).zip(&self.buckets) {
            if left <= u64::from(count) {
                return libm::pow(2.0, f64::from(power) + 0.5);
            }
            left -= u64::from(count);
        }
        libm::pow(2.0, 63.0)
    }

    pub(super) fn digest(&self, into: &mut impl FnMut(u64)) {
        into(self.count);
        #[expect(clippy::cast_possible_truncation, reason = "a digest of the low half")]
        into(self.sum as u64);
        self.buckets.iter().for_each(|&b| into(u64::from(b)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widest::tests::narrow;

    #[test]
    fn a_single_value_is_exact() {
        let mut hist = Hist::default();
        for _ in 0..20 {
            hist.add(3_600_000);
        }
        assert!((hist.at_rank(10, 0) - 3_600_000.0).abs() < 1e-9);
        assert!((hist.at_rank(10, 10) - 0.0).abs() < 1e-9);
    }

    #[test]
    fn brief_values_have_the_same_buckets() {
        let near = |value: u32| (value.saturating_sub(3)..=value.saturating_add(3)).collect::<Vec<_>>();
        let spread = (0..5_000_u32).map(|i| i.wrapping_mul(0x9E37_79B9) >> (i % 30));
        for value in (0..32).flat_map(|power| near(1 << power)).chain(near(u32::MAX)).chain(0..5_000).chain(spread) {
            assert_eq!(index_of_brief(value), index(value.into()), "{value}");
        }
    }

    #[test]
    fn brief_values_are_counted_like_any_others() {
        let all: Vec<u32> = (0..3_000_u32).map(|i| i.wrapping_mul(0x9E37_79B9) >> (i % 30)).collect();
        let counted = |values: &[u32]| {
            let mut hist = Hist::default();
            values.chunks(97).for_each(|some| hist.add_brief(some));
            hist
        };
        // Some of them are no values: here and there, or nearly all.
        let gaps = |every: usize, len: usize| -> Vec<u32> {
            all[..len].iter().enumerate().map(|(i, &value)| if i % every == 1 % every { NONE } else { value }).collect()
        };
        for len in [0, 1, 31, 32, 33, 96, 97, 3_000] {
            for some in [all[..len].to_vec(), gaps(7, len), gaps(2, len), gaps(1, len)] {
                let mut each = Hist::default();
                some.iter().filter(|&&value| value != NONE).for_each(|&value| each.add(value.into()));
                assert_eq!(counted(&some), each);
                assert_eq!(narrow(|| counted(&some)), each);
            }
        }
        let (mut together, mut each) = (counted(&all), counted(&all));
        together.add_same(4_711, 70);
        (0..70).for_each(|_| each.add(4_711));
        assert_eq!(together, each);
    }

    #[test]
    fn a_few_values_say_what_their_buckets_would() {
        let said = |hist: &Hist| {
            let mut words = Vec::new();
            hist.digest(&mut |word| words.push(word));
            let ranks: Vec<u64> = (0..=hist.count() + 2).map(|rank| hist.at_rank(rank, 2).to_bits()).collect();
            (words, ranks, hist.sum(), hist.squares().to_bits(), hist.points().count(), hist.coarse())
        };
        let values: Vec<u32> = (0..u32::MAX).map(|i| i.wrapping_mul(0x9E37_79B9) >> (i % 25)).take(2 * FEW).collect();
        for len in [0, 1, 2, 50, FEW] {
            let mut few = Hist::default();
            few.add_brief(&values[..len]);
            assert_eq!((few.few.len(), few.buckets.len()), (len, 0));
            let mut spilled = few.clone();
            spilled.spill();
            assert!(spilled.few.is_empty());
            assert_eq!(said(&few), said(&spilled));
            assert_eq!(few, spilled);
        }
        // Whichever way they come, more than a few are in buckets.
        let all = |add: &dyn Fn(&mut Hist)| {
            let mut hist = Hist::default();
            add(&mut hist);
            assert!(hist.few.is_empty() && !hist.buckets.is_empty());
            hist
        };
        let half = |from: usize| {
            let mut hist = Hist::default();
            hist.add_all(values[from..from + FEW].iter().map(|&value| value.into()));
            hist
        };
        let merged = all(&|hist| (0..2).for_each(|k| hist.merge(&half(k * FEW))));
        assert_eq!(merged, all(&|hist| hist.add_brief(&values)));
        assert_eq!(merged, all(&|hist| hist.add_all(values.iter().map(|&value| value.into()))));
        assert_eq!(merged, all(&|hist| values.iter().for_each(|&value| assert!(hist.add_to(value.into()) || hist.count() > 1))));
        assert_eq!(merged, all(&|hist| values.iter().for_each(|&value| hist.add_same(value, 1))));
    }

    #[test]
    fn ranks_are_within_a_bucket_of_the_sorted_values() {
        let mut hist = Hist::default();
        let mut values: Vec<u64> = (0..5000_u64).map(|i| i * i * 37 % 10_000_019).collect();
        values.iter().for_each(|&v| hist.add(v));
        values.sort_unstable();
        for rank in (1..5000).step_by(97) {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let exact = values[rank - 1] as f64;
            let found = hist.at_rank(rank as u64, 0);
            assert!((found - exact).abs() <= exact * 0.016 + 0.5, "{rank}: {found} {exact}");
        }
    }

    #[test]
    fn less_detail_is_what_it_would_have_been() {
        let (mut hist, mut coarse) = (Hist::default(), Coarse::default());
        for value in (0..300).chain((0..400).map(|i| i * i * i * 7_919)) {
            hist.add(value);
            coarse.add(value);
        }
        assert_eq!(hist.coarse(), coarse);
    }

    #[test]
    fn merging_in_any_order_gives_the_same() {
        let parts: Vec<Hist> = (0..5)
            .map(|i| {
                let mut hist = Hist::default();
                (0..100).for_each(|j| hist.add(i * 1_000 + j * j * 13));
                hist
            })
            .collect();
        let (mut there, mut back) = (Hist::default(), Hist::default());
        parts.iter().for_each(|p| there.merge(p));
        parts.iter().rev().for_each(|p| back.merge(p));
        assert_eq!(there, back);
    }
}
