//! The real problem: weeks of plans under settings of guardrails.
//!
//! In: an experiment and the settings to try. Out: [`Weeks`], a [`Problem`]. A plan in its world is compiled once (`grounds`), the guardrails of a
//! setting are read once and added to it; what comes of that is kept for all jobs as far as there is room (`kept`), so that memory does not
//! grow with settings times plans. Every setting is looked at twice: first what it asks of people in a week, then, so many plans at a time, which
//! settings face a plan alike, from what the engine would read: settings that differ only in guardrails which never touch a plan share its trials.

use super::classes::Classes;
use super::figures;
use super::grounds::{Grounds, Prepared};
use super::kept::{Guardrails, Models};
use super::load::Loads;
use super::problem::{Criterion, Problem};
use crate::diag::Diagnostic;
use crate::engine::{Choice, Machine};
use crate::guard::Oracle as _;
use crate::model::Model;
use crate::priors::Priors;
use crate::scenario::controls::Guardrail;
use crate::scenario::experiment::{Experiment, Figure, Output, Setting, Statistic};
use crate::scenario::plan::Step;
use crate::summary::oracle::Nested;
use crate::units::WORKING_DAYS;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Ten seconds, in milliseconds; a request or a customer-minute, in thousandths.
const GRAIN_OF_TIME: f64 = 10_000.0;
const GRAIN_OF_COUNTS: f64 = 1_000.0;

/// Plans whose fingerprints are held at a time, eight bytes each for every setting.
const AT_A_TIME: usize = 64;

/// Weeks of plans.
pub struct Weeks<'a> {
    experiment: &'a Experiment,
    settings: &'a [Setting],
    outputs: Vec<Output>,
    engine: Choice,
    weights: Vec<f64>,
    grounds: Grounds<'a>,
    /// By setting.
    known: Vec<Known>,
    classes: Classes,
    models: Models,
    /// Defaults that a plan could draw from under a setting, of all of them.
    defaults: BTreeSet<String>,
}

/// What is known of a setting.
#[derive(Clone)]
struct Known {
    /// Requests of reviewers.
    loads: Loads,
    /// How many actors there are.
    fleet: f64,
    /// For plans that do not say who acts or when; they are read anew where they cannot be kept.
    guardrails: Option<Box<[Arc<Guardrail>]>>,
}

impl<'a> Weeks<'a> {
    /// Finds out which settings face which plans alike.
    ///
    /// # Errors
    /// Combinations of values that make no scenario.
    pub fn new(
        experiment: &'a Experiment,
        settings: &'a [Setting],
        outputs: Vec<Output>,
        engine: Choice,
    ) -> Result<Self, Vec<Diagnostic>> {
        let priors = Priors::shipped();
        let oracle = Arc::new(Nested::new(&priors));
        let grounds = Grounds::new(experiment, settings, priors, oracle);
        let weights = experiment.plans.iter().map(|p| p.per_week).collect();
        let (classes, models) = (Classes::new(settings.len()), Models::new(experiment.plans.len()));
        let (known, defaults) = (Vec::new(), BTreeSet::new());
        let mut weeks = Self { experiment, settings, outputs, engine, weights, grounds, known, classes, models, defaults };
        let shared = Guardrails::default();
        let known: Result<Vec<Known>, _> = settings.par_iter().map(|setting| weeks.examine(setting, &shared)).collect();
        weeks.known = known?;
        weeks.divide()?;
        Ok(weeks)
    }

    /// The same with a default shifted to this percentile, for a few settings of it.
    #[must_use]
    pub fn with_prior(&self, name: &str, percentile: f64, settings: &'a [Setting], places: &[usize]) -> Weeks<'a> {
        Weeks {
            experiment: self.experiment,
            settings,
            outputs: self.outputs.clone(),
            engine: self.engine,
            weights: self.weights.clone(),
            grounds: self.grounds.with_prior(name, percentile),
            known: places.iter().map(|&place| self.known[place].clone()).collect(),
            classes: self.classes.only(places),
            models: Models::new(self.weights.len()),
            defaults: BTreeSet::new(),
        }
    }

    /// How many defaults a plan could draw from under a setting, of all of them.
    #[must_use]
    pub fn defaults(&self) -> usize {
        self.defaults.len()
    }

    /// Reads a setting, and finds what it asks of people in a week: as if nobody were tired yet.
    fn examine(&self, setting: &Setting, kept: &Guardrails) -> Result<Known, Vec<Diagnostic>> {
        let shared = self.experiment.guardrails(setting, None);
        let (mut loads, mut fleet) = (Loads::default(), 1.0);
        for (plan, weight) in self.weights.iter().enumerate() {
            let read = match self.own_controls(plan) {
                Some(plan) => Cow::Owned(self.experiment.guardrails(setting, Some(plan))?),
                None => Cow::Borrowed(shared.as_deref().map_err(Clone::clone)?),
            };
            let guardrails: Vec<&Guardrail> = read.iter().collect();
            self.grounds.with(setting, plan, |ground| {
                fleet = ground.fleet();
                let controls = self.grounds.under(ground, &guardrails).controls;
                loads.add(ground.forms.scenario(), &guardrails, &controls, weight * fleet / WORKING_DAYS);
            })?;
        }
        let guardrails = shared.ok().and_then(|read| kept.keep(&read));
        Ok(Known { loads, fleet, guardrails })
    }

    /// Finds which settings face which plans alike.
    fn divide(&mut self) -> Result<(), Vec<Diagnostic>> {
        let defaults = Mutex::new(BTreeSet::new());
        for first in (0..self.weights.len()).step_by(AT_A_TIME) {
            let plans = first..self.weights.len().min(first + AT_A_TIME);
            let settings = (0..self.settings.len()).into_par_iter();
            let prints: Result<Vec<Vec<u64>>, _> =
                settings.map(|setting| self.prints(setting, plans.clone(), &defaults)).collect();
            let prints = prints?;
            for (at, plan) in plans.enumerate() {
                self.classes.add(|setting| prints[setting][at]);
                let known = self.classes.known(plan).unwrap_or_default();
                self.models.rename(plan, known.iter().zip(&prints).map(|(class, prints)| (prints[at], u64::from(*class))));
            }
        }
        self.defaults = defaults.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(())
    }

    /// What a setting makes of some plans, as fingerprints; the defaults that they could draw from are added to those that are known.
    fn prints(
        &self,
        setting: usize,
        plans: Range<usize>,
        defaults: &Mutex<BTreeSet<String>>,
    ) -> Result<Vec<u64>, Vec<Diagnostic>> {
        let shared = self.guardrails(setting, None);
        let print = |plan| {
            let own = self.own_controls(plan).map(|plan| self.guardrails(setting, Some(plan))).transpose()?;
            let guardrails = match &own {
                Some(own) => own,
                None => shared.as_ref().map_err(Clone::clone)?,
            };
            let (print, model) = self.face(setting, plan, guardrails, |ground, model| (ground.fingerprint(&model), model))?;
            let mut known = defaults.lock().unwrap_or_else(PoisonError::into_inner);
            for name in &model.priors {
                if !known.contains(name) {
                    known.insert(name.clone());
                }
            }
            drop(known);
            self.models.keep(plan, print, model);
            Ok(print)
        };
        plans.map(print).collect()
    }

    /// The guardrails of a setting, as this plan sees them if it says who acts or when.
    fn guardrails(&self, setting: usize, own: Option<usize>) -> Result<Cow<'_, [Arc<Guardrail>]>, Vec<Diagnostic>> {
        Ok(match (&self.known[setting].guardrails, own) {
            (Some(kept), None) => Cow::Borrowed(kept),
            _ => self.experiment.guardrails(&self.settings[setting], own)?.into_iter().map(Arc::new).collect(),
        })
    }

