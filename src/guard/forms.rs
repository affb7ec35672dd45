//! A plan in its world with every form of its steps: all that no guardrail changes, found out once.
//!
//! In: a scenario, of which the guardrails are not looked at. Out: [`Forms`], whose [`under`](Forms::under) adds guardrails as often
//! as one likes: it shares the ground of the model and the facts of the forms, so that a setting costs what the
//! guardrails say and nothing else. What is dear to know of a form is found when it is asked first, and kept. Not here: what
//! each guardrail does (`gates`).

use super::asks::rested;
use super::facts::Facts;
use super::gates::{self, Before, Gates};
use super::slips::{self, Executed};
use super::{Aids, permission, stages};
use crate::luck::entity;
use crate::model::controls::{Controls, Form, Gate, Guarded, Permission, Rate, Rule, Stage};
use crate::model::pool::Pool;
use crate::model::steps::{Ranks, StepCompiler};
use crate::model::{self, Model, Step};
use crate::scenario::Scenario;
use crate::scenario::controls::{Actor, Guardrail, SLIPS, Slip};
use crate::scenario::plan;
use crate::scenario::profiles::RATE_PRIORS;
use crate::scenario::world::CellId;
use std::sync::{Arc, OnceLock};

/// A plan, its world and its actor, ready for guardrails.
#[derive(Debug)]
pub struct Forms {
    pub(super) scenario: Scenario,
    /// The model without controls, whose cone covers all forms.
    bare: Model,
    ranks: Ranks,
    /// By step: its forms, the literal one first.
    steps: Vec<Vec<Ready>>,
}

/// A form, compiled.
#[derive(Debug)]
struct Ready {
    known: Known,
    compiled: Arc<Step>,
    text: Arc<str>,
}

/// A form, and what is known of it under any guardrails.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) slip: Option<Slip>,
    pub(super) step: plan::Step,
    pub(super) reach: OnceLock<usize>,
    pub(super) harmful: OnceLock<bool>,
    /// By the rules of the role.
    pub(super) by_role: OnceLock<Permission>,
}

impl Known {
    fn new(slip: Option<Slip>, step: plan::Step) -> Self {
        Known { slip, step, reach: OnceLock::new(), harmful: OnceLock::new(), by_role: OnceLock::new() }
    }

    /// The form at one of its cells.
    pub(super) fn at(&self, cell: CellId) -> Self {
        Known::new(self.slip, plan::Step { targets: vec![cell], ..self.step.clone() })
    }
}

impl Forms {
    /// Works out every form of every step; guardrails of the scenario are left for later.
    #[must_use]
    pub fn new(scenario: &Scenario, aids: &Aids<'_>) -> Self {
        let executed: Vec<Vec<Executed>> = scenario.plan.steps.iter().map(|step| slips::forms(scenario, step)).collect();
        let all = executed.iter().flatten().map(|e| &e.step);
        let (mut bare, ranks) = model::compile::compile_for(scenario, aids.graph, aids.priors, all);
        let mut pool = Pool::reopen(aids.priors, &mut bare);
        let compiler = StepCompiler { scenario, ranks: &ranks };
        let mut ready = |Executed { slip, step }: Executed| Ready {
            compiled: Arc::new(compiler.step(&step, &mut pool)),
            text: format!("{} {}", step.verb.name, step.target_text).into(),
            known: Known::new(slip, step),
        };
        let steps = executed.into_iter().map(|forms| forms.into_iter().map(&mut ready).collect()).collect();
        pool.close(&mut bare);
        Forms { scenario: scenario.clone(), bare, ranks, steps }
    }

    /// The scenario, of which the guardrails do not count.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// What the forms execute, in their order.
    pub fn executed(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().flatten().map(|form| &*form.compiled)
    }

    /// The model with nothing in between.
    #[must_use]
    pub fn bare(&self) -> &Model {
        &self.bare
    }

    /// The model under guardrails, where such a plan runs so often a day.
    #[must_use]
    pub fn under(&self, guardrails: &[&Guardrail], plans_per_day: f64, aids: &Aids<'_>) -> Model {
        if !self.stands_between(guardrails) {
            return self.bare.clone();
        }
        let mut model = self.bare.clone();
        let gates = Gates::new(&self.scenario.world, self.actor(), guardrails, plans_per_day);
        let pool = Pool::reopen(aids.priors, &mut model);
        let controls = Controls {
            steps: Vec::with_capacity(self.steps.len()),
            forms: Vec::with_capacity(self.steps.iter().map(Vec::len).sum()),
            rules: rules(guardrails),
        };
        let mut build = Build { forms: self, aids, gates, pool, controls, before: Before::NOTHING };
        for forms in &self.steps {
            build.step(forms);
        }
        build.tire();
        let Build { pool, controls, .. } = build;
        pool.close(&mut model);
        model.controls = controls;
        model
    }

