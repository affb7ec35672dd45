//! From histograms to quantiles and means with their intervals.

use crate::ensemble::hist::Hist;
use crate::ensemble::intervals::{self, Looks};
use crate::ensemble::subject::Spread;
use crate::report::data::{Histogram, Proportion, Quantiles};

/// How a stored integer becomes a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// Milliseconds to minutes.
    Minutes,
    /// Milliseconds to hours.
    Hours,
    /// Thousandths to wholes.
    Milli,
    /// As it is.
    Count,
    /// Parts of something to that something.
    Parts(f64),
}

impl Unit {
    const fn scale(self) -> f64 {
        match self {
            Unit::Minutes => 60_000.0,
            Unit::Hours => 3_600_000.0,
            Unit::Milli => 1_000.0,
            Unit::Count => 1.0,
            Unit::Parts(unit) => unit,
        }
    }
}

/// Values that are stored, and zeros that are not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample<'a> {
    pub(super) values: Values<'a>,
    pub(super) zeros: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Values<'a> {
    None,
    Full(&'a Hist),
    Coarse(&'a crate::ensemble::hist::Coarse),
}

impl<'a> Sample<'a> {
    pub(super) fn of(spread: &'a Spread, zeros: u64) -> Self {
        let values = match spread {
            Spread::Full(hist) => Values::Full(hist),
            Spread::Coarse(coarse) => Values::Coarse(coarse),
        };
        Self { values, zeros }
    }

    pub(super) const fn of_hist(hist: &'a Hist, zeros: u64) -> Self {
        Self { values: Values::Full(hist), zeros }
    }

    pub(super) fn of_optional(hist: Option<&'a Hist>, trials: u64) -> Self {
        hist.map_or(Self { values: Values::None, zeros: trials }, |h| Self::of_hist(h, trials - h.count()))
    }

    pub(super) const fn count(&self) -> u64 {
        self.zeros
            + match self.values {
                Values::None => 0,
                Values::Full(hist) => hist.count(),
                Values::Coarse(coarse) => coarse.count,
            }
    }

    /// The values of these ranks, from one walk over the buckets: a walk for each rank is most of the time that a report takes.
    fn at_ranks<const N: usize>(&self, ranks: [u64; N]) -> [f64; N] {
        let hist = match self.values {
            Values::None => return [0.0; N],
            Values::Coarse(coarse) => return ranks.map(|rank| coarse.at_rank(rank, self.zeros)),
            Values::Full(hist) => hist,
        };
        #[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
        let mut found = [hist.max() as f64; N];
        let mut below = self.zeros;
        found.iter_mut().zip(ranks).filter(|(_, rank)| *rank <= below).for_each(|(found, _)| *found = 0.0);
        for (value, count) in hist.points() {
            let here = below + 1..=below + count;
            found.iter_mut().zip(ranks).filter(|(_, rank)| here.contains(rank)).for_each(|(found, _)| *found = value);
            below += count;
        }
        found
    }

    /// Share of the values at or below this.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub(super) fn percentile(&self, value: f64) -> f64 {
        let below = match self.values {
            Values::Full(hist) => hist.count_up_to(value),
            Values::None | Values::Coarse(_) => 0,
        };
        (self.zeros + below) as f64 / self.count().max(1) as f64
    }
}

/// The distribution in a few numbers.
pub(super) fn quantiles(sample: &Sample<'_>, unit: Unit, looks: Looks) -> Quantiles {
    let n = sample.count();
    let error = looks.error();
    let ranks = [0.5, 0.9, 0.95, 0.99].map(|p| (intervals::rank(p, n), intervals::ranks(p, n, error)));
    let [a, b, c, d] = ranks.map(|(middle, (low, high))| [middle, low, high]);
    let ranks = [a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2], d[0], d[1], d[2]];
    let [p50, p50_low, p50_high, p90, p90_low, p90_high, p95, p95_low, p95_high, p99, p99_low, p99_high] =
        sample.at_ranks(ranks).map(|value| value / unit.scale());
    let moments = moments(sample, unit);
    let half = intervals::mean(moments.variance, moments.max - moments.min, n, error);
    Quantiles {
        count: n,
        mean: moments.mean,
        mean_low: (moments.mean - half).max(moments.min),
        mean_high: (moments.mean + half).min(moments.max.max(moments.mean)),
        min: moments.min,
        max: moments.max,
        p50,
        p50_low,
        p50_high,
        p90,
        p90_low,
        p90_high,
        p95,
        p95_low,
        p95_high,
        p99,
        p99_low,
        p99_high,
    }
}

