//! How tired reviewers are: requests of a whole week, by who is asked.
//!
//! In: the gates of every plan under a setting. Out: requests per reviewer and day, as if nothing were refused, which the gates of
//! that setting then count with. People who are asked are those that a guardrail names by their number, else the team of what
//! the step touches, else as many as are asked.

use crate::model::controls::Controls;
use crate::scenario::Scenario;
use crate::scenario::controls::{Guardrail, Kind};

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

/// Who is asked about a step.
fn people(scenario: &Scenario, kind: &Kind, step: usize) -> People {
    let world = &scenario.world;
    let first = scenario.plan.steps.get(step).and_then(|s| s.targets.first());
    let team = first.and_then(|&cell| world.services[world.cells[cell as usize].service as usize].team);
    let size = team.and_then(|t| world.teams[t as usize].reviewers.map(|size| (t, size)));
    match (kind.asks().and_then(|ask| ask.reviewers), size) {
        (Some(number), _) => People::Number(number.max(1)),
        (None, Some((team, size))) => People::Team(team, size.max(1)),
        (None, None) => People::Number(kind.people_at_once().max(1)),
    }
}

impl Asked {
    /// Adds a plan that runs so often a day.
    pub(super) fn add(&mut self, scenario: &Scenario, guardrails: &[&Guardrail], controls: &Controls, per_day: f64) {
        for request in controls.requests() {
            let people = people(scenario, &guardrails[request.rule].kind, request.step);
            let a_day = request.people * per_day;
            match self.by.iter_mut().find(|(known, _)| *known == people) {
                Some((_, sum)) => *sum += a_day,
                None => self.by.push((people, a_day)),
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

    /// What each guardrail before the plan of a scenario has to reckon with: the load of those whom it asks most about this plan.
    pub(super) fn of(&self, scenario: &Scenario, guardrails: &[&Guardrail]) -> Vec<f64> {
        let load = |guardrail: &&Guardrail| {
            let load_of = |step| {
                let people = people(scenario, &guardrail.kind, step);
                self.by.iter().find(|(known, _)| *known == people).map_or(0.0, |(_, load)| *load)
            };
            (0..scenario.plan.steps.len()).map(load_of).fold(0.0, f64::max)
        };
        guardrails.iter().map(load).collect()
    }

    /// Whether nobody is asked.
    pub(super) const fn is_empty(&self) -> bool {
        self.by.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.by.len() * size_of::<(People, f64)>()
    }
}
