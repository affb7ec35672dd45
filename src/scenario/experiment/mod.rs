//! What an experiment asks: which settings, on which plans, judged by what.
//!
//! In: an experiment file. Out: [`Experiment`], which makes the scenario of any setting and plan. `$name` is replaced in the
//! tree of the document, before anything is read from it, so that guardrails, actor, world and plans all take parameters and
//! every mistake keeps its place. Not here: how settings are searched (`tune`).

mod corpus;
mod generate;
pub mod outputs;
mod parameters;
mod read;
mod substitute;

pub use corpus::{Draft, Origin, Planned};
pub use outputs::{Figure, Output, Statistic, Subject};
pub use parameters::{Parameter, Setting};
pub use read::{ExperimentRead, read};

use super::controls::Guardrail;
use super::files::Memory;
use super::load::Loader;
use super::policies::Shelf;
use super::validate::Known;
use super::world::World;
use super::{ReadOptions, Scenario, raw, validate};
use crate::diag::{Diagnostic, Findings};
use crate::document::{Node, Value};
use crate::units::Millis;
use std::sync::Arc;

/// A valid experiment.
#[derive(Debug)]
pub struct Experiment {
    /// One line.
    pub title: String,
    /// One paragraph for the reader; may be empty.
    pub about: String,
    /// What its author learnt; may be empty.
    pub learnt: String,
    /// Where all luck comes from.
    pub seed: u64,
    /// Plan runs that a setting gets at most.
    pub trials: u64,
    /// How sure the answer has to be.
    pub confidence: f64,
    /// Which part of an objective's spread over the settings is no difference.
    pub indifference: f64,
    /// How settings are tried, if the command line does not say otherwise.
    pub search: Search,
    /// How many settings a Sobol sample takes.
    pub points: u64,
    /// How long after the first impact a trial is followed.
    pub horizon: Millis,
    /// What varies, in declared order.
    pub parameters: Vec<Parameter>,
    /// The setting of today.
    pub current: Option<Setting>,
    /// What is made small or large, in declared order.
    pub objectives: Vec<Objective>,
    /// What must hold.
    pub limits: Vec<Limit>,
    /// The plans.
    pub plans: Vec<Planned>,
    /// SHA-256 over the resolved document, its world and its plans, in hex.
    pub digest: String,
    /// Actor, guardrails and what else every scenario of the experiment has.
    template: Node,
    /// The world for each combination of the parameters that stand in it; one if there are none.
    worlds: Vec<Arc<Known>>,
    /// Those parameters.
    world_parameters: Vec<usize>,
    /// Parameters that stand anywhere but in guardrails.
    ground_parameters: Vec<usize>,
    /// The folder that references may not leave, and the policies that lie in it.
    tree: String,
    policies: Memory,
}

/// How settings are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// Trials go where the frontier is undecided.
    Race,
    /// Every setting gets all trials.
    Grid,
    /// A sample of settings gets all trials.
    Sobol,
}

impl Search {
    /// What files and the command line call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Search::Race => "race",
            Search::Grid => "grid",
            Search::Sobol => "sobol",
        }
    }

    /// By its word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        [Search::Race, Search::Grid, Search::Sobol].into_iter().find(|s| s.word() == word)
    }
}

/// An output to make small or large.
#[derive(Debug, Clone)]
pub struct Objective {
    /// Which.
    pub output: Output,
    /// Large rather than small.
    pub maximise: bool,
}

/// A bound on an output.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Which.
    pub output: Output,
    /// The figure, in the output's own unit.
    pub bound: f64,
    /// The figure is a floor, not a ceiling.
    pub at_least: bool,
    /// How sure it must be.
    pub confidence: f64,
}

impl Experiment {
    /// How many settings the full grid has.
    #[must_use]
    pub fn grid(&self) -> u64 {
        self.parameters.iter().map(|p| p.values.len() as u64).fold(1, u64::saturating_mul)
    }

    /// The world of a setting.
    #[must_use]
    pub fn world(&self, setting: &Setting) -> &Arc<World> {
        &self.known(setting).world
    }

    fn known(&self, setting: &Setting) -> &Arc<Known> {
        let place =
            self.world_parameters.iter().fold(0, |place, &p| place * self.parameters[p].values.len() + setting[p] as usize);
        &self.worlds[place]
    }

