//! Whether one setting beats another, and how sure that is.
//!
//! In: two records over the same trials. Out: [`Relation`]. Differences are taken group by group under the same luck; their mean has an
//! interval that knows which way they lean (`interval`). The error is spent over looks, and over all that is said at one.

use super::interval::Intervals;
use super::problem::{Bound, Problem};
use super::race::Rules;
use super::record::Record;
use crate::ensemble::intervals;
use crate::scenario::experiment::Statistic;

/// Runs that differ in principle before "no difference was seen" counts as one.
const FEWEST_SILENT: f64 = 1_000.0;
/// One part in so many of the groups of trials has to have seen a difference before their scatter says how well it is known.
const FEWEST_PART: usize = 4;

/// How two settings stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The first is at least as good in everything, and better in something.
    First,
    /// The second is.
    Second,
    /// No difference that matters.
    Tied,
    /// Each is better in something.
    Apart,
    /// Not known yet.
    Open,
}

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What a record says of a setting, worked out once and compared often.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The setting.
    pub setting: usize,
    /// Trials of each part.
    pub sweeps: u64,
    /// By criterion: its value.
    pub values: Vec<f64>,
    /// By criterion: what each group says.
    pub(super) groups: Vec<Vec<f64>>,
}

/// A judge of records.
pub struct Judge<'a> {
    problem: &'a dyn Problem,
    rules: &'a Rules,
    runs_a_week: f64,
    /// Plan runs per sweep that as many equally frequent plans would need for the same precision.
    effective: f64,
    intervals: Intervals,
}

impl<'a> Judge<'a> {
    /// A judge of this problem.
    #[must_use]
    pub fn new(problem: &'a dyn Problem, rules: &'a Rules) -> Self {
        let weights = problem.weights();
        let runs_a_week: f64 = weights.iter().sum();
        let squares: f64 = weights.iter().map(|w| w * w).sum();
        let effective = if squares > 0.0 { runs_a_week * runs_a_week / squares } else { 0.0 };
        Self { problem, rules, runs_a_week, effective, intervals: Intervals::default() }
    }

    /// What a record says.
    #[must_use]
    pub fn seen(&self, setting: usize, record: &Record) -> Seen {
        let criteria = &self.rules.criteria;
        let mut groups: Vec<Vec<f64>> = (0..criteria.len()).map(|at| record.groups(criteria, at, self.runs_a_week)).collect();
        for (criterion, groups) in criteria.iter().zip(&mut groups).filter(|(c, _)| c.statistic == Statistic::PerWeek) {
            debug_assert!(!criterion.is_certain());
            groups.iter_mut().for_each(|value| *value *= self.problem.times(setting));
        }
        let value = |at: usize| match criteria[at].statistic {
            Statistic::Certain => self.problem.certain(setting, at),
            Statistic::Quantile(_) => record.value(criteria, at, self.runs_a_week),
            _ => mean(&groups[at]),
        };
        let values = (0..criteria.len()).map(value).collect();
        Seen { setting, sweeps: record.sweeps, values, groups }
    }

    /// The value of a criterion with its interval.
    #[must_use]
    pub fn estimate(&self, seen: &Seen, criterion: usize, error: f64) -> Estimate {
        let value = seen.values[criterion];
        let (low, high) = self.ends(value, &seen.groups[criterion], error);
        let (mut low, mut high) = (low.max(0.0).min(value), high.max(value));
        if self.rules.criteria[criterion].statistic == Statistic::Share {
            // Where next to nothing was seen the scatter says too little; the exact interval of a proportion does not.
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
            let (runs, hits) = {
                let runs = (seen.sweeps as f64 * self.effective) as u64;
                (runs, libm::ceil(value * runs as f64 - 1e-9).clamp(0.0, runs as f64) as u64)
            };
            let exact = intervals::proportion(hits, runs, error);
            (low, high) = (low.min(exact.0), high.max(exact.1).min(1.0));
        }
        Estimate { value, low, high }
    }

    /// The first minus the second, under the same luck. Both must have seen the same trials.
    #[must_use]
    pub fn difference(&self, first: &Seen, second: &Seen, criterion: usize, error: f64) -> Estimate {
        let value = first.values[criterion] - second.values[criterion];
        let pairs = first.groups[criterion].iter().zip(&second.groups[criterion]);
        let differences: Vec<f64> = pairs.map(|(a, b)| a - b).collect();
        let (low, high) = self.ends(value, &differences, error);
        Estimate { value, low, high }
    }

    /// The variance of a difference under the same luck, and the sum of the variances of the two: what it would be without.
    #[must_use]
    pub fn variances(&self, first: &Seen, second: &Seen, criterion: usize) -> (f64, f64) {
        let (a, b) = (&first.groups[criterion], &second.groups[criterion]);
        let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        (variance(&differences), variance(a) + variance(b))
    }

