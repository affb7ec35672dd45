//! From a scenario with actor and guardrails to a model that knows all of it before the first trial.
//!
//! In: a valid scenario, the call graph of its world, the priors, and an [`Oracle`] that runs single steps unguarded. Out: the
//! compiled model with its `Controls`. Evaluated here, once per form of a step: facts, conditions, permissions, which gates
//! stand before it, whether it is harmful. Not here: trials; how the oracle finds its answers (that is `summary`'s).

mod facts;
mod gates;
mod glass;
mod permission;
mod siblings;
mod slips;

use crate::expr::Value;
use crate::luck::entity;
use crate::model::controls::{Controls, Form, Guarded, Permission, Rate, Rule};
use crate::model::graph::Graph;
use crate::model::pool::Pool;
use crate::model::{self, Model, Step};
use crate::priors::Priors;
use crate::scenario::Scenario;
use crate::scenario::controls::{Actor, SLIPS, Slip};
use crate::scenario::plan;
use crate::scenario::profiles::RATE_PRIORS;
use facts::Facts;
use gates::Gates;
use slips::Executed;

/// Runs a step alone, without guardrails, and tells what came of it. It is asked once per question and form.
pub trait Oracle {
    /// Whether the step more likely than not puts a production cell below its objective, or destroys data.
    fn harmful(&self, scenario: &Scenario, graph: &Graph, step: &plan::Step) -> bool;
    /// An output of that run by its path; none if the run has no such output.
    fn output(&self, scenario: &Scenario, graph: &Graph, step: &plan::Step, path: &str) -> Option<Value>;
}

/// The model of a scenario, with everything that stands between the plan and the world.
#[must_use]
pub fn guard(scenario: &Scenario, graph: &Graph, priors: &Priors, oracle: &dyn Oracle) -> Model {
    if !stands_between(scenario) {
        return model::compile(scenario, graph, priors);
    }
    let forms: Vec<Vec<Executed>> = scenario.plan.steps.iter().map(|step| slips::forms(scenario, step)).collect();
    let gates = Gates::new(scenario);
    // Stages are parts of a form, so they reach no cell that the form does not.
    let stages: Vec<Vec<Vec<plan::Step>>> = forms
        .iter()
        .map(|forms| forms.iter().map(|f| gates.stages(&Facts::new(scenario, graph, &f.step, oracle))).collect())
        .collect();
    let mut others: Vec<plan::Step> = Vec::new();
    for (forms, stages) in forms.iter().zip(&stages) {
        for (form, stages) in forms.iter().zip(stages) {
            others.push(form.step.clone());
            others.extend_from_slice(stages);
        }
    }
    let (mut model, compiled) = model::compile_with(scenario, graph, priors, &others);
    let mut build = Build {
        scenario,
        graph,
        oracle,
        gates,
        pool: Pool::reopen(priors, &mut model),
        compiled: compiled.into_iter(),
        controls: Controls { rules: rules(scenario), ..Controls::default() },
    };
    build.load(&forms);
    for (forms, stages) in forms.iter().zip(&stages) {
        build.step(forms, stages);
    }
    let Build { pool, controls, .. } = build;
    pool.close(&mut model);
    model.controls = controls;
    model
}

/// Whether the file has a control that can change anything.
fn stands_between(scenario: &Scenario) -> bool {
    let counts = |actor: &Actor| actor.errors || actor.profile.confirms || actor.role.is_some();
    !scenario.controls.guardrails.is_empty() || scenario.controls.actor.as_ref().is_some_and(counts)
}

/// Guardrails in the order of the file, then what is no guardrail of the file.
fn rules(scenario: &Scenario) -> Vec<Rule> {
    let file = scenario.controls.guardrails.iter().map(|g| Rule { id: g.id.clone(), kind: g.kind.name() });
    let own = [gates::PERMISSIONS, gates::CONFIRMATION].map(|name| Rule { id: name.to_owned(), kind: name });
    file.chain(own).collect()
}

struct Build<'a> {
    scenario: &'a Scenario,
    graph: &'a Graph,
    oracle: &'a dyn Oracle,
    gates: Gates<'a>,
    pool: Pool<'a>,
    compiled: std::vec::IntoIter<Step>,
    controls: Controls,
}

impl Build<'_> {
    /// How many people are asked in an undisturbed run, which decides how tired they are.
    fn load(&mut self, forms: &[Vec<Executed>]) {
        let mut asked = self.gates.nobody();
        for literal in forms.iter().filter_map(|forms| forms.first()) {
            let facts = Facts::new(self.scenario, self.graph, &literal.step, self.oracle);
            self.gates.count(&facts, &mut asked);
        }
        self.gates.asked = asked;
    }

    fn step(&mut self, forms: &[Executed], stages: &[Vec<plan::Step>]) {
        let literal = id(self.controls.forms.len());
        for (form, stages) in forms.iter().zip(stages) {
            let form = self.form(form, stages);
            self.controls.forms.push(form);
        }
        let mut slips = Vec::new();
        let mut manners = Vec::new();
        if let Some(actor) = self.scenario.controls.actor.as_ref().filter(|a| a.errors) {
            for (slip, _) in SLIPS {
                let places = (0..).zip(forms).filter(|(_, f)| f.slip == Some(slip)).map(|(n, _)| literal + n);
                let (first, count) = places.fold((u32::MAX, 0), |(first, count), at| (at.min(first), count + 1));
                let manner = matches!(slip, Slip::Repeat | Slip::Reorder | Slip::Misreport);
                match self.rate(actor, slip) {
                    Some(rate) if manner => manners.push((slip, rate)),
                    Some(rate) if count > 0 => slips.push((slip, rate, first..first + count)),
                    _ => {}
                }
            }
        }
        self.controls.steps.push(Guarded { literal, slips, manners });
    }

    /// How often the actor slips in this way; none if never.
    fn rate(&mut self, actor: &Actor, slip: Slip) -> Option<Rate> {
        let at = slip as usize;
        if let Some(chance) = actor.rates[at] {
            let never = crate::units::Chance::Fixed(crate::units::Level::ZERO);
            let owner = entity("actor", slip.name());
            return (chance != never).then(|| Rate::Given(self.pool.odds(Some(chance), owner, "")));
        }
        let times = actor.profile.factors[at];
        let name = RATE_PRIORS[at];
        (times > 0.0).then(|| Rate::Prior { dist: self.pool.prior(name), entity: entity("prior", name), times })
    }

    fn form(&mut self, form: &Executed, stages: &[plan::Step]) -> Form {
        let facts = Facts::new(self.scenario, self.graph, &form.step, self.oracle);
        let permission = permission::decide(&facts);
        let gates = self.gates.before(&facts, &permission, form.slip, &mut self.pool);
        let asks = !gates.is_empty() || matches!(permission, Permission::Denied(_));
        let harmful = asks.then(|| facts.harmful());
        let mut next = || self.compiled.next().expect("every form and stage was compiled");
        let step = next();
        Form {
            step,
            stages: stages.iter().map(|_| next()).collect(),
            destructive: form.step.verb.destructive,
            slip: form.slip,
            text: format!("{} {}", form.step.verb.name, form.step.target_text),
            harmful,
            permission,
            gates,
        }
    }
}

/// An index as an id.
fn id(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 forms")
}
