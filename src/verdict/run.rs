//! Trials, look by look, until the judge knows.
//!
//! In: a model, a judge, a budget. Out: the tally and what is needed to compare with it. Looks stand at fixed numbers of
//! trials, workers take fixed parts of the trials between two looks, and sheets are added in the order of trials:
//! the number of threads changes nothing.

use super::judge::{Judge, Seen};
use super::question::{Probe, Whole};
use crate::engine::Engine;
use crate::ensemble::hist::Hist;
use crate::ensemble::intervals::Looks;
use crate::ensemble::pending::Pending;
use crate::ensemble::tally::{Detail, Tally};
use crate::model::Model;
use crate::report::verdict::Decision;
use std::sync::atomic::{AtomicBool, Ordering};

/// The first look.
const FIRST: u64 = 100;
/// Looks before the first one where only a decision is wanted, and figures of 100 trials are shown to nobody.
const EARLY: [u64; 3] = [12, 25, 50];
/// Trials that are kept one by one, to compare with a plan without one of its steps.
pub(super) const KEPT: u64 = 100;
/// Below so many trials times cells between two looks another thread costs more than it brings.
const WORTH_A_THREAD: u64 = 5_000;

/// How trials are run.
#[derive(Clone, Copy)]
pub(super) struct Running<'a> {
    pub(super) budget: u64,
    pub(super) threads: usize,
    pub(super) has_customers: bool,
    pub(super) news: &'a (dyn Fn(u64) + Sync),
    pub(super) stop: &'a AtomicBool,
    /// Stop as soon as the decision is certainly no better than this one.
    pub(super) unless_better_than: Option<Decision>,
    /// What of the objectives is taken down in every trial.
    pub(super) burns: &'a [Probe],
}

/// Burnt budgets are kept in millionths.
pub(super) const BURN_UNIT: f64 = 1_000_000.0;

/// What was run.
#[derive(Debug)]
pub(super) struct Trials {
    pub(super) tally: Tally,
    pub(super) looks: Looks,
    /// Headline and minutes over all cells of the first trials, milliseconds.
    pub(super) kept: Vec<(u64, u64)>,
    pub(super) complete: bool,
    /// By probe of the objectives, in millionths of the budget.
    pub(super) burnt: Vec<Hist>,
}

/// The numbers of trials at which one looks: 100, 150, 200, 300, 400, 600, 800, ... and the budget.
pub(super) fn looks(budget: u64) -> impl Iterator<Item = u64> {
    let doubling = (0..40).map(|k| FIRST << k).flat_map(|n| [n, n + n / 2]);
    doubling.take_while(move |&n| n < budget).chain([budget])
}

/// Runs until the judge is settled or the budget is spent.
pub(super) fn run(model: &Model, judge: &mut Judge<'_>, running: &Running<'_>) -> Trials {
    let detail = detail(model, running);
    let mut crew = Crew { model, running, detail: Some(&detail), workers: Vec::new() };
    let End { look, complete } = crew.go_on(judge, 0, looks(running.budget));
    let mut total = Record::new(model, running.burns.len());
    let mut kept = Vec::new();
    for worker in crew.workers {
        let (record, more_kept) = worker.finish();
        record.iter().for_each(|more| total.merge(more));
        kept.extend(more_kept);
    }
    kept.sort_unstable();
    let kept = kept.into_iter().map(|(_, headline, minutes)| (headline, minutes)).collect();
    let looks = Looks::repeated(crate::ensemble::CONFIDENCE, look);
    Trials { tally: total.tally, looks, kept, complete, burnt: total.burnt }
}

/// Runs on from so many trials until the judge is settled or the budget is spent; nothing but the decision is wanted.
pub(super) fn decide(model: &Model, judge: &mut Judge<'_>, running: &Running<'_>, done: u64) {
    let mut crew = Crew { model, running, detail: None, workers: Vec::new() };
    let early = EARLY.into_iter().filter(|&n| n < running.budget);
    crew.go_on(judge, done, early.chain(looks(running.budget)));
}

/// Runs exactly the trials that were kept, without looking in between.
pub(super) fn run_kept(model: &Model, judge: &mut Judge<'_>, trials: u64, has_customers: bool) -> Vec<(u64, u64)> {
    let mut engine = Engine::new(model);
    let mut sheet = judge.sheet();
    let mut kept = Vec::new();
    for trial in 0..trials {
        engine.run(trial);
        let whole = Whole::of(&engine);
        judge.note(&mut sheet, &engine, &whole);
        kept.push((headline(&engine, has_customers), whole.minutes));
    }
    judge.look(&[sheet], trials);
    kept
}

fn headline(engine: &Engine<'_>, has_customers: bool) -> u64 {
    let outcome = engine.outcome();
    if has_customers { outcome.customers().outage } else { outcome.services().map(|(_, f)| f.outage).max().unwrap_or(0) }
}

/// Which cells keep full histograms; a large model is looked at for a moment first.
fn detail(model: &Model, running: &Running<'_>) -> Detail {
    let mut detail = Detail::first(model, running.has_customers);
    if detail.is_open() {
        let mut engine = Engine::new(model);
        let (mut tally, mut pending) = (Tally::none(model), Pending::none(model));
        for trial in 0..FIRST.min(running.budget) / 4 {
            engine.run(trial);
            tally.add(&engine.outcome(), trial, &detail, &mut pending);
        }
        tally.settle(&mut pending, &detail);
        detail.choose(&tally);
    }
    detail
}

