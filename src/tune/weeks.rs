//! The real problem: weeks of plans under settings of guardrails.
//!
//! In: an experiment and the settings to try. Out: [`Weeks`], a [`Problem`]. Which settings face a plan alike is found out once, from
//! what the engine would read: settings that differ only in guardrails which never touch a plan share its trials. Models are
//! made when they are needed and dropped, so that memory does not grow with settings times plans.

use super::figures;
use super::load::{self, Loads};
use super::problem::{Criterion, Problem};
use crate::diag::Diagnostic;
use crate::engine::Engine;
use crate::guard::Oracle as _;
use crate::model::Model;
use crate::model::graph::Graph;
use crate::priors::Priors;
use crate::scenario::Scenario;
use crate::scenario::experiment::{Experiment, Figure, Output, Setting, Statistic};
use crate::scenario::world::World;
use crate::summary::oracle::{Nested, prepare};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use std::fmt::{self, Write as _};
use std::hash::Hasher as _;
use std::ops::Range;
use std::sync::Arc;

/// Ten seconds, in milliseconds; a request or a customer-minute, in thousandths.
const GRAIN_OF_TIME: f64 = 10_000.0;
const GRAIN_OF_COUNTS: f64 = 1_000.0;

/// Weeks of plans.
pub struct Weeks<'a> {
    experiment: &'a Experiment,
    settings: &'a [Setting],
    outputs: Vec<Output>,
    weights: Vec<f64>,
    graphs: Vec<(Arc<World>, Arc<Graph>)>,
    priors: Priors,
    oracle: Arc<Nested>,
    /// By setting: what each plan's class is, requests of reviewers, and how many actors there are.
    known: Vec<Known>,
}

#[derive(Clone)]
struct Known {
    classes: Box<[u16]>,
    loads: Loads,
    fleet: f64,
}

impl<'a> Weeks<'a> {
    /// Finds out which settings face which plans alike.
    ///
    /// # Errors
    /// Combinations of values that make no scenario.
    pub fn new(experiment: &'a Experiment, settings: &'a [Setting], outputs: Vec<Output>) -> Result<Self, Vec<Diagnostic>> {
        let mut graphs: Vec<(Arc<World>, Arc<Graph>)> = Vec::new();
        for setting in settings {
            let world = experiment.world(setting);
            if !graphs.iter().any(|(known, _)| Arc::ptr_eq(known, world)) {
                graphs.push((Arc::clone(world), Arc::new(Graph::new(world))));
            }
        }
        let priors = Priors::shipped();
        let oracle = Arc::new(Nested::new(&priors));
        let weights = experiment.plans.iter().map(|p| p.per_week).collect();
        let mut weeks = Self { experiment, settings, outputs, weights, graphs, priors, oracle, known: Vec::new() };
        let found: Result<Vec<(Vec<u64>, Loads, f64)>, _> = settings.par_iter().map(|setting| weeks.examine(setting)).collect();
        // Numbers in the order of settings, so that they do not depend on who was first.
        let mut numbers: Vec<FxHashMap<u64, u16>> = vec![FxHashMap::default(); experiment.plans.len()];
        for (prints, loads, fleet) in found? {
            let number = |(plan, print): (usize, u64)| {
                let next = u16::try_from(numbers[plan].len()).unwrap_or(u16::MAX);
                *numbers[plan].entry(print).or_insert(next)
            };
            let classes = prints.into_iter().enumerate().map(number).collect();
            weeks.known.push(Known { classes, loads, fleet });
        }
        Ok(weeks)
    }

