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
use crate::ensemble::tally::{Detail, Pending, Tally};
use crate::model::Model;
use std::sync::atomic::{AtomicBool, Ordering};

/// The first look.
const FIRST: u64 = 100;
/// Trials that are kept one by one, to compare with a plan without one of its steps.
pub(super) const KEPT: u64 = 400;
/// Below this many trials between two looks another thread costs more than it brings.
const WORTH_A_THREAD: u64 = 256;

/// How trials are run.
#[derive(Clone, Copy)]
pub(super) struct Running<'a> {
    pub(super) budget: u64,
    pub(super) threads: usize,
    pub(super) has_customers: bool,
    pub(super) news: &'a (dyn Fn(u64) + Sync),
    pub(super) stop: &'a AtomicBool,
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
    let mut workers: Vec<Worker<'_>> = vec![Worker::new(model, running.burns.len())];
    let (mut done, mut look, mut complete) = (0, 0, true);
    for (k, next) in (0..).zip(looks(running.budget)) {
        if done > 0 && judge.is_settled() {
            break;
        }
        let parts = (next - done).div_ceil(WORTH_A_THREAD).min(running.threads.max(1) as u64);
        while (workers.len() as u64) < parts {
            workers.push(Worker::new(model, running.burns.len()));
        }
        let sheets = share_out(&mut workers, done..next, parts, judge, &detail, running);
        if running.stop.load(Ordering::Relaxed) {
            complete = false;
            break;
        }
        judge.look(&sheets, next);
        (done, look) = (next, k);
        (running.news)(done);
    }
    let mut workers = workers.into_iter();
    let Some(first) = workers.next() else { unreachable!("there is one worker at least") };
    let (mut tally, mut kept, mut burnt) = first.finish();
    for worker in workers {
        let (more, more_kept, more_burnt) = worker.finish();
        tally.merge(&more);
        kept.extend(more_kept);
        burnt.iter_mut().zip(&more_burnt).for_each(|(mine, theirs)| mine.merge(theirs));
    }
    kept.sort_unstable();
    let kept = kept.into_iter().map(|(_, headline, minutes)| (headline, minutes)).collect();
    Trials { tally, looks: Looks::repeated(crate::ensemble::CONFIDENCE, look), kept, complete, burnt }
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
            tally.add(&engine, model, trial, &detail, &mut pending);
        }
        tally.settle(&mut pending, &detail);
        detail.choose(&tally);
    }
    detail
}

/// Gives each worker its part of the trials; the sheets come back in the order of trials.
fn share_out(
    workers: &mut [Worker<'_>],
    range: std::ops::Range<u64>,
    parts: u64,
    judge: &Judge<'_>,
    detail: &Detail,
    running: &Running<'_>,
) -> Vec<Vec<Vec<Seen>>> {
    let size = (range.end - range.start).div_ceil(parts);
    let part = |n: u64| range.start + n * size..(range.start + (n + 1) * size).min(range.end);
    if parts == 1 {
        return workers.iter_mut().take(1).map(|w| w.work(part(0), judge, detail, running)).collect();
    }
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..parts)
            .zip(workers.iter_mut())
            .map(|(n, worker)| scope.spawn(move || worker.work(part(n), judge, detail, running)))
            .collect();
        started.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// An engine and what it has seen.
struct Worker<'m> {
    model: &'m Model,
    engine: Engine<'m>,
    tally: Tally,
    pending: Pending,
    kept: Vec<(u64, u64, u64)>,
    burnt: Vec<Hist>,
}

impl<'m> Worker<'m> {
    fn new(model: &'m Model, burns: usize) -> Self {
        let burnt = vec![Hist::default(); burns];
        Worker {
            model,
            engine: Engine::new(model),
            tally: Tally::none(model),
            pending: Pending::none(model),
            kept: Vec::new(),
            burnt,
        }
    }

    fn work(&mut self, range: std::ops::Range<u64>, judge: &Judge<'_>, detail: &Detail, running: &Running<'_>) -> Vec<Vec<Seen>> {
        let mut sheet = judge.sheet();
        for trial in range {
            if running.stop.load(Ordering::Relaxed) {
                break;
            }
            self.engine.run(trial);
            let whole = Whole::of(&self.engine);
            judge.note(&mut sheet, &self.engine, &whole);
            self.tally.add(&self.engine, self.model, trial, detail, &mut self.pending);
            for (probe, hist) in running.burns.iter().zip(&mut self.burnt) {
                let burnt = probe.read(&self.engine, &whole).unwrap_or(0.0) * BURN_UNIT;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to what a histogram holds")]
                hist.add(libm::round(burnt).clamp(0.0, 1e15) as u64);
            }
            if trial < KEPT {
                self.kept.push((trial, headline(&self.engine, running.has_customers), whole.minutes));
            }
        }
        self.tally.settle(&mut self.pending, detail);
        sheet
    }

    fn finish(mut self) -> (Tally, Vec<(u64, u64, u64)>, Vec<Hist>) {
        self.tally.add_sums(&mut self.engine);
        (self.tally, self.kept, self.burnt)
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
