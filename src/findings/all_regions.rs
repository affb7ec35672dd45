//! A service is hit in all of its regions at once.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight};
use crate::scenario::plan::Each;
use rustc_hash::FxHashSet;

pub(super) static RULE: Rule = Rule {
    code: "P0012",
    name: "all-regions",
    title: "a service is hit in all of its regions at once",
    help: "A service runs in several regions so that one of them can fail, and the plan hits all of them without waiting in between. An error if it takes something away, a
warning if it may only fail, or if the cells are hit one after the other and each interruption ends before the next.

One region first, then a bake, then the others.",
    weight: Weight::Error,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps() {
        let in_turn = step.verb.each == Each::OneByOne;
        let weight = match harm(step) {
            Harm::Interrupts(_) if in_turn => Weight::Warning,
            Harm::Leaves(_) | Harm::Interrupts(_) => Weight::Error,
            Harm::Risks => Weight::Warning,
            Harm::None => continue,
        };
        let hit: FxHashSet<u32> = step.targets.iter().copied().collect();
        let mut services: Vec<u32> = step.targets.iter().map(|&c| view.world().cells[c as usize].service).collect();
        services.sort_unstable();
        services.dedup();
        let whole = |service: &&u32| {
            let cells = view.world().services[**service as usize].cells.clone();
            cells.len() > 1 && cells.clone().all(|c| hit.contains(&c))
        };
        let names: Vec<String> = services.iter().filter(whole).map(|&s| view.world().services[s as usize].name.clone()).collect();
        if !names.is_empty() {
            let how = if in_turn { "one after the other, with no wait between" } else { "at once" };
            let message = format!("`{}` hits {} in every region {how}", step.id, super::listed(&names));
            let hint = "one region first with `bake:`, then the others".to_owned();
            found.push(RULE.at(view, n, message, hint).about(names).weighing(weight));
        }
    }
}
