//! The product on the worlds of `worlds`: the whole way from a scenario to what is known of each cell.
//!
//! In: a scenario. Out: the rows that the afternoon program keeps too. The product also keeps states, instants, services, regions and
//! reasons; all of that is in its time, though no row shows it.

#![allow(dead_code, reason = "each bench, test and example uses its own part of this file")]

use crate::afternoon::Row;
use foreshock::engine::Choice;
use foreshock::ensemble::subject::Spread;
use foreshock::ensemble::tally::Tally;
use foreshock::ensemble::{self, Ensemble, Run};
use foreshock::model::{self, Model, graph::Graph};
use foreshock::priors::Priors;
use foreshock::scenario::Scenario;
use foreshock::scenario::plan::Size;
use std::sync::atomic::AtomicBool;

/// The model of a scenario, from the world on.
pub(crate) fn compile(scenario: &Scenario, priors: &Priors) -> Model {
    model::compile(scenario, &Graph::new(&scenario.world), priors)
}

/// Runs the first trials of a model.
pub(crate) fn run(model: &Model, trials: u64, threads: usize) -> Vec<Row> {
    rows(model, &tally(model, Choice::Auto, trials, threads))
}

/// What the first trials of a model come to, by an engine.
pub(crate) fn tally(model: &Model, engine: Choice, trials: u64, threads: usize) -> Tally {
    ran(model, engine, trials, threads).tallies.swap_remove(0)
}

/// The same, and which engine ran.
pub(crate) fn ran(model: &Model, engine: Choice, trials: u64, threads: usize) -> Ensemble {
    let stop = AtomicBool::new(false);
    let run = Run { engine, size: Size::Trials(trials), threads, has_customers: false, news: &|_| (), stop: &stop };
    ensemble::run(std::slice::from_ref(model), &run)
}

/// The affected cells of a tally in declared order.
fn rows(model: &Model, tally: &Tally) -> Vec<Row> {
    let affected = model.origin.iter().enumerate().filter_map(|(cell, &origin)| {
        let cell = tally.cell(cell).filter(|cell| cell.affected > 0)?;
        let (outage_ms, p50_ms, p90_ms) = match &cell.outage {
            Spread::Full(hist) => figures(tally.trials, cell.affected, hist.sum(), |rank, zeros| hist.at_rank(rank, zeros)),
            Spread::Coarse(coarse) => figures(tally.trials, cell.affected, coarse.sum, |rank, zeros| coarse.at_rank(rank, zeros)),
        };
        Some(Row { cell: origin, affected: cell.affected, outage_ms, p50_ms, p90_ms })
    });
    let mut rows: Vec<Row> = affected.collect();
    rows.sort_unstable_by_key(|row| row.cell);
    rows
}

/// Sum, p50 and p90 over all trials.
fn figures(trials: u64, affected: u64, sum: u128, at_rank: impl Fn(u64, u64) -> f64) -> (u64, u64, u64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an outage is below 2^53 milliseconds")]
    let percentile = |percent: u64| at_rank((trials * percent).div_ceil(100).max(1), trials - affected) as u64;
    (u64::try_from(sum).unwrap_or(u64::MAX), percentile(50), percentile(90))
}