struct Moments {
    mean: f64,
    variance: f64,
    min: f64,
    max: f64,
}

#[expect(clippy::cast_precision_loss, reason = "rounding of sums for display is below their interval")]
fn moments(sample: &Sample<'_>, unit: Unit) -> Moments {
    let n = sample.count().max(1) as f64;
    let scale = unit.scale();
    match sample.values {
        Values::None => Moments { mean: 0.0, variance: 0.0, min: 0.0, max: 0.0 },
        Values::Coarse(coarse) => {
            let mean = coarse.sum as f64 / n / scale;
            let max = coarse.at_rank(coarse.count, 0) / scale;
            Moments { mean, variance: mean * max, min: 0.0, max }
        }
        Values::Full(hist) => {
            let mean = hist.sum() as f64 / n;
            let variance = (hist.squares() / n - mean * mean).max(0.0);
            let min = if sample.zeros > 0 { 0 } else { hist.min() };
            Moments {
                mean: mean / scale,
                variance: variance / scale / scale,
                min: min as f64 / scale,
                max: hist.max() as f64 / scale,
            }
        }
    }
}

/// A share of trials with its interval.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(super) fn proportion(hits: u64, n: u64, looks: Looks) -> Proportion {
    let (low, high) = intervals::proportion(hits, n, looks.error());
    Proportion { mean: share(hits, n), low, high: if n == 0 { 1.0 } else { high.max(hits as f64 / n as f64) } }
}

/// A share of trials.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(super) fn share(hits: u64, n: u64) -> f64 {
    hits as f64 / n.max(1) as f64
}

/// At most this many bars.
const BARS: usize = 24;

/// Bars of equal ratio between the least and the greatest outage.
pub(super) fn histogram(hist: &Hist, zeros: u64) -> Option<Histogram> {
    if hist.count() == 0 {
        return None;
    }
    let minutes: Vec<(f64, u64)> = hist.points().map(|(value, count)| (value / 60_000.0, count)).collect();
    let (low, high) = (minutes.first()?.0, minutes.last()?.0);
    let bars = if high <= low { 1 } else { BARS };
    #[expect(clippy::cast_precision_loss, reason = "a few bars")]
    let edge = |i: usize| if i + 1 == bars { high } else { low * libm::pow(high / low, (i + 1) as f64 / bars as f64) };
    let edges_min: Vec<f64> = (0..bars).map(edge).collect();
    let mut counts = vec![0; bars];
    for (value, count) in minutes {
        let bar = edges_min.iter().position(|&e| value <= e).unwrap_or(bars - 1);
        counts[bar] += count;
    }
    Some(Histogram { zero: zeros, edges_min, counts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_found_together_as_one_by_one() {
        let mut hist = Hist::default();
        (0..300_u64).for_each(|n| hist.add(n * n * 977 % 100_003));
        for zeros in [0, 1, 40] {
            let sample = Sample::of_hist(&hist, zeros);
            let ranks = [1, 2, 40, 41, 150, 299, 300, 301, 340, 341, 9_000];
            let together = sample.at_ranks(ranks);
            for (rank, found) in ranks.into_iter().zip(together) {
                assert_eq!(found.to_bits(), hist.at_rank(rank, zeros).to_bits(), "{rank} with {zeros} zeros");
            }
        }
    }
}
