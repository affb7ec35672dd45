//! The smallest change that leads to another verdict.
//!
//! In: a plan that is not allowed, and the plans without one step that were begun (`alone`), which are gone on with. Out: changes, the smallest first: a doubt that can be settled without changing anything,
//! then leaving out one step, then the heaviest few. Each is judged like the plan itself, with the same limits and the same luck.

use super::alone::{Without, is_better, without};
use super::bench::{Changed, Doubt};
use super::explain::Judged;
use crate::diag::tick;
use crate::report::command;
use crate::report::verdict::{Decision, Flip};
use crate::scenario::appetite::Measure;

/// Steps that are left out together at most.
const MOST_TOGETHER: usize = 3;
/// Single steps that are tried in full.
const MOST_TRIED: usize = 4;

/// Changes that are judged at most: either doubt settled, or both, what is unknown left out, single steps, and the heaviest few.
pub(crate) const MOST_CHANGES: usize = 3 + 1 + MOST_TRIED + MOST_TOGETHER - 1;

/// Changes that would help.
#[derive(Debug, Default)]
pub(super) struct Flips {
    pub(super) found: Vec<Flip>,
    /// Changes whose verdict was not known when the search had taken its trials.
    pub(super) open: u64,
}

/// Looks for changes that would help, with so many trials; there are none for a plan that is allowed.
pub(super) fn flips(judged: &Judged<'_, '_>, heavy: &[u32], begun: &mut [Without<'_>], trials: u64) -> Flips {
    if judged.decision == Decision::Allow {
        return Flips::default();
    }
    if judged.bench.is_stopped() {
        return Flips { found: Vec::new(), open: 1 };
    }
    let mut search = Search { judged, trials, open: 0 };
    let mut found = search.doubts();
    let unknown = unknown_steps(judged);
    if !unknown.is_empty() {
        found.extend(search.leave_out(&unknown));
    }
    // The heaviest come first in what was begun.
    let single = begun.iter_mut().take(MOST_TRIED).find_map(|w| search.flip(&mut w.rest, || left_out(judged, &[w.step])));
    let several = || (2..=MOST_TOGETHER.min(heavy.len())).find_map(|count| search.leave_out(&heavy[..count]));
    found.extend(single.or_else(several));
    Flips { found, open: search.open }
}

fn unknown_steps(judged: &Judged<'_, '_>) -> Vec<u32> {
    let mut steps: Vec<u32> = judged.known.scenario.plan.unknown.iter().map(|u| u.step).collect();
    steps.dedup();
    steps
}

fn left_out(judged: &Judged<'_, '_>, steps: &[u32]) -> String {
    let plan = &judged.known.scenario.plan;
    let names: Vec<String> = steps.iter().map(|&n| tick(&plan.steps[n as usize].id)).collect();
    if plan.steps.len() == steps.len() { "do nothing".to_owned() } else { format!("leave out {}", names.join(" and ")) }
}

/// A search and the trials that it has left.
struct Search<'a, 'p> {
    judged: &'a Judged<'a, 'p>,
    trials: u64,
    open: u64,
}

impl Search<'_, '_> {
    /// The verdict on a changed plan, if it is better than that on the plan.
    fn better(&mut self, changed: &mut Changed<'_>) -> Option<Decision> {
        let before = changed.trials();
        let then = self.judged.bench.settle(changed, self.judged.decision, self.trials);
        self.trials = self.trials.saturating_sub(changed.trials() - before);
        self.open += u64::from(then.is_none());
        then.filter(|&then| is_better(then, self.judged.decision))
    }

    fn flip(&mut self, changed: &mut Changed<'_>, change: impl FnOnce() -> String) -> Option<Flip> {
        self.better(changed).map(|decision| Flip { change: change(), decision, command: String::new() })
    }

    /// Leaving these steps out, if that leads to a better verdict.
    fn leave_out(&mut self, steps: &[u32]) -> Option<Flip> {
        let mut changed = self.judged.bench.changed(&without(self.judged.known.scenario, steps), self.judged.choice);
        self.flip(&mut changed, || left_out(self.judged, steps))
    }

    /// What is only not known: settled by declaring it, with the command that shows where to look. One doubt alone if that
    /// does it, else all of them together.
    fn doubts(&mut self) -> Vec<Flip> {
        let Judged { bench, known, .. } = *self.judged;
        let atoms = bench.appetite().limits().flat_map(|(_, l)| &l.atoms);
        let low = atoms.into_iter().any(|a| a.output.measure == Measure::Coverage && known.coverage < a.bound)
            || super::is_below_floor(bench.appetite(), known);
        let unknown = !known.scenario.plan.unknown.is_empty();
        let tried: &[Doubt] = match (unknown, low) {
            (true, true) => &[Doubt::Names, Doubt::Needs, Doubt::Both],
            // What a name stands for says what it needs as well.
            (true, false) => &[Doubt::Both],
            (false, true) => &[Doubt::Needs],
            (false, false) => &[],
        };
        let mut flips: Vec<Flip> = Vec::new();
        for &doubt in tried {
            // What would still be decided the same once it is known is no change.
            let Some(decision) = self.better(&mut bench.if_known(known, doubt, self.judged.choice)) else { continue };
            if flips.iter().any(|smaller| smaller.decision <= decision) {
                continue;
            }
            let mut steps: Vec<(String, String)> = Vec::new();
            if unknown && doubt != Doubt::Needs {
                steps.extend(self.names());
            }
            if low && doubt != Doubt::Names {
                let change = format!("declare more of what the plan can reach: coverage is {:.0}%", 100.0 * known.coverage);
                steps.push((change, format!("foreshock check {}", command::quote(&bench.world_file()))));
            }
            let (changes, commands): (Vec<String>, Vec<String>) = steps.into_iter().unzip();
            flips.push(Flip { change: changes.join(", and "), decision, command: commands.join("; ") });
        }
        flips
    }

    /// What to do about the names that nobody described, and how to look each of them up.
    fn names(&self) -> Vec<(String, String)> {
        let Judged { bench, known, .. } = *self.judged;
        let world = command::quote(&bench.world_file());
        let mut told: Vec<&str> = Vec::new();
        let mut steps = Vec::new();
        for unknown in &known.scenario.plan.unknown {
            if told.contains(&unknown.name.as_str()) {
                continue;
            }
            told.push(&unknown.name);
            let name = unknown.near.as_deref().unwrap_or(&unknown.name);
            let change = match &unknown.near {
                Some(near) => format!("say whether {} is `{near}`", tick(&unknown.name)),
                None => format!("describe {} in the world", tick(&unknown.name)),
            };
            steps.push((change, format!("foreshock reach {world} {}", command::quote(name))));
        }
        steps
    }
}
