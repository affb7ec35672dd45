//! What is known of a setting: sums over its trials, in so many groups that their scatter tells how well.
//!
//! In: figures of trials. Out: means and group values per criterion. A trial belongs to the group of its number, whatever the setting,
//! so that two settings are compared group by group under the same luck. The size is bounded whatever the number of trials: 32 sums
//! per mean or share, and per percentile 8 histograms, of whose 64 bins only those take room (40 bytes) that hold anything. A bin keeps the
//! least and the greatest figure in it, so that it is known how much it hides.

use super::checkpoint::bits;
use super::problem::Criterion;
use crate::scenario::experiment::Statistic;
use std::ops::{Deref, Range};

/// Groups of trials for means and shares.
pub const GROUPS: usize = 32;
/// Groups of trials for percentiles.
pub const COARSE_GROUPS: usize = 8;
const COARSE_COUNT: f64 = 8.0;
/// Bins of a histogram.
const BINS: usize = 64;
/// The same without the first, as a figure.
const STEPS: f64 = 63.0;
/// Doublings that the bins above the first span: from ten seconds to 85 years.
const DOUBLINGS: f64 = 28.0;

/// Sums of trials, for every criterion; of no trials nothing is held.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Record {
    /// Trials of each part that are in it.
    pub sweeps: u64,
    /// By criterion that is a mean or a share, by group.
    #[serde(with = "bits")]
    pub sums: Vec<f64>,
    /// By criterion that is a percentile.
    pub bins: Vec<Bins>,
}

/// Histograms of all groups.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bins {
    /// A bit for each bin that holds anything, the first bin in the lowest.
    held: u64,
    /// By bin that does: its ends, and by group the runs a week.
    #[serde(with = "bits")]
    kept: Vec<f32>,
}

/// The least and the greatest figure of a bin; each rounded away from the other.
const ENDS: usize = 2;
/// What is kept of a bin.
const WIDTH: usize = ENDS + COARSE_GROUPS;

/// A percentile of a histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// Where it is most likely.
    pub value: f64,
    /// The least figure that it can be of those that were seen.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
}

/// What groups of trials say of a criterion, each as if it were all; no groups for what the setting alone decides.
#[derive(Debug, Clone, Copy)]
pub struct Groups {
    values: [f64; GROUPS],
    count: usize,
}

/// Figures of one part under one setting, before they are weighted.
#[derive(Debug, Clone)]
pub struct Batch {
    sums: Vec<u128>,
    /// By criterion that is a percentile, by bin, by group.
    bins: Vec<u32>,
    /// By criterion that is a percentile, by bin: the least and the greatest figure.
    ends: Vec<(u64, u64)>,
}

fn sums_of(criteria: &[Criterion]) -> usize {
    criteria.iter().filter(|c| matches!(c.statistic, Statistic::PerWeek | Statistic::Share)).count() * GROUPS
}

fn sums_at(criteria: &[Criterion], at: usize) -> Range<usize> {
    let before = sums_of(&criteria[..at]);
    before..before + GROUPS
}

pub(super) fn percentiles_of(criteria: &[Criterion]) -> usize {
    criteria.iter().filter(|c| matches!(c.statistic, Statistic::Quantile(_))).count()
}

impl Batch {
    /// Nothing yet.
    #[must_use]
    pub fn new(criteria: &[Criterion]) -> Self {
        let bins = percentiles_of(criteria) * BINS;
        Self { sums: vec![0; sums_of(criteria)], bins: vec![0; bins * COARSE_GROUPS], ends: vec![(u64::MAX, 0); bins] }
    }

