//! What a step would do alone: an unguarded run of nothing else.
//!
//! In: a step as it would be executed. Out: whether it is harmful, and any output of a report about it. Each distinct step of a
//! world is run once, whoever asks, from whichever thread; the runs have luck of their own, so that a prediction knows nothing of
//! the trial, and the same luck whatever the step is called. A nested scenario has no controls, so nothing can recurse.

use super::observed::output;
use super::{Case, Circumstances, report};
use crate::engine::Engine;
use crate::ensemble::CONFIDENCE;
use crate::ensemble::intervals::Looks;
use crate::ensemble::sequence::{Side, proportion};
use crate::ensemble::tally::{Detail, Tally};
use crate::expr::Value;
use crate::guard::{self, Aids, Oracle};
use crate::model::graph::Graph;
use crate::model::{Model, compile};
use crate::priors::Priors;
use crate::scenario::Scenario;
use crate::scenario::controls::Controls;
use crate::scenario::plan::{Plan, Size, Step};
use crate::scenario::world::World;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Trials of a nested run.
const TRIALS: u64 = 500;
/// Where one looks whether harm is already known: a step that always or never does harm is known at the first.
const LOOKS: [u64; 8] = [24, 36, 48, 72, 100, 150, 250, TRIALS];
/// The chance that "more likely than not" is decided wrongly before the last look, which decides by majority.
const ERROR: f64 = 1e-6;
/// Keeps the luck of predictions apart from that of trials.
const APART: u64 = 0x7072_6564_6963_7421;
/// How every step is called when it runs alone.
const ALONE: &str = "alone";
/// Environments that count as production; one that is not declared does too, since unknown is not safe.
const PRODUCTION: [&str; 2] = ["production", "prod"];

/// Runs steps alone, each once.
#[derive(Debug)]
pub struct Nested {
    priors: Priors,
    /// By [`key`]; the few that share a key are told apart by comparison.
    known: Mutex<FxHashMap<u64, Vec<Arc<Foresight>>>>,
    runs: AtomicU64,
}

/// A step alone in its world, and what is known of it.
#[derive(Debug)]
struct Foresight {
    scenario: Scenario,
    model: OnceLock<Model>,
    harmful: OnceLock<bool>,
    /// The report as JSON, once somebody asked for an output.
    outputs: OnceLock<serde_json::Value>,
}

/// The model of a scenario with its controls. Scenarios that share `nested` share what it found out.
#[must_use]
pub fn prepare(scenario: &Scenario, graph: &Graph, priors: &Priors, nested: &Nested) -> Model {
    guard::guard(scenario, &Aids { graph, priors, oracle: nested })
}

impl Nested {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(priors: &Priors) -> Self {
        Self { priors: priors.clone(), known: Mutex::default(), runs: AtomicU64::new(0) }
    }

    /// How many runs were made.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    fn foresight(&self, outer: &Scenario, step: &Step) -> Arc<Foresight> {
        let seed = outer.seed ^ APART;
        let same = |f: &&Arc<Foresight>| {
            let (known, theirs) = (&f.scenario, &f.scenario.plan.steps[0]);
            Arc::ptr_eq(&known.world, &outer.world)
                && (known.seed, known.horizon, known.caution) == (seed, outer.horizon, outer.caution)
                && same_work(theirs, step)
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let list = known.entry(key(step)).or_default();
        if let Some(known) = list.iter().find(same) {
            return Arc::clone(known);
        }
        let new = Arc::new(Foresight {
            scenario: alone(outer, step, seed),
            model: OnceLock::new(),
            harmful: OnceLock::new(),
            outputs: OnceLock::new(),
        });
        list.push(Arc::clone(&new));
        new
    }
}

/// A scenario of nothing but this step.
fn alone(outer: &Scenario, step: &Step, seed: u64) -> Scenario {
    let step = Step { id: ALONE.to_owned(), after: Vec::new(), span: None, ..step.clone() };
    Scenario {
        title: String::new(),
        about: String::new(),
        world: Arc::clone(&outer.world),
        plan: Plan { steps: vec![step], unknown: Vec::new() },
        faults: Vec::new(),
        seed,
        size: Size::Trials(TRIALS),
        horizon: outer.horizon,
        observed: Vec::new(),
        observed_source: String::new(),
        expect: Vec::new(),
        controls: Controls::default(),
        guardrails_ignored: false,
        caution: outer.caution,
        digest: String::new(),
    }
}

impl Foresight {
    fn model(&self, graph: &Graph, priors: &Priors) -> &Model {
        self.model.get_or_init(|| compile(&self.scenario, graph, priors))
    }

    /// Trials until it is clear on which side of one half the chance of harm lies.
    fn find_harm(&self, model: &Model) -> bool {
        let world = &self.scenario.world;
        let mut engine = Engine::new(model);
        let (mut harm, mut done) = (0, 0);
        for look in LOOKS {
            for trial in done..look {
                engine.run(trial);
                let outcome = engine.outcome();
                let mut cells = outcome.cells();
                let harmed = cells.any(|(cell, figures)| {
                    figures.outage > 0 && is_production(world, model.origin[cell as usize]) || outcome.destroyed(cell)
                });
                harm += u64::from(harmed);
            }
            done = look;
            match proportion(harm, done, 0.5, ERROR) {
                Side::Above => return true,
                Side::Below => return false,
                Side::Open => {}
            }
        }
        2 * harm > done
    }

    fn report(&self, graph: &Graph, model: &Model) -> serde_json::Value {
        let detail = Detail::least(model, self.scenario.world.services.iter().any(|s| s.faces_customers));
        let (mut engine, mut tally) = (Engine::new(model), Tally::none(model));
        for trial in 0..TRIALS {
            engine.run(trial);
            tally.add(&engine.outcome(), trial, &detail);
        }
        tally.settle();
        tally.add_sums(&engine.take_sums());
        let case = Case { scenario: &self.scenario, model, tally: &tally, looks: Looks::single(CONFIDENCE) };
        let circumstances = Circumstances { file: "", complete: true, confidence: CONFIDENCE, all: true };
        serde_json::to_value(report(&case, graph, &circumstances)).unwrap_or_default()
    }
}

impl Oracle for Nested {
    fn harmful(&self, scenario: &Scenario, graph: &Graph, step: &Step) -> bool {
        let found = self.foresight(scenario, step);
        *found.harmful.get_or_init(|| {
            self.runs.fetch_add(1, Ordering::Relaxed);
            found.find_harm(found.model(graph, &self.priors))
        })
    }

    fn output(&self, scenario: &Scenario, graph: &Graph, step: &Step, path: &str) -> Option<Value> {
        let found = self.foresight(scenario, step);
        let json = found.outputs.get_or_init(|| {
            self.runs.fetch_add(1, Ordering::Relaxed);
            found.report(graph, found.model(graph, &self.priors))
        });
        output(json, &found.scenario, path)
    }
}

/// A number that steps which do the same share.
fn key(step: &Step) -> u64 {
    let mut hasher = FxHasher::default();
    (&step.targets, &step.verb.name).hash(&mut hasher);
    hasher.finish()
}

/// Whether two steps do the same, however they were written and called.
fn same_work(a: &Step, b: &Step) -> bool {
    a.targets == b.targets
        && a.verb == b.verb
        && (&a.takes, &a.verify, &a.bake) == (&b.takes, &b.verify, &b.bake)
        && a.on_failure == b.on_failure
}

fn is_production(world: &World, cell: u32) -> bool {
    let env = &world.services[world.cells[cell as usize].service as usize].env;
    env.as_deref().is_none_or(|env| PRODUCTION.contains(&env))
}