    /// How many combinations there are of the values that stand beside the guardrails.
    #[must_use]
    pub fn grounds(&self) -> usize {
        self.ground_parameters.iter().map(|&p| self.parameters[p].values.len()).fold(1, usize::saturating_mul)
    }

    /// Which of them a setting has.
    #[must_use]
    pub fn ground(&self, setting: &Setting) -> usize {
        let digit =
            |place: usize, &p: &usize| place.saturating_mul(self.parameters[p].values.len()).saturating_add(setting[p] as usize);
        self.ground_parameters.iter().fold(0, digit)
    }

    /// The scenario of a plan under what a setting says beside its guardrails.
    ///
    /// # Errors
    /// What is wrong with this combination of values.
    pub fn unguarded(&self, setting: &Setting, plan: usize) -> Result<Scenario, Vec<Diagnostic>> {
        let mut found = Findings::default();
        let mut document = self.document(setting, Some(&self.plans[plan]), &mut found);
        document.remove("guardrails");
        self.valid(found, |loader, found| self.read(setting, &document, loader, found))
    }

    /// The guardrails of a setting: as the actor and the start of this plan see them, or of none where no plan says either.
    ///
    /// # Errors
    /// What is wrong with this combination of values.
    pub fn guardrails(&self, setting: &Setting, plan: Option<usize>) -> Result<Vec<Guardrail>, Vec<Diagnostic>> {
        let mut found = Findings::default();
        let mut document = self.document(setting, plan.map(|plan| &self.plans[plan]), &mut found);
        for key in ["plan", "faults"] {
            document.remove(key);
        }
        self.valid(found, |loader, found| {
            let raw = raw::scenario::read(&document, found)?;
            let options = ReadOptions::default();
            Some(validate::controls::controls(self.known(setting), &raw, loader, &options, found).guardrails)
        })
    }

    /// The scenario of a plan under a setting.
    ///
    /// # Errors
    /// What is wrong with this combination of values; each value by itself has been checked.
    pub fn scenario(&self, setting: &Setting, plan: usize) -> Result<Scenario, Vec<Diagnostic>> {
        self.valid(Findings::default(), |loader, found| self.build(setting, &self.plans[plan], loader, found))
    }

    /// What is read without a mistake.
    fn valid<T>(
        &self,
        mut found: Findings,
        read: impl FnOnce(&Loader<'_>, &mut Findings) -> Option<T>,
    ) -> Result<T, Vec<Diagnostic>> {
        let loader = Loader { files: &self.policies, tree: self.tree.clone(), policies: Shelf::default() };
        match (read(&loader, &mut found), found.errors()) {
            (Some(valid), 0) => Ok(valid),
            _ => Err(found.into_list()),
        }
    }

    fn build(&self, setting: &Setting, plan: &Planned, loader: &Loader<'_>, found: &mut Findings) -> Option<Scenario> {
        let document = self.document(setting, Some(plan), found);
        self.read(setting, &document, loader, found)
    }

    fn read(&self, setting: &Setting, document: &Node, loader: &Loader<'_>, found: &mut Findings) -> Option<Scenario> {
        let raw = raw::scenario::read(document, found)?;
        let mut scenario = validate::scenario::scenario(self.known(setting), &raw, loader, &ReadOptions::default(), found);
        scenario.seed = self.seed;
        Some(scenario)
    }

    /// The tree of a plan under a setting: the plan's own keys beneath those of the experiment.
    fn document(&self, setting: &Setting, plan: Option<&Planned>, found: &mut Findings) -> Node {
        let with = substitute::Values { parameters: &self.parameters, setting };
        let mut document = with.replaced(&self.template, found);
        if let Some(plan) = plan {
            let own = if plan.varies { with.replaced(&plan.node, found) } else { plan.node.clone() };
            let Value::Map(entries) = own.value else { return document };
            for entry in entries {
                match (entry.key.as_text(), document.get(entry.key.as_text())) {
                    (key, None) if key != "per-week" => document.put(key, entry.value),
                    ("actor", Some(theirs)) => {
                        // Who makes a plan is the plan's to say; what the experiment says of actors fills the rest.
                        let mut actor = entry.value;
                        crate::document::merge::beneath(&mut actor, theirs);
                        document.put("actor", actor);
                    }
                    _ => {}
                }
            }
        }
        if let Some(mut list) = document.remove("guardrails") {
            if let Value::List(items) = &mut list.value {
                items.retain(|item| !item.is_null());
            }
            document.put("guardrails", list);
        }
        document
    }
}
