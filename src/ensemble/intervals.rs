//! Intervals: how well a proportion, a quantile or a mean is known after n trials.
//!
//! Proportions are exact (Clopper and Pearson 1934), quantiles are order statistics (distribution-free),
//! means follow Maurer and Pontil 2009 (empirical Bernstein; needs a bound on the values). Looking several
//! times at growing n keeps its promise by spending the error: see [`Looks`].

use statrs::distribution::{Binomial, DiscreteCDF};
use statrs::function::beta::inv_beta_reg;

/// The error that a look may spend, one after the other: alpha / ((k + 1) (k + 2)) sums to alpha.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    alpha: f64,
    look: Option<u32>,
}

impl Looks {
    /// One look only.
    #[must_use]
    pub const fn single(confidence: f64) -> Self {
        Self { alpha: 1.0 - confidence, look: None }
    }

    /// The k-th of any number of looks, counted from 0.
    #[must_use]
    pub const fn repeated(confidence: f64, look: u32) -> Self {
        Self { alpha: 1.0 - confidence, look: Some(look) }
    }

    /// The error of this look.
    #[must_use]
    pub fn error(self) -> f64 {
        self.look.map_or(self.alpha, |k| self.alpha / (f64::from(k + 1) * f64::from(k + 2)))
    }
}

/// Interval of a proportion: `hits` of `n`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub fn proportion(hits: u64, n: u64, error: f64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (k, n) = (hits as f64, n as f64);
    let low = if hits == 0 { 0.0 } else { inv_beta_reg(k, n - k + 1.0, error / 2.0) };
    let high = if k >= n { 1.0 } else { inv_beta_reg(k + 1.0, n - k, 1.0 - error / 2.0) };
    (low, high)
}

/// Ranks (1 is the least) whose values enclose the quantile `p` of n values.
#[must_use]
pub fn ranks(p: f64, n: u64, error: f64) -> (u64, u64) {
    if (1..=FEW).contains(&n) {
        return ranks_of_few(p, n, error);
    }
    let Ok(binomial) = Binomial::new(p, n) else { return (1, n.max(1)) };
    let low = binomial.inverse_cdf(error / 2.0).max(1);
    let high = (binomial.inverse_cdf(1.0 - error / 2.0) + 1).min(n.max(1));
    (low, high)
}

/// Up to this many values the distribution is summed up directly, which takes a tenth of the time.
const FEW: u64 = 20_000;

/// The same by summing the binomial distribution over twelve standard deviations around its mean.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts up to 20,000")]
fn ranks_of_few(p: f64, n: u64, error: f64) -> (u64, u64) {
    let size = n as f64;
    let around = 12.0 * libm::sqrt(size * p * (1.0 - p)) + 4.0;
    let mut k = libm::floor((size * p - around).max(0.0));
    let ways = libm::lgamma(size + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(size - k + 1.0);
    let mut mass = libm::exp(ways + k * libm::log(p) + (size - k) * libm::log(1.0 - p));
    let (mut sum, mut low) = (0.0, None);
    while k < size {
        sum += mass;
        if low.is_none() && sum >= error / 2.0 {
            low = Some(k);
        }
        if sum >= 1.0 - error / 2.0 {
            break;
        }
        mass *= (size - k) / (k + 1.0) * p / (1.0 - p);
        k += 1.0;
    }
    let low = low.unwrap_or(k).max(1.0) as u64;
    (low, (k as u64 + 1).min(n))
}

/// The rank of the quantile `p` of n values: the least rank that holds at least the part p.
#[must_use]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
pub fn rank(p: f64, n: u64) -> u64 {
    (libm::ceil(p * n as f64 - 1e-9) as u64).clamp(1, n.max(1))
}

/// Half the width of the interval of a mean of n values that span `range`, with this variance.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub fn mean(variance: f64, range: f64, n: u64, error: f64) -> f64 {
    if n < 2 {
        return range;
    }
    let n = n as f64;
    let log = libm::log(4.0 / error);
    libm::sqrt(2.0 * variance * log / n) + 7.0 * range * log / (3.0 * (n - 1.0))
}

/// How many standard errors of a mean hold it with this error, its variance being known from so many degrees of freedom (Student 1908).
///
/// For means of values without a bound; normal to the extent that many small parts make them up.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub fn student(degrees: u64, error: f64) -> f64 {
    let degrees = degrees.max(1) as f64;
    let x = inv_beta_reg(degrees / 2.0, 0.5, error);
    libm::sqrt(degrees * (1.0 - x) / x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::{Luck, Purpose};

    #[test]
    fn quantiles_of_student_match_published_tables() {
        for (degrees, wanted) in [(1, 12.706), (2, 4.303), (11, 2.201), (30, 2.042), (99, 1.984)] {
            let found = student(degrees, 0.05);
            assert!((found - wanted).abs() < 1e-3, "{degrees}: {found}");
        }
    }

    #[test]
    fn proportions_match_published_values() {
        // Clopper-Pearson for 4 of 20 at 95 %: 0.0573 to 0.4366.
        let (low, high) = proportion(4, 20, 0.05);
        assert!((low - 0.0573).abs() < 1e-4 && (high - 0.4366).abs() < 1e-4, "{low} {high}");
        assert_eq!(proportion(0, 10, 0.05).0.to_bits(), 0.0_f64.to_bits());
        assert_eq!(proportion(10, 10, 0.05).1.to_bits(), 1.0_f64.to_bits());
    }

    /// Of many repetitions, how many intervals miss the true median or proportion at any of five looks.
    #[test]
    fn repeated_looks_keep_their_promise() {
        let (mut missed_share, mut missed_median) = (0, 0);
        for repetition in 0..400 {
            let (mut share, mut median) = (false, false);
            let luck = |i: u64| Luck::new(77, repetition * 100_000 + i).uniform(1, Purpose::Settle, 0);
            let mut values: Vec<f64> = Vec::new();
            for look in 0..5 {
                let n = 100_u64 << look;
                values.extend((values.len() as u64..n).map(luck));
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                let error = Looks::repeated(0.9, look).error();
                let hits = sorted.iter().filter(|&&v| v < 0.3).count() as u64;
                let (low, high) = proportion(hits, n, error);
                share |= !(low..=high).contains(&0.3);
                let (low, high) = ranks(0.5, n, error);
                let at = |rank: u64| sorted[usize::try_from(rank).unwrap() - 1];
                median |= !(at(low)..=at(high)).contains(&0.5);
            }
            missed_share += u32::from(share);
            missed_median += u32::from(median);
        }
        assert!(missed_share <= 40 && missed_median <= 40, "{missed_share} {missed_median} of 400 at 10 %");
    }

    #[test]
    fn both_ways_to_the_ranks_agree() {
        for n in [1, 2, 7, 20, 100, 150, 999, 5_000, 20_000] {
            for p in [0.5, 0.9, 0.95, 0.99] {
                for error in [0.05, 0.01, 0.000_2] {
                    let binomial = Binomial::new(p, n).expect("valid");
                    let low = binomial.inverse_cdf(error / 2.0).max(1);
                    let high = (binomial.inverse_cdf(1.0 - error / 2.0) + 1).min(n);
                    assert_eq!(ranks(p, n, error), (low, high), "{p} of {n} at {error}");
                }
            }
        }
    }

    #[test]
    fn ranks_enclose_the_quantile() {
        assert_eq!(rank(0.5, 20), 10);
        assert_eq!(rank(0.9, 20), 18);
        let (low, high) = ranks(0.5, 1000, 0.05);
        assert!((460..=480).contains(&low) && (520..=540).contains(&high), "{low} {high}");
    }
}
