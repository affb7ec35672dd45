//! Less at once: only the first region of each step.

use super::one_cell::harms_several;
use super::rewrite::{Rewrite, listed, names};
use super::{Change, Draft, Rule};

pub(super) static RULE: Rule = Rule { name: "narrower", title: "only one region, or one cell", does_less: true, propose };

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let mut plan = Rewrite::open(draft)?;
    let world = &draft.scenario.world;
    let mut done = Vec::new();
    for item in &mut plan.steps {
        let Some(step) = item.step.filter(|s| harms_several(s)) else { continue };
        let region = |cell: u32| world.cells[cell as usize].region;
        let first = region(*step.targets.first()?);
        let mut kept: Vec<String> = step.targets.iter().filter(|&&c| region(c) == first).map(|&c| world.cell_name(c)).collect();
        if kept.len() == step.targets.len() {
            kept.truncate(1);
        }
        item.node.put("target", names(&kept));
        done.push(item.id.clone());
    }
    if !done.is_empty() {
        plan.done(format!("{} only where it is needed first", listed(&done)));
    }
    plan.close()
}
