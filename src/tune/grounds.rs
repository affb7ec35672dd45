//! Plans in their worlds, compiled once for all settings of guardrails.
//!
//! In: an experiment. Out: for a setting and a plan, what no guardrail changes: forms, ground, a fingerprint of both. It is made when it is first needed
//! and kept, up to a bound on cells; beyond that it is made anew each time, so that memory stays bounded however many
//! values stand in world and plans. Not here: guardrails (`weeks`).

use crate::diag::Diagnostic;
use crate::guard::{Aids, Forms};
use crate::model::Model;
use crate::model::controls::{Controls, Form, Guarded, Permission, Rate};
use crate::model::graph::Graph;
use crate::priors::Priors;
use crate::scenario::controls::Guardrail;
use crate::scenario::experiment::{Experiment, Setting};
use crate::scenario::world::World;
use crate::summary::oracle::Nested;
use rustc_hash::FxHasher;
use std::fmt::{self, Write as _};
use std::hash::Hasher as _;
use std::sync::{Arc, OnceLock};

/// Cells of all grounds that are kept, a few hundred bytes each.
const MOST_CELLS: usize = 1_000_000;

/// A plan without guardrails, or what is wrong with it.
type Slot = OnceLock<Result<Prepared, Vec<Diagnostic>>>;

/// The grounds of an experiment.
pub(super) struct Grounds<'a> {
    experiment: &'a Experiment,
    graphs: Vec<(Arc<World>, Arc<Graph>)>,
    priors: Priors,
    oracle: Arc<Nested>,
    /// By what stands beside the guardrails, then by plan.
    kept: Vec<Slot>,
}

/// A plan in its world.
pub(super) struct Prepared {
    pub(super) forms: Forms,
    /// Over everything that the engine reads of it.
    print: u64,
}

impl<'a> Grounds<'a> {
    pub(super) fn new(experiment: &'a Experiment, settings: &[Setting], priors: Priors, oracle: Arc<Nested>) -> Self {
        let mut graphs: Vec<(Arc<World>, Arc<Graph>)> = Vec::new();
        for setting in settings {
            let world = experiment.world(setting);
            if !graphs.iter().any(|(known, _)| Arc::ptr_eq(known, world)) {
                graphs.push((Arc::clone(world), Arc::new(Graph::new(world))));
            }
        }
        let cells = graphs.iter().map(|(world, _)| world.cells.len()).max().unwrap_or(0).max(1);
        let all = experiment.grounds().saturating_mul(experiment.plans.len());
        let kept = slots(all.min(MOST_CELLS / cells));
        Self { experiment, graphs, priors, oracle, kept }
    }

    /// The same with a default shifted to this percentile. Who reviews goes by what is known, not by what is true: the oracle stays.
    pub(super) fn with_prior(&self, name: &str, percentile: f64) -> Self {
        Self {
            experiment: self.experiment,
            graphs: self.graphs.clone(),
            priors: self.priors.clone().with_shifted(name, percentile),
            oracle: Arc::clone(&self.oracle),
            kept: slots(self.kept.len()),
        }
    }

    /// Looks at a plan under what a setting says beside its guardrails.
    ///
    /// # Errors
    /// What is wrong with this combination of values.
    pub(super) fn with<T>(
        &self,
        setting: &Setting,
        plan: usize,
        look: impl FnOnce(&Prepared) -> T,
    ) -> Result<T, Vec<Diagnostic>> {
        let place = self.experiment.ground(setting) * self.experiment.plans.len() + plan;
        match self.kept.get(place) {
            Some(slot) => match slot.get_or_init(|| self.prepare(setting, plan)) {
                Ok(ground) => Ok(look(ground)),
                Err(wrong) => Err(wrong.clone()),
            },
            None => self.prepare(setting, plan).map(|ground| look(&ground)),
        }
    }

