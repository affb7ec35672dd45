//! Many trials: in parallel, to one tally per model.
//!
//! In: models that face the same luck (a base and its variants), and how many trials. Out: tallies and
//! paired differences. Not here: the threads (`crew`).

pub mod branches;
mod buckets;
mod crew;
pub mod friction;
pub mod hist;
pub mod intervals;
mod lone;
pub mod pairs;
pub mod sequence;
pub mod subject;
pub mod tally;

use crate::engine::{Choice, Split};
use crate::model::Model;
use crate::scenario::plan::Size;
use crew::{Crew, Part};
use intervals::Looks;
use pairs::Pairs;
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use tally::{Detail, Tally};

/// The first look of a `precision:` run; each further one doubles it.
const FIRST_LOOK: u64 = 1_000;
/// Where a `precision:` run stops whatever it knows by then.
const MOST_TRIALS: u64 = 1_000_000;
/// Confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;
/// How well the share of trials with a customer outage must be known.
const SHARE_GOAL: f64 = 0.005;

/// How trials are run; none of it changes a result but the number of trials.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// How many trials.
    pub size: Size,
    /// Which engine runs them; all give the same.
    pub engine: Choice,
    /// Threads; 0 is one per processor.
    pub threads: usize,
    /// Whether the world has customer-facing services: then their outage is the headline.
    pub has_customers: bool,
    /// Told at the beginning, and now and then, how many trials are done.
    pub news: &'a (dyn Fn(u64) + Sync),
    /// Set from outside to stop early.
    pub stop: &'a AtomicBool,
}

/// What came out.
#[derive(Debug)]
pub struct Ensemble {
    /// By model: the base first.
    pub tallies: Vec<Tally>,
    /// By variant: against the base.
    pub pairs: Vec<Pairs>,
    /// False if it was stopped early.
    pub complete: bool,
    /// Which look the intervals are valid for.
    pub looks: Looks,
    /// For a `precision:` run: whether the goal was reached.
    pub reached: Option<bool>,
    /// By model: which engine ran it.
    pub engines: Vec<Ran>,
}

/// Which engine ran a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// Intervals, with this many cells left to events; none if all were.
    pub core: Option<usize>,
    /// Trials that intervals left to events.
    pub again: u64,
}

/// Runs all models over the same trials.
#[must_use]
pub fn run(models: &[Model], run: &Run<'_>) -> Ensemble {
    (run.news)(0);
    let least = match run.size {
        Size::Trials(n) => n,
        Size::Precision(_) => FIRST_LOOK,
    };
    let splits: Vec<Option<Split>> = models.iter().map(|m| run.engine.divided(m)).collect();
    let mut crew = Crew::new(models, &splits, run);
    let full = vec![Detail::full(run.has_customers); models.len()];
    let tried = crew.try_out(&full, least, run);
    let (details, looked) = look(models, tried, least, full, |details, range, done| crew.run(details, range, done, run));
    let more = |range: Range<u64>, done: Option<Part>| crew.run(&details, range, done, run);
    let (done, asked, looks, reached) = match run.size {
        Size::Trials(n) => (further(looked, n, more), n, Looks::single(CONFIDENCE), None),
        Size::Precision(goal) => until_precise(goal, looked, more),
    };
    let Part { mut tallies, pairs, again } = done;
    tallies.iter_mut().for_each(Tally::settle);
    let engines = crew.cores().zip(again).map(|(core, again)| Ran { core, again }).collect();
    Ensemble { complete: tallies[0].trials == asked, tallies, pairs, looks, reached, engines }
}

/// Where that is needed to tell which cells deserve it, runs a few trials in full detail; the details from then on and what was run.
fn look(
    models: &[Model],
    tried: Option<Part>,
    trials: u64,
    full: Vec<Detail>,
    more: impl Fn(&[Detail], Range<u64>, Option<Part>) -> Part,
) -> (Vec<Detail>, Option<Part>) {
    if !models.iter().any(Detail::is_to_choose) {
        return (full, tried);
    }
    let mut done = further(tried, Detail::CHOSEN_AFTER.min(trials), |range, done| more(&full, range, done));
    let details: Vec<Detail> = models.iter().zip(&full).zip(&done.tallies).map(|((m, d), t)| d.chosen(m, &[t])).collect();
    done.tallies.iter_mut().zip(&details).for_each(|(tally, detail)| tally.reduce(detail));
    (details, Some(done))
}

/// Runs more trials until there are so many.
fn further(done: Option<Part>, trials: u64, more: impl Fn(Range<u64>, Option<Part>) -> Part) -> Part {
    let from = done.as_ref().map_or(0, |done| done.tallies[0].trials);
    match done {
        Some(done) if from >= trials => done,
        done => more(from..trials, done),
    }
}

/// Doubles the trials until the headline is known well enough; says how many it asked for.
fn until_precise(
    goal: f64,
    looked: Option<Part>,
    more: impl Fn(Range<u64>, Option<Part>) -> Part,
) -> (Part, u64, Looks, Option<bool>) {
    let mut done = further(looked, FIRST_LOOK, &more);
    let mut n = FIRST_LOOK;
    let mut look = 0;
    loop {
        let looks = Looks::repeated(CONFIDENCE, look);
        let complete = done.tallies[0].trials == n;
        let reached = done.tallies.iter().all(|t| is_precise(t, goal, looks));
        if reached || !complete || n >= MOST_TRIALS {
            return (done, n, looks, Some(reached));
        }
        let next = (2 * n).min(MOST_TRIALS);
        done = further(Some(done), next, &more);
        (n, look) = (next, look + 1);
    }
}

/// The share of trials with an outage within half a point, its p50 and p90 within the goal.
#[must_use]
pub fn is_precise(tally: &Tally, goal: f64, looks: Looks) -> bool {
    // Three figures share the error of the look.
    let error = looks.error() / 3.0;
    let n = tally.headline.count();
    let zeros = tally.headline.count_up_to(0.0);
    let (low, high) = intervals::proportion(n - zeros, n, error);
    let quantile = |p: f64| {
        let (low, high) = intervals::ranks(p, n, error);
        let (low, high) = (tally.headline.at_rank(low, 0), tally.headline.at_rank(high, 0));
        let middle = tally.headline.at_rank(intervals::rank(p, n), 0);
        high - middle <= goal * middle && middle - low <= goal * middle
    };
    (high - low) / 2.0 <= SHARE_GOAL && quantile(0.5) && quantile(0.9)
}
