//! How tired reviewers are: requests of a whole week, by who is asked.
//!
//! In: the gates of every plan under a setting. Out: requests per reviewer and day, as if nothing were refused, which the gates of
//! that setting then count with. People who are asked are those that a guardrail names by their number, else the team of what
//! the step touches, else as many as are asked.

use crate::model::Model;
use crate::model::controls::Act;
use crate::scenario::Scenario;
use crate::scenario::controls::{Ask, Guardrail, Kind};

/// Who is asked: so many people of their own, or a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum People {
    Number(u32),
    Team(u32, u32),
}

/// Requests a day, by who is asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    by: Vec<(People, f64)>,
}

/// Requests per reviewer and day, by who is asked.
#[derive(Debug, Clone, Default)]
pub struct Loads {
    by: Vec<(People, f64)>,
}

/// Whether somebody could be asked at all.
pub(super) fn asks(guardrails: &[Guardrail]) -> bool {
    guardrails.iter().any(|g| asks_of(&g.kind).is_some_and(|a| a.approvers > 0))
}

fn asks_of(kind: &Kind) -> Option<&Ask> {
    match kind {
        Kind::Approval(ask) | Kind::Jurisdiction { ask, refuses: false, .. } => Some(ask),
        _ => None,
    }
}

/// Who is asked about a step.
fn people(scenario: &Scenario, ask: &Ask, step: usize) -> People {
    let world = &scenario.world;
    let first = scenario.plan.steps.get(step).and_then(|s| s.targets.first());
    let team = first.and_then(|&cell| world.services[world.cells[cell as usize].service as usize].team);
    let size = team.and_then(|t| world.teams[t as usize].reviewers.map(|size| (t, size)));
    match (ask.reviewers, size) {
        (Some(number), _) => People::Number(number.max(1)),
        (None, Some((team, size))) => People::Team(team, size.max(1)),
        (None, None) => People::Number(ask.approvers.max(1)),
    }
}

/// Every request that a plan makes as it is written: step, guardrail, people asked.
fn requests(guardrails: &[Guardrail], model: &Model) -> Vec<(usize, usize, f64)> {
    let mut requests = Vec::new();
    for (step, guarded) in model.controls.steps.iter().enumerate() {
        for gate in &model.controls.forms[guarded.literal as usize].gates {
            if let (Act::Ask(ask), true) = (&gate.act, (gate.rule as usize) < guardrails.len())
                && ask.person
            {
                requests.push((step, gate.rule as usize, f64::from(ask.approvers)));
            }
        }
    }
    requests
}

impl Asked {
    /// Adds a plan that runs so often a day.
    pub(super) fn add(&mut self, scenario: &Scenario, guardrails: &[Guardrail], model: &Model, per_day: f64) {
        for (step, rule, count) in requests(guardrails, model) {
            let Some(ask) = asks_of(&guardrails[rule].kind) else { continue };
            let people = people(scenario, ask, step);
            match self.by.iter_mut().find(|(known, _)| *known == people) {
                Some((_, sum)) => *sum += count * per_day,
                None => self.by.push((people, count * per_day)),
            }
        }
    }

    /// Requests per head.
    pub(super) fn loads(self) -> Loads {
        let per_head = |(people, sum): (People, f64)| {
            let (People::Number(heads) | People::Team(_, heads)) = people;
            (people, sum / f64::from(heads))
        };
        Loads { by: self.by.into_iter().map(per_head).collect() }
    }
}

impl Loads {
    /// The load of those who are asked most.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.by.iter().map(|(_, load)| *load).fold(0.0, f64::max)
    }

    /// Tells the guardrails before the plan of a scenario. A guardrail has one load: that of those it asks most about this plan.
    pub(super) fn apply(&self, scenario: &Scenario, guardrails: &mut [Guardrail]) {
        if self.by.is_empty() {
            return;
        }
        for guardrail in guardrails {
            let Some(ask) = asks_of(&guardrail.kind) else { continue };
            let load_of = |step| {
                let people = people(scenario, ask, step);
                self.by.iter().find(|(known, _)| *known == people).map_or(0.0, |(_, load)| *load)
            };
            let load = (0..scenario.plan.steps.len()).map(load_of).fold(0.0, f64::max);
            if let Kind::Approval(ask) | Kind::Jurisdiction { ask, .. } = &mut guardrail.kind {
                ask.load += load;
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.by.len() * size_of::<(People, f64)>()
    }
}
