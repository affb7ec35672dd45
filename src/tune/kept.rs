//! What is found once for all settings and all jobs: guardrails that settings share, and the models that trials run on.
//!
//! In: guardrails as they are read, models as they are compiled. Out: the same, shared. Models are kept up to a bound, whatever the number of
//! settings; which of them are kept changes how long a search takes and nothing else. Not here: how either is made.

use crate::model::Model;
use crate::model::controls::{Form, Gate, Guarded, Stage};
use crate::scenario::controls::{Guardrail, Kind};
use crate::units::Dist;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of all models that are kept, about. To make one again takes a fiftieth of the trials that it is made for, so that more would
/// hardly save time, and would grow with the settings for long.
const MOST_BYTES: usize = 8 << 20;

/// Guardrails, each once however many settings have it.
#[derive(Debug, Default)]
pub(super) struct Guardrails {
    known: Mutex<FxHashMap<u64, Arc<Guardrail>>>,
}

impl Guardrails {
    /// The guardrails of a setting, to be kept with it. None if there are policies among them, which are large and read for one actor.
    pub(super) fn keep(&self, read: &[Guardrail]) -> Option<Box<[Arc<Guardrail>]>> {
        if read.iter().any(|g| matches!(g.kind, Kind::Permissions(_))) {
            return None;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = |g: &Guardrail| Arc::clone(known.entry(super::grounds::print_of(g)).or_insert_with(|| Arc::new(g.clone())));
        Some(read.iter().map(shared).collect())
    }
}

/// Models by plan and number: at first their fingerprint, then their class.
#[derive(Debug)]
pub(super) struct Models {
    by_plan: Vec<Mutex<FxHashMap<u64, Arc<Model>>>>,
    bytes: AtomicUsize,
}

impl Models {
    pub(super) fn new(plans: usize) -> Self {
        Self { by_plan: std::iter::repeat_with(Mutex::default).take(plans).collect(), bytes: AtomicUsize::new(0) }
    }

    pub(super) fn get(&self, plan: usize, number: u64) -> Option<Arc<Model>> {
        self.by_plan[plan].lock().unwrap_or_else(PoisonError::into_inner).get(&number).map(Arc::clone)
    }

    /// From now on models of a plan go by other numbers than those that they were kept under; `names` has both, the first number of two counts.
    pub(super) fn rename(&self, plan: usize, names: impl Iterator<Item = (u64, u64)>) {
        let mut known = self.by_plan[plan].lock().unwrap_or_else(PoisonError::into_inner);
        let mut old = std::mem::take(&mut *known);
        known.extend(names.filter_map(|(from, to)| Some((to, old.remove(&from)?))));
    }

    /// Keeps a model, if there is room.
    pub(super) fn keep(&self, plan: usize, number: u64, model: Model) -> Arc<Model> {
        let model = Arc::new(model);
        let mut known = self.by_plan[plan].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&number) {
            return Arc::clone(known);
        }
        let bytes = own_bytes(&model);
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= MOST_BYTES {
            known.insert(number, Arc::clone(&model));
        } else {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        model
    }
}

/// What a model takes beside its ground, about.
fn own_bytes(model: &Model) -> usize {
    let form = |form: &Form| size_of::<Form>() + form.gates.len() * size_of::<Gate>() + form.stages.len() * size_of::<Stage>();
    let forms: usize = model.controls.forms.iter().map(form).sum();
    let names: usize = model.priors.iter().map(|name| size_of::<String>() + name.len()).sum();
    let draws = size_of::<Dist>() + size_of::<f64>() + size_of::<u32>();
    forms + names + model.controls.steps.len() * size_of::<Guarded>() + model.dists.len() * draws
}
