//! One region first, then a while of watching, then the others.

use super::one_cell::{BAKE, harms_several};
use super::rewrite::{Rewrite, listed};
use super::{Change, Draft, Rule};

pub(super) static RULE: Rule =
    Rule { name: "one-region-first", title: "one region first, watched for half an hour", does_less: false, propose };

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let mut plan = Rewrite::open(draft)?;
    let world = &draft.scenario.world;
    let mut done = Vec::new();
    for step in draft.scenario.plan.steps.iter().filter(|s| harms_several(s)) {
        let mut regions: Vec<(u32, Vec<String>)> = Vec::new();
        for &cell in &step.targets {
            let region = world.cells[cell as usize].region;
            match regions.iter_mut().find(|(r, _)| *r == region) {
                Some((_, cells)) => cells.push(world.cell_name(cell)),
                None => regions.push((region, vec![world.cell_name(cell)])),
            }
        }
        if regions.len() < 2 {
            continue;
        }
        let parts: Vec<Vec<String>> = regions.into_iter().map(|(_, cells)| cells).collect();
        let at = plan.steps.iter().position(|s| s.id == step.id)?;
        plan.split(at, &parts, BAKE);
        done.push(step.id.clone());
    }
    if !done.is_empty() {
        plan.done(format!("{} region by region, each watched for {BAKE}", listed(&done)));
    }
    plan.close()
}
