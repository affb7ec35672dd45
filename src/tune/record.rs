//! What is known of a setting: sums over its trials, in so many groups that their scatter tells how well.
//!
//! In: figures of trials. Out: means and group values per criterion. A trial belongs to the group of its number, whatever the setting,
//! so that two settings are compared group by group under the same luck. The size is bounded whatever the number of trials: 32 sums
//! per mean or share, and per percentile 8 histograms, of whose 64 bins only those take room (32 bytes) that hold anything.

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
    /// By bin that does, and by group: runs a week.
    #[serde(with = "bits")]
    runs: Vec<f32>,
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
        Self { sums: vec![0; sums_of(criteria)], bins: vec![0; percentiles_of(criteria) * BINS * COARSE_GROUPS] }
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
                    self.bins[bin + bin_of(figure, criterion.grain) * COARSE_GROUPS + coarse] += 1;
                    bin += BINS * COARSE_GROUPS;
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
        let bins = self.bins.iter().map(|bins| size_of::<Bins>() + size_of_val(&*bins.runs)).sum::<usize>();
        size_of::<Self>() + size_of_val(&*self.sums) + bins
    }

    /// Whether it may be about these criteria.
    pub(super) fn fits(&self, criteria: &[Criterion]) -> bool {
        let whole = |bins: &Bins| bins.runs.len() == bins.held.count_ones() as usize * COARSE_GROUPS;
        let is_about = self.sums.len() == sums_of(criteria) && self.bins.len() == percentiles_of(criteria);
        (is_about || *self == Self::default()) && self.bins.iter().all(whole)
    }

    /// Adds a part of the week that runs so often.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "weighted counts")]
    pub fn add(&mut self, batch: &Batch, weight: f64) {
        for (mine, sum) in self.sums.iter_mut().zip(&batch.sums) {
            *mine += *sum as f64 * weight;
        }
        for (mine, counts) in self.bins.iter_mut().zip(batch.bins.chunks(BINS * COARSE_GROUPS)) {
            let counts = counts.chunks(COARSE_GROUPS).enumerate();
            for (bin, counts) in counts.filter(|(_, counts)| counts.iter().any(|&count| count > 0)) {
                for (mine, count) in mine.of(bin).iter_mut().zip(counts) {
                    *mine += (f64::from(*count) * weight) as f32;
                }
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
            for (bin, theirs) in theirs.iter() {
                mine.of(bin).iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
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
                let (all, count) = (self.pooled(criteria, at, None), COARSE_COUNT);
                let whole = quantile(&all, p, criterion);
                let without = |g: usize| quantile(&self.pooled(criteria, at, Some(g)), p, criterion);
                Groups::from(std::array::from_fn(|g| count * whole - (count - 1.0) * without(g)))
            }
        }
    }

    /// The value of a criterion that trials decide.
    #[must_use]
    pub fn value(&self, criteria: &[Criterion], at: usize, runs_a_week: f64) -> f64 {
        if let Statistic::Quantile(p) = criteria[at].statistic {
            return quantile(&self.pooled(criteria, at, None), p, &criteria[at]);
        }
        self.groups(criteria, at, runs_a_week).mean()
    }

    /// The histogram of all groups but one.
    fn pooled(&self, criteria: &[Criterion], at: usize, without: Option<usize>) -> [f64; BINS] {
        let mut all = [0.0; BINS];
        for (bin, groups) in self.bins.get(percentiles_of(&criteria[..at])).into_iter().flat_map(Bins::iter) {
            let ours = groups.iter().enumerate().filter(|(group, _)| Some(*group) != without);
            ours.for_each(|(_, runs)| all[bin] += f64::from(*runs));
        }
        all
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
    /// By group, what a bin holds; from now on it has room for something.
    fn of(&mut self, bin: usize) -> &mut [f32] {
        let at = (self.held & ((1 << bin) - 1)).count_ones() as usize * COARSE_GROUPS;
        if self.held >> bin & 1 == 0 {
            self.held |= 1 << bin;
            self.runs.reserve_exact(COARSE_GROUPS);
            self.runs.splice(at..at, [0.0; COARSE_GROUPS]);
        }
        &mut self.runs[at..at + COARSE_GROUPS]
    }

    /// Bins that hold something, in their order, and what by group.
    fn iter(&self) -> impl Iterator<Item = (usize, &[f32])> {
        (0..BINS).filter(|bin| self.held >> bin & 1 == 1).zip(self.runs.chunks(COARSE_GROUPS))
    }
}

/// A percentile of a histogram, with even spread (on the scale of the bins) inside the bin it falls into.
fn quantile(bins: &[f64; BINS], p: f64, criterion: &Criterion) -> f64 {
    let wanted = bins.iter().sum::<f64>() * p;
    let mut below = 0.0;
    for (bin, &weight) in bins.iter().enumerate() {
        if weight > 0.0 && below + weight >= wanted {
            if bin == 0 {
                return 0.0;
            }
            #[expect(clippy::cast_precision_loss, reason = "at most 63")]
            let place = bin as f64 + ((wanted - below) / weight).clamp(0.0, 1.0);
            return edge(place) * criterion.grain / criterion.scale;
        }
        below += weight;
    }
    0.0
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
        assert!((found / 54_000.0 - 1.0).abs() < 0.2, "{found}: within a bin of 900 x 60");
        assert_eq!(record.bins[0].runs.len(), 23 * COARSE_GROUPS, "0, 60, and from 120 on all bins up to 60,000");
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
}
