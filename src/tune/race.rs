//! The search: rounds of trials, and after each of them whatever is settled drops out.
//!
//! In: a problem and rules. Out: [`Course`]: the record and the fate of every setting. A round gives every setting that is still
//! undecided as many trials as it had before; what is settled then (`settle`) is out, or idle. Without elimination the same rounds
//! are a grid. A course can stop between two jobs and go on later to the same end.

use super::apart::Apart;
use super::checkpoint::{bits, shared};
use super::classes;
use super::compare::Judge;
use super::jobs::{self, Job, Jobs};
use super::problem::{Bound, Criterion, Problem};
use super::record::{Batch, Record};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Trials after which a search looks whether it should stop or save.
const BREATH: u64 = 40_000;

/// Jobs at most before that: what a job found is held until all of them are done.
const MOST_JOBS: usize = 64;

/// Rounds that a race runs even if they are more than its part of a full grid's trials: with fewer nothing could be settled.
const FREE_ROUNDS: u32 = 3;

/// What a search goes by.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Everything that is measured.
    pub criteria: Vec<Criterion>,
    /// What is made small or large.
    pub objectives: Vec<Aim>,
    /// What must hold.
    pub bounds: Vec<Bound>,
    /// How sure the answer has to be.
    pub confidence: f64,
    /// Which part of an objective's spread over the settings is no difference.
    pub indifference: f64,
    /// Trials of each part in the first round.
    pub first: u64,
    /// Trials of each part at most.
    pub most: u64,
    /// Settings drop out on the way; else all of them get everything.
    pub eliminate: bool,
    /// The setting that stays where two are tied: that of today.
    pub prefer: Option<usize>,
    /// By setting: how much has to be changed today to come there; empty if nothing is known of today.
    pub changes: Vec<Change>,
}

impl Rules {
    /// How much has to be changed to come to a setting.
    pub(super) fn changes_to(&self, setting: usize) -> Change {
        self.changes.get(setting).copied().unwrap_or_default()
    }
}

/// How far one setting is from another; the fields in this order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Parameters that have other values.
    pub parameters: usize,
    /// Steps from value to value, of all of them.
    pub steps: u32,
}

/// A criterion with a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim {
    /// Which.
    pub criterion: usize,
    /// Large rather than small.
    pub maximise: bool,
}

/// What became of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Fate {
    /// Nobody beats it, as far as is known.
    In,
    /// Alike to this one in every trial, by construction.
    Same(usize),
    /// At least as bad in everything as this one; not surely, if the values alone say so.
    Beaten {
        /// By whom.
        by: usize,
        /// With the confidence that was asked for.
        sure: bool,
    },
    /// No difference that matters; not surely, if next to none was seen.
    Tied {
        /// With whom.
        with: usize,
        /// With the confidence that was asked for.
        sure: bool,
    },
    /// Breaks this bound.
    Breaks(usize),
    /// Not shown to keep this bound.
    Unshown(usize),
}

/// How far a search is.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Course {
    /// By setting. Whoever wants to know how it would end looks at the same ones.
    #[serde(with = "shared")]
    pub records: Arc<Vec<Record>>,
    /// By setting.
    pub fates: Vec<Fate>,
    /// Who stands apart from all others and needs no further trials.
    pub idle: Vec<bool>,
    /// Of those that are still tried: who stands apart from whom; shared like the records.
    #[serde(with = "shared")]
    pub apart: Arc<Apart>,
    /// By setting and objective: by how much it is worse than the worst off of those that it stands for.
    #[serde(with = "bits")]
    pub debts: Vec<f64>,
    /// By setting and criterion: values after the first round, which all settings have alike; empty before its end. What
    /// settings that were tried unequally long say cannot be averaged.
    #[serde(with = "bits")]
    pub first: Vec<f64>,
    /// Rounds that are over.
    pub round: u32,
    /// Trials simulated so far.
    pub trials: u64,
    /// Jobs of the present round that are done, and what they found.
    pub pending: Option<Pending>,
    /// Nothing is left to be settled, or the trials are used up.
    pub complete: bool,
    /// While they catch up: settings that were left out without being sure (`sharpen`).
    pub late: Option<Vec<usize>>,
    /// Trials to which the settings that are read about are brought after that; 0 before (`sharpen`).
    pub target: u64,
    /// They have been, and whoever is left was judged once more.
    pub sharp: bool,
}