    /// Adds a trial.
    pub fn add(&mut self, criteria: &[Criterion], trial: u64, figures: &[u64]) {
        #[expect(clippy::cast_possible_truncation, reason = "a remainder of at most 31")]
        let (group, coarse) = ((trial % GROUPS as u64) as usize, (trial % COARSE_GROUPS as u64) as usize);
        let (mut sum, mut bin) = (0, 0);
        for (criterion, &figure) in criteria.iter().zip(figures) {
            match criterion.statistic {
                Statistic::PerWeek | Statistic::Share => {
                    self.sums[sum + group] += u128::from(figure);
                    sum += GROUPS;
                }
                Statistic::Quantile(_) => {
                    let at = bin + bin_of(figure, criterion.grain);
                    self.bins[at * COARSE_GROUPS + coarse] += 1;
                    self.ends[at] = (self.ends[at].0.min(figure), self.ends[at].1.max(figure));
                    bin += BINS;
                }
                Statistic::Certain => {}
            }
        }
    }
}

/// The bin of a figure: 0 for less than a grain.
fn bin_of(figure: u64, grain: f64) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "a bin")]
    let grains = figure as f64 / grain;
    if grains < 1.0 {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded below")]
    let bin = 1 + (libm::log2(grains) * STEPS / DOUBLINGS) as usize;
    bin.min(BINS - 1)
}

/// The lower edge of a bin above the first, in grains.
fn edge(bin: f64) -> f64 {
    libm::exp2((bin - 1.0) * DOUBLINGS / STEPS)
}

impl Record {
    /// Of no trials yet, to add some.
    #[must_use]
    pub fn new(criteria: &[Criterion]) -> Self {
        Self { sweeps: 0, sums: vec![0.0; sums_of(criteria)], bins: vec![Bins::default(); percentiles_of(criteria)] }
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        let bins = self.bins.iter().map(|bins| size_of::<Bins>() + size_of_val(&*bins.kept)).sum::<usize>();
        size_of::<Self>() + size_of_val(&*self.sums) + bins
    }

    /// Whether it may be about these criteria.
    pub(super) fn fits(&self, criteria: &[Criterion]) -> bool {
        let whole = |bins: &Bins| bins.kept.len() == bins.held.count_ones() as usize * WIDTH;
        let is_about = self.sums.len() == sums_of(criteria) && self.bins.len() == percentiles_of(criteria);
        (is_about || *self == Self::default()) && self.bins.iter().all(whole)
    }

    /// Adds a part of the week that runs so often.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "weighted counts")]
    pub fn add(&mut self, batch: &Batch, weight: f64) {
        for (mine, sum) in self.sums.iter_mut().zip(&batch.sums) {
            *mine += *sum as f64 * weight;
        }
        let found = batch.bins.chunks(BINS * COARSE_GROUPS).zip(batch.ends.chunks(BINS));
        for (mine, (counts, ends)) in self.bins.iter_mut().zip(found) {
            let bins = counts.chunks(COARSE_GROUPS).zip(ends).enumerate();
            for (bin, (counts, &(least, greatest))) in bins.filter(|(_, (_, (least, greatest)))| least <= greatest) {
                let runs = counts.iter().map(|count| (f64::from(*count) * weight) as f32);
                mine.add(bin, [not_above(least), not_below(greatest)], runs);
            }
        }
    }

    /// Adds later trials of all parts.
    pub fn merge(&mut self, later: Record) {
        if self.sweeps == 0 {
            *self = later;
            return;
        }
        self.sweeps += later.sweeps;
        self.sums.iter_mut().zip(&later.sums).for_each(|(mine, theirs)| *mine += theirs);
        for (mine, theirs) in self.bins.iter_mut().zip(&later.bins) {
            for (bin, ends, theirs) in theirs.iter() {
                mine.add(bin, ends, theirs.iter().copied());
            }
        }
    }

