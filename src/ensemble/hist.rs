//! Histograms that merge exactly: counts and sums of integers in logarithmic buckets.
//!
//! A quantile is the mean of the bucket it falls into: exact where a bucket holds one value (fixed
//! durations), within 0.8 % otherwise. Adding is integer addition, so any order gives the same bytes.
//! The last values wait until they are many enough to be counted at once; a few are left as they are, which takes a tenth of the memory
//! and says the same.

use super::buckets::{Bucket, Buckets, index, least};
use crate::model::NONE;
use crate::widest::widest;
use smallvec::SmallVec;
use std::borrow::Cow;

/// So many values wait: buckets have some hundred lines of memory, which are not fetched from afar for a value or two. Where there are no
/// more, they are never put into buckets: a kilobyte, where those take four or more.
const WAITING: usize = 256;

/// A histogram of values below 2^58.
#[derive(Debug, Clone)]
pub struct Hist {
    count: u64,
    /// The least and the greatest of those in buckets.
    min: u64,
    max: u64,
    /// Values that are not yet in buckets: one that came so many times, and others in the order of their arrival, among which [`NONE`] may
    /// stand for no value.
    alike: (u32, u64),
    waiting: Vec<u32>,
    buckets: Buckets,
}

impl Default for Hist {
    fn default() -> Self {
        Self { count: 0, min: u64::MAX, max: 0, alike: (NONE, 0), waiting: Vec::new(), buckets: Buckets::default() }
    }
}

impl PartialEq for Hist {
    fn eq(&self, other: &Self) -> bool {
        (self.count, self.min(), self.max()) == (other.count, other.min(), other.max()) && self.filled().eq(other.filled())
    }
}

impl Eq for Hist {}

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

impl Hist {
    /// Adds a value.
    #[inline]
    pub fn add(&mut self, value: u64) {
        self.count += 1;
        match u32::try_from(value) {
            Ok(brief) if brief != NONE => {
                self.make_room(1);
                self.waiting.push(brief);
            }
            _ => self.put(value, 1),
        }
    }

    /// Adds a value; whether its bucket was empty.
    pub(super) fn add_to(&mut self, value: u64) -> bool {
        self.count += 1;
        self.count_waiting();
        self.put(value, 1);
        self.buckets.get(index(value)).count == 1
    }

    /// Adds so many values that are short enough for their sums to stay below any bound; [`NONE`] may stand among them for no value.
    pub(super) fn add_brief(&mut self, values: &[u32], count: u32) {
        self.count += u64::from(count);
        self.make_room(values.len());
        self.waiting.extend_from_slice(values);
    }

    /// Adds so many of one value, which is likely to be the one that was added in this way before.
    pub(super) fn add_alike(&mut self, value: u32, count: u32) {
        self.count += u64::from(count);
        self.wait_alike(value, count.into());
    }

    fn wait_alike(&mut self, value: u32, count: u64) {
        if value != self.alike.0 {
            self.count_alike();
            self.alike.0 = value;
        }
        self.alike.1 += count;
    }

    fn count_alike(&mut self) {
        let (value, count) = std::mem::replace(&mut self.alike, (NONE, 0));
        if count > 0 {
            self.put(value.into(), count);
        }
    }

    /// Puts so many of one value into its bucket.
    fn put(&mut self, value: u64, count: u64) {
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
        self.buckets.add(value, count);
    }

    /// Sees to it that so many more can wait.
    #[inline]
    fn make_room(&mut self, more: usize) {
        if self.waiting.len() + more > WAITING {
            self.count_waiting();
        }
    }

    /// Puts the values that wait into buckets.
    fn count_waiting(&mut self) {
        self.count_alike();
        let (count, min, max) = bounds(&self.waiting);
        if count > 0 {
            (self.min, self.max) = (self.min.min(min.into()), self.max.max(max.into()));
            if self.count <= u32::MAX.into() {
                self.buckets.add_all(&self.waiting, min, max);
            } else {
                self.waiting.iter().filter(|&&value| value != NONE).for_each(|&value| self.buckets.add(value.into(), 1));
            }
        }
        self.waiting.clear();
    }

    /// For whoever will read it: unless they are few, no values wait.
    pub(super) fn settle(&mut self) {
        if self.count > WAITING as u64 {
            self.count_waiting();
            self.waiting = Vec::new();
        }
    }