    /// The same with a default at this percentile, for a few settings of it.
    #[must_use]
    pub fn with_prior(&self, name: &str, percentile: f64, settings: &'a [Setting], places: &[usize]) -> Weeks<'a> {
        Weeks {
            experiment: self.experiment,
            settings,
            outputs: self.outputs.clone(),
            weights: self.weights.clone(),
            graphs: self.graphs.clone(),
            priors: self.priors.clone().with_fixed(name, percentile),
            // Who reviews goes by what is known, not by what is true.
            oracle: Arc::clone(&self.oracle),
            known: places.iter().map(|&place| self.known[place].clone()).collect(),
        }
    }

    /// Fingerprints by plan, the load of reviewers, and the size of the fleet.
    fn examine(&self, setting: &Setting) -> Result<(Vec<u64>, Loads, f64), Vec<Diagnostic>> {
        let mut scenarios = Vec::with_capacity(self.weights.len());
        let (mut asked, mut fleet) = (load::Asked::default(), 1.0);
        for plan in 0..self.weights.len() {
            let mut scenario = self.experiment.scenario(setting, plan)?;
            // The load of a week of all plans takes the place of that of one plan every day.
            scenario.controls.plans_per_day = 0.0;
            fleet = scenario.controls.actor.as_ref().map_or(1.0, |a| f64::from(a.fleet));
            if load::asks(&scenario) {
                asked.add(&scenario, &self.model(&scenario), self.weights[plan] * fleet / 7.0);
            }
            scenarios.push(scenario);
        }
        let loads = asked.loads();
        let print = |scenario: &mut Scenario| {
            loads.apply(scenario);
            fingerprint(&self.model(scenario))
        };
        let prints = scenarios.iter_mut().map(print).collect();
        Ok((prints, loads, fleet))
    }

    fn model(&self, scenario: &Scenario) -> Model {
        let graph = self.graphs.iter().find(|(world, _)| Arc::ptr_eq(world, &scenario.world));
        let Some((_, graph)) = graph else { unreachable!("every world of the settings has its graph") };
        prepare(scenario, graph, &self.priors, &self.oracle)
    }

    /// The scenario of a plan under a setting, with the load of its reviewers.
    #[must_use]
    pub fn scenario(&self, setting: usize, plan: usize) -> Option<Scenario> {
        let mut scenario = self.experiment.scenario(&self.settings[setting], plan).ok()?;
        scenario.controls.plans_per_day = 0.0;
        self.known[setting].loads.apply(&mut scenario);
        Some(scenario)
    }

    /// What the engine reads of a plan under a setting.
    #[must_use]
    pub fn compiled(&self, setting: usize, plan: usize) -> Option<Model> {
        self.scenario(setting, plan).map(|scenario| self.model(&scenario))
    }

    /// Whether a step of a plan does harm as it is written.
    #[must_use]
    pub fn is_harmful(&self, plan: usize) -> bool {
        let Some(scenario) = self.scenario(0, plan) else { return false };
        let graph = self.graphs.iter().find(|(world, _)| Arc::ptr_eq(world, &scenario.world));
        graph.is_some_and(|(_, graph)| scenario.plan.steps.iter().any(|step| self.oracle.harmful(&scenario, graph, step)))
    }

    /// The settings, in the order of their numbers.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        self.settings
    }

    /// What is measured.
    #[must_use]
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// Bytes that a setting takes in this problem.
    #[must_use]
    pub fn bytes_per_setting(&self) -> usize {
        let of = |k: &Known| size_of::<Known>() + k.classes.len() * size_of::<u16>() + k.loads.bytes();
        self.known.iter().map(of).max().unwrap_or(0)
    }
}

/// Outputs as criteria.
#[must_use]
pub fn criteria(outputs: &[Output]) -> Vec<Criterion> {
    let grain = |output: &Output| match output.figure {
        Figure::Outage | Figure::DataLost | Figure::Plan | Figure::Hours => GRAIN_OF_TIME,
        Figure::RequestsLost | Figure::MinutesLost => GRAIN_OF_COUNTS,
        _ => 1.0,
    };
    outputs.iter().map(|o| Criterion { statistic: o.statistic, scale: o.scale(), grain: grain(o) }).collect()
}

impl Problem for Weeks<'_> {
    fn settings(&self) -> usize {
        self.settings.len()
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn class(&self, setting: usize, part: usize) -> u32 {
        u32::from(self.known[setting].classes[part])
    }

    fn times(&self, setting: usize) -> f64 {
        self.known[setting].fleet
    }

    fn certain(&self, setting: usize, criterion: usize) -> f64 {
        match (self.outputs[criterion].statistic, self.outputs[criterion].figure) {
            (Statistic::Certain, Figure::ReviewerLoad) => self.known[setting].loads.most(),
            (Statistic::Certain, Figure::PlansPerWeek) => self.weights.iter().sum::<f64>() * self.known[setting].fleet,
            _ => 0.0,
        }
    }

    fn run(&self, setting: usize, part: usize, trials: Range<u64>, each: &mut dyn FnMut(u64, &[u64])) {
        // Every combination was built once before the first trial.
        let Some(model) = self.compiled(setting, part) else { return };
        let places: Vec<figures::Place> = self.outputs.iter().map(|o| figures::place(o, &model)).collect();
        let mut engine = Engine::new(&model);
        let mut found = vec![0; self.outputs.len()];
        for trial in trials {
            engine.run(trial);
            for ((found, output), place) in found.iter_mut().zip(&self.outputs).zip(&places) {
                *found = figures::of(output, *place, &engine, &model);
            }
            each(trial, &found);
        }
    }
}

/// A number over everything that the engine reads: equal models have equal numbers.
fn fingerprint(model: &Model) -> u64 {
    let mut hash = Hashed(FxHasher::default());
    // Writing to a hash cannot fail.
    let _ = write!(hash, "{model:?}");
    hash.0.finish()
}

struct Hashed(FxHasher);

impl fmt::Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}