    /// What the groups of a criterion say.
    #[must_use]
    pub fn groups(&self, criteria: &[Criterion], at: usize, runs_a_week: f64) -> Groups {
        let criterion = &criteria[at];
        match criterion.statistic {
            Statistic::Certain => Groups::NONE,
            Statistic::PerWeek | Statistic::Share => {
                #[expect(clippy::cast_precision_loss, reason = "a number of trials")]
                let trials = (self.sweeps as f64 / GROUPS as f64).max(1.0);
                let per = trials * criterion.scale * if criterion.statistic == Statistic::Share { runs_a_week } else { 1.0 };
                let sums = self.sums.get(sums_at(criteria, at)).unwrap_or(&[0.0; GROUPS]);
                Groups { values: std::array::from_fn(|group| sums[group] / per), count: GROUPS }
            }
            Statistic::Quantile(p) => {
                // Leave one group out at a time: the jackknife's pseudo-values (Tukey 1958, by groups).
                let count = COARSE_COUNT;
                let whole = self.percentile(criteria, at, p, None).value;
                let without = |g: usize| self.percentile(criteria, at, p, Some(g)).value;
                Groups::from(std::array::from_fn(|g| count * whole - (count - 1.0) * without(g)))
            }
        }
    }

    /// The value of a criterion that trials decide.
    #[must_use]
    pub fn value(&self, criteria: &[Criterion], at: usize, runs_a_week: f64) -> f64 {
        if let Statistic::Quantile(p) = criteria[at].statistic {
            return self.percentile(criteria, at, p, None).value;
        }
        self.groups(criteria, at, runs_a_week).mean()
    }

    /// A percentile of a criterion over all groups but one, in its unit.
    #[must_use]
    pub fn percentile(&self, criteria: &[Criterion], at: usize, p: f64, without: Option<usize>) -> Percentile {
        let nothing = Bins::default();
        let bins = self.bins.get(percentiles_of(&criteria[..at])).unwrap_or(&nothing);
        let mut all = [0.0; BINS];
        for (bin, _, groups) in bins.iter() {
            let ours = groups.iter().enumerate().filter(|(group, _)| Some(*group) != without);
            ours.for_each(|(_, runs)| all[bin] += f64::from(*runs));
        }
        let Criterion { grain, scale, .. } = criteria[at];
        let Some((bin, share)) = rank(&all, p) else { return Percentile { value: 0.0, least: 0.0, greatest: 0.0 } };
        let [least, greatest] = bins.ends(bin).map(f64::from);
        // Below a grain all is as nothing.
        let value = if bin == 0 { least } else { (inside(&all, bin, share) * grain).clamp(least, greatest) };
        Percentile { value: value / scale, least: least / scale, greatest: greatest / scale }
    }

    /// Whether two records have counted the same of a percentile.
    pub(super) fn counts_like(&self, other: &Self, criteria: &[Criterion], at: usize) -> bool {
        let place = percentiles_of(&criteria[..at]);
        self.bins.get(place) == other.bins.get(place)
    }
}

impl Groups {
    /// Nobody says anything.
    pub(super) const NONE: Self = Self { values: [0.0; GROUPS], count: 0 };

    /// What they say together; 0 if there are none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few groups")]
    pub fn mean(&self) -> f64 {
        self.iter().sum::<f64>() / self.len().max(1) as f64
    }

    /// How far they scatter; 0 for fewer than two.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few groups")]
    pub fn variance(&self) -> f64 {
        if self.len() < 2 {
            return 0.0;
        }
        let mean = self.mean();
        self.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / (self.len() - 1) as f64
    }

    /// What each says, so many times.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self { values: self.values.map(|value| value * factor), ..*self }
    }

    /// Group by group, this minus the other, of which there are as many.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        debug_assert_eq!(self.count, other.count, "of one criterion");
        Self { values: std::array::from_fn(|group| self.values[group] - other.values[group]), ..*self }
    }
}

impl From<[f64; COARSE_GROUPS]> for Groups {
    fn from(coarse: [f64; COARSE_GROUPS]) -> Self {
        let mut values = [0.0; GROUPS];
        values[..COARSE_GROUPS].copy_from_slice(&coarse);
        Self { values, count: COARSE_GROUPS }
    }
}

