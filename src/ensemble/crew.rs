//! The threads that run trials, and what each needs for it.
//!
//! In: models that face the same luck, ranges of trials. Out: what each range came to. Threads take blocks of trials from a counter; since
//! tallies are integers, it does not matter who took which. Engines stay from one range to the next, since those of a large model take
//! longer to make than many a range takes to run.

use super::Run;
use super::pairs::Pairs;
use super::tally::{Detail, Marks, Tally};
use crate::engine::{LANES, Machine, Split, side_by_side};
use crate::model::Model;
use rayon::ThreadPool;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Trials that a thread takes at once.
const BLOCK: u64 = 2 * LANES as u64;
/// Events and affected cells after which a thread tells how far it is, even within what it took at once: most of a second.
const NEWSWORTHY: u64 = 1_000_000;

/// What some trials came to.
#[derive(Default)]
pub(super) struct Part {
    pub(super) tallies: Vec<Tally>,
    pub(super) pairs: Vec<Pairs>,
    /// By model: trials that intervals left to events.
    pub(super) again: Vec<u64>,
}

impl Part {
    fn none(models: &[Model]) -> Self {
        Self {
            tallies: models.iter().map(Tally::none).collect(),
            pairs: vec![Pairs::default(); models.len().saturating_sub(1)],
            again: vec![0; models.len()],
        }
    }

    pub(super) fn merge(&mut self, more: &Part) {
        self.tallies.iter_mut().zip(&more.tallies).for_each(|(t, more)| t.merge(more));
        self.pairs.iter_mut().zip(&more.pairs).for_each(|(p, more)| p.merge(more));
        self.again.iter_mut().zip(&more.again).for_each(|(a, more)| *a += more);
    }
}

/// The threads of a run.
pub(super) struct Crew<'r> {
    models: &'r [Model],
    /// By model: how it is divided, if intervals run it.
    splits: Vec<Option<&'r Split>>,
    /// None if there cannot be one: then this thread does it all.
    pool: Option<ThreadPool>,
    /// By thread, from its first trial on.
    workers: Vec<Mutex<Option<Worker<'r>>>>,
}

impl<'r> Crew<'r> {
    /// Threads as wanted; `splits` say how the models can be divided.
    pub(super) fn new(models: &'r [Model], splits: &'r [Option<Split>], run: &Run<'_>) -> Self {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(run.threads).build().ok();
        let threads = pool.as_ref().map_or(1, ThreadPool::current_num_threads);
        let workers = (0..threads).map(|_| Mutex::new(None)).collect();
        Self { models, splits: splits.iter().map(Option::as_ref).collect(), pool, workers }
    }

    /// If that is the question, runs the first of so many trials to see for which models intervals are worth while, and leaves the others
    /// to events.
    pub(super) fn try_out(&mut self, details: &[Detail], trials: u64, run: &Run<'_>) -> Option<Part> {
        let pilot = run.engine.pilot(trials).filter(|_| self.splits.iter().any(Option::is_some))?;
        let mut part = self.work(0, &Round::new(details, 0..pilot, run), None);
        let Some(worker) = self.workers[0].get_mut().unwrap_or_else(PoisonError::into_inner) else { return Some(part) };
        for (i, engine) in worker.engines.iter_mut().enumerate() {
            if !engine.was_worth_while(part.again[i], pilot) {
                (part.again[i], self.splits[i]) = (0, None);
                *engine = Machine::new(&self.models[i], None);
            }
        }
        Some(part)
    }

    /// By model: how many cells intervals leave to events, if they run it.
    pub(super) fn cores(&self) -> impl Iterator<Item = Option<usize>> {
        self.splits.iter().map(|split| split.map(Split::core_cells))
    }

    /// Runs a range of trials and adds them to what is done.
    pub(super) fn run(&self, details: &[Detail], range: Range<u64>, done: Option<Part>, run: &Run<'_>) -> Part {
        let round = Round::new(details, range, run);
        let Some(pool) = &self.pool else { return self.work(0, &round, done) };
        // Whoever comes first goes on from there.
        let done = Mutex::new(done);
        let take = || done.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut parts = pool.broadcast(|thread| self.work(thread.index(), &round, take())).into_iter();
        let mut all = parts.next().unwrap_or_default();
        parts.for_each(|part| all.merge(&part));
        all
    }