    /// A plan behind guardrails of people who are as tired as the setting makes them.
    fn face<T>(
        &self,
        setting: usize,
        plan: usize,
        guardrails: &[Arc<Guardrail>],
        look: impl FnOnce(&Prepared, Model) -> T,
    ) -> Result<T, Vec<Diagnostic>> {
        let guardrails: Vec<&Guardrail> = guardrails.iter().map(|g| &**g).collect();
        let loads = &self.known[setting].loads;
        self.grounds.with(&self.settings[setting], plan, |ground| {
            let mut model = self.grounds.under(ground, &guardrails);
            // They know what else is asked of them in the week.
            if !loads.is_empty() {
                let world = &ground.forms.scenario().world;
                let load = |rule: usize, step: &Step| loads.of(world, rule, &guardrails[rule].kind, step);
                ground.forms.tire(&mut model.controls, &guardrails, load);
            }
            look(ground, model)
        })
    }

    /// The plan, if it says who acts or when: guardrails are read as it sees them.
    fn own_controls(&self, plan: usize) -> Option<usize> {
        self.experiment.plans[plan].has_own_controls().then_some(plan)
    }

    /// What the engine reads of a plan under a setting.
    #[must_use]
    pub fn compiled(&self, setting: usize, plan: usize) -> Option<Arc<Model>> {
        let class = u64::from(self.classes.of(setting, plan));
        if let Some(model) = self.models.get(plan, class) {
            return Some(model);
        }
        let guardrails = self.guardrails(setting, self.own_controls(plan)).ok()?;
        let model = self.face(setting, plan, &guardrails, |_, model| model).ok()?;
        Some(self.models.keep(plan, class, model))
    }

    /// By step of a plan: whether it does harm as it is written, in the world of a setting.
    #[must_use]
    pub fn harmful(&self, setting: usize, plan: usize) -> Vec<bool> {
        let harmful = |ground: &Prepared| {
            let scenario = ground.forms.scenario();
            let (graph, oracle) = (self.grounds.graph(&scenario.world), self.grounds.oracle());
            scenario.plan.steps.iter().map(|step| oracle.harmful(scenario, graph, step)).collect()
        };
        self.settings.get(setting).and_then(|setting| self.grounds.with(setting, plan, harmful).ok()).unwrap_or_default()
    }

    /// Which engine runs its trials; all give the same.
    #[must_use]
    pub const fn engine(&self) -> Choice {
        self.engine
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

    /// Bytes that a setting takes in this problem, on an average; each guardrail once, however many settings have it.
    #[must_use]
    pub fn bytes_per_setting(&self) -> usize {
        let own = |(known, setting): (&Known, &Setting)| {
            let guardrails = known.guardrails.as_ref().map_or(0, |g| size_of_val(&**g));
            size_of::<Known>() + known.loads.bytes() + guardrails + size_of::<Setting>() + size_of_val(&**setting)
        };
        let all: FxHashSet<*const Guardrail> =
            self.known.iter().flat_map(|k| k.guardrails.iter().flatten()).map(Arc::as_ptr).collect();
        let sum = self.known.iter().zip(self.settings).map(own).sum::<usize>() + all.len() * size_of::<Guardrail>();
        sum.div_ceil(self.known.len().max(1)) + self.classes.bytes()
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
        self.classes.of(setting, part)
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
        let split = self.engine.split(&model, trials.end - trials.start);
        let mut engine = Machine::new(&model, split.as_ref());
        let mut found = vec![0; self.outputs.len()];
        engine.each(trials, |trial, outcome| {
            for ((found, output), place) in found.iter_mut().zip(&self.outputs).zip(&places) {
                *found = figures::of(output, *place, outcome);
            }
            each(trial, &found);
        });
    }
}