    fn prepare(&self, setting: &Setting, plan: usize) -> Result<Prepared, Vec<Diagnostic>> {
        let scenario = self.experiment.unguarded(setting, plan)?;
        let forms = Forms::new(&scenario, &self.aids(&scenario.world));
        let print = print(|text| {
            write!(text, "{:?}", forms.bare())?;
            forms.executed().try_for_each(|step| write!(text, "{step:?}"))
        });
        Ok(Prepared { forms, print })
    }

    /// What the engine reads of a plan under guardrails.
    pub(super) fn under(&self, ground: &Prepared, guardrails: &[&Guardrail]) -> Model {
        // The load of a week of all plans takes the place of that of one plan every day.
        ground.forms.under(guardrails, 0.0, &self.aids(&ground.forms.scenario().world))
    }

    fn aids(&self, world: &Arc<World>) -> Aids<'_> {
        Aids { graph: self.graph(world), priors: &self.priors, oracle: &*self.oracle }
    }

    pub(super) fn graph(&self, world: &Arc<World>) -> &Graph {
        let graph = self.graphs.iter().find(|(known, _)| Arc::ptr_eq(known, world));
        let Some((_, graph)) = graph else { unreachable!("every world of the settings has its graph") };
        graph
    }

    pub(super) fn oracle(&self) -> &Nested {
        &self.oracle
    }
}

impl Prepared {
    /// How many such actors there are.
    pub(super) fn fleet(&self) -> f64 {
        self.forms.scenario().controls.actor.as_ref().map_or(1.0, |a| f64::from(a.fleet))
    }

    /// A number over everything that the engine reads of a model on this ground: equal models have equal numbers. What its forms execute
    /// is the ground's; nobody meets the gates of a form that its role may not run at all.
    pub(super) fn fingerprint(&self, model: &Model) -> u64 {
        let own = self.forms.bare().dists.len();
        let Controls { steps, forms, rules } = &model.controls;
        let mut is_guarded = false;
        print(|text| {
            write!(text, "{} {rules:?}", self.print)?;
            for Guarded { literal, slips, manners } in steps {
                write!(text, "{literal}")?;
                for (slip, rate, forms) in slips {
                    write!(text, "{slip:?} {forms:?}")?;
                    write_rate(text, rate, model)?;
                }
                for (slip, rate) in manners {
                    write!(text, "{slip:?}")?;
                    write_rate(text, rate, model)?;
                }
            }
            for form in forms {
                let Form { stages, harmful, permission, gates, .. } = form;
                write!(text, "{stages:?} {harmful:?} {permission:?}")?;
                is_guarded |= !stages.is_empty();
                let is_met = !matches!(permission, Permission::Denied(_)) || form.glass().is_some();
                if is_met && !gates.is_empty() {
                    write!(text, "{gates:?}")?;
                    is_guarded = true;
                }
            }
            if is_guarded {
                write!(text, "{:?} {:?} {:?}", &model.dists[own..], &model.prior_of[own..], model.priors)?;
            }
            Ok(())
        })
    }
}

/// A rate by what it is drawn from, wherever that stands in the model.
fn write_rate(text: &mut Hashed, rate: &Rate, model: &Model) -> fmt::Result {
    match rate {
        Rate::Given(odds) => write!(text, "{odds:?}"),
        Rate::Prior { dist, entity, times } => write!(text, "{:?} {entity} {times}", model.dists[*dist as usize]),
    }
}

fn slots(count: usize) -> Vec<Slot> {
    std::iter::repeat_with(Slot::new).take(count).collect()
}

/// A number over everything in it.
pub(super) fn print_of(all: &impl fmt::Debug) -> u64 {
    print(|text| write!(text, "{all:?}"))
}

/// A number over a text that is never written down.
fn print(write: impl FnOnce(&mut Hashed) -> fmt::Result) -> u64 {
    let mut hashed = Hashed(FxHasher::default());
    // Writing to a hash cannot fail.
    let _ = write(&mut hashed);
    hashed.0.finish()
}

struct Hashed(FxHasher);

impl fmt::Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}
