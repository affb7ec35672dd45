//! Trials, look by look, until the judge knows.
//!
//! In: a model, a judge, a budget. Out: the tally and what is needed to compare with it. Looks stand at fixed numbers of
//! trials, workers take fixed parts of the trials between two looks, and sheets are added in the order of trials:
//! the number of threads changes nothing.

use super::judge::{Judge, Seen};
use super::question::{Probe, Whole};
use super::score::News;
use super::worker::{Record, Worker};
use crate::engine::{Choice, Machine, Outcome, Split};
use crate::ensemble::hist::Hist;
use crate::ensemble::intervals::Looks;
use crate::ensemble::tally::{Detail, Tally};
use crate::model::Model;
use crate::report::verdict::Decision;
use std::sync::atomic::{AtomicBool, Ordering};

/// The first look.
const FIRST: u64 = 100;
const _: () = assert!(FIRST <= Detail::CHOSEN_AFTER, "until then every cell is taken down in full");
/// Looks before the first one where a plan is only compared with another.
const EARLY: [u64; 9] = [6, 12, 16, 20, 25, 32, 40, 50, 70];
/// Trials that are kept one by one, to compare with a plan without one of its steps.
pub(crate) const KEPT: u64 = 100;
/// Below so many trials times cells between two looks another thread costs more than it brings.
const WORTH_A_THREAD: u64 = 5_000;

/// How trials are run.
#[derive(Clone, Copy)]
pub(super) struct Running<'a> {
    pub(super) budget: u64,
    pub(super) threads: usize,
    pub(super) has_customers: bool,
    pub(super) news: &'a (dyn Fn(News) + Sync),
    pub(super) stop: &'a AtomicBool,
    pub(super) until: Until,
    /// What of the objectives is taken down in every trial.
    pub(super) burns: &'a [Probe],
}

/// Burnt budgets are kept in millionths.
pub(super) const BURN_UNIT: f64 = 1_000_000.0;

/// What has to be known before trials end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// The decision.
    Decided,
    /// That, or that it is no better than this one: looked at early and often, since figures of a few trials are shown to nobody.
    NoBetterThan(Decision),
    /// That, or that it is no stricter than this one.
    NoStricterThan(Decision),
}

impl Until {
    fn is_reached(self, judge: &Judge<'_>) -> bool {
        judge.is_settled()
            || match self {
                Until::Decided => false,
                Until::NoBetterThan(decision) => judge.is_at_least(decision),
                Until::NoStricterThan(decision) => judge.is_at_most(decision),
            }
    }
}

/// What a trial comes to where plans are compared, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) headline: u64,
    /// Time below objective, over all cells.
    pub(super) minutes: u64,
    /// How many cells anything befell, which is about what the trial costs.
    pub(super) touched: u64,
}

/// A trial of a plan, to be held against the same trial of a changed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) trial: u64,
    pub(super) total: Total,
    /// Time below objective that each step was given.
    pub(super) by_step: Vec<u64>,
}

impl Total {
    pub(super) fn of(outcome: &Outcome<'_>, whole: &Whole, has_customers: bool) -> Self {
        let longest = || outcome.services().map(|(_, f)| f.outage).max().unwrap_or(0);
        let headline = if has_customers { outcome.customers().outage } else { longest() };
        Total { headline, minutes: whole.minutes, touched: whole.touched }
    }
}

/// A model and how it is divided between the engines.
#[derive(Debug)]
pub(super) struct Divided {
    pub(super) model: Model,
    split: Option<Split>,
}

impl Divided {
    /// Ready to run; a trial is the same whichever engine is chosen.
    pub(super) fn new(model: Model, choice: Choice) -> Self {
        let split = choice.split(&model, FIRST);
        Divided { model, split }
    }

    /// What suits a plan that is much the same.
    pub(super) fn choice(&self) -> Choice {
        if self.split.is_some() { Choice::Interval } else { Choice::Event }
    }

    pub(super) fn machine(&self) -> Machine<'_> {
        Machine::new(&self.model, self.split.as_ref())
    }
}

