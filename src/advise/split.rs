//! A step over many cells, cell by cell.

use super::one_cell::harms_several;
use super::rewrite::{Rewrite, listed};
use super::{Change, Draft, Rule};

pub(super) static RULE: Rule = Rule { name: "cell-by-cell", title: "cell by cell", does_less: false, propose };

/// A plan of more steps than this is no advice.
const MOST: usize = 24;

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let mut plan = Rewrite::open(draft)?;
    let world = &draft.scenario.world;
    let mut done = Vec::new();
    for step in draft.scenario.plan.steps.iter().filter(|s| harms_several(s)) {
        if plan.steps.len() + step.targets.len() > MOST {
            continue;
        }
        let parts: Vec<Vec<String>> = step.targets.iter().map(|&c| vec![world.cell_name(c)]).collect();
        let at = plan.steps.iter().position(|s| s.id == step.id)?;
        plan.split(at, &parts, "5m");
        done.push(step.id.clone());
    }
    if !done.is_empty() {
        plan.done(format!("{} cell by cell", listed(&done)));
    }
    plan.close()
}
