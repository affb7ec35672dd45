//! Data is taken away, and nobody said where the copies are.

use super::view::takes_data;
use super::{Finding, Rule, View, Weight, listed};
use crate::scenario::world::Kind;
use indexmap::IndexMap;

pub(super) static RULE: Rule = Rule {
    code: "P0004",
    name: "copies-unknown",
    title: "where the copies of the data are is not declared",
    help: "A step takes away the data of a datastore of which the world does not say where copies are kept. The simulation takes them to survive, because most
do; the plan may take them away all the same.

Say it: `data: { kept-in: backup-store }`. Look it up before the plan runs, not after.",
    weight: Weight::Warning,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    // A gap that many steps share is told once.
    let mut gaps: IndexMap<String, Vec<u32>> = IndexMap::new();
    for (n, step) in view.steps().filter(|(_, s)| takes_data(s)) {
        for &cell in &step.targets {
            let service = view.service(cell);
            let silent = service.data.as_ref().is_none_or(|d| d.kept_in.is_empty());
            if service.kind == Kind::Datastore && silent {
                let steps = gaps.entry(service.name.clone()).or_default();
                if !steps.contains(&n) {
                    steps.push(n);
                }
            }
        }
    }
    let names: Vec<String> = gaps.keys().cloned().collect();
    let steps: Vec<u32> = gaps.into_values().flatten().collect();
    if let Some(&first) = steps.first() {
        let message = format!("where the copies of {} are kept is not declared", listed(&names));
        let hint = "say `data: { kept-in: ... }` in the world".to_owned();
        found.push(RULE.at(view, first, message, hint).with_steps(steps).about(names));
    }
}
