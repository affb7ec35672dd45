//! Traffic goes elsewhere before a cell is taken away.

use super::rewrite::{Rewrite, listed};
use super::{Change, Draft, Rule};
use crate::scenario::plan::Effect;

pub(super) static RULE: Rule = Rule { name: "drain-first", title: "move the traffic away first", does_less: false, propose };

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let mut plan = Rewrite::open(draft)?;
    let world = &draft.scenario.world;
    let mut done = Vec::new();
    for step in &draft.scenario.plan.steps {
        if !matches!(step.verb.effect, Effect::Interrupts(_) | Effect::Leaves(_)) {
            continue;
        }
        // Somewhere to go: a cell of the same service that the step does not hit.
        let movable = |&&cell: &&u32| {
            let service = &world.services[world.cells[cell as usize].service as usize];
            let peers = service.cells.clone().any(|c| c != cell && !step.targets.contains(&c));
            peers && service.failover.is_some()
        };
        let targets: Vec<String> = step.targets.iter().filter(movable).map(|&c| world.cell_name(c)).collect();
        if targets.is_empty() {
            continue;
        }
        let at = plan.steps.iter().position(|s| s.id == step.id)?;
        plan.put_before(at, "drain", &targets);
        done.push(step.id.clone());
    }
    if !done.is_empty() {
        plan.done(format!("drain before {}", listed(&done)));
    }
    plan.close()
}
