//! Trials aimed at the rare branches of a plan.
//!
//! In: a model that knows its rare draws. Out: one tally per branch, in plain integers. Not here: what they come to together
//! (`summary::rare`).

use super::Run;
use super::crew::Crew;
use super::tally::{Detail, Tally};
use crate::model::Model;
use crate::model::rare::Rare;
use std::ops::Range;

/// Trials of every branch, those numbered by `of`; none if it was stopped.
#[must_use]
pub fn run(model: &Model, of: impl Fn(usize) -> Range<u64>, run: &Run<'_>) -> Option<Vec<Tally>> {
    let branches = model.rare.as_ref()?.branches().len();
    let models = std::slice::from_ref(model);
    let trials = (0..branches)
        .map(|branch| {
            let range = of(branch);
            range.end - range.start
        })
        .sum::<u64>();
    let split = [run.engine.divided(model)];
    let detail = [Detail::least(model, run.has_customers)];
    let run = Run { news: &|_| (), ..*run };
    let mut crew = Crew::new(models, &split, &run);
    // Only to see which engine suits: they are trials of no branch.
    crew.try_out(&detail, trials, &run);
    let aimed = |branch: usize| {
        let Range { start, end } = of(branch);
        let range = Rare::trial(branch, start)..Rare::trial(branch, end);
        let mut tally = crew.run(&detail, range, None, &run).tallies.pop()?;
        tally.settle();
        (tally.trials == end - start).then_some(tally)
    };
    (0..branches).map(aimed).collect()
}
