//! The real problem: weeks of plans under settings of guardrails.
//!
//! In: an experiment and the settings to try. Out: [`Weeks`], a [`Problem`]. A plan in its world is compiled once (`grounds`); a setting adds its
//! guardrails when it is tried, and what it made is dropped, so that memory does not grow with settings times plans. Which settings face
//! a plan alike is found out once, from what the engine would read: settings that differ only in guardrails which never
//! touch a plan share its trials.

use super::figures;
use super::grounds::{Grounds, Prepared};
use super::load::{self, Loads};
use super::problem::{Criterion, Problem};
use crate::diag::Diagnostic;
use crate::engine::Engine;
use crate::guard::Oracle as _;
use crate::model::Model;
use crate::priors::Priors;
use crate::scenario::controls::Guardrail;
use crate::scenario::experiment::{Experiment, Figure, Output, Setting, Statistic};
use crate::summary::oracle::Nested;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
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
    grounds: Grounds<'a>,
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
        let priors = Priors::shipped();
        let oracle = Arc::new(Nested::new(&priors));
        let grounds = Grounds::new(experiment, settings, priors, oracle);
        let weights = experiment.plans.iter().map(|p| p.per_week).collect();
        let mut weeks = Self { experiment, settings, outputs, weights, grounds, known: Vec::new() };
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
            grounds: self.grounds.with_prior(name, percentile),
            known: places.iter().map(|&place| self.known[place].clone()).collect(),
        }
    }

    /// Fingerprints by plan, the load of reviewers, and the size of the fleet.
    fn examine(&self, setting: &Setting) -> Result<(Vec<u64>, Loads, f64), Vec<Diagnostic>> {
        let plans = 0..self.weights.len();
        // Guardrails are read once for all plans that do not say who acts or when.
        let shared = OnceCell::new();
        let guardrails = |plan: usize| {
            if self.experiment.plans[plan].has_own_controls() {
                return self.experiment.guardrails(setting, Some(plan));
            }
            shared.get_or_init(|| self.experiment.guardrails(setting, None)).clone()
        };
        let (mut asked, mut fleet) = (load::Asked::default(), 1.0);
        for plan in plans.clone() {
            let guardrails = guardrails(plan)?;
            self.grounds.with(setting, plan, |ground| {
                fleet = ground.fleet();
                if load::asks(&guardrails) {
                    let model = self.grounds.under(ground, &guardrails);
                    asked.add(ground.forms.scenario(), &guardrails, &model, self.weights[plan] * fleet / 7.0);
                }
            })?;
        }
        let loads = asked.loads();
        let print = |plan: usize| {
            let mut guardrails = guardrails(plan)?;
            self.grounds.with(setting, plan, |ground| {
                loads.apply(ground.forms.scenario(), &mut guardrails);
                ground.fingerprint(&self.grounds.under(ground, &guardrails))
            })
        };
        let prints = plans.map(print).collect::<Result<_, _>>()?;
        Ok((prints, loads, fleet))
    }

    /// What the engine reads of a plan under a setting.
    #[must_use]
    pub fn compiled(&self, setting: usize, plan: usize) -> Option<Model> {
        let own = self.experiment.plans[plan].has_own_controls().then_some(plan);
        let mut guardrails: Vec<Guardrail> = self.experiment.guardrails(&self.settings[setting], own).ok()?;
        let make = |ground: &Prepared| {
            self.known[setting].loads.apply(ground.forms.scenario(), &mut guardrails);
            self.grounds.under(ground, &guardrails)
        };
        self.grounds.with(&self.settings[setting], plan, make).ok()
    }

    /// Whether a step of a plan does harm as it is written.
    #[must_use]
    pub fn is_harmful(&self, plan: usize) -> bool {
        let harmful = |ground: &Prepared| {
            let scenario = ground.forms.scenario();
            let (graph, oracle) = (self.grounds.graph(&scenario.world), self.grounds.oracle());
            scenario.plan.steps.iter().any(|step| oracle.harmful(scenario, graph, step))
        };
        self.settings.first().is_some_and(|setting| self.grounds.with(setting, plan, harmful).unwrap_or(false))
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
