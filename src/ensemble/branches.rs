//! Trials aimed at the rare branches of a plan.
//!
//! In: a model that knows its rare draws. Out: one tally per branch, in plain integers. Not here: what they come to together
//! (`summary::rare`).

use super::tally::{Detail, Tally};
use super::{Run, block_run};
use crate::model::Model;
use crate::model::rare::Rare;

/// Trials of every branch, `of` so many each; none if it was stopped.
#[must_use]
pub fn run(model: &Model, of: impl Fn(usize) -> u64, run: &Run<'_>) -> Option<Vec<Tally>> {
    let branches = model.rare.as_ref()?.branches().len();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(run.threads).build();
    let models = std::slice::from_ref(model);
    let split = [run.engine.split(model, (0..branches).map(&of).sum())];
    let detail = [Detail::first(model, run.has_customers)];
    let run = Run { news: &|_| (), ..*run };
    let aimed = |branch: usize| {
        let trials = of(branch);
        let range = Rare::trial(branch, 0)..Rare::trial(branch, trials);
        let tally = block_run(models, &split, &detail, range, &run, pool.as_ref().ok()).tallies.pop()?;
        (tally.trials == trials).then_some(tally)
    };
    (0..branches).map(aimed).collect()
}