/// What was run.
#[derive(Debug)]
pub(super) struct Trials {
    pub(super) tally: Tally,
    pub(super) looks: Looks,
    /// The first trials one by one.
    pub(super) kept: Vec<Kept>,
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
pub(super) fn run(divided: &Divided, judge: &mut Judge<'_>, running: &Running<'_>) -> Trials {
    let detail = Some(Detail::full(running.has_customers));
    let mut crew = Crew { divided, running, detail, workers: Vec::new() };
    let End { look, complete, .. } = crew.go_on(judge, 0, looks(running.budget));
    let mut total = Record::new(&divided.model, running.burns.len());
    crew.workers.into_iter().filter_map(Worker::finish).for_each(|record| total.merge(record));
    total.tally.settle();
    total.kept.sort_unstable_by_key(|k| k.trial);
    let looks = Looks::repeated(crate::ensemble::CONFIDENCE, look);
    Trials { tally: total.tally, looks, kept: total.kept, complete, burnt: total.burnt }
}

/// Runs on from so many trials until the judge is settled or the budget is spent; nothing but the decision is wanted.
/// Says how many trials the judge has seen then.
pub(super) fn decide(divided: &Divided, judge: &mut Judge<'_>, running: &Running<'_>, done: u64) -> u64 {
    let mut crew = Crew { divided, running, detail: None, workers: Vec::new() };
    let few: &[u64] = if matches!(running.until, Until::NoBetterThan(_)) { &EARLY } else { &[] };
    let early = few.iter().copied().filter(|&n| n < running.budget);
    crew.go_on(judge, done, early.chain(looks(running.budget))).done
}

/// Runs exactly so many trials, without looking in between.
pub(super) fn run_totals(divided: &Divided, judge: &mut Judge<'_>, trials: u64, has_customers: bool) -> Vec<Total> {
    let mut engine = divided.machine();
    let mut sheet = judge.sheet();
    let mut totals = Vec::new();
    engine.each(0..trials, |_, outcome| {
        let whole = Whole::of(outcome);
        judge.note(&mut sheet, outcome, &whole);
        totals.push(Total::of(outcome, &whole, has_customers));
    });
    judge.look(&[sheet], trials);
    totals
}

/// Where a run ended.
struct End {
    /// The last look, counted from 0.
    look: u32,
    /// Trials that the judge has seen.
    done: u64,
    complete: bool,
}

/// Workers on the trials of one model.
struct Crew<'m> {
    divided: &'m Divided,
    running: &'m Running<'m>,
    /// How the trials are taken down: in full until the first look; not at all if nobody reads it.
    detail: Option<Detail>,
    workers: Vec<Worker<'m>>,
}

impl Crew<'_> {
    /// Runs from look to look, those that lie behind left out.
    fn go_on(&mut self, judge: &mut Judge<'_>, from: u64, looks: impl Iterator<Item = u64>) -> End {
        let mut end = End { look: 0, done: from, complete: true };
        for (k, next) in (0..).zip(looks).filter(|&(_, next)| next > from) {
            if end.done > 0 && self.running.until.is_reached(judge) {
                break;
            }
            let sheets = self.share_out(end.done..next, judge);
            if self.running.stop.load(Ordering::Relaxed) {
                end.complete = false;
                break;
            }
            judge.look(&sheets, next);
            if end.done == 0 {
                self.choose_detail();
            }
            (end.done, end.look) = (next, k);
            (self.running.news)(News::Trials(next));
        }
        end
    }

    /// Which cells of a large model keep full histograms from now on.
    fn choose_detail(&mut self) {
        let Self { divided: Divided { model, .. }, detail: Some(detail), workers, .. } = self else { return };
        if Detail::is_to_choose(model) {
            let looked: Vec<&Tally> = workers.iter().filter_map(Worker::tally).collect();
            *detail = detail.chosen(model, &looked);
            workers.iter_mut().for_each(|worker| worker.reduce(detail));
        }
    }

    /// Gives each worker its part of the trials; the sheets come back in the order of trials.
    fn share_out(&mut self, range: std::ops::Range<u64>, judge: &Judge<'_>) -> Vec<Vec<Vec<Seen>>> {
        let (running, detail) = (self.running, self.detail.as_ref());
        let count = range.end - range.start;
        let worth = (count * self.divided.model.len().max(1) as u64).div_ceil(WORTH_A_THREAD);
        let parts = worth.min(running.threads.max(1) as u64).min(count.max(1));
        while (self.workers.len() as u64) < parts {
            self.workers.push(Worker::new(self.divided, detail.map(|_| running.burns.len())));
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