/// A round that is under way.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Pending {
    /// The next job.
    pub next: usize,
    /// By setting that takes part.
    pub fresh: Vec<(usize, Record)>,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Settings are tried.
    Search,
    /// Plans are run under the recommended setting, to see which do harm.
    Through,
    /// A few settings are tried with other defaults.
    Defaults,
}

/// How far a search is, for whoever waits.
#[derive(Debug, Clone, Copy)]
pub struct News {
    /// What is being done.
    pub stage: Stage,
    /// Trials simulated.
    pub trials: u64,
    /// Trials that this round, or stage, needs in all, with those before it.
    pub until: u64,
    /// Trials if nothing more drops out.
    pub at_most: u64,
    /// Settings that are still tried.
    pub alive: usize,
    /// Which round, from 1.
    pub round: u32,
}

/// What a search tells, and asks, on its way.
#[derive(Clone, Copy)]
pub struct Hooks<'a> {
    /// Told now and then how far it is.
    pub news: &'a (dyn Fn(News) + Sync),
    /// Set from outside to stop.
    pub stop: &'a AtomicBool,
    /// Called between jobs, for a checkpoint.
    pub save: &'a (dyn Fn(&Course) + Sync),
}

impl Course {
    /// Nothing is known yet; settings that are alike by construction are one.
    #[must_use]
    pub fn new(problem: &dyn Problem, rules: &Rules) -> Self {
        let count = problem.settings();
        let mut alike = vec![0; count];
        for part in 0..problem.weights().len() {
            classes::refine(&mut alike, |setting| problem.class(setting, part));
        }
        for criterion in (0..rules.criteria.len()).filter(|&c| rules.criteria[c].is_certain()) {
            classes::refine(&mut alike, |setting| problem.certain(setting, criterion).to_bits());
        }
        classes::refine(&mut alike, |setting| problem.times(setting).to_bits());
        // The setting of today, or else the one nearest to it, is the one that others are alike to.
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&s| (rules.prefer != Some(s), rules.changes_to(s), s));
        let mut fates = vec![Fate::In; count];
        let mut first: FxHashMap<u32, usize> = FxHashMap::default();
        for setting in order {
            let as_ = *first.entry(alike[setting]).or_insert(setting);
            if as_ != setting {
                fates[setting] = Fate::Same(as_);
            }
        }
        Self {
            records: Arc::new(vec![Record::default(); count]),
            fates,
            idle: vec![false; count],
            apart: Arc::new(Apart::new(count)),
            debts: vec![0.0; count * rules.objectives.len()],
            first: Vec::new(),
            round: 0,
            trials: 0,
            pending: None,
            complete: false,
            late: None,
            target: 0,
            sharp: false,
        }
    }

    /// Searches until everything is settled, the trials are used up, or somebody says stop.
    pub fn run(&mut self, problem: &dyn Problem, rules: &Rules, hooks: &Hooks<'_>) {
        while !self.complete {
            let active = self.active();
            let from = active.first().map_or(rules.most, |&s| self.records[s].sweeps);
            let to = if from == 0 { rules.first } else { 2 * from }.min(rules.most);
            if active.is_empty() || from >= rules.most || to <= from {
                self.complete = true;
                break;
            }
            let begins = self.pending.is_none();
            if rules.eliminate
                && begins
                && self.round >= FREE_ROUNDS
                && jobs::costs(problem, &active, from..to) > self.left(problem, rules, to)
            {
                self.complete = true;
                break;
            }
            if !self.advance(problem, rules, &active, from..to, hooks) {
                return;
            }
            self.round += 1;
            if self.round == 1 {
                let judge = Judge::new(problem, rules);
                self.first = self.records.iter().enumerate().flat_map(|(s, record)| judge.seen(s, record).values).collect();
            }
            if rules.eliminate {
                self.judge(problem, rules);
            }
            (hooks.save)(self);
            if hooks.stop.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    /// Settings that get further trials.
    #[must_use]
    pub fn active(&self) -> Vec<usize> {
        (0..self.fates.len()).filter(|&s| self.fates[s] == Fate::In && !self.idle[s]).collect()
    }

    /// Gives settings that have seen the same trials further ones; false if it was stopped before the end.
    pub fn advance(
        &mut self,
        problem: &dyn Problem,
        rules: &Rules,
        settings: &[usize],
        trials: std::ops::Range<u64>,
        hooks: &Hooks<'_>,
    ) -> bool {
        let jobs = Jobs::new(problem, settings);
        let fresh = || settings.iter().map(|&s| (s, Record::new(&rules.criteria))).collect();
        let mut pending = self.pending.take().unwrap_or_else(|| Pending { next: 0, fresh: fresh() });
        let length = trials.end - trials.start;
        let count = |jobs: usize| jobs as u64 * length;
        let before = self.trials - count(pending.next);
        let left = if rules.most > trials.end { count(jobs.len()) * (rules.most - trials.end) / length } else { 0 };
        let done = AtomicU64::new(self.trials);
        let tell = |trials: u64| {
            let until = before + count(jobs.len());
            let stage = Stage::Search;
            let news = News { stage, trials, until, at_most: until + left, alive: settings.len(), round: self.round + 1 };
            (hooks.news)(news);
        };
        let work = |job: &Job| {
            let mut batch = Batch::new(&rules.criteria);
            let mut add = |trial: u64, figures: &[u64]| batch.add(&rules.criteria, trial, figures);
            problem.run(settings[job.places[0] as usize], job.part, trials.clone(), &mut add);
            tell(done.fetch_add(length, Ordering::Relaxed) + length);
            batch
        };
        let step = usize::try_from(BREATH / length).unwrap_or(1).clamp(1, MOST_JOBS);
        let mut ahead = jobs.from(pending.next);
        while pending.next < jobs.len() {
            let batch: Vec<Job> = ahead.by_ref().take(step).collect();
            let found: Vec<Batch> = batch.par_iter().map(work).collect();
            // In the order of the jobs, whoever was ready first.
            for (job, found) in batch.iter().zip(&found) {
                for &place in &job.places {
                    pending.fresh[place as usize].1.add(found, problem.weights()[job.part]);
                }
            }
            pending.next += batch.len();
            self.trials = before + count(pending.next);
            if pending.next < jobs.len() {
                self.pending = Some(pending);
                (hooks.save)(self);
                if hooks.stop.load(Ordering::Relaxed) {
                    return false;
                }
                let Some(again) = self.pending.take() else { unreachable!("put there above") };
                pending = again;
            }
        }
        for (setting, mut fresh) in pending.fresh {
            fresh.sweeps = length;
            Arc::make_mut(&mut self.records)[setting].merge(fresh);
        }
        true
    }

    /// By criterion: the values of a setting after the first round, once it is over.
    #[must_use]
    pub fn first_of(&self, setting: usize) -> Option<&[f64]> {
        let criteria = self.first.len() / self.fates.len().max(1);
        self.first.get(setting * criteria..(setting + 1) * criteria).filter(|values| !values.is_empty())
    }

    /// Bytes that a setting takes at most: while a round runs it has two records.
    #[must_use]
    pub fn bytes_per_setting(&self) -> usize {
        let count = self.fates.len().max(1);
        let records = 2 * self.records.iter().map(Record::bytes).max().unwrap_or(0) + size_of::<usize>();
        let figures = (self.debts.len() + self.first.len()) * size_of::<f64>() / count;
        records + figures + size_of::<Fate>() + size_of::<bool>() + self.apart.bytes() / count
    }
}

impl Criterion {
    /// Whether the setting alone decides it.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.statistic == crate::scenario::experiment::Statistic::Certain
    }
}
