//! Coverage: how much of a plan's surroundings is declared well enough to trust the answer.
//!
//! Coverage = what the author says is declared x the mean over mutating steps of k: the share of the cells
//! in the step's static reach with declared needs and a recovery that is not a fallback.

use crate::model::graph::Graph;
use crate::scenario::Scenario;
use crate::scenario::plan::{Effect, Step};
use crate::scenario::world::{CellId, Kind, World};
use indexmap::IndexMap;
use rustc_hash::FxHashSet;

/// Coverage and what lowers it, most important first.
pub(super) fn coverage(scenario: &Scenario, graph: &Graph) -> (f64, Vec<String>) {
    let world = &*scenario.world;
    let mut gaps: IndexMap<String, usize> = IndexMap::new();
    let mutating: Vec<&Step> = scenario.plan.steps.iter().filter(|s| s.verb.mutating).collect();
    let shares: Vec<f64> = mutating.iter().map(|step| known(world, graph, step, &mut gaps)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count of steps")]
    let mean = if shares.is_empty() { 1.0 } else { shares.iter().sum::<f64>() / shares.len() as f64 };
    let complete = world.complete.fraction();
    let mut gaps: Vec<(String, usize)> = gaps.into_iter().collect();
    gaps.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut notes: Vec<String> = gaps.into_iter().map(|(text, _)| text).collect();
    if complete < 1.0 {
        notes.insert(0, format!("the world says that {:.0} % of the real graph is declared (`complete`)", complete * 100.0));
    }
    if !world.not_modelled.is_empty() {
        notes.push(format!("known but not modelled: {}", world.not_modelled.join(", ")));
    }
    (complete * mean, notes)
}

/// The share of a step's reach that is declared.
fn known(world: &World, graph: &Graph, step: &Step, gaps: &mut IndexMap<String, usize>) -> f64 {
    let reach = reach(graph, &step.targets);
    let targets: FxHashSet<CellId> = step.targets.iter().copied().collect();
    let mut declared = 0_usize;
    for &cell in &reach {
        let service = &world.services[world.cells[cell as usize].service as usize];
        let mut whole = true;
        if !service.needs_declared {
            whole = false;
            *gaps
                .entry(format!("`{}` says nothing about its needs (`needs: none` if it has none)", service.name))
                .or_default() += 1;
        }
        if service.not_modelled_needs > 0 {
            whole = false;
            *gaps.entry(format!("`{}` needs things that are not modelled", service.name)).or_default() += 1;
        }
        if targets.contains(&cell)
            && let Some(gap) = fallback(service, step)
        {
            whole = false;
            *gaps.entry(gap).or_default() += 1;
        }
        declared += usize::from(whole);
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of cells")]
    let share = declared as f64 / reach.len().max(1) as f64;
    share
}

/// What is missing to know how the step's damage at this service is mended.
fn fallback(service: &crate::scenario::world::Service, step: &Step) -> Option<String> {
    use crate::scenario::plan::DamageKind;
    let (Effect::Leaves(damage) | Effect::Interrupts(damage)) = &step.verb.effect else { return None };
    if step.takes.is_some() && matches!(step.verb.effect, Effect::Interrupts(_)) {
        return None;
    }
    let gives = |name: &str| service.durations.iter().any(|(n, _)| n == name);
    let sized = service.data.as_ref().is_some_and(|d| d.size.is_some());
    match damage.kind {
        DamageKind::Deleted | DamageKind::DataLost if service.kind == Kind::Datastore && !sized && !gives("restore") => {
            Some(format!("how long `{}` takes to restore is not declared (`data: {{ size: ... }}`)", service.name))
        }
        DamageKind::CapacityRemoved if !gives("restart") => {
            Some(format!("how long the fleet of `{}` takes to restart is not declared (`restart: ...`)", service.name))
        }
        _ => None,
    }
}

/// The targets and all that depend on them to serve.
fn reach(graph: &Graph, targets: &[CellId]) -> Vec<CellId> {
    let mut seen: FxHashSet<CellId> = targets.iter().copied().collect();
    let mut found: Vec<CellId> = targets.to_vec();
    let mut next = 0;
    while next < found.len() {
        for call in graph.callers(found[next]) {
            if seen.insert(call.caller) {
                found.push(call.caller);
            }
        }
        next += 1;
    }
    found
}
