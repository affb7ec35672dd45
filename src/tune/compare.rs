//! Whether one setting beats another, and how sure that is.
//!
//! In: two records over the same trials. Out: [`Relation`]. Differences are taken group by group under the same luck; their mean has an
//! interval that knows which way they lean (`interval`). The error is spent over looks, and over all that is said at one.

use super::interval::Intervals;
use super::problem::{Bound, Criterion, Problem};
use super::race::{Aim, Rules};
use super::record::{COARSE_GROUPS, Groups, Percentile, Record, percentiles_of};
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
    /// Each is better in something, by more than is known not to matter.
    Apart,
    /// Not known yet.
    Open,
}

/// What an objective is measured by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// What does not matter: a part of the spread over the settings.
    pub slack: f64,
    /// What one event more or less makes in the value of a setting whose parts have seen one trial each; of a percentile nobody can say.
    pub size: f64,
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

/// What a record says of a setting: its values, worked out once and compared often. What groups say is worked out whenever somebody asks, since kept of
/// all settings it would be as large as their records; that of percentiles takes too long for that, and little room.
#[derive(Debug, Clone)]
pub struct Seen<'r> {
    /// The setting.
    pub setting: usize,
    /// By criterion: its value.
    pub values: Box<[f64]>,
    pub(super) record: &'r Record,
    /// How many weeks' figures of it count as one week's.
    pub(super) times: f64,
    /// By criterion that is a percentile.
    pub(super) percentiles: Box<[Spread]>,
}

/// What is known of a percentile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread {
    /// What each group says.
    groups: [f64; COARSE_GROUPS],
    /// How far below its value, and above, the bin reaches that it falls into.
    hidden: (f64, f64),
}

impl Seen<'_> {
    /// Trials of each part.
    #[must_use]
    pub fn sweeps(&self) -> u64 {
        self.record.sweeps
    }

    /// The greatest figure of a criterion that was seen, where that is kept.
    pub(super) fn greatest(&self, criteria: &[Criterion], criterion: usize) -> f64 {
        self.record.percentile(criteria, criterion, 1.0, None).greatest
    }
}

/// Between which values settings lie in a criterion, and how large an event is at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    low: f64,
    high: f64,
    size: f64,
}

impl Extent {
    /// Of no setting.
    pub(super) const NOTHING: Extent = Extent { low: f64::INFINITY, high: f64::NEG_INFINITY, size: 0.0 };
}

