//! Leave-one-out: the plan without each of its heaviest steps, under the same luck.
//!
//! In: the plan, what its first trials came to. Out: what each step takes away, and what only steps together do. The attribution
//! gives a minute to one root; this asks what would have been without it. The two differ where steps hide or help each other.

use super::Known;
use super::judge::Judge;
use super::run::run_kept;
use super::score::Bench;
use crate::report::verdict::{Alone, Decision, LeftOut};
use crate::scenario::Scenario;
use crate::scenario::plan::Plan;

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

/// Tries the steps one by one.
pub(super) fn alone(bench: &Bench<'_>, known: &Known<'_>, steps: &[u32], kept: &[(u64, u64)]) -> Alone {
    let trials = kept.len() as u64;
    let total = mean(kept.iter().map(|(_, minutes)| *minutes), trials);
    let tried: Vec<LeftOut> = steps.iter().map(|&n| left_out(bench, known, n, kept)).collect();
    let interaction_min = total - tried.iter().map(|s| s.minutes).sum::<f64>();
    let harmful = known.scenario.plan.steps.iter().filter(|s| s.verb.mutating).count();
    Alone { trials, total_min: total, not_tried: harmful.saturating_sub(steps.len()) as u64, steps: tried, interaction_min }
}

fn left_out(bench: &Bench<'_>, known: &Known<'_>, step: u32, kept: &[(u64, u64)]) -> LeftOut {
    let trials = kept.len() as u64;
    let scenario = without(known.scenario, &[step]);
    let (decision, other) =
        bench.judged(&scenario, |model, judge: &mut Judge<'_>, has_customers| run_kept(model, judge, trials, has_customers));
    let minutes = mean(kept.iter().map(|k| k.1), trials) - mean(other.iter().map(|o| o.1), trials);
    let outage_min = mean(kept.iter().map(|k| k.0), trials) - mean(other.iter().map(|o| o.0), trials);
    let helped = kept.iter().zip(&other).filter(|(k, o)| o.1 < k.1).count();
    #[expect(clippy::cast_precision_loss, reason = "a count of trials")]
    let helps = helped as f64 / trials.max(1) as f64;
    LeftOut { id: known.scenario.plan.steps[step as usize].id.clone(), minutes, outage_min, helps, decision }
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