    /// Tells those whom guardrails ask about a form how many requests each of them has a day, by rule and step, beside what the file says.
    pub fn tire(&self, controls: &mut Controls, guardrails: &[&Guardrail], more: impl Fn(usize, &plan::Step) -> f64) {
        for (ready, form) in self.steps.iter().flatten().zip(&mut controls.forms) {
            for gate in &mut form.gates {
                let rule = gate.rule as usize;
                if let (Some(declared), Some(ask)) = (guardrails.get(rule).and_then(|g| g.kind.asks()), gate.act.ask_mut()) {
                    ask.rested = rested(declared.load + more(rule, &ready.known.step));
                }
            }
        }
    }

    /// Whether there is a control that can change anything.
    fn stands_between(&self, guardrails: &[&Guardrail]) -> bool {
        let counts = |actor: &Actor| actor.errors || actor.confirms || actor.role.is_some();
        !guardrails.is_empty() || self.actor().is_some_and(counts)
    }

    pub(super) fn actor(&self) -> Option<&Actor> {
        self.scenario.controls.actor.as_ref()
    }
}

/// Guardrails in the order of the file, then what is no guardrail of the file.
fn rules(guardrails: &[&Guardrail]) -> Vec<Rule> {
    let file = guardrails.iter().map(|g| Rule { id: g.id.clone(), kind: g.kind.name() });
    let own = [gates::PERMISSIONS, gates::CONFIRMATION].map(|name| Rule { id: name.to_owned(), kind: name });
    file.chain(own).collect()
}

struct Build<'a> {
    forms: &'a Forms,
    aids: &'a Aids<'a>,
    gates: Gates<'a>,
    pool: Pool<'a>,
    controls: Controls,
    /// What stands before the form that is looked at.
    before: Before,
}

impl Build<'_> {
    fn step(&mut self, forms: &[Ready]) {
        let literal = id(self.controls.forms.len());
        if let Some(form) = forms.first() {
            self.gates.turn_to(&form.known.step.id);
        }
        for form in forms {
            let form = self.form(form);
            self.controls.forms.push(form);
        }
        let mut slips = Vec::new();
        let mut manners = Vec::new();
        if let Some(actor) = self.forms.actor().filter(|a| a.errors) {
            for (slip, _) in SLIPS {
                let places = (0..).zip(forms).filter(|(_, f)| f.known.slip == Some(slip)).map(|(n, _)| literal + n);
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

    fn form(&mut self, form: &Ready) -> Form {
        let facts = Facts::new(self.forms, &form.known, self.aids);
        let permission = permission::decide(&facts, self.gates.guardrails);
        self.gates.before(&facts, &permission, form.known.slip, &mut self.pool, &mut self.before);
        let Before { gates, parts, shows } = &mut self.before;
        let stages = if let [_] = parts[..] {
            let exercises = stages::exercises(*shows, form.known.step.targets.len());
            vec![Stage { step: Arc::clone(&form.compiled), exercises }]
        } else {
            // They are parts of a form, so they reach no cell that the form does not.
            let compiler = StepCompiler { scenario: &self.forms.scenario, ranks: &self.forms.ranks };
            let stage = |step: plan::Step| Stage {
                exercises: stages::exercises(*shows, step.targets.len()),
                step: Arc::new(compiler.step(&step, &mut self.pool)),
            };
            stages::steps(&form.known.step, parts).map(stage).collect()
        };
        #[expect(clippy::drain_collect, reason = "no longer than it is, since there are many; and the space is used again")]
        let gates: Vec<Gate> = gates.drain(..).collect();
        let asks = !gates.is_empty() || matches!(permission, Permission::Denied(_));
        Form {
            step: Arc::clone(&form.compiled),
            stages,
            destructive: form.known.step.verb.destructive,
            slip: form.known.slip,
            text: Arc::clone(&form.text),
            harmful: asks.then(|| facts.harmful()),
            permission,
            gates,
        }
    }

    /// Once it is known what is asked of everybody, it is known how tired they are.
    fn tire(&mut self) {
        let mut asked = vec![0.0; self.controls.guardrails()];
        for request in self.controls.requests() {
            asked[request.rule] += request.people;
        }
        for (ready, form) in self.forms.steps.iter().flatten().zip(&mut self.controls.forms) {
            let facts = Facts::new(self.forms, &ready.known, self.aids);
            for gate in &mut form.gates {
                if let Some(ask) = gate.act.ask_mut()
                    && let Some(attention) = self.gates.attention(gate.rule as usize, &facts, &asked)
                {
                    ask.rested = attention;
                }
            }
        }
    }
}

/// An index as an id.
fn id(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 forms")
}