    /// What one thread does of a range, added to what is done.
    fn work(&self, thread: usize, round: &Round<'_>, done: Option<Part>) -> Part {
        let mut worker = self.workers[thread].lock().unwrap_or_else(PoisonError::into_inner);
        let worker = worker.get_or_insert_with(|| Worker::new(self.models, &self.splits));
        let mut part = done.unwrap_or_else(|| Part::none(self.models));
        round.work(worker, &mut part);
        part
    }
}

/// A range of trials that all threads share.
struct Round<'a> {
    details: &'a [Detail],
    end: u64,
    next: AtomicU64,
    /// Trials that were told of.
    done: AtomicU64,
    run: &'a Run<'a>,
}

impl<'a> Round<'a> {
    fn new(details: &'a [Detail], range: Range<u64>, run: &'a Run<'a>) -> Self {
        Self { details, end: range.end, next: range.start.into(), done: range.start.into(), run }
    }

    /// One thread: takes blocks until there are none left, or it is told to stop.
    fn work(&self, worker: &mut Worker<'_>, part: &mut Part) {
        // Trials that nobody was told of, and what they took.
        let (mut untold, mut effort) = (0, 0);
        while let Some(Range { start: mut first, end: last }) = self.take_block() {
            self.tell(&mut untold);
            while first < last && !self.is_stopped() {
                let count = (last - first).min(worker.together);
                let took = worker.run(first, count, self.details, part);
                (first, untold, effort) = (first + count, untold + count, effort + took);
                worker.together = side_by_side(count, took);
                if effort >= NEWSWORTHY {
                    effort = 0;
                    self.tell(&mut untold);
                }
            }
        }
        self.tell(&mut untold);
        worker.finish(part);
    }

    fn take_block(&self) -> Option<Range<u64>> {
        let first = self.next.fetch_add(BLOCK, Ordering::Relaxed);
        (first < self.end && !self.is_stopped()).then(|| first..(first + BLOCK).min(self.end))
    }

    fn is_stopped(&self) -> bool {
        self.run.stop.load(Ordering::Relaxed)
    }

    fn tell(&self, untold: &mut u64) {
        let new = std::mem::take(untold);
        (self.run.news)(self.done.fetch_add(new, Ordering::Relaxed) + new);
    }
}

/// What a thread needs to run trials of all models.
struct Worker<'r> {
    engines: Vec<Machine<'r>>,
    /// How many trials to run side by side.
    together: u64,
}

impl<'r> Worker<'r> {
    fn new(models: &'r [Model], splits: &[Option<&'r Split>]) -> Self {
        let engines: Vec<Machine<'_>> = models.iter().zip(splits).map(|(m, &split)| Machine::new(m, split)).collect();
        let together = engines.iter().map(Machine::at_first).min().unwrap_or(1);
        Self { engines, together }
    }

    /// Runs some trials side by side; how much that took. One model after the other: what an engine knows of a block stays near as long as
    /// no other runs.
    fn run(&mut self, first: u64, count: u64, details: &[Detail], part: &mut Part) -> u64 {
        let lanes = usize::try_from(count).unwrap_or(LANES);
        let (mut base, mut effort) = ([Marks::default(); LANES], 0);
        for (i, engine) in self.engines.iter_mut().enumerate() {
            let tally = &mut part.tallies[i];
            engine.begin(first, lanes);
            for ((lane, base), trial) in base.iter_mut().enumerate().take(lanes).zip(first..) {
                let beside = engine.open(lane);
                let marks = tally.add_beside(&engine.outcome(), beside, trial, &details[i]);
                match i.checked_sub(1) {
                    None => *base = marks,
                    Some(variant) => part.pairs[variant].add(base, &marks),
                }
                effort += engine.effort();
            }
            engine.finish(|several| tally.count_several(&several));
        }
        effort
    }

    /// Ends a range: what the engines summed is added.
    fn finish(&mut self, part: &mut Part) {
        for (i, engine) in self.engines.iter_mut().enumerate() {
            part.tallies[i].add_sums(&engine.take_sums());
            part.again[i] += engine.take_again();
        }
    }
}
