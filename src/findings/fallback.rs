//! How long a target takes to come back is a guess.

use super::view::{Harm, harm, takes_data};
use super::{Finding, Rule, View, Weight, listed};
use crate::scenario::world::Kind;
use indexmap::IndexSet;

pub(super) static RULE: Rule = Rule {
    code: "P0014",
    name: "recovery-by-default",
    title: "how long it takes to come back is a published default",
    help: "A step takes the data of a datastore away, and the world says neither how much data it holds nor how long a restore takes. The simulation uses a
default from published incidents, which spans minutes to days.

Declare `data: { size: ..., restore: ... }`: it is usually the figure that moves the verdict most.",
    weight: Weight::Note,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut names: IndexSet<String> = IndexSet::new();
    let mut steps = Vec::new();
    for (n, step) in view.steps().filter(|(_, s)| takes_data(s)) {
        let own = step.takes.is_some() && matches!(harm(step), Harm::Interrupts(_));
        for &cell in &step.targets {
            let service = view.service(cell);
            let sized = service.data.as_ref().is_some_and(|d| d.size.is_some());
            let timed = service.durations.iter().any(|(name, _)| name == "restore");
            if service.kind == Kind::Datastore && !sized && !timed && !own {
                names.insert(service.name.clone());
                steps.push(n);
            }
        }
    }
    if let Some(&first) = steps.first() {
        let names: Vec<String> = names.into_iter().collect();
        let message = format!("how long a restore of {} takes is a default that spans minutes to days", listed(&names));
        let hint = "declare `data: { size: ..., restore: ... }` in the world".to_owned();
        found.push(RULE.at(view, first, message, hint).with_steps(steps).about(names));
    }
}
