//! What a round has to run: parts of the week, each once for all settings that face it alike.
//!
//! In: a problem and the settings that take part. Out: [`Jobs`], in the order of parts and of first settings. Those of a part are found when its
//! turn comes: all of them at once would take memory for every part under every setting. Not here: trials (`race`).

use super::problem::Problem;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

/// A part of the week and the settings that face it alike, by their places among those that take part.
pub(super) struct Job {
    pub(super) part: usize,
    pub(super) places: Vec<u32>,
}

/// The jobs of a round.
pub(super) struct Jobs<'a> {
    problem: &'a dyn Problem,
    settings: &'a [usize],
    /// By part: how many jobs stand before its own; then how many there are.
    before: Vec<usize>,
}

/// Plan runs that further trials of these settings take.
pub(super) fn costs(problem: &dyn Problem, settings: &[usize], trials: Range<u64>) -> u64 {
    Jobs::new(problem, settings).len() as u64 * (trials.end - trials.start)
}

impl<'a> Jobs<'a> {
    pub(super) fn new(problem: &'a dyn Problem, settings: &'a [usize]) -> Self {
        let classes = |part| settings.iter().map(|&s| problem.class(s, part)).collect::<FxHashSet<u32>>().len();
        let mut before = vec![0];
        for part in 0..problem.weights().len() {
            before.push(before[part] + classes(part));
        }
        Self { problem, settings, before }
    }

    pub(super) fn len(&self) -> usize {
        self.before.last().copied().unwrap_or(0)
    }

    /// The jobs from this one on.
    pub(super) fn from(&self, next: usize) -> impl Iterator<Item = Job> {
        let first = self.before.partition_point(|&before| before <= next).saturating_sub(1);
        let parts = first..self.problem.weights().len();
        parts.flat_map(|part| self.of(part)).skip(next - self.before[first])
    }

    fn of(&self, part: usize) -> Vec<Job> {
        let mut jobs: Vec<Job> = Vec::new();
        let mut known: FxHashMap<u32, usize> = FxHashMap::default();
        for (place, &setting) in (0..).zip(self.settings) {
            let at = *known.entry(self.problem.class(setting, part)).or_insert_with(|| {
                jobs.push(Job { part, places: Vec::new() });
                jobs.len() - 1
            });
            jobs[at].places.push(place);
        }
        jobs
    }
}