impl Deref for Groups {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.values[..self.count]
    }
}

impl Bins {
    /// Adds what a bin holds: its ends, and runs by group.
    fn add(&mut self, bin: usize, [least, greatest]: [f32; ENDS], runs: impl Iterator<Item = f32>) {
        let at = self.place(bin);
        if self.held >> bin & 1 == 0 {
            self.held |= 1 << bin;
            self.kept.reserve_exact(WIDTH);
            self.kept.splice(at..at, [least, greatest].into_iter().chain([0.0; COARSE_GROUPS]));
        }
        let (ends, groups) = self.kept[at..at + WIDTH].split_at_mut(ENDS);
        (ends[0], ends[1]) = (ends[0].min(least), ends[1].max(greatest));
        groups.iter_mut().zip(runs).for_each(|(mine, runs)| *mine += runs);
    }

    fn place(&self, bin: usize) -> usize {
        (self.held & ((1 << bin) - 1)).count_ones() as usize * WIDTH
    }

    /// The ends of a bin that holds something.
    fn ends(&self, bin: usize) -> [f32; ENDS] {
        let at = self.place(bin);
        [self.kept[at], self.kept[at + 1]]
    }

    /// Bins that hold something, in their order, with their ends, and what by group.
    fn iter(&self) -> impl Iterator<Item = (usize, [f32; ENDS], &[f32])> {
        let held = (0..BINS).filter(|bin| self.held >> bin & 1 == 1);
        held.zip(self.kept.chunks(WIDTH)).map(|(bin, kept)| (bin, [kept[0], kept[1]], &kept[ENDS..]))
    }
}

/// The bin that a percentile falls into, and which part of the bin lies below it.
fn rank(bins: &[f64; BINS], p: f64) -> Option<(usize, f64)> {
    let wanted = bins.iter().sum::<f64>() * p;
    let (mut below, mut last) = (0.0, None);
    for (bin, &weight) in bins.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        if below + weight >= wanted {
            return Some((bin, ((wanted - below) / weight).clamp(0.0, 1.0)));
        }
        below += weight;
        // Of all, the sum may be missed by a rounding.
        last = Some((bin, 1.0));
    }
    last
}

/// Below which figure, in grains, a part of a bin above the first lies: with a density that rises or falls through the bin (on the scale of the bins) as it
/// does from the bin before to the bin behind. That goes through both ends of the bin, and is near where runs are spread smoothly.
fn inside(bins: &[f64; BINS], bin: usize, share: f64) -> f64 {
    let own = bins[bin];
    let before = if bin > 1 { bins[bin - 1] } else { own };
    let behind = bins.get(bin + 1).copied().unwrap_or(0.0);
    let tilt = ((behind - before) / (4.0 * own)).clamp(-1.0, 1.0);
    // Of the runs of the bin (1 - tilt) t + tilt t^2 lie in its first part t.
    let (even, root) = (1.0 - tilt, libm::sqrt((1.0 - tilt) * (1.0 - tilt) + 4.0 * tilt * share));
    let part = if even + root > 0.0 { 2.0 * share / (even + root) } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "at most 63")]
    let place = bin as f64 + part.clamp(0.0, 1.0);
    edge(place)
}

/// The next figure of 32 bits that is not above this.
#[expect(clippy::cast_precision_loss, reason = "rounded on purpose")]
fn not_above(figure: u64) -> f32 {
    let near = figure as f32;
    if f64::from(near) > figure as f64 { near.next_down() } else { near }
}

