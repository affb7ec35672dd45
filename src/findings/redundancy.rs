//! More members of a redundant need go at once than it can spare.

use super::view::Thinned;
use super::{Finding, Rule, View, Weight, listed};
use crate::scenario::world::CellId;
use rustc_hash::FxHashSet;

pub(super) static RULE: Rule = Rule {
    code: "P0010",
    name: "redundancy-gone",
    title: "more members of a redundant need go than it can spare",
    help: "A service needs any one, or at least k, of several others, and the plan takes away so many of them at the same time that too few are left. Redundancy does not help
against a plan that hits all of it.

Take them away one after the other, each after the one before is back.",
    weight: Weight::Error,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut told: FxHashSet<Vec<CellId>> = FxHashSet::default();
    for Thinned { step, caller, need, members, gone, left } in view.thinned() {
        if left.len() >= need.at_least as usize || !told.insert(members.clone()) {
            continue;
        }
        let names: Vec<String> = gone.iter().map(|&c| view.name(c)).collect();
        let by = gone.iter().filter_map(|&m| view.down_during(step, m)).filter(|&s| s != step);
        let message = format!(
            "`{}` needs {} of {} and the plan takes away {} of them at once: {}",
            view.name(caller),
            need.at_least,
            members.len(),
            gone.len(),
            listed(&names)
        );
        let hint = "take them away one after the other, each after the one before is back".to_owned();
        found.push(RULE.at(view, step, message, hint).with_steps(by).about(names));
    }
}