/// Where a run ended.
struct End {
    /// The last look, counted from 0.
    look: u32,
    complete: bool,
}

/// Workers on the trials of one model.
struct Crew<'m> {
    model: &'m Model,
    running: &'m Running<'m>,
    /// How the trials are taken down; not at all if nobody reads it.
    detail: Option<&'m Detail>,
    workers: Vec<Worker<'m>>,
}

impl Crew<'_> {
    /// Runs from look to look, those that lie behind left out.
    fn go_on(&mut self, judge: &mut Judge<'_>, from: u64, looks: impl Iterator<Item = u64>) -> End {
        let mut end = End { look: 0, complete: true };
        let mut done = from;
        for (k, next) in (0..).zip(looks).filter(|&(_, next)| next > from) {
            let enough = self.running.unless_better_than.is_some_and(|d| judge.is_at_least(d));
            if done > 0 && (enough || judge.is_settled()) {
                break;
            }
            let sheets = self.share_out(done..next, judge);
            if self.running.stop.load(Ordering::Relaxed) {
                end.complete = false;
                break;
            }
            judge.look(&sheets, next);
            (done, end.look) = (next, k);
            (self.running.news)(done);
        }
        end
    }

    /// Gives each worker its part of the trials; the sheets come back in the order of trials.
    fn share_out(&mut self, range: std::ops::Range<u64>, judge: &Judge<'_>) -> Vec<Vec<Vec<Seen>>> {
        let (running, detail) = (self.running, self.detail);
        let count = range.end - range.start;
        let worth = (count * self.model.len().max(1) as u64).div_ceil(WORTH_A_THREAD);
        let parts = worth.min(running.threads.max(1) as u64).min(count.max(1));
        while (self.workers.len() as u64) < parts {
            self.workers.push(Worker::new(self.model, detail.map(|_| running.burns.len())));
        }
        let size = count.div_ceil(parts);
        let part = |n: u64| (range.start + n * size).min(range.end)..(range.start + (n + 1) * size).min(range.end);
        if parts == 1 {
            return self.workers.iter_mut().take(1).map(|w| w.work(part(0), judge, detail, running)).collect();
        }
        std::thread::scope(|scope| {
            let started: Vec<_> = (0..parts)
                .zip(self.workers.iter_mut())
                .map(|(n, worker)| scope.spawn(move || worker.work(part(n), judge, detail, running)))
                .collect();
            started.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    }
}

/// What is taken down of trials for a report.
struct Record {
    tally: Tally,
    pending: Pending,
    burnt: Vec<Hist>,
}

impl Record {
    fn new(model: &Model, burns: usize) -> Self {
        Record { tally: Tally::none(model), pending: Pending::none(model), burnt: vec![Hist::default(); burns] }
    }

    fn merge(&mut self, other: &Record) {
        self.tally.merge(&other.tally);
        self.burnt.iter_mut().zip(&other.burnt).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

/// An engine and what it has seen.
struct Worker<'m> {
    engine: Engine<'m>,
    record: Option<Record>,
    kept: Vec<(u64, u64, u64)>,
}

impl<'m> Worker<'m> {
    fn new(model: &'m Model, burns: Option<usize>) -> Self {
        Worker { engine: Engine::new(model), record: burns.map(|n| Record::new(model, n)), kept: Vec::new() }
    }

    fn work(
        &mut self,
        range: std::ops::Range<u64>,
        judge: &Judge<'_>,
        detail: Option<&Detail>,
        running: &Running<'_>,
    ) -> Vec<Vec<Seen>> {
        let mut sheet = judge.sheet();
        for trial in range {
            if running.stop.load(Ordering::Relaxed) {
                break;
            }
            self.engine.run(trial);
            let whole = Whole::of(&self.engine);
            judge.note(&mut sheet, &self.engine, &whole);
            let (Some(record), Some(detail)) = (&mut self.record, detail) else { continue };
            record.tally.add(&self.engine.outcome(), trial, detail, &mut record.pending);
            for (probe, hist) in running.burns.iter().zip(&mut record.burnt) {
                let burnt = probe.read(&self.engine, &whole).unwrap_or(0.0) * BURN_UNIT;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to what a histogram holds")]
                hist.add(libm::round(burnt).clamp(0.0, 1e15) as u64);
            }
            if trial < KEPT {
                self.kept.push((trial, headline(&self.engine, running.has_customers), whole.minutes));
            }
        }
        if let (Some(record), Some(detail)) = (&mut self.record, detail) {
            record.tally.settle(&mut record.pending, detail);
        }
        sheet
    }

    fn finish(mut self) -> (Option<Record>, Vec<(u64, u64, u64)>) {
        if let Some(record) = &mut self.record {
            record.tally.add_sums(&self.engine.take_sums());
        }
        (self.record, self.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_do_not_depend_on_anything_but_the_budget() {
        assert_eq!(looks(1_000).collect::<Vec<_>>(), [100, 150, 200, 300, 400, 600, 800, 1_000]);
        assert_eq!(looks(50).collect::<Vec<_>>(), [50]);
        assert_eq!(looks(20_000).count(), 17);
    }
}