/// How many of how many groups of trials have seen two settings differ.
struct Differing {
    seen: usize,
    of: usize,
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
    pub fn seen<'r>(&self, setting: usize, record: &'r Record) -> Seen<'r> {
        let criteria = &self.rules.criteria;
        let of_percentile = |at: usize| {
            let Statistic::Quantile(p) = criteria[at].statistic else { return None };
            let groups = record.groups(criteria, at, self.runs_a_week);
            let Percentile { value, least, greatest } = record.percentile(criteria, at, p, None);
            Some(Spread { groups: std::array::from_fn(|group| groups[group]), hidden: (value - least, greatest - value) })
        };
        let percentiles = (0..criteria.len()).filter_map(of_percentile).collect();
        let mut seen = Seen { setting, values: Box::default(), record, times: self.problem.times(setting), percentiles };
        let value = |at: usize| match criteria[at].statistic {
            Statistic::Certain => self.problem.certain(setting, at),
            Statistic::Quantile(_) => record.value(criteria, at, self.runs_a_week),
            Statistic::PerWeek | Statistic::Share => self.groups(&seen, at).mean(),
        };
        seen.values = (0..criteria.len()).map(value).collect();
        seen
    }

    /// What groups of trials say of a criterion.
    fn groups(&self, seen: &Seen<'_>, criterion: usize) -> Groups {
        let criteria = &self.rules.criteria;
        let said = || seen.record.groups(criteria, criterion, self.runs_a_week);
        match criteria[criterion].statistic {
            Statistic::Certain => Groups::NONE,
            Statistic::Quantile(_) => Groups::from(self.spread(seen, criterion).groups),
            Statistic::Share => said(),
            Statistic::PerWeek => said().times(seen.times),
        }
    }

    fn spread<'s>(&self, seen: &'s Seen<'_>, criterion: usize) -> &'s Spread {
        &seen.percentiles[percentiles_of(&self.rules.criteria[..criterion])]
    }

    /// The value of a criterion with its interval. The upper end of a percentile that so few runs cannot bound is without an end.
    #[must_use]
    pub fn estimate(&self, seen: &Seen<'_>, criterion: usize, error: f64) -> Estimate {
        let value = seen.values[criterion];
        let (low, high) = self.ends(value, &self.groups(seen, criterion), error);
        let (low, high) = (low.max(0.0).min(value), high.max(value));
        // Where next to nothing was seen the scatter says too little; what is exact for so many runs does not.
        let exact = match self.rules.criteria[criterion].statistic {
            Statistic::Share => {
                let exact = self.part(seen, value, error);
                return Estimate { value, low: low.min(exact.0), high: high.max(exact.1).min(1.0) };
            }
            Statistic::Quantile(p) => self.by_rank(seen, criterion, p, error),
            Statistic::PerWeek | Statistic::Certain => (low, high),
        };
        Estimate { value, low: low.min(exact.0), high: high.max(exact.1) }
    }

    /// The exact interval of a part of the runs.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
    fn part(&self, seen: &Seen<'_>, value: f64, error: f64) -> (f64, f64) {
        let runs = (seen.sweeps() as f64 * self.effective) as u64;
        let hits = libm::ceil(value * runs as f64 - 1e-9).clamp(0.0, runs as f64) as u64;
        intervals::proportion(hits, runs, error)
    }

    /// A percentile lies between the ranks that such a part of the runs may have, and anywhere in the bins that these fall into.
    fn by_rank(&self, seen: &Seen<'_>, criterion: usize, p: f64, error: f64) -> (f64, f64) {
        let (fewest, most) = self.part(seen, p, error);
        let at = |p: f64| seen.record.percentile(&self.rules.criteria, criterion, p, None);
        (at(fewest).least, if most < 1.0 { at(most).greatest } else { f64::INFINITY })
    }

    /// The first minus the second, under the same luck. Both must have seen the same trials.
    #[must_use]
    pub fn difference(&self, first: &Seen<'_>, second: &Seen<'_>, criterion: usize, error: f64) -> Estimate {
        let value = first.values[criterion] - second.values[criterion];
        let differences = self.groups(first, criterion).minus(&self.groups(second, criterion));
        let (low, high) = self.ends(value, &differences, error);
        let (below, above) = self.hidden_between(first, second, criterion);
        Estimate { value, low: low - below, high: high + above }
    }

    /// How much more two percentiles may differ, either way, than histograms show; not at all where both have counted the same.
    fn hidden_between(&self, first: &Seen<'_>, second: &Seen<'_>, criterion: usize) -> (f64, f64) {
        let criteria = &self.rules.criteria;
        let is_percentile = matches!(criteria[criterion].statistic, Statistic::Quantile(_));
        if !is_percentile || first.record.counts_like(second.record, criteria, criterion) {
            return (0.0, 0.0);
        }
        let (one, other) = (self.spread(first, criterion).hidden, self.spread(second, criterion).hidden);
        (one.0 + other.1, one.1 + other.0)
    }

    /// The variance of a difference under the same luck, and the sum of the variances of the two: what it would be without.
    #[must_use]
    pub fn variances(&self, first: &Seen<'_>, second: &Seen<'_>, criterion: usize) -> (f64, f64) {
        let (a, b) = (self.groups(first, criterion), self.groups(second, criterion));
        (a.minus(&b).variance(), a.variance() + b.variance())
    }

    /// How two settings stand to each other.
    #[must_use]
    pub fn relation(&self, first: &Seen<'_>, second: &Seen<'_>, scales: &[Scale], error: f64) -> Relation {
        let (mut first_not_worse, mut second_not_worse, mut tied) = (true, true, true);
        let (mut first_better, mut second_better) = (false, false);
        for (aim, Scale { slack, .. }) in self.rules.objectives.iter().zip(scales) {
            let (low, high) = self.between(first, second, aim, error);
            let heard = high > low || self.is_certain(aim.criterion) || self.silence_counts(first, second);
            first_not_worse &= heard && high <= *slack;
            second_not_worse &= heard && low >= -*slack;
            tied &= heard && high <= *slack && low >= -*slack;
            first_better |= high < 0.0;
            second_better |= low > 0.0;
        }
        match () {
            () if tied => Relation::Tied,
            () if first_not_worse && first_better => Relation::First,
            () if second_not_worse && second_better => Relation::Second,
            () if first_better && second_better && !first_not_worse && !second_not_worse => Relation::Apart,
            () => Relation::Open,
        }
    }

    /// Between which ends the first is worse than the second.
    fn between(&self, first: &Seen<'_>, second: &Seen<'_>, aim: &Aim, error: f64) -> (f64, f64) {
        let of = self.difference(first, second, aim.criterion, error);
        if aim.maximise { (-of.high, -of.low) } else { (of.low, of.high) }
    }

    /// By objective: how much worse the first is than the second, or 0.
    #[must_use]
    pub fn losses(&self, first: &Seen<'_>, second: &Seen<'_>) -> Vec<f64> {
        let loss = |aim: &Aim| {
            let more = first.values[aim.criterion] - second.values[aim.criterion];
            if aim.maximise { -more } else { more }
        };
        self.rules.objectives.iter().map(|aim| loss(aim).max(0.0)).collect()
    }

    /// Whether the first is known to be better in something by more than what does not matter.
    #[must_use]
    pub fn matters(&self, first: &Seen<'_>, second: &Seen<'_>, scales: &[Scale], error: f64) -> bool {
        let better = |(aim, scale): (&Aim, &Scale)| self.between(first, second, aim, error).1 < -scale.slack;
        self.rules.objectives.iter().zip(scales).any(better)
    }

    /// Whether the first costs less in something and no more in anything, going by what often differs: a few events decide nothing.
    #[must_use]
    pub fn is_cheaper(&self, first: &Seen<'_>, second: &Seen<'_>) -> bool {
        let often = |aim: &&Aim| self.is_certain(aim.criterion) || self.is_often_different(first, second, aim.criterion);
        let aims: Vec<&Aim> = self.rules.objectives.iter().filter(often).collect();
        is_ahead(&first.values, &second.values, aims.into_iter())
    }

    /// What an objective is measured by, over these settings.
    #[must_use]
    pub(super) fn scale(&self, extent: &Extent) -> Scale {
        let Extent { low, high, size } = *extent;
        Scale { slack: if high > low { (high - low) * self.rules.indifference } else { 0.0 }, size }
    }

    /// Takes a setting into the extent of a criterion.
    pub(super) fn extend(&self, extent: &mut Extent, seen: &Seen<'_>, criterion: usize) {
        let value = seen.values[criterion];
        let size = match self.rules.criteria[criterion].statistic {
            Statistic::Quantile(_) => f64::INFINITY,
            _ => size_of_event(&self.groups(seen, criterion), seen.sweeps()),
        };
        *extent = Extent { low: extent.low.min(value), high: extent.high.max(value), size: extent.size.max(size) };
    }

    /// Whether it is known how two settings stand to each other. Where many groups of trials have seen them differ, their scatter says how well. Where
    /// few have, or none, as many events may still be hidden as an exact interval allows, each of the usual size: that must not matter.
    #[must_use]
    pub fn is_known(&self, first: &Seen<'_>, second: &Seen<'_>, scales: &[Scale], error: f64) -> bool {
        self.rules.objectives.iter().zip(scales).all(|(aim, scale)| {
            self.is_certain(aim.criterion)
                || self.is_often_different(first, second, aim.criterion)
                || self.hidden(first, second, aim.criterion, scale, error) <= scale.slack
        })
    }

    fn is_certain(&self, criterion: usize) -> bool {
        self.rules.criteria[criterion].statistic == Statistic::Certain
    }

    /// Whether enough runs that could have differed did not.
    fn silence_counts(&self, first: &Seen<'_>, second: &Seen<'_>) -> bool {
        let parts = self.problem.weights().len();
        let class = |seen: &Seen<'_>, part| self.problem.class(seen.setting, part);
        let differ = (0..parts).filter(|&p| class(first, p) != class(second, p)).count();
        #[expect(clippy::cast_precision_loss, reason = "counts of runs")]
        let runs = differ as f64 * first.sweeps() as f64;
        differ == 0 || runs >= FEWEST_SILENT
    }

    /// Whether the values alone put the first at least level with the second in everything, and ahead in something.
    #[must_use]
    pub fn ahead(&self, first: &[f64], second: &[f64]) -> bool {
        is_ahead(first, second, self.rules.objectives.iter())
    }

    /// Whether the values alone put the first at least level with the second in everything.
    #[must_use]
    pub fn is_level_or_ahead(&self, first: &Seen<'_>, second: &Seen<'_>) -> bool {
        self.losses(first, second).iter().all(|loss| *loss <= 0.0)
    }

    /// Whether a setting keeps a bound: yes, no, or not known.
    #[must_use]
    pub fn keeps(&self, seen: &Seen<'_>, bound: &Bound, error: f64) -> Option<bool> {
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

    /// Whether enough groups of trials have seen two settings differ for their scatter to tell how well that is known.
    fn is_often_different(&self, first: &Seen<'_>, second: &Seen<'_>, criterion: usize) -> bool {
        let differing = self.differing(first, second, criterion);
        differing.seen * FEWEST_PART >= differing.of
    }

    /// By how much two settings may differ that few groups of trials have seen differ.
    #[expect(clippy::cast_precision_loss, reason = "counts of groups and trials")]
    fn hidden(&self, first: &Seen<'_>, second: &Seen<'_>, criterion: usize, scale: &Scale, error: f64) -> f64 {
        let Differing { seen, of } = self.differing(first, second, criterion);
        let share = intervals::proportion(seen as u64, of as u64, error).1.min(1.0 - f64::EPSILON);
        let events = -(of as f64) * libm::log(1.0 - share) / first.sweeps().max(1) as f64;
        if events > 0.0 { events * scale.size } else { 0.0 }
    }

    /// How many groups of trials have seen two settings differ.
    #[expect(clippy::float_cmp, reason = "the same sums of the same trials")]
    fn differing(&self, first: &Seen<'_>, second: &Seen<'_>, criterion: usize) -> Differing {
        let (a, b) = (self.groups(first, criterion), self.groups(second, criterion));
        Differing { seen: a.iter().zip(&*b).filter(|(a, b)| a != b).count(), of: a.len() }
    }

    /// The ends around a value whose groups have their own mean: the two differ a little for percentiles.
    fn ends(&self, value: f64, groups: &Groups, error: f64) -> (f64, f64) {
        if groups.is_empty() {
            return (value, value);
        }
        let (low, high) = self.intervals.of_mean(groups, error);
        let shift = value - groups.mean();
        (low + shift, high + shift)
    }
}

fn is_ahead<'r>(first: &[f64], second: &[f64], aims: impl Iterator<Item = &'r Aim>) -> bool {
    let mut better = false;
    for aim in aims {
        let sign = if aim.maximise { -1.0 } else { 1.0 };
        let (a, b) = (sign * first[aim.criterion], sign * second[aim.criterion]);
        if a > b {
            return false;
        }
        better |= a < b;
    }
    better
}

/// What one event makes, from how far groups of trials scatter: of rare events of any size, the variance of their sum divided by its mean is the mean of
/// their sizes, each counted by its size. So large ones, which matter here, count for more.
#[expect(clippy::cast_precision_loss, reason = "counts of groups and trials")]
fn size_of_event(groups: &Groups, sweeps: u64) -> f64 {
    let mean = groups.mean();
    if mean > 0.0 { groups.variance() / mean * sweeps as f64 / groups.len() as f64 } else { 0.0 }
}
