//! Why: minutes by step, stage and need, and the way damage takes to a service.

use super::Case;
use crate::engine::STAGES;
use crate::report::data::{Deadlock, Share, Why};

/// How many needs are listed.
const NEEDS: usize = 20;

/// Where the minutes come from.
pub(super) fn why(case: &Case<'_>) -> Why {
    let minutes = &case.tally.minutes;
    let total: u64 = minutes.sources.iter().sum();
    let names = case.source_names();
    let steps = shares(case, total, names.into_iter().zip(minutes.sources.iter().copied()));
    let stages = STAGES.iter().map(|s| s.name().to_owned());
    let stages = shares(case, total, stages.zip(minutes.stages.iter().copied()));
    let mut order: Vec<usize> = (0..minutes.needs.len()).filter(|&n| minutes.needs[n] > 0).collect();
    order.sort_by_key(|&n| (std::cmp::Reverse(minutes.needs[n]), n));
    let needs = order.into_iter().take(NEEDS).map(|n| (case.need_name(n), minutes.needs[n]));
    let needs = shares(case, total, needs);
    Why { total_min: per_trial(case, total), steps, stages, needs, guardrails: super::controls::effects(case) }
}

fn shares(case: &Case<'_>, total: u64, parts: impl Iterator<Item = (String, u64)>) -> Vec<Share> {
    #[expect(clippy::cast_precision_loss, reason = "sums of milliseconds, for display")]
    let share = |part: u64| part as f64 / total.max(1) as f64;
    let found = parts.filter(|(_, part)| *part > 0);
    let mut found: Vec<Share> =
        found.map(|(name, part)| Share { name, minutes: per_trial(case, part), share: share(part) }).collect();
    found.sort_by(|a, b| b.minutes.total_cmp(&a.minutes));
    found
}

#[expect(clippy::cast_precision_loss, reason = "sums of milliseconds, for display")]
fn per_trial(case: &Case<'_>, sum: u64) -> f64 {
    sum as f64 / 60_000.0 / case.tally.trials.max(1) as f64
}

/// How damage reaches a service most often: from the damaged service to this one.
pub(super) fn path(case: &Case<'_>, service: usize) -> Vec<String> {
    let cells = &case.model.services[service].cells;
    let affected = |c: u32| case.tally.affected(c as usize);
    let worst = cells.iter().copied().max_by_key(|&c| (affected(c), std::cmp::Reverse(c)));
    let Some(mut cell) = worst else { return Vec::new() };
    let mut path = vec![case.cell_name(cell)];
    for _ in 0..32 {
        let own = &case.tally.minutes.own_needs;
        let blamed = case.model.needs_of(cell).filter(|&n| own.get(n).is_some_and(|&m| m > 0));
        let Some(need) = blamed.max_by_key(|&n| (own[n], std::cmp::Reverse(n))) else { break };
        let members = case.model.members_of(&case.model.needs[need]);
        let Some(&member) = members.iter().max_by_key(|&&m| affected(m)) else { break };
        let name = case.cell_name(member);
        if path.contains(&name) {
            break;
        }
        path.push(name);
        cell = member;
    }
    if path.len() < 2 {
        return Vec::new();
    }
    path.reverse();
    path
}

/// Rings of waits, most frequent first.
pub(super) fn deadlocks(case: &Case<'_>) -> Vec<Deadlock> {
    let mut rings: Vec<_> = case.tally.rings.iter().collect();
    rings.sort_by_key(|(ring, count)| (std::cmp::Reverse(**count), (*ring).clone()));
    let deadlock = |(ring, count): (&Vec<u32>, &u64)| {
        let cycle: Vec<String> = ring.iter().map(|&c| case.cell_name(c)).collect();
        let first = cycle.first().cloned().unwrap_or_default();
        let copy = format!("a copy of what `{first}` starts or is mended with that lies outside the ring");
        let hint = if mends_itself(case, ring) { format!("an `alternate:` way in, or {copy}") } else { copy };
        Deadlock { cycle, probability: super::figures::share(*count, case.tally.trials), hint }
    };
    rings.into_iter().take(10).map(deadlock).collect()
}

/// Whether the ring goes through what mends one of its cells: only those who mend can come in by another way.
fn mends_itself(case: &Case<'_>, ring: &[u32]) -> bool {
    let world = &case.scenario.world;
    let cells: Vec<_> = ring.iter().map(|&c| case.model.origin[c as usize]).collect();
    cells.iter().any(|&cell| {
        let cell = &world.cells[cell as usize];
        let members = world.services[cell.service as usize].mends_with.iter().flat_map(|gate| &gate.members);
        members.flat_map(|&place| world.cells_at(place, cell.region)).any(|member| cells.contains(&member))
    })
}

impl Case<'_> {
    /// The name of a cell of the model.
    pub(super) fn cell_name(&self, cell: u32) -> String {
        self.scenario.world.cell_name(self.model.origin[cell as usize])
    }

    /// `caller -> need`.
    pub(super) fn need_name(&self, need: usize) -> String {
        let caller = self.model.needs[need].caller;
        let world = &self.scenario.world;
        let service = &world.services[world.cells[self.model.origin[caller as usize] as usize].service as usize];
        let declared = &service.needs[self.model.need_origin[need] as usize];
        format!("{} -> {}", self.cell_name(caller), declared.name(world))
    }

    /// Ids of steps, then of faults.
    pub(super) fn source_names(&self) -> Vec<String> {
        let steps = self.scenario.plan.steps.iter().map(|s| s.id.clone());
        steps.chain(self.scenario.faults.iter().map(|f| f.id.clone())).collect()
    }
}
