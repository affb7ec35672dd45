//! What a step would do alone: an unguarded run of nothing else.
//!
//! In: a step as it would be executed. Out: whether it is harmful, and any output of a report about it. Each distinct step of a
//! world runs once, whoever asks; the runs have luck of their own, so that a prediction knows nothing of the trial. A nested
//! scenario has no controls, so nothing can recurse.

use super::observed::output;
use super::{Case, Circumstances, report};
use crate::engine::Engine;
use crate::ensemble::CONFIDENCE;
use crate::ensemble::intervals::Looks;
use crate::ensemble::tally::{Detail, Pending, Tally};
use crate::expr::Value;
use crate::guard::{self, Oracle};
use crate::model::graph::Graph;
use crate::model::{Model, compile};
use crate::priors::Priors;
use crate::scenario::Scenario;
use crate::scenario::controls::Controls;
use crate::scenario::plan::{Plan, Size, Step};
use crate::scenario::world::World;
use rustc_hash::{FxHashMap, FxHasher};
use std::cell::{Cell, RefCell};
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

/// Trials of a nested run.
const TRIALS: u64 = 500;
/// Keeps the luck of predictions apart from that of trials.
const APART: u64 = 0x7072_6564_6963_7421;
/// Environments that count as production; one that is not declared does too, since unknown is not safe.
const PRODUCTION: [&str; 2] = ["production", "prod"];

/// Runs steps alone, each once.
pub struct Nested {
    priors: Priors,
    /// By [`key`]; the few that share a key are told apart by comparison.
    known: RefCell<FxHashMap<u64, Vec<Rc<Foresight>>>>,
    runs: Cell<u64>,
}

/// What is known of a step.
struct Foresight {
    world: Arc<World>,
    seed: u64,
    horizon: u64,
    step: Step,
    scenario: Scenario,
    model: Model,
    tally: Tally,
    harmful: bool,
    /// The report as JSON, once somebody asked for an output.
    outputs: RefCell<Option<serde_json::Value>>,
}

/// The model of a scenario with its controls. Scenarios that share `nested` share what it found out.
#[must_use]
pub fn prepare(scenario: &Scenario, graph: &Graph, priors: &Priors, nested: &Nested) -> Model {
    guard::guard(scenario, graph, priors, nested)
}

impl Nested {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(priors: &Priors) -> Self {
        Self { priors: priors.clone(), known: RefCell::default(), runs: Cell::new(0) }
    }

    /// How many steps were run.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs.get()
    }

    fn foresee(&self, scenario: &Scenario, graph: &Graph, step: &Step) -> Rc<Foresight> {
        let same = |f: &&Rc<Foresight>| {
            Arc::ptr_eq(&f.world, &scenario.world)
                && f.seed == scenario.seed
                && f.horizon == scenario.horizon
                && same_work(&f.step, step)
        };
        let key = key(step);
        if let Some(known) = self.known.borrow().get(&key).and_then(|list| list.iter().find(same)) {
            return Rc::clone(known);
        }
        let alone = Step { after: Vec::new(), span: None, ..step.clone() };
        let found = Rc::new(self.run(scenario, graph, alone));
        self.known.borrow_mut().entry(key).or_default().push(Rc::clone(&found));
        found
    }

    fn run(&self, outer: &Scenario, graph: &Graph, step: Step) -> Foresight {
        self.runs.set(self.runs.get() + 1);
        let scenario = Scenario {
            plan: Plan { steps: vec![step.clone()], unknown: Vec::new() },
            faults: Vec::new(),
            observed: Vec::new(),
            expect: Vec::new(),
            controls: Controls::default(),
            size: Size::Trials(TRIALS),
            seed: outer.seed ^ APART,
            ..outer.clone()
        };
        let model = compile(&scenario, graph, &self.priors);
        let world = &scenario.world;
        let detail = Detail::first(&model, world.services.iter().any(|s| s.faces_customers));
        let (mut engine, mut tally) = (Engine::new(&model), Tally::none(&model));
        let (mut harm, mut pending) = (0, Pending::none(&model));
        for trial in 0..TRIALS {
            engine.run(trial);
            tally.add(&engine, &model, trial, &detail, &mut pending);
            let outcome = engine.outcome();
            let mut cells = outcome.cells();
            let harmed = cells.any(|(cell, figures)| {
                figures.outage > 0 && is_production(world, model.origin[cell as usize]) || outcome.destroyed(cell)
            });
            harm += u64::from(harmed);
        }
        tally.settle(&mut pending, &detail);
        tally.add_sums(&mut engine);
        Foresight {
            world: Arc::clone(&outer.world),
            seed: outer.seed,
            horizon: outer.horizon,
            step,
            scenario,
            harmful: 2 * harm > TRIALS,
            model,
            tally,
            outputs: RefCell::new(None),
        }
    }
}

impl Oracle for Nested {
    fn harmful(&self, scenario: &Scenario, graph: &Graph, step: &Step) -> bool {
        self.foresee(scenario, graph, step).harmful
    }

    fn output(&self, scenario: &Scenario, graph: &Graph, step: &Step, path: &str) -> Option<Value> {
        let found = self.foresee(scenario, graph, step);
        let mut outputs = found.outputs.borrow_mut();
        let json = outputs.get_or_insert_with(|| {
            let looks = Looks::single(CONFIDENCE);
            let case = Case { scenario: &found.scenario, model: &found.model, tally: &found.tally, looks };
            let circumstances = Circumstances { file: "", complete: true, confidence: CONFIDENCE, all: true };
            serde_json::to_value(report(&case, graph, &circumstances)).unwrap_or_default()
        });
        output(json, &found.scenario, path)
    }
}

/// A number that steps which do the same share.
fn key(step: &Step) -> u64 {
    let mut hasher = FxHasher::default();
    (&step.id, &step.targets, &step.verb.name).hash(&mut hasher);
    hasher.finish()
}

/// Whether two steps do the same, however they were written.
fn same_work(a: &Step, b: &Step) -> bool {
    a.id == b.id
        && a.targets == b.targets
        && a.verb == b.verb
        && (&a.takes, &a.verify, &a.bake) == (&b.takes, &b.verify, &b.bake)
        && a.on_failure == b.on_failure
}

fn is_production(world: &World, cell: u32) -> bool {
    let env = &world.services[world.cells[cell as usize].service as usize].env;
    env.as_deref().is_none_or(|env| PRODUCTION.contains(&env))
}
