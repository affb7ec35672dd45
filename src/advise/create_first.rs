//! The new one is there before the old one goes.

use super::rewrite::{Rewrite, listed, said};
use super::{Change, Draft, Rule};
use crate::scenario::world::Kind;

pub(super) static RULE: Rule =
    Rule { name: "create-before-destroy", title: "create the new one before the old one goes", does_less: false, propose };

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let mut plan = Rewrite::open(draft)?;
    let world = &draft.scenario.world;
    let mut done = Vec::new();
    for item in &mut plan.steps {
        let Some(step) = item.step.filter(|s| s.verb.name == "recreate") else { continue };
        // A datastore that is created anew is empty: its data does not come along.
        let stateless = |&cell: &u32| world.services[world.cells[cell as usize].service as usize].kind != Kind::Datastore;
        if step.targets.is_empty() || !step.targets.iter().all(stateless) {
            continue;
        }
        item.node.put("do", said("replace"));
        done.push(item.id.clone());
    }
    if !done.is_empty() {
        plan.done(format!("replace instead of recreate in {}", listed(&done)));
    }
    plan.close()
}