    /// How two settings stand to each other; `slack` is what does not matter, by objective.
    #[must_use]
    pub fn relation(&self, first: &Seen, second: &Seen, slack: &[f64], error: f64) -> Relation {
        let (mut first_not_worse, mut second_not_worse, mut tied) = (true, true, true);
        let (mut first_better, mut second_better) = (false, false);
        for (aim, slack) in self.rules.objectives.iter().zip(slack) {
            let of = self.difference(first, second, aim.criterion, error);
            let (low, high) = if aim.maximise { (-of.high, -of.low) } else { (of.low, of.high) };
            let heard = high > low || self.is_certain(aim.criterion) || self.silence_counts(first, second);
            first_not_worse &= heard && high <= *slack;
            second_not_worse &= heard && low >= -*slack;
            tied &= heard && high <= *slack && low >= -*slack;
            first_better |= high < 0.0;
            second_better |= low > 0.0;
            if first_better && second_better && !first_not_worse && !second_not_worse {
                return Relation::Apart;
            }
        }
        match () {
            () if tied => Relation::Tied,
            () if first_not_worse && first_better => Relation::First,
            () if second_not_worse && second_better => Relation::Second,
            () => Relation::Open,
        }
    }

    /// Whether enough groups of trials have seen both differ in every objective for their scatter to say how well that is known. Where few have, or
    /// none, what was seen is the best guess, and a guess it is: a single large harm would change it.
    #[must_use]
    pub fn is_known(&self, first: &Seen, second: &Seen) -> bool {
        self.rules.objectives.iter().all(|aim| {
            let (a, b) = (&first.groups[aim.criterion], &second.groups[aim.criterion]);
            #[expect(clippy::float_cmp, reason = "the same sums of the same trials")]
            let differ = a.iter().zip(b).filter(|(a, b)| a != b).count();
            self.is_certain(aim.criterion) || differ * FEWEST_PART >= a.len()
        })
    }

    fn is_certain(&self, criterion: usize) -> bool {
        self.rules.criteria[criterion].statistic == Statistic::Certain
    }

    /// Whether enough runs that could have differed did not.
    fn silence_counts(&self, first: &Seen, second: &Seen) -> bool {
        let parts = self.problem.weights().len();
        let class = |seen: &Seen, part| self.problem.class(seen.setting, part);
        let differ = (0..parts).filter(|&p| class(first, p) != class(second, p)).count();
        #[expect(clippy::cast_precision_loss, reason = "counts of runs")]
        let runs = differ as f64 * first.sweeps as f64;
        differ == 0 || runs >= FEWEST_SILENT
    }

    /// Whether the values alone put the first at least level with the second in everything, and ahead in something.
    #[must_use]
    pub fn ahead(&self, first: &Seen, second: &Seen) -> bool {
        let mut better = false;
        for aim in &self.rules.objectives {
            let sign = if aim.maximise { -1.0 } else { 1.0 };
            let (a, b) = (sign * first.values[aim.criterion], sign * second.values[aim.criterion]);
            if a > b {
                return false;
            }
            better |= a < b;
        }
        better
    }

    /// Whether a setting keeps a bound: yes, no, or not known.
    #[must_use]
    pub fn keeps(&self, seen: &Seen, bound: &Bound, error: f64) -> Option<bool> {
        let Estimate { low, high, .. } = match self.rules.criteria[bound.criterion].statistic {
            Statistic::Certain => {
                let value = seen.values[bound.criterion];
                Estimate { value, low: value, high: value }
            }
            _ => self.estimate(seen, bound.criterion, error),
        };
        let (sure, hopeless) =
            if bound.at_least { (low >= bound.bound, high < bound.bound) } else { (high <= bound.bound, low > bound.bound) };
        if sure {
            Some(true)
        } else if hopeless {
            Some(false)
        } else {
            None
        }
    }

    /// The ends around a value whose groups have their own mean: the two differ a little for percentiles.
    fn ends(&self, value: f64, groups: &[f64], error: f64) -> (f64, f64) {
        if groups.is_empty() {
            return (value, value);
        }
        let (low, high) = self.intervals.of_mean(groups, error);
        let shift = value - mean(groups);
        (low + shift, high + shift)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few groups")]
fn mean(groups: &[f64]) -> f64 {
    groups.iter().sum::<f64>() / groups.len().max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "a few groups")]
fn variance(groups: &[f64]) -> f64 {
    if groups.len() < 2 {
        return 0.0;
    }
    let mean = mean(groups);
    groups.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / (groups.len() - 1) as f64
}
