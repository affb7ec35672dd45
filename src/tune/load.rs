//! How tired reviewers are: requests of a whole week, by who is asked.
//!
//! In: the gates of every plan under a setting. Out: requests per reviewer and day, as if nothing were refused, which the gates of
//! that setting then count with. People who are asked are those that a guardrail has for itself, which says how many, else the team of what
//! the step touches, else as many as are asked. Each request is one to the people of its own step: that others are busy tires nobody.

use crate::guard;
use crate::model::controls::Controls;
use crate::scenario::Scenario;
use crate::scenario::controls::{Guardrail, Kind};
use crate::scenario::plan::Step;
use crate::scenario::world::World;

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum People {
    /// Those of one guardrail: two that name equally many mean different people.
    Own(u32),
    Team(u32),
    /// Nobody said who.
    Anybody,
}

/// What is asked of some people a day.
#[derive(Debug, Clone, Copy)]
struct Requests {
    people: People,
    a_day: f64,
    /// Among how many they are shared out, where those are fewest.
    heads: u32,
}

/// Requests a day, by who is asked.
#[derive(Debug, Clone, Default)]
pub struct Loads {
    by: Vec<Requests>,
}

/// Who is asked by this rule about a step.
fn people(world: &World, rule: usize, kind: &Kind, step: &Step) -> People {
    let is_own = !kind.shares_people() || kind.asks().is_some_and(|ask| ask.reviewers.is_some());
    let team = || guard::team(world, step).filter(|&t| world.teams[t as usize].reviewers.is_some());
    match (is_own, team()) {
        (true, _) => People::Own(u32::try_from(rule).unwrap_or(u32::MAX)),
        (false, Some(team)) => People::Team(team),
        (false, None) => People::Anybody,
    }
}

impl Loads {
    /// Adds a plan that runs so often a day.
    pub(super) fn add(&mut self, scenario: &Scenario, guardrails: &[&Guardrail], controls: &Controls, per_day: f64) {
        for request in controls.requests() {
            let (rule, kind, step) = (request.rule, &guardrails[request.rule].kind, &scenario.plan.steps[request.step]);
            let people = people(&scenario.world, rule, kind, step);
            let (a_day, heads) = (request.people * per_day, guard::heads(&scenario.world, kind, step));
            match self.by.iter_mut().find(|known| known.people == people) {
                Some(known) => (known.a_day, known.heads) = (known.a_day + a_day, known.heads.min(heads)),
                None => self.by.push(Requests { people, a_day, heads }),
            }
        }
    }