    /// The same without values that wait.
    fn counted(&self) -> Cow<'_, Self> {
        if self.waiting.is_empty() && self.alike.1 == 0 {
            return Cow::Borrowed(self);
        }
        let mut all = self.clone();
        all.count_waiting();
        Cow::Owned(all)
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Hist) {
        self.count += other.count;
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
        self.make_room(other.waiting.len());
        self.waiting.extend_from_slice(&other.waiting);
        if other.alike.1 > 0 {
            self.wait_alike(other.alike.0, other.alike.1);
        }
        self.buckets.merge(&other.buckets);
    }

    /// How many values.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> u128 {
        let waiting: u64 = self.waiting.iter().filter(|&&value| value != NONE).copied().map(u64::from).sum();
        let alike = u128::from(self.alike.0) * u128::from(self.alike.1);
        alike + u128::from(waiting) + self.buckets.range().map(|index| self.buckets.get(index).sum).sum::<u128>()
    }

    /// Sum of their squares, to the resolution of buckets.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub fn squares(&self) -> f64 {
        self.points().map(|(mean, count)| mean * mean * count as f64).sum()
    }

    /// The least; 0 if there is none.
    #[must_use]
    pub fn min(&self) -> u64 {
        let waiting = match bounds(&self.waiting) {
            (0, ..) => u64::MAX,
            (_, least, _) => least.into(),
        };
        if self.count == 0 { 0 } else { self.min.min(waiting).min(self.alike_or(u64::MAX)) }
    }

    /// The greatest.
    #[must_use]
    pub fn max(&self) -> u64 {
        let (_, _, waiting) = bounds(&self.waiting);
        self.max.max(waiting.into()).max(self.alike_or(0))
    }

    /// The value that came several times, if there is one.
    fn alike_or(&self, none: u64) -> u64 {
        if self.alike.1 > 0 { self.alike.0.into() } else { none }
    }

    /// The value of this rank (1 is the least), with `zeros` further values of 0 below all others.
    #[must_use]
    pub fn at_rank(&self, rank: u64, zeros: u64) -> f64 {
        let Some(mut left) = rank.checked_sub(zeros).filter(|&left| left > 0) else { return 0.0 };
        if let Some(mean) = self.waiting_at_rank(left) {
            return mean;
        }
        for (_, bucket) in self.filled() {
            if left <= bucket.count {
                return bucket.mean();
            }
            left -= bucket.count;
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
        let max = self.max() as f64;
        max
    }

    /// The same where all values wait, and none came several times: the mean of the bucket that would hold it, without making any.
    fn waiting_at_rank(&self, rank: u64) -> Option<f64> {
        let place = usize::try_from(rank.checked_sub(1)?).ok().filter(|_| self.buckets.is_empty() && self.alike.1 == 0)?;
        let mut values: SmallVec<[u32; WAITING]> = self.waiting.iter().copied().filter(|&value| value != NONE).collect();
        let found = if place < values.len() { index((*values.select_nth_unstable(place).1).into()) } else { return None };
        let mut bucket = Bucket::default();
        for value in values.into_iter().map(u64::from).filter(|&value| index(value) == found) {
            bucket.add(Bucket { count: 1, sum: value.into() });
        }
        Some(bucket.mean())
    }

    /// How many values are at most this (to the resolution of a bucket: its mean decides).
    #[must_use]
    pub fn count_up_to(&self, value: f64) -> u64 {
        self.points().filter(|(mean, _)| *mean <= value).map(|(_, count)| count).sum()
    }

    /// Non-empty buckets as (mean, count), ascending.
    pub fn points(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        self.filled().map(|(_, b)| (b.mean(), b.count))
    }

    /// Buckets that hold anything, with their index.
    fn filled(&self) -> impl Iterator<Item = (usize, Bucket)> + '_ {
        let all = self.counted();
        all.buckets.range().map(move |index| (index, all.buckets.get(index))).filter(|(_, bucket)| bucket.count > 0)
    }

    /// The same in less detail.
    pub(super) fn coarse(&self) -> Coarse {
        let mut coarse = Coarse { count: self.count, sum: self.sum(), ..Coarse::default() };
        for (index, bucket) in self.filled() {
            // Any value of a bucket will do: no doubling ends within one.
            coarse.buckets[Coarse::place(least(index))] += u32::try_from(bucket.count).unwrap_or(u32::MAX);
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
            into(bucket.count);
            #[expect(clippy::cast_possible_truncation, reason = "a digest of the low half")]
            into(bucket.sum as u64);
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
        self.add_alike(value, 1);
    }

    /// Adds so many of one value.
    pub(super) fn add_alike(&mut self, value: u64, count: u32) {
        self.count += u64::from(count);
        self.sum += u128::from(value) * u128::from(count);
        self.buckets[Self::place(value)] += count;
    }

    /// Adds values; [`NONE`] is no value.
    pub(super) fn add_brief(&mut self, values: &[u32]) {
        values.iter().filter(|&&value| value != NONE).for_each(|&value| self.add(value.into()));
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
    fn sums_of_great_losses_are_exact() {
        let (loss, trials) = (36_000_000_000_000_u64, 1_000_000_u64);
        let mut hist = Hist::default();
        for _ in 0..trials {
            hist.add(loss);
        }
        assert_eq!(hist.sum(), u128::from(loss) * u128::from(trials));
        assert!((hist.at_rank(trials / 2, 0) - 36e12).abs() < 1.0);
    }

    #[test]
    fn brief_values_are_counted_like_any_others() {
        let all: Vec<u32> = (0..3_000_u32).map(|i| i.wrapping_mul(0x9E37_79B9) >> (i % 30)).collect();
        let counted = |values: &[u32]| {
            let mut hist = Hist::default();
            values.chunks(97).for_each(|some| hist.add_brief(some, bounds(some).0));
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
        // The same value many times is counted at once.
        let (mut together, mut each) = (counted(&all), counted(&all));
        together.add_alike(4_711, 2);
        (0..2).for_each(|_| each.add(4_711));
        assert_eq!(together, each);
    }

    #[test]
    fn values_that_wait_say_what_their_buckets_would() {
        let said = |hist: &Hist| {
            let mut words = Vec::new();
            hist.digest(&mut |word| words.push(word));
            let ranks: Vec<u64> = (0..=hist.count() + 2).map(|rank| hist.at_rank(rank, 2).to_bits()).collect();
            (words, ranks, hist.sum(), hist.squares().to_bits(), hist.points().count(), hist.coarse())
        };
        let values: Vec<u32> = (0..u32::MAX).map(|i| i.wrapping_mul(0x9E37_79B9) >> (i % 25)).take(3 * WAITING).collect();
        for len in [1, 2, 50, WAITING, WAITING + 1, 2 * WAITING, 3 * WAITING] {
            let mut hist = Hist::default();
            values[..len].chunks(32).for_each(|some| hist.add_brief(some, bounds(some).0));
            assert_eq!(hist.buckets.is_empty(), len <= WAITING);
            let mut counted = hist.clone();
            counted.count_waiting();
            assert!(counted.waiting.is_empty());
            let mut settled = hist.clone();
            settled.settle();
            assert_eq!((settled.waiting.len(), settled.buckets.is_empty()), if len > WAITING { (0, false) } else { (len, true) });
            for other in [counted, settled] {
                assert_eq!(said(&hist), said(&other), "{len}");
                assert_eq!(hist, other);
            }
        }
        // One value that comes often stands among others, or alone.
        for (len, value) in [(0, 70_000), (50, 70_000), (50, 0), (50, values[7]), (200, u32::MAX - 1)] {
            let mut hist = Hist::default();
            hist.add_brief(&values[..len], bounds(&values[..len]).0);
            hist.add_alike(value, 30);
            let mut counted = hist.clone();
            counted.count_waiting();
            assert!(hist.buckets.is_empty() && !counted.buckets.is_empty());
            assert_eq!(said(&hist), said(&counted), "{len} {value}");
        }
        assert_eq!(said(&Hist::default()).0, [0]);
        let mut long = Hist::default();
        [3 << 40, 5 << 40].into_iter().for_each(|value| long.add(value));
        assert_eq!((long.min(), long.max(), long.waiting.len()), (3 << 40, 5 << 40, 0));
        // Whichever way they come, and those that are too long to wait among them.
        let long: Vec<u64> = values.iter().map(|&value| value.into()).chain([NONE.into(), 1 << 32, 1 << 57]).collect();
        let all = |add: &dyn Fn(&mut Hist)| {
            let mut hist = Hist::default();
            add(&mut hist);
            hist
        };
        let part = |some: &[u64]| all(&|hist| some.iter().for_each(|&value| hist.add(value)));
        let merged = all(&|hist| long.chunks(200).for_each(|some| hist.merge(&part(some))));
        assert_eq!(merged, part(&long));
        assert_eq!(merged, all(&|hist| long.chunks(900).rev().for_each(|some| hist.merge(&part(some)))));
        assert_eq!(merged, all(&|hist| long.iter().for_each(|&value| assert!(hist.add_to(value) || hist.count() > 1))));
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
