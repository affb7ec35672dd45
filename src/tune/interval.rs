//! Between which ends the mean of a few groups lies, also where their values lean to one side.
//!
//! In: what each group of trials says, an error. Out: both ends, each of which is wrong with half the error. Harm is rare and large: a group of
//! trials has seen little of it, or much. Student's interval then lies too low, because samples without the rare and large have a low mean
//! and a small scatter at once. Hall (1992, J. R. Statist. Soc. B 54, 221-228) bends the statistic by a cubic that takes its skewness away and
//! can be undone. `tests` says what either comes to where the truth is known. Not here: how often one looks (`race`).

use statrs::distribution::{ContinuousCDF, StudentsT};
use std::cell::RefCell;

/// Fewer groups say nothing about which way they lean.
const FEWEST: usize = 16;

/// Intervals of means of groups. Percentiles of Student's t are kept: finding one takes longer than comparing two settings.
#[derive(Debug, Default)]
pub(super) struct Intervals {
    /// By (error, groups).
    known: RefCell<Vec<(u64, usize, f64)>>,
}

impl Intervals {
    /// The ends for the mean that these groups were drawn from.
    #[must_use]
    pub(super) fn of_mean(&self, groups: &[f64], error: f64) -> (f64, f64) {
        let Moments { mean, variance, skewness } = moments(groups);
        if variance <= 0.0 {
            return (mean, mean);
        }
        let count = count(groups.len());
        let (scale, reach) = (libm::sqrt(variance / count), self.reach(error, groups.len()));
        let lean = if groups.len() < FEWEST { 0.0 } else { skewness / libm::sqrt(count) };
        (mean - scale * unbent(reach, lean), mean - scale * unbent(-reach, lean))
    }

    /// How many standard errors a two-sided interval reaches.
    fn reach(&self, error: f64, groups: usize) -> f64 {
        let mut known = self.known.borrow_mut();
        if let Some((.., reach)) = known.iter().find(|(e, g, _)| *e == error.to_bits() && *g == groups) {
            return *reach;
        }
        let student = StudentsT::new(0.0, 1.0, count(groups) - 1.0);
        let reach = student.map_or(f64::INFINITY, |t| t.inverse_cdf(1.0 - error / 2.0));
        known.push((error.to_bits(), groups, reach));
        reach
    }
}

/// Undoes Hall's cubic `t + a t^2 / 3 + a^2 t^3 / 27 + a / 6`.
fn unbent(bent: f64, a: f64) -> f64 {
    if a.abs() < 1e-9 { bent } else { 3.0 / a * (libm::cbrt(1.0 + a * (bent - a / 6.0)) - 1.0) }
}

/// What is known of groups.
struct Moments {
    mean: f64,
    variance: f64,
    skewness: f64,
}

fn moments(groups: &[f64]) -> Moments {
    let n = count(groups.len().max(1));
    let mean = groups.iter().sum::<f64>() / n;
    let (second, third) = groups.iter().map(|g| g - mean).fold((0.0, 0.0), |(s, t), d| (s + d * d, t + d * d * d));
    if n < 3.0 || second <= 0.0 {
        return Moments { mean, variance: if n > 1.0 { second / (n - 1.0) } else { 0.0 }, skewness: 0.0 };
    }
    let variance = second / (n - 1.0);
    let skewness = n * third / ((n - 1.0) * (n - 2.0) * variance * libm::sqrt(variance));
    Moments { mean, variance, skewness }
}