/// The next figure of 32 bits that is not below this.
#[expect(clippy::cast_precision_loss, reason = "rounded on purpose")]
fn not_below(figure: u64) -> f32 {
    let near = figure as f32;
    if f64::from(near) < figure as f64 { near.next_up() } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_percentiles_come_back() {
        let mean = Criterion { statistic: Statistic::PerWeek, scale: 1.0, grain: 1.0 };
        let p90 = Criterion { statistic: Statistic::Quantile(0.9), ..mean };
        let criteria = [mean, p90];
        let mut batch = Batch::new(&criteria);
        for trial in 0..3200 {
            batch.add(&criteria, trial, &[trial % 100, trial % 1000 * 60]);
        }
        let mut record = Record::new(&criteria);
        record.add(&batch, 2.0);
        record.sweeps = 3200;
        assert!((record.value(&criteria, 0, 2.0) - 99.0).abs() < 1e-9, "twice a week 49.5");
        let found = record.value(&criteria, 1, 2.0);
        assert!((found / 54_000.0 - 1.0).abs() < 0.05, "{found}: 900 x 60");
        assert_eq!(record.bins[0].kept.len(), 23 * WIDTH, "0, 60, and from 120 on all bins up to 60,000");
        let bits = |record: &Record| [0, 1].map(|at| record.value(&criteria, at, 2.0).to_bits());
        let mut twice = Record::default();
        assert_eq!(bits(&twice), [0, 0], "of no trials");
        twice.merge(record.clone());
        assert_eq!(twice, record);
        twice.merge(record.clone());
        assert_eq!(bits(&twice), bits(&record));
        assert!([&twice, &Record::default()].iter().all(|record| record.fits(&criteria) && record.sweeps != 3200));
        twice.bins[0].held ^= 1;
        assert!(!twice.fits(&criteria), "a bin without its runs");
    }
    /// A percentile of these runs, in their own unit.
    fn percentile(p: f64, grain: f64, runs: impl Iterator<Item = u64>) -> Percentile {
        let criteria = [Criterion { statistic: Statistic::Quantile(p), scale: 1.0, grain }];
        let mut batch = Batch::new(&criteria);
        (0..).zip(runs).for_each(|(trial, figure)| batch.add(&criteria, trial, &[figure]));
        let mut record = Record::new(&criteria);
        record.add(&batch, 0.7);
        record.percentile(&criteria, 0, p, None)
    }

    #[test]
    fn what_is_the_same_in_every_run_is_every_percentile_to_the_digit() {
        for figure in [0, 1, 2, 3, 60 * 60_000, 16_777_216] {
            for p in [0.5, 0.9, 0.99, 1.0] {
                let found = percentile(p, 1.0, std::iter::repeat_n(figure, 100));
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let figure = figure as f64;
                assert_eq!(found, Percentile { value: figure, least: figure, greatest: figure });
            }
        }
        let Percentile { least, greatest, .. } = percentile(0.5, 1.0, std::iter::repeat_n(16_777_217, 100));
        assert!((16_777_216.0..16_777_217.0).contains(&least) && greatest > 16_777_217.0, "{least} {greatest}");
    }

    #[test]
    fn a_percentile_lies_between_the_ends_of_its_bin_and_near_its_place() {
        // Log-normal from 40 to 120 minutes, as `40m to 2h` is: median 69.3, 95th percentile 120.
        let sigma = libm::log(3.0) / (2.0 * crate::luck::quantile::normal(0.95));
        let at = |n: u32| {
            let normal = crate::luck::quantile::normal((f64::from(n) + 0.5) / 20_000.0);
            libm::exp(libm::log(40.0 * 120.0) / 2.0 + sigma * normal)
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some minutes")]
        let figure = |n: u32| (at(n) * 60_000.0) as u64;
        for (p, wanted) in [(0.5, 69.28), (0.9, 106.3), (0.95, 120.0), (0.99, 150.7)] {
            let Percentile { value, least, greatest } = percentile(p, 10_000.0, (0..20_000).map(figure));
            assert!((least..=greatest).contains(&(wanted * 60_000.0)), "{p}: {least} {greatest}");
            assert!((value / 60_000.0 / wanted - 1.0).abs() < 0.02, "{p}: {}", value / 60_000.0);
        }
    }
}
