//! Leave-one-out: the plan without each of its heaviest steps, under the same luck.
//!
//! In: the plan, what its first trials came to. Out: what each step takes away, and what only steps together do. The attribution
//! gives a minute to one root; this asks what would have been without it. The two differ where steps hide or help each other.

use super::bench::Changed;
use super::explain::Judged;
use super::run::Total;
use super::score::News;
use crate::ensemble::CONFIDENCE;
use crate::ensemble::intervals::student;
use crate::report::verdict::{Alone, Decision, LeftOut};
use crate::scenario::Scenario;
use crate::scenario::plan::Plan;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A plan without some of its steps; who waited for one of them waits for what it waited for.
pub(super) fn without(scenario: &Scenario, left_out: &[u32]) -> Scenario {
    let steps = &scenario.plan.steps;
    let gone = |n: u32| left_out.contains(&n);
    let mut place = Vec::with_capacity(steps.len());
    let mut next = 0_u32;
    for n in 0..u32::try_from(steps.len()).unwrap_or(u32::MAX) {
        place.push(next);
        next += u32::from(!gone(n));
    }
    let kept = (0_u32..).zip(steps).filter(|(n, _)| !gone(*n)).map(|(_, step)| {
        let mut after: Vec<u32> = Vec::new();
        let mut open: Vec<u32> = step.after.iter().rev().copied().collect();
        let mut seen: Vec<u32> = Vec::new();
        while let Some(n) = open.pop() {
            if seen.contains(&n) {
                continue;
            }
            seen.push(n);
            if gone(n) { open.extend(steps[n as usize].after.iter().rev()) } else { after.push(place[n as usize]) }
        }
        let mut step = step.clone();
        step.after = after;
        step
    });
    let unknown = scenario.plan.unknown.iter().filter(|u| !gone(u.step)).cloned().map(|mut u| {
        u.step = place[u.step as usize];
        u
    });
    let plan = Plan { steps: kept.collect(), unknown: unknown.collect() };
    Scenario { plan, ..scenario.clone() }
}

/// A plan without one of its steps, after its first trials.
pub(super) struct Without<'a> {
    /// Which step is left out.
    pub(super) step: u32,
    /// The rest of the plan, to go on with.
    pub(super) rest: Changed<'a>,
    /// What its trials came to.
    totals: Vec<Total>,
}

/// Leaves the steps out one by one, each for so many trials; as many at once as there are threads. An interruption leaves the last ones in.
pub(super) fn leave_out<'p>(judged: &Judged<'_, 'p>, steps: &[u32], trials: u64) -> Vec<Without<'p>> {
    let next = AtomicUsize::new(0);
    let of = steps.len() as u64;
    let work = || {
        let mine = std::iter::from_fn(|| {
            let n = next.fetch_add(1, Ordering::Relaxed);
            steps.get(n).filter(|_| judged.bench.goes_on(News::LeftOut { done: n as u64, of }))
        });
        mine.map(|&step| left_out(judged, step, trials)).collect::<Vec<_>>()
    };
    let threads = judged.bench.threads().min(steps.len());
    if threads <= 1 {
        return work();
    }
    let mut found: Vec<Without<'_>> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        started.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let place = |step: u32| steps.iter().position(|&s| s == step);
    found.sort_by_key(|w| place(w.step));
    found
}

fn left_out<'p>(judged: &Judged<'_, 'p>, step: u32, trials: u64) -> Without<'p> {
    let mut rest = judged.bench.changed(&without(judged.known.scenario, &[step]), judged.choice);
    let totals = judged.bench.first_trials(&mut rest, trials);
    Without { step, rest, totals }
}

