//! One thread's part of the trials.
//!
//! In: an engine's model, a judge with its questions. Out: sheets for the judge and, where a report is wanted, what it is made of.

use super::judge::{Judge, Seen};
use super::question::Whole;
use super::run::{BURN_UNIT, Divided, KEPT, Kept, Running, Total};
use crate::engine::{Machine, Outcome};
use crate::ensemble::hist::Hist;
use crate::ensemble::tally::{Detail, Tally};
use crate::model::Model;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// What is taken down of trials for a report.
pub(super) struct Record {
    pub(super) tally: Tally,
    pub(super) burnt: Vec<Hist>,
    pub(super) kept: Vec<Kept>,
}

impl Record {
    pub(super) fn new(model: &Model, burns: usize) -> Self {
        Record { tally: Tally::none(model), burnt: vec![Hist::default(); burns], kept: Vec::new() }
    }

    pub(super) fn merge(&mut self, other: Record) {
        self.tally.merge(&other.tally);
        self.burnt.iter_mut().zip(&other.burnt).for_each(|(mine, theirs)| mine.merge(theirs));
        self.kept.extend(other.kept);
    }

    fn add(&mut self, trial: u64, outcome: &Outcome<'_>, whole: &Whole, detail: &Detail, running: &Running<'_>) {
        self.tally.add(outcome, trial, detail);
        for (probe, hist) in running.burns.iter().zip(&mut self.burnt) {
            let burnt = probe.read(outcome, whole).unwrap_or(0.0) * BURN_UNIT;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to what a histogram holds")]
            hist.add(libm::round(burnt).clamp(0.0, 1e15) as u64);
        }
    }
}

/// An engine and what it has seen.
pub(super) struct Worker<'m> {
    engine: Machine<'m>,
    record: Option<Record>,
    /// Steps of the plan.
    steps: usize,
}

impl<'m> Worker<'m> {
    /// With a record of so many burning budgets, if a report is wanted.
    pub(super) fn new(divided: &'m Divided, burns: Option<usize>) -> Self {
        let Divided { model, .. } = divided;
        Worker { engine: divided.machine(), record: burns.map(|n| Record::new(model, n)), steps: model.steps.len() }
    }

    /// Runs trials, side by side; taken down where there is a record and a detail to do that in.
    pub(super) fn work(
        &mut self,
        trials: Range<u64>,
        judge: &Judge<'_>,
        detail: Option<&Detail>,
        running: &Running<'_>,
    ) -> Vec<Vec<Seen>> {
        let Self { engine, record, steps } = self;
        let mut record = record.as_mut().zip(detail);
        let goes_on = || !running.stop.load(Ordering::Relaxed);
        let keeps = record.is_some() && trials.start < KEPT;
        let (mut sheet, mut totals, mut given) = (judge.sheet(), Vec::new(), Vec::new());
        let read = |trial, outcome: &Outcome<'_>| {
            let whole = Whole::of(outcome);
            judge.note(&mut sheet, outcome, &whole);
            let Some((record, detail)) = &mut record else { return };
            record.add(trial, outcome, &whole, detail, running);
            if trial < KEPT {
                totals.push((trial, Total::of(outcome, &whole, running.has_customers)));
            }
        };
        engine.each_given(trials, if keeps { *steps } else { 0 }, goes_on, read, |by_step| given.push(by_step.to_vec()));
        if let Some((record, _)) = record {
            let kept = totals.into_iter().zip(given).map(|((trial, total), by_step)| Kept { trial, total, by_step });
            record.kept.extend(kept);
        }
        sheet
    }

    /// What was counted so far, if anything is.
    pub(super) fn tally(&self) -> Option<&Tally> {
        self.record.as_ref().map(|record| &record.tally)
    }

    /// Keeps cells in as little detail as they are to have from now on.
    pub(super) fn reduce(&mut self, detail: &Detail) {
        if let Some(record) = &mut self.record {
            record.tally.reduce(detail);
        }
    }

    /// What was taken down, with the sums of the engine.
    pub(super) fn finish(mut self) -> Option<Record> {
        let mut record = self.record?;
        record.tally.add_sums(&self.engine.take_sums());
        Some(record)
    }
}
