//! A step of the plan, or one that can run in its place, in the numbers of a model.
//!
//! In: steps of a scenario, the ranks of the model's cells. Out: [`Step`]s. Not here: which of them runs (`guard`, `engine`).

use super::pool::Pool;
use super::{Effect, Step, Takes};
use crate::luck::entity;
use crate::scenario::Scenario;
use crate::scenario::plan::{self, Duration};
use crate::scenario::world::CellId;
use rustc_hash::FxHashMap;

/// Ranks of a model's cells by their place in the world.
pub(crate) type Ranks = FxHashMap<CellId, u32>;

/// Compiles steps for the cells of one model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepCompiler<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) ranks: &'a Ranks,
}

impl StepCompiler<'_> {
    /// Compiles a step; it reaches no cell that the model does not have.
    pub(crate) fn step(&self, step: &plan::Step, pool: &mut Pool<'_>) -> Step {
        let verb = &step.verb;
        let owner = entity("step", &step.id);
        let fails = match (verb.fails, verb.fails_prior) {
            (Some(_), Some(prior)) => Some(pool.odds(None, owner, prior)),
            (Some(fixed), None) => Some(pool.odds(Some(fixed), owner, "")),
            (None, _) => None,
        };
        Step {
            entity: owner,
            targets: self.cells(step).collect(),
            after: step.after.clone(),
            before: Vec::new(),
            effect: effect(verb),
            mends: mends(verb),
            starts: verb.starts,
            each: verb.each,
            takes: self.takes(step, pool),
            said: pool.maybe(step.takes.as_ref()),
            verify: pool.maybe(step.verify.as_ref()),
            bake: pool.maybe(step.bake.as_ref()),
            on_failure: step.on_failure,
            fails,
            detect: verb.detect,
            diagnose: verb.diagnose,
        }
    }

    fn cells<'s>(&'s self, step: &'s plan::Step) -> impl Iterator<Item = u32> + 's {
        step.targets.iter().filter_map(|c| self.ranks.get(c).copied())
    }

    /// What brings data back is told even where its time is said: what becomes of the data is not.
    fn takes(&self, step: &plan::Step, pool: &mut Pool<'_>) -> Vec<Takes> {
        match step.verb.takes {
            Duration::Recreate => return self.cells(step).map(Takes::Recreate).collect(),
            Duration::Restore => return self.cells(step).map(Takes::Restore).collect(),
            Duration::Dist(_) | Duration::Prior(_) if step.takes.is_some() => return Vec::new(),
            Duration::Dist(_) | Duration::Prior(_) => {}
        }
        let mut services: Vec<u32> = step.targets.iter().map(|&c| self.scenario.world.cells[c as usize].service).collect();
        services.dedup();
        let mut found = Vec::new();
        for service in services {
            let service = &self.scenario.world.services[service as usize];
            let figure = service.durations.iter().find(|(name, _)| *name == step.verb.name).map(|(_, d)| d);
            let dist = match (figure, &step.verb.takes) {
                (Some(dist), _) | (None, Duration::Dist(dist)) => pool.given(dist),
                (None, Duration::Prior(name)) => pool.widened(self.scenario.is_wide_at(service), |pool| pool.prior(name)),
                (None, Duration::Recreate | Duration::Restore) => continue,
            };
            found.push(Takes::Draw { dist, entity: entity("step", &format!("{}|{}", step.id, service.name)) });
        }
        found
    }
}

/// What a verb takes away, by its effect or beside it.
fn mends(verb: &plan::Verb) -> Vec<plan::DamageKind> {
    match &verb.effect {
        plan::Effect::Mends(kinds) => kinds.iter().chain(&verb.mends).copied().collect(),
        _ => verb.mends.clone(),
    }
}

fn effect(verb: &plan::Verb) -> Effect {
    match &verb.effect {
        plan::Effect::Nothing => Effect::Nothing,
        plan::Effect::Leaves(d) => Effect::Leaves(d.kind, d.keeps),
        plan::Effect::Interrupts(d) => Effect::Interrupts(d.kind, d.keeps),
        plan::Effect::Risks(d) => Effect::Risks(d.kind, d.keeps),
        plan::Effect::MovesTraffic => Effect::MovesTraffic,
        plan::Effect::Snapshots => Effect::Snapshots,
        plan::Effect::Mends(_) => Effect::Mends,
    }
}
