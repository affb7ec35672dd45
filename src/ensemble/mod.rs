//! Many trials: in parallel, to one tally per model.
//!
//! In: models that face the same luck (a base and its variants), and how many trials. Out: tallies and
//! paired differences. Threads take blocks of trials from a counter; since tallies are integers, it does
//! not matter who took which.

mod batch;
mod both;
pub mod branches;
pub mod friction;
pub mod hist;
pub mod intervals;
pub mod pairs;
pub(crate) mod pending;
pub mod sequence;
mod streams;
pub mod subject;
pub mod tally;

use crate::engine::{Choice, LANES, Machine, Split, side_by_side};
use crate::model::Model;
use crate::scenario::plan::Size;
use intervals::Looks;
use pairs::Pairs;
use pending::Pending;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tally::{Detail, Marks, Tally};

/// Trials that a thread takes at once.
const BLOCK: u64 = 2 * LANES as u64;
/// Events and affected cells after which a thread tells how far it is, even within what it took at once: most of a second.
const NEWSWORTHY: u64 = 1_000_000;
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
    let pool = rayon::ThreadPoolBuilder::new().num_threads(run.threads).build();
    let least = match run.size {
        Size::Trials(n) => n,
        Size::Precision(_) => FIRST_LOOK,
    };
    let splits: Vec<Option<Split>> = models.iter().map(|m| run.engine.split(m, least)).collect();
    let mut details: Vec<Detail> = models.iter().map(|m| Detail::first(m, run.has_customers)).collect();
    if details.iter().any(Detail::is_open) {
        // A tenth is enough to tell which cells are hit most.
        let first = (least / 10).clamp(20, FIRST_LOOK).min(least);
        let look = block_run(models, &splits, &details, 0..first, run, pool.as_ref().ok());
        details.iter_mut().zip(&look.tallies).for_each(|(d, t)| d.choose(t));
    }
    let more = |range| block_run(models, &splits, &details, range, run, pool.as_ref().ok());
    let (done, asked, looks, reached) = match run.size {
        Size::Trials(n) => (more(0..n), n, Looks::single(CONFIDENCE), None),
        Size::Precision(goal) => until_precise(goal, more),
    };
    let Part { tallies, pairs, again } = done;
    let ran = |(split, again): (&Option<Split>, u64)| Ran { core: split.as_ref().map(Split::core_cells), again };
    let engines = splits.iter().zip(again).map(ran).collect();
    Ensemble { complete: tallies[0].trials == asked, tallies, pairs, looks, reached, engines }
}

/// What some trials came to.
#[derive(Default)]
struct Part {
    tallies: Vec<Tally>,
    pairs: Vec<Pairs>,
    /// By model: trials that intervals left to events.
    again: Vec<u64>,
}

impl Part {
    fn merge(&mut self, more: &Part) {
        self.tallies.iter_mut().zip(&more.tallies).for_each(|(t, more)| t.merge(more));
        self.pairs.iter_mut().zip(&more.pairs).for_each(|(p, more)| p.merge(more));
        self.again.iter_mut().zip(&more.again).for_each(|(a, more)| *a += more);
    }
}

/// Doubles the trials until the headline is known well enough; says how many it asked for.
fn until_precise(goal: f64, more: impl Fn(std::ops::Range<u64>) -> Part) -> (Part, u64, Looks, Option<bool>) {
    let mut done = more(0..FIRST_LOOK);
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
        done.merge(&more(n..next));
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

/// Runs a range of trials on all threads of a pool (on this thread, if there is none).
fn block_run(
    models: &[Model],
    splits: &[Option<Split>],
    details: &[Detail],
    range: std::ops::Range<u64>,
    run: &Run<'_>,
    pool: Option<&rayon::ThreadPool>,
) -> Part {
    let (next, done) = (AtomicU64::new(range.start), AtomicU64::new(range.start));
    let work = || work(models, splits, details, range.end, (&next, &done), run);
    let parts = match pool {
        Some(pool) => pool.broadcast(|_| work()),
        None => vec![work()],
    };
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    parts.for_each(|part| all.merge(&part));
    all
}

/// One thread: takes blocks until there are none left, or it is told to stop.
fn work(
    models: &[Model],
    splits: &[Option<Split>],
    details: &[Detail],
    end: u64,
    (next, done): (&AtomicU64, &AtomicU64),
    run: &Run<'_>,
) -> Part {
    let mut worker = Worker::new(models, splits, details);
    // Trials that nobody was told of, what they took, and how many to run side by side.
    let (mut untold, mut effort, mut together) = (0, 0, 1);
    let tell = |untold: &mut u64| {
        let new = std::mem::take(untold);
        (run.news)(done.fetch_add(new, Ordering::Relaxed) + new);
    };
    let is_stopped = || run.stop.load(Ordering::Relaxed);
    loop {
        let mut first = next.fetch_add(BLOCK, Ordering::Relaxed);
        let last = (first + BLOCK).min(end);
        tell(&mut untold);
        if first >= end || is_stopped() {
            break;
        }
        while first < last && !is_stopped() {
            let count = (last - first).min(together);
            let took = worker.run(first, count);
            (first, untold, effort) = (first + count, untold + count, effort + took);
            together = side_by_side(count, took);
            if effort >= NEWSWORTHY {
                effort = 0;
                tell(&mut untold);
            }
        }
    }
    tell(&mut untold);
    worker.finish()
}

/// What a thread needs to run trials of all models.
struct Worker<'r> {
    details: &'r [Detail],
    engines: Vec<Machine<'r>>,
    pending: Vec<Pending>,
    tallies: Vec<Tally>,
    pairs: Vec<Pairs>,
}

impl<'r> Worker<'r> {
    fn new(models: &'r [Model], splits: &'r [Option<Split>], details: &'r [Detail]) -> Self {
        Self {
            details,
            engines: models.iter().zip(splits).map(|(m, split)| Machine::new(m, split.as_ref())).collect(),
            pending: models.iter().map(Pending::none).collect(),
            tallies: models.iter().map(Tally::none).collect(),
            pairs: vec![Pairs::default(); models.len().saturating_sub(1)],
        }
    }

    /// Runs some trials side by side; how much that took.
    fn run(&mut self, first: u64, count: u64) -> u64 {
        let lanes = usize::try_from(count).unwrap_or(LANES);
        self.engines.iter_mut().for_each(|engine| engine.begin(first, lanes));
        let mut effort = 0;
        for (lane, trial) in (0..lanes).zip(first..) {
            let mut base = Marks::default();
            for (i, engine) in self.engines.iter_mut().enumerate() {
                let beside = engine.open(lane);
                let marks = self.tallies[i].add_beside(&engine.outcome(), beside, trial, &self.details[i], &mut self.pending[i]);
                if i == 0 {
                    base = marks;
                } else {
                    self.pairs[i - 1].add(&base, &marks);
                }
                effort += engine.effort();
            }
        }
        for (i, engine) in self.engines.iter_mut().enumerate() {
            let (tally, pending) = (&mut self.tallies[i], &mut self.pending[i]);
            engine.finish(|several| pending.streams.push_all(&several));
            tally.settle_if_full(pending, &self.details[i]);
        }
        effort
    }

    fn finish(mut self) -> Part {
        for (i, engine) in self.engines.iter_mut().enumerate() {
            self.tallies[i].settle(&mut self.pending[i], &self.details[i]);
            self.tallies[i].add_sums(&engine.take_sums());
        }
        Part { tallies: self.tallies, pairs: self.pairs, again: self.engines.iter().map(Machine::again).collect() }
    }
}