#[expect(clippy::cast_precision_loss, reason = "a few groups")]
const fn count(groups: usize) -> f64 {
    groups as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::{Luck, Purpose};
    use crate::tune::record::GROUPS;

    /// How an interval fares over many samples: the shares that lie below the truth, and above.
    struct Wrong {
        below: f64,
        above: f64,
    }

    /// Groups whose trials see an event now and then, of a size that is log-normal with this sigma: as harm is, after guardrails.
    fn rare(sample: u64, events: f64, sigma: f64) -> Vec<f64> {
        let luck = Luck::new(sample, 1);
        let (each, mut drawn) = (events / count(GROUPS), 0);
        let mut uniform = || {
            drawn += 1;
            luck.uniform(9, Purpose::Settle, drawn)
        };
        let mut group = || {
            // Events of a Poisson process in a unit of time, and their sizes.
            let (mut at, mut sum) = (0.0, 0.0);
            loop {
                at -= libm::log(uniform()) / each;
                if at > 1.0 {
                    return sum;
                }
                let normal = libm::sqrt(-2.0 * libm::log(uniform())) * libm::cos(core::f64::consts::TAU * uniform());
                sum += libm::exp(sigma * normal);
            }
        };
        (0..GROUPS).map(|_| group()).collect()
    }

    fn wrong(samples: u64, error: f64, truth: f64, make: impl Fn(u64) -> Vec<f64>, lean: bool) -> Wrong {
        let intervals = Intervals::default();
        let (mut below, mut above) = (0, 0);
        for sample in 0..samples {
            let groups = make(sample);
            let (low, high) = if lean {
                intervals.of_mean(&groups, error)
            } else {
                let Moments { mean, variance, .. } = moments(&groups);
                let half = intervals.reach(error, GROUPS) * libm::sqrt(variance / count(GROUPS));
                (mean - half, mean + half)
            };
            below += u64::from(high < truth);
            above += u64::from(low > truth);
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let share = |n: u64| n as f64 / samples as f64;
        Wrong { below: share(below), above: share(above) }
    }

    #[test]
    fn groups_that_do_not_lean_keep_the_error() {
        // 5 % on both sides: 0.025 each, with 4 sigma of 4000 samples 0.01.
        let normal = |sample: u64| {
            let luck = Luck::new(sample, 2);
            let sum = |g: u32| (0..12).map(|n| luck.uniform(3, Purpose::Settle, g * 12 + n)).sum::<f64>();
            (0..32).map(sum).collect()
        };
        let Wrong { below, above } = wrong(4000, 0.05, 6.0, normal, true);
        assert!((below - 0.025).abs() < 0.01 && (above - 0.025).abs() < 0.01, "{below} {above}");
    }

    #[test]
    fn rare_and_large_harm_keeps_the_error_where_students_interval_does_not() {
        // A hundred events of a log-normal size whose 95th percentile is five times its median, at 1 %: 0.005 on each side. Students's interval lies below
        // the truth five times as often; this one at most three times.
        let (error, sigma) = (0.01, 1.0);
        let truth = |events: f64| events / count(GROUPS) * libm::exp(sigma * sigma / 2.0);
        let of = |events: f64, lean| wrong(4000, error, truth(events), |sample| rare(sample, events, sigma), lean);
        let (student, hall) = (of(100.0, false), of(100.0, true));
        assert!(student.below > 0.02, "{} with a hundred events", student.below);
        assert!(hall.below < 0.016 && hall.above < 0.01, "{} {} with a hundred events", hall.below, hall.above);
        // Ten events in all: Student's is wrong once in ten times, where it claims once in two hundred.
        let (student, hall) = (of(10.0, false), of(10.0, true));
        assert!(student.below > 0.08, "{} with ten events", student.below);
        assert!(hall.below < 0.014 && hall.above < 0.01, "{} {} with ten events", hall.below, hall.above);
    }

    #[test]
    fn an_interval_holds_its_mean_and_mirrors() {
        let intervals = Intervals::default();
        let groups: Vec<f64> = (0..32).map(|n| f64::from(n * n % 17)).collect();
        let mirrored: Vec<f64> = groups.iter().map(|g| -g).collect();
        let (low, high) = intervals.of_mean(&groups, 0.01);
        let (other_low, other_high) = intervals.of_mean(&mirrored, 0.01);
        let mean = moments(&groups).mean;
        assert!(low < mean && mean < high);
        assert!((low + other_high).abs() < 1e-9 && (high + other_low).abs() < 1e-9);
        assert_eq!(intervals.of_mean(&[2.0; 32], 0.01), (2.0, 2.0));
    }
}