/// What each of the steps does; so many have a share of the minutes.
pub(super) fn alone(judged: &Judged<'_, '_>, without: &[Without<'_>], heavy: usize) -> Alone {
    let kept = judged.kept;
    let total_min = mean(kept.iter().map(|k| k.total.minutes));
    let tried: Vec<LeftOut> = without.iter().map(|w| difference(judged, w)).collect();
    let interaction_min = total_min - tried.iter().map(|s| s.minutes).sum::<f64>();
    Alone {
        trials: kept.len() as u64,
        pairs: without.first().map_or(0, |w| w.totals.len() as u64),
        total_min,
        not_tried: heavy.saturating_sub(without.len()) as u64,
        steps: tried,
        interaction_min,
    }
}

fn difference(judged: &Judged<'_, '_>, without: &Without<'_>) -> LeftOut {
    let kept = judged.kept;
    let pairs = || kept.iter().zip(&without.totals);
    let given: Vec<f64> = kept.iter().map(|k| minutes(k.by_step[without.step as usize])).collect();
    let off: Vec<f64> = pairs().zip(&given).map(|((k, o), g)| minutes(k.total.minutes) - minutes(o.minutes) - g).collect();
    let Estimate { value, half } = corrected(&given, &off);
    let n = without.totals.len();
    #[expect(clippy::cast_precision_loss, reason = "a count of trials")]
    let helps = pairs().filter(|(k, o)| o.minutes < k.total.minutes).count() as f64 / n.max(1) as f64;
    let outage_min = mean(kept[..n].iter().map(|k| k.total.headline)) - mean(without.totals.iter().map(|o| o.headline));
    LeftOut {
        id: judged.known.scenario.plan.steps[without.step as usize].id.clone(),
        minutes: value,
        low: half.map(|half| value - half),
        high: half.map(|half| value + half),
        outage_min,
        helps,
        decision: without.rest.known(judged.bench.budget()),
    }
}

/// A mean, and half the width of its interval.
#[derive(Debug, PartialEq)]
struct Estimate {
    value: f64,
    half: Option<f64>,
}

/// The mean of `given + off`, where `off` is known of the first values only. What a step was given is known of every trial and comes close to
/// what leaving it out takes away; so few pairs are enough to say by how much it is off (a control variate; with all pairs it is their plain mean).
fn corrected(given: &[f64], off: &[f64]) -> Estimate {
    let value = average(given) + average(off);
    if off.len() < 2 {
        return Estimate { value, half: None };
    }
    let together = covariance(&given[..off.len()], off);
    #[expect(clippy::cast_precision_loss, reason = "counts of trials")]
    let (all, pairs) = (given.len() as f64, off.len() as f64);
    let variance = covariance(given, given) / all + covariance(off, off) / pairs + 2.0 * together / all;
    let half = student(off.len() as u64 - 1, 1.0 - CONFIDENCE) * libm::sqrt(variance.max(0.0));
    Estimate { value, half: Some(half) }
}

#[expect(clippy::cast_precision_loss, reason = "a count of trials")]
fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "a count of trials")]
fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (x, y) = (average(a), average(b));
    a.iter().zip(b).map(|(a, b)| (a - x) * (b - y)).sum::<f64>() / (a.len() as f64 - 1.0).max(1.0)
}

/// Milliseconds in minutes.
#[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
fn minutes(ms: u64) -> f64 {
    ms as f64 / 60_000.0
}

/// Mean of milliseconds, in minutes.
#[expect(clippy::cast_precision_loss, reason = "sums of milliseconds are far below 2^53")]
fn mean(values: impl ExactSizeIterator<Item = u64>) -> f64 {
    let n = values.len().max(1) as f64;
    values.sum::<u64>() as f64 / n / 60_000.0
}

/// Whether a decision is better than another.
pub(super) fn is_better(one: Decision, other: Decision) -> bool {
    one < other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::{Luck, Purpose};

    #[test]
    fn with_all_pairs_it_is_their_mean() {
        let (given, off) = ([10.0, 20.0, 60.0], [-1.0, 0.0, -2.0]);
        let found = corrected(&given, &off);
        // 9, 20, 58: mean 29, variance (400 + 81 + 841) / 2 = 661; Student's t for two degrees is 4.303.
        assert!((found.value - 29.0).abs() < 1e-9, "{found:?}");
        assert!((found.half.expect("an interval") - 4.303 * libm::sqrt(661.0 / 3.0)).abs() < 0.01, "{found:?}");
        assert_eq!(corrected(&given, &off[..1]).half, None, "one pair has no spread");
    }

    #[test]
    fn intervals_from_few_pairs_hold_the_truth() {
        // What a step is given is heavy-tailed with mean 3; leaving it out takes a tenth less on average.
        let (mut held, runs) = (0, 400);
        for run in 0..runs {
            let u = |n: u64, key| Luck::new(run, n).uniform(key, Purpose::Settle, 0);
            let given: Vec<f64> = (0..100).map(|n| -3.0 * libm::log(u(n, 1))).collect();
            let off: Vec<f64> = (0..12).map(|n| -0.2 * u(n, 2) * given[usize::try_from(n).expect("small")]).collect();
            let Estimate { value, half } = corrected(&given, &off);
            held += u32::from((value - 2.7).abs() <= half.expect("an interval"));
        }
        // 95 % less three standard errors (1.1 points each); the normal approximation may cost two more.
        assert!(held >= 360, "{held} of {runs}");
    }
}
