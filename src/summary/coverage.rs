//! Coverage: how much of a plan's surroundings is declared well enough to trust the answer.
//!
//! Coverage = what the author says is declared x the mean over mutating steps of k: the share of the cells
//! in the step's static reach with declared needs and a recovery that is not a fallback. Recovery is asked of what the step damages:
//! all others come back with what they need.

use crate::model::graph::Graph;
use crate::scenario::Scenario;
use crate::scenario::plan::{Effect, Step};
use crate::scenario::world::{CellId, Kind, ServiceId, World};
use indexmap::IndexMap;

/// Coverage and what lowers it.
#[derive(Debug, Clone)]
pub(crate) struct Coverage {
    /// The share.
    pub(crate) share: f64,
    /// In words, most important first.
    pub(crate) notes: Vec<String>,
    /// By step: its own share and how many cells it can reach; what changes nothing is wholly covered.
    pub(crate) steps: Vec<(f64, u64)>,
}

/// What is missing of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Gap {
    Needs,
    NotModelled,
    Restore,
    Restart,
}

type Gaps = IndexMap<(ServiceId, Gap), usize>;

/// Looks at a plan.
pub(crate) fn coverage(scenario: &Scenario, graph: &Graph) -> Coverage {
    let world = &*scenario.world;
    let mut gaps = Gaps::new();
    let mut search = Search { graph, seen: vec![0; world.cells.len()], round: 0, found: Vec::new() };
    let unknown = |n: usize| scenario.plan.unknown.iter().any(|u| u.step as usize == n);
    let one = |(n, step): (usize, &Step)| match () {
        () if unknown(n) => (0.0, search.reach(&step.targets).len() as u64),
        () if step.verb.mutating => known(world, &mut search, step, &mut gaps),
        () => (1.0, 0),
    };
    let steps: Vec<(f64, u64)> = scenario.plan.steps.iter().enumerate().map(one).collect();
    let counts = |(n, step): &(usize, &Step)| step.verb.mutating || unknown(*n);
    let mutating: Vec<f64> = scenario.plan.steps.iter().enumerate().filter(counts).map(|(n, _)| steps[n].0).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count of steps")]
    let mean = if mutating.is_empty() { 1.0 } else { mutating.iter().sum::<f64>() / mutating.len() as f64 };
    let complete = world.complete.fraction();
    let mut gaps: Vec<((ServiceId, Gap), usize)> = gaps.into_iter().collect();
    gaps.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut notes: Vec<String> = gaps.into_iter().map(|((service, gap), _)| told(world, service, gap)).collect();
    if complete < 1.0 {
        notes.insert(0, format!("the world says that {:.0} % of the real graph is declared (`complete`)", complete * 100.0));
    }
    if !world.not_modelled.is_empty() {
        notes.push(format!("known but not modelled: {}", world.not_modelled.join(", ")));
    }
    Coverage { share: complete * mean, notes, steps }
}

fn told(world: &World, service: ServiceId, gap: Gap) -> String {
    let name = &world.services[service as usize].name;
    match gap {
        Gap::Needs => format!("`{name}` says nothing about its needs (`needs: none` if it has none)"),
        Gap::NotModelled => format!("`{name}` needs things that are not modelled"),
        Gap::Restore => format!("how long `{name}` takes to restore is not declared (`data: {{ size: ... }}`)"),
        Gap::Restart => format!("how long the fleet of `{name}` takes to restart is not declared (`restart: ...`)"),
    }
}

/// The share of a step's reach that is declared, and its size.
fn known(world: &World, search: &mut Search<'_>, step: &Step, gaps: &mut Gaps) -> (f64, u64) {
    search.reach(&step.targets);
    let mut declared = 0_usize;
    for (place, &cell) in search.found.iter().enumerate() {
        let id = world.cells[cell as usize].service;
        let service = &world.services[id as usize];
        // The targets themselves come first.
        let fallback = if place < step.targets.len() { fallback(service, step) } else { None };
        let found = [
            (!service.needs_declared).then_some(Gap::Needs),
            (service.not_modelled_needs > 0).then_some(Gap::NotModelled),
            fallback,
        ];
        declared += usize::from(found.iter().all(Option::is_none));
        for gap in found.into_iter().flatten() {
            *gaps.entry((id, gap)).or_default() += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of cells")]
    let share = declared as f64 / search.found.len().max(1) as f64;
    (share, search.found.len() as u64)
}

/// What is missing to know how the step's damage at this service is mended.
fn fallback(service: &crate::scenario::world::Service, step: &Step) -> Option<Gap> {
    use crate::scenario::plan::DamageKind;
    let (Effect::Leaves(damage) | Effect::Interrupts(damage)) = &step.verb.effect else { return None };
    if step.takes.is_some() && matches!(step.verb.effect, Effect::Interrupts(_)) {
        return None;
    }
    let gives = |name: &str| service.durations.iter().any(|(n, _)| n == name);
    let sized = service.data.as_ref().is_some_and(|d| d.size.is_some());
    match damage.kind {
        DamageKind::Deleted | DamageKind::DataLost if service.kind == Kind::Datastore && !sized && !gives("restore") => {
            Some(Gap::Restore)
        }
        DamageKind::CapacityRemoved if !gives("restart") => Some(Gap::Restart),
        _ => None,
    }
}

/// Walks over callers; what one walk has seen is told from another by its number, so that none of them costs the whole world.
struct Search<'g> {
    graph: &'g Graph,
    seen: Vec<u32>,
    round: u32,
    found: Vec<CellId>,
}

impl Search<'_> {
    /// The targets and all that depend on them to serve.
    fn reach(&mut self, targets: &[CellId]) -> &[CellId] {
        self.round += 1;
        self.found.clear();
        self.found.extend_from_slice(targets);
        targets.iter().for_each(|&t| self.seen[t as usize] = self.round);
        let mut next = 0;
        while next < self.found.len() {
            for call in self.graph.callers(self.found[next]) {
                if std::mem::replace(&mut self.seen[call.caller as usize], self.round) != self.round {
                    self.found.push(call.caller);
                }
            }
            next += 1;
        }
        &self.found
    }
}
