//! From a scenario with actor and guardrails to a model that knows all of it before the first trial.
//!
//! In: a valid scenario and [`Aids`]: the call graph of its world, the priors, an [`Oracle`] that runs single steps unguarded. Out:
//! the compiled model with its `Controls`. Evaluated here, once per form of a step: facts, conditions, permissions, which gates
//! stand before it, whether it is harmful. Two steps: [`Forms`] is what world, plan and actor decide, [`Forms::under`] adds
//! guardrails, as often as there are settings of them. Not here: trials; how the oracle finds its answers (that is `summary`'s).

mod asks;
mod facts;
mod forms;
mod gates;
mod glass;
mod permission;
mod siblings;
mod slips;
mod stages;

pub use asks::{heads, team};
pub use forms::Forms;

use crate::expr::Value;
use crate::model::Model;
use crate::model::graph::Graph;
use crate::priors::Priors;
use crate::scenario::Scenario;
use crate::scenario::controls::Guardrail;
use crate::scenario::plan;

/// Runs a step alone, without guardrails, and tells what came of it.
pub trait Oracle: Sync {
    /// Whether the step more likely than not puts a production cell below its objective, or destroys data.
    fn harmful(&self, scenario: &Scenario, graph: &Graph, step: &plan::Step) -> bool;
    /// An output of that run by its path; none if the run has no such output.
    fn output(&self, scenario: &Scenario, graph: &Graph, step: &plan::Step, path: &str) -> Option<Value>;
}

/// What it takes to compile controls.
#[derive(Clone, Copy)]
pub struct Aids<'a> {
    /// The call graph of the world.
    pub graph: &'a Graph,
    /// The defaults.
    pub priors: &'a Priors,
    /// Who knows what a step does alone.
    pub oracle: &'a dyn Oracle,
}

/// The model of a scenario, with everything that stands between the plan and the world.
#[must_use]
pub fn guard(scenario: &Scenario, aids: &Aids<'_>) -> Model {
    let guardrails: Vec<&Guardrail> = scenario.controls.guardrails.iter().collect();
    Forms::new(scenario, aids).under(&guardrails, scenario.controls.plans_per_day, aids)
}
