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

/// What is taken down of trials for a report.
pub(super) struct Record {
    pub(super) tally: Tally,
    pub(super) burnt: Vec<Hist>,
    pub(super) kept: Vec<Kept>,
    /// What each step was given in all trials so far.
    given: Vec<u64>,
}

impl Record {
    pub(super) fn new(model: &Model, burns: usize) -> Self {
        let given = vec![0; model.steps.len()];
        let burnt = vec![Hist::default(); burns];
        Record { tally: Tally::none(model), burnt, kept: Vec::new(), given }
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

    /// Keeps the engine's last trial for comparisons.
    fn keep(&mut self, trial: u64, total: Total, engine: &Machine<'_>) {
        let mut by_step = Vec::with_capacity(self.given.len());
        for (step, before) in self.given.iter_mut().enumerate() {
            let now = engine.given_to(step);
            by_step.push(now - std::mem::replace(before, now));
        }
        self.kept.push(Kept { trial, total, by_step });
    }
}

/// An engine and what it has seen.
pub(super) struct Worker<'m> {
    engine: Machine<'m>,
    record: Option<Record>,
}

impl<'m> Worker<'m> {
    /// With a record of so many burning budgets, if a report is wanted.
    pub(super) fn new(divided: &'m Divided, burns: Option<usize>) -> Self {
        Worker { engine: divided.machine(), record: burns.map(|n| Record::new(&divided.model, n)) }
    }

    pub(super) fn work(
        &mut self,
        range: std::ops::Range<u64>,
        judge: &Judge<'_>,
        detail: Option<&Detail>,
        running: &Running<'_>,
    ) -> Vec<Vec<Seen>> {
        let mut sheet = judge.sheet();
        for trial in range {
            if running.stop.load(std::sync::atomic::Ordering::Relaxed) {
                break;
            }
            self.engine.run(trial);
            let outcome = self.engine.outcome();
            let whole = Whole::of(&outcome);
            judge.note(&mut sheet, &outcome, &whole);
            let (Some(record), Some(detail)) = (&mut self.record, detail) else { continue };
            record.add(trial, &outcome, &whole, detail, running);
            if trial < KEPT {
                record.keep(trial, Total::of(&outcome, &whole, running.has_customers), &self.engine);
            }
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
