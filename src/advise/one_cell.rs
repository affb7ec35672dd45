//! One cell first, then a while of watching, then the rest.

use super::rewrite::{Rewrite, listed};
use super::{Change, Draft, Rule};
use crate::scenario::plan::{Effect, Step};

pub(super) static RULE: Rule =
    Rule { name: "one-cell-first", title: "one cell first, watched for half an hour", does_less: false, propose };

/// How long the first part is watched: as long as an ordinary failure takes to be noticed.
pub(super) const BAKE: &str = "30m";

/// Steps that do something to several cells.
pub(super) fn harms_several(step: &Step) -> bool {
    let harms = matches!(step.verb.effect, Effect::Leaves(_) | Effect::Interrupts(_) | Effect::Risks(_));
    harms && step.targets.len() > 1
}

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let mut plan = Rewrite::open(draft)?;
    let world = &draft.scenario.world;
    let mut done = Vec::new();
    for step in draft.scenario.plan.steps.iter().filter(|s| harms_several(s)) {
        let names: Vec<String> = step.targets.iter().map(|&c| world.cell_name(c)).collect();
        let at = plan.steps.iter().position(|s| s.id == step.id)?;
        plan.split(at, &[names[..1].to_vec(), names[1..].to_vec()], BAKE);
        done.push(step.id.clone());
    }
    if !done.is_empty() {
        plan.done(format!("{} on one cell first, watched for {BAKE}", listed(&done)));
    }
    plan.close()
}
