//! The smallest change that leads to another verdict.
//!
//! In: a plan that is not allowed, and the plans without one step that were begun (`alone`), which are gone on with. Out: changes, the smallest first: a doubt that can be settled without changing anything,
//! then leaving out one step, then the heaviest few. Each is judged like the plan itself, with the same limits and the same luck.

use super::Known;
use super::alone::{Without, is_better, without};
use super::score::Bench;
use crate::diag::tick;
use crate::report::command;
use crate::report::verdict::{Decision, Flip};
use crate::scenario::appetite::Measure;

/// Steps that are left out together at most.
const MOST_TOGETHER: usize = 3;
/// Single steps that are tried in full.
const MOST_TRIED: usize = 4;

/// Changes that would help; none for a plan that is allowed.
pub(super) fn flips(
    bench: &Bench<'_>,
    known: &Known<'_>,
    decision: Decision,
    heavy: &[u32],
    begun: Vec<Without<'_>>,
) -> Vec<Flip> {
    if decision == Decision::Allow {
        return Vec::new();
    }
    let mut flips: Vec<Flip> = doubts(bench, known);
    // What would still be decided the same once it is known is no change.
    flips.retain(|flip| is_better(flip.decision, decision));
    let unknown: Vec<u32> = unknown_steps(known);
    if !unknown.is_empty() {
        flips.extend(try_together(bench, known, decision, &unknown));
    }
    // The heaviest come first in what was begun.
    let single = begun
        .into_iter()
        .take(MOST_TRIED)
        .find_map(|Without { step, mut rest, .. }| flip(known, decision, &[step], bench.decision(&mut rest, decision)));
    let found = single
        .or_else(|| (2..=MOST_TOGETHER.min(heavy.len())).find_map(|count| try_together(bench, known, decision, &heavy[..count])));
    flips.extend(found);
    flips
}

fn unknown_steps(known: &Known<'_>) -> Vec<u32> {
    let mut steps: Vec<u32> = known.scenario.plan.unknown.iter().map(|u| u.step).collect();
    steps.dedup();
    steps
}

fn try_together(bench: &Bench<'_>, known: &Known<'_>, decision: Decision, steps: &[u32]) -> Option<Flip> {
    let then = bench.decision(&mut bench.changed(&without(known.scenario, steps)), decision);
    flip(known, decision, steps, then)
}

/// Leaving these steps out, if that leads to a better decision.
fn flip(known: &Known<'_>, decision: Decision, steps: &[u32], then: Decision) -> Option<Flip> {
    let others = known.scenario.plan.steps.len() - steps.len();
    let names: Vec<String> = steps.iter().map(|&n| tick(&known.scenario.plan.steps[n as usize].id)).collect();
    let change = if others == 0 { "do nothing".to_owned() } else { format!("leave out {}", names.join(" and ")) };
    is_better(then, decision).then_some(Flip { change, decision: then, command: String::new() })
}

/// What is only not known: settled by declaring it, with the command that shows where to look.
fn doubts(bench: &Bench<'_>, known: &Known<'_>) -> Vec<Flip> {
    let mut flips = Vec::new();
    let low = bench
        .appetite()
        .limits()
        .flat_map(|(_, l)| &l.atoms)
        .any(|a| a.output.measure == Measure::Coverage && known.coverage < a.bound);
    if known.scenario.plan.unknown.is_empty() && !low {
        return flips;
    }
    let then = bench.decision_if_known(known);
    let world = bench.world_file();
    let mut told: Vec<&str> = Vec::new();
    for unknown in &known.scenario.plan.unknown {
        if told.contains(&unknown.name.as_str()) || told.len() == 3 {
            continue;
        }
        told.push(&unknown.name);
        let name = unknown.near.as_deref().unwrap_or(&unknown.name);
        let change = match &unknown.near {
            Some(near) => format!("say whether {} is `{near}`", tick(&unknown.name)),
            None => format!("describe {} in the world", tick(&unknown.name)),
        };
        let command = format!("foreshock reach {} {}", command::quote(&world), command::quote(name));
        flips.push(Flip { change, decision: then, command });
    }
    if low {
        let change = format!("declare more of what the plan can reach: coverage is {:.0}%", 100.0 * known.coverage);
        flips.push(Flip { change, decision: then, command: format!("foreshock check {}", command::quote(&world)) });
    }
    flips
}