    /// The load of those who are asked most.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.by.iter().map(|known| known.a_day / f64::from(known.heads)).fold(0.0, f64::max)
    }

    /// The load of those whom this rule asks about a step.
    pub(super) fn of(&self, world: &World, rule: usize, kind: &Kind, step: &Step) -> f64 {
        let people = people(world, rule, kind, step);
        let known = self.by.iter().find(|known| known.people == people);
        known.map_or(0.0, |known| known.a_day / f64::from(guard::heads(world, kind, step)))
    }

    /// Whether nobody is asked.
    pub(super) const fn is_empty(&self) -> bool {
        self.by.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.by.len() * size_of::<Requests>()
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::Choice;
    use crate::model::controls::Act;
    use crate::scenario::experiment::{self, Search};
    use crate::scenario::files::Memory;
    use crate::tune::weeks::Weeks;
    use crate::tune::{answer, design};

    /// How attentive those are whom a guardrail asks in the first plan, under the first setting.
    fn attention(world: &str, guardrails: &str, second: &str, rule: &str) -> f64 {
        let text = format!(
            "world: {{ {world} }}\nplans: {{ from: [a.yaml, b.yaml] }}\nguardrails: [ {guardrails} ]\nvary: {{ n: [1] }}\n\
             minimise: [customers.outage_min.mean]"
        );
        let first = "per-week: 5\nplan: [ { do: restart, target: tool }, { do: recreate, target: db } ]";
        let files = Memory::new([("e.yaml", &*text), ("a.yaml", first), ("b.yaml", second)].map(|(n, t)| (n, t.to_owned())));
        let read = experiment::read(&files, "e.yaml");
        let experiment = read.experiment.unwrap_or_else(|| panic!("{:?}", read.diagnostics));
        let settings = design::settings(&experiment, Search::Grid, 0);
        let weeks = Weeks::new(&experiment, &settings, answer::outputs(&experiment), Choice::Auto).expect("a scenario");
        let model = weeks.compiled(0, 0).expect("a plan");
        let gates = model.controls.forms.iter().flat_map(|form| &form.gates);
        let asks = gates.filter(|gate| model.controls.rules[gate.rule as usize].id == rule);
        let rested = asks.filter_map(|gate| if let Act::Ask(ask) = &gate.act { Some(ask.rested) } else { None });
        rested.fold(1.0, f64::min)
    }

    /// The attention that is left at so many requests a day.
    fn at(load: f64) -> f64 {
        libm::pow(2.0 / load, 0.42)
    }

    const OFTEN: &str = "per-week: 695\nplan: [ { do: restart, target: tool } ]";

    #[test]
    fn a_team_that_is_asked_much_tires_no_other() {
        let world = "teams: { busy: { reviewers: 1 }, calm: { reviewers: 1 } }, services: {
            db: { faces: customers, needs: none, team: calm, tier: 1 }, tool: { needs: none, team: busy, tier: 2 } }";
        let guardrails = "approval: { id: calm-ones, when: tier == 1, approvers: $n },
            approval: { id: busy-ones, when: tier == 2, approvers: $n }";
        // Once a day, and 700 times in the five days on which people work.
        assert!((attention(world, guardrails, OFTEN, "calm-ones") - 1.0).abs() < 1e-12);
        assert!((attention(world, guardrails, OFTEN, "busy-ones") - at(140.0)).abs() < 1e-12);
    }

    #[test]
    fn guardrails_that_name_equally_many_people_mean_different_ones() {
        let world = "services: { db: { faces: customers, needs: none, tier: 1 }, tool: { needs: none, tier: 2 } }";
        let guardrails = "approval: { id: dbas, when: tier == 1, approvers: $n, reviewers: 2 },
            approval: { id: toolsmiths, when: tier == 2, approvers: $n, reviewers: 2 }";
        assert!((attention(world, guardrails, OFTEN, "dbas") - 1.0).abs() < 1e-12);
        assert!((attention(world, guardrails, OFTEN, "toolsmiths") - at(70.0)).abs() < 1e-12);
    }

    #[test]
    fn people_of_whom_nobody_says_who_they_are_are_the_same_whoever_asks() {
        let world = "services: { db: { faces: customers, needs: none, tier: 1 }, tool: { needs: none, tier: 2 } }";
        let guardrails =
            "approval: { id: one, when: tier == 1, approvers: $n }, approval: { id: two, when: tier == 2, approvers: 2 }";
        // 5 and twice 700 requests a week, 281 a day: of one person, or of two.
        assert!((attention(world, guardrails, OFTEN, "one") - at(281.0)).abs() < 1e-12);
        assert!((attention(world, guardrails, OFTEN, "two") - at(140.5)).abs() < 1e-12);
    }

    #[test]
    fn a_rate_a_day_is_that_of_a_working_day() {
        let world = "services: { db: { faces: customers, needs: none, tier: 1 }, tool: { needs: none, tier: 2 } }";
        let guardrails = "approval: { id: one, when: tier == 2, approvers: $n }";
        // One a day of the first plan, and these.
        let often = "per-week: 9/d\nplan: [ { do: restart, target: tool } ]";
        assert!((attention(world, guardrails, often, "one") - at(10.0)).abs() < 1e-12);
    }
}
