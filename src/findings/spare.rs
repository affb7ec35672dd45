//! The last spare member of a redundant need goes.

use super::view::Thinned;
use super::{Finding, Rule, View, Weight, listed};
use crate::scenario::world::CellId;
use rustc_hash::FxHashSet;

pub(super) static RULE: Rule = Rule {
    code: "P0011",
    name: "nothing-to-spare",
    title: "the last spare member of a redundant need goes",
    help: "A service keeps serving on the members of a redundant need that are left, and has none to spare while the plan runs: the next failure is an outage.

Watch the others meanwhile, and have a way to stop.",
    weight: Weight::Note,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut told: FxHashSet<Vec<CellId>> = FxHashSet::default();
    for Thinned { step, caller, need, members, left, .. } in view.thinned() {
        if left.len() != need.at_least as usize || !told.insert(members) {
            continue;
        }
        let names: Vec<String> = left.iter().map(|&c| view.name(c)).collect();
        let message = format!("meanwhile `{}` runs on {} alone", view.name(caller), listed(&names));
        found.push(RULE.at(view, step, message, "watch the others meanwhile".to_owned()).about(names));
    }
}
