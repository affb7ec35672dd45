//! What a search asks: settings, parts of a week, and trials of one under the other.
//!
//! In: nothing. Out: the trait that `race` searches on. The real problem is `weeks`; tests search problems whose frontier is known.

use crate::scenario::experiment::Statistic;
use std::ops::Range;

/// Settings that are tried on the parts of a week.
pub trait Problem: Sync {
    /// How many settings there are.
    fn settings(&self) -> usize;

    /// By part of the week (a plan): how often a week it runs.
    fn weights(&self) -> &[f64];

    /// Settings of the same class of a part face it alike, and share its trials.
    fn class(&self, setting: usize, part: usize) -> u32;

    /// How many such weeks run at once under a setting (a fleet of actors); what a week comes to is multiplied by it.
    fn times(&self, _setting: usize) -> f64 {
        1.0
    }

    /// The value of a criterion that the setting alone decides.
    fn certain(&self, setting: usize, criterion: usize) -> f64;

    /// Runs trials of a part under a setting; `each` is given the trial and the figure of every criterion, as whole numbers.
    fn run(&self, setting: usize, part: usize, trials: Range<u64>, each: &mut dyn FnMut(u64, &[u64]));
}

/// Something that settings are judged by: an objective, a limit, or both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Criterion {
    /// How trials become a number.
    pub statistic: Statistic,
    /// Whole numbers of a trial that make one of its unit.
    pub scale: f64,
    /// The least figure that counts as more than nothing in a percentile, in whole numbers of a trial.
    pub grain: f64,
}

/// A bound on a criterion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Which criterion.
    pub criterion: usize,
    /// The figure, in the criterion's unit.
    pub bound: f64,
    /// The figure is a floor.
    pub at_least: bool,
    /// How sure it must be.
    pub confidence: f64,
}
