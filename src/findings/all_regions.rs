//! A service is hit in all of its regions at once.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight, listed};
use crate::scenario::plan::Each;
use crate::scenario::world::CellId;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: "P0012",
    name: "all-regions",
    title: "a service is hit in all of its regions at once",
    help: "A service runs in several regions so that one of them can fail, and the plan hits all of them without waiting in between, in one step or in several. An error if it takes something away, a
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
            let message = format!("`{}` hits {} in every region {how}", step.id, listed(&names));
            let hint = "one region first with `bake:`, then the others".to_owned();
            found.push(RULE.at(view, n, message, hint).about(names).weighing(weight));
        }
    }
    by_turns(view, found);
}

/// Services of which several steps take away all cells, without any of them being back in between.
fn by_turns(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut hit: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (n, step) in view.steps().filter(|(_, s)| matches!(harm(s), Harm::Leaves(_) | Harm::Interrupts(_))) {
        for &cell in &step.targets {
            let steps = hit.entry(view.world().cells[cell as usize].service).or_default();
            if steps.last() != Some(&n) {
                steps.push(n);
            }
        }
    }
    for (service, steps) in hit.into_iter().filter(|(_, steps)| steps.len() > 1) {
        let service = &view.world().services[service as usize];
        let cells = || service.cells.clone();
        let alone = |n: u32| cells().all(|c| view.step(n).targets.contains(&c));
        let away = |n: u32| cells().map(|c| away_at(view, n, c)).collect::<Option<Vec<u32>>>();
        if cells().len() < 2 || steps.iter().any(|&n| alone(n)) {
            continue;
        }
        let Some((at, mut by)) = steps.iter().find_map(|&n| Some((n, away(n)?))) else { continue };
        by.sort_unstable();
        by.dedup();
        let names: Vec<String> = by.iter().map(|&n| view.step(n).id.clone()).collect();
        let message = format!("{} hit `{}` in every region, and none is back before the last goes", listed(&names), service.name);
        let hint = "one region first, until it is back, then the others".to_owned();
        found.push(RULE.at(view, at, message, hint).with_steps(by).about(vec![service.name.clone()]));
    }
}

/// A step because of which a cell is away while step `n` is at work, if there is one.
fn away_at(view: &View<'_>, n: u32, cell: CellId) -> Option<u32> {
    let away = |&by: &u32| match harm(view.step(by)) {
        _ if by == n => true,
        Harm::Leaves(_) => !view.is_before(n, by) && view.is_left(by, n, cell),
        Harm::Interrupts(_) => view.may_overlap(by, n),
        Harm::Risks | Harm::None => false,
    };
    view.harming(cell).iter().copied().find(away)
}
