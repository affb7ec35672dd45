//! Leave-one-out: the plan without each of its heaviest steps, under the same luck.
//!
//! In: the plan, what its first trials came to. Out: what each step takes away, and what only steps together do. The attribution
//! gives a minute to one root; this asks what would have been without it. The two differ where steps hide or help each other.

use super::Known;
use super::score::{Bench, Changed};
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
    /// Headline and minutes over all cells of its trials.
    kept: Vec<(u64, u64)>,
}

/// Leaves the steps out one by one, each for the trials that were kept of the plan; as many at once as there are threads.
pub(super) fn leave_out<'a>(bench: &Bench<'a>, known: &Known<'_>, steps: &[u32], trials: u64) -> Vec<Without<'a>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mine = std::iter::from_fn(|| steps.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(|&step| left_out(bench, known, step, trials)).collect::<Vec<_>>()
    };
    let threads = bench.threads().min(steps.len());
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

fn left_out<'a>(bench: &Bench<'a>, known: &Known<'_>, step: u32, trials: u64) -> Without<'a> {
    let mut rest = bench.changed(&without(known.scenario, &[step]));
    let kept = bench.first_trials(&mut rest, trials);
    Without { step, rest, kept }
}

/// What each of the steps does.
pub(super) fn alone(known: &Known<'_>, without: &[Without<'_>], kept: &[(u64, u64)]) -> Alone {
    let trials = kept.len() as u64;
    let total = mean(kept.iter().map(|(_, minutes)| *minutes), trials);
    let tried: Vec<LeftOut> = without.iter().map(|w| difference(known, w, kept)).collect();
    let interaction_min = total - tried.iter().map(|s| s.minutes).sum::<f64>();
    let harmful = known.scenario.plan.steps.iter().filter(|s| s.verb.mutating).count();
    Alone { trials, total_min: total, not_tried: harmful.saturating_sub(without.len()) as u64, steps: tried, interaction_min }
}

fn difference(known: &Known<'_>, without: &Without<'_>, kept: &[(u64, u64)]) -> LeftOut {
    let trials = kept.len() as u64;
    let other = &without.kept;
    let minutes = mean(kept.iter().map(|k| k.1), trials) - mean(other.iter().map(|o| o.1), trials);
    let outage_min = mean(kept.iter().map(|k| k.0), trials) - mean(other.iter().map(|o| o.0), trials);
    let helped = kept.iter().zip(other).filter(|(k, o)| o.1 < k.1).count();
    #[expect(clippy::cast_precision_loss, reason = "a count of trials")]
    let helps = helped as f64 / trials.max(1) as f64;
    let id = known.scenario.plan.steps[without.step as usize].id.clone();
    LeftOut { id, minutes, outage_min, helps, decision: without.rest.judge.decision() }
}

/// Mean of milliseconds, in minutes.
#[expect(clippy::cast_precision_loss, reason = "sums of milliseconds are far below 2^53")]
fn mean(values: impl Iterator<Item = u64>, n: u64) -> f64 {
    values.sum::<u64>() as f64 / n.max(1) as f64 / 60_000.0
}

/// Whether a decision is better than another.
pub(super) fn is_better(one: Decision, other: Decision) -> bool {
    one < other
}
