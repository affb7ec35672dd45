//! The search on a problem whose frontier is known: it finds it, like the grid, with fewer trials, on any number of threads.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small figures of a made-up problem"
)]
#![allow(clippy::print_stdout, reason = "a test tells what it has seen")]

use foreshock::luck::{Luck, Purpose};
use foreshock::scenario::experiment::Statistic;
use foreshock::tune::compare::Judge;
use foreshock::tune::problem::{Bound, Criterion, Problem};
use foreshock::tune::race::{Aim, Course, Fate, Hooks, News, Rules};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Reviewers, bake and a wasteful habit: harm falls with the first two, each of which costs time; the third only costs.
///
/// Harm of a trial is exponential with mean `100 x 0.4^reviewers x (1 - bake / 4)`, cost is exponential with mean
/// `10 x reviewers + 3 x bake + 10 x waste`: without waste every setting with fewer of both is cheaper and worse, so that the
/// frontier follows from the two means alone.
///
/// Or harm is rare and large, and guardrails catch it or not: one trial in twenty would do a log-normal harm of the same mean, of which as
/// many come through as the setting lets.
struct Known {
    weights: Vec<f64>,
    ran: AtomicU64,
    seed: u64,
    rare: bool,
}

/// How often a trial would do harm, where harm is rare.
const OFTEN: f64 = 0.05;

const REVIEWERS: usize = 4;
const BAKES: usize = 3;
const WASTES: usize = 20;

fn parts_of(setting: usize) -> (i32, f64, f64) {
    let (reviewers, rest) = (setting / (BAKES * WASTES), setting % (BAKES * WASTES));
    (i32::try_from(reviewers).expect("small"), (rest / WASTES) as f64, (rest % WASTES) as f64)
}

fn means(setting: usize) -> (f64, f64) {
    let (reviewers, bake, waste) = parts_of(setting);
    (100.0 * 0.4_f64.powi(reviewers) * (1.0 - bake / 4.0), 10.0 * f64::from(reviewers) + 3.0 * bake + 10.0 * waste)
}

impl Problem for Known {
    fn settings(&self) -> usize {
        REVIEWERS * BAKES * WASTES
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn class(&self, setting: usize, part: usize) -> u32 {
        // The last part is harmless whatever is done.
        if part + 1 == self.weights.len() { 0 } else { u32::try_from(setting).expect("small") }
    }

    fn certain(&self, _setting: usize, _criterion: usize) -> f64 {
        0.0
    }

    fn run(&self, setting: usize, part: usize, trials: std::ops::Range<u64>, each: &mut dyn FnMut(u64, &[u64])) {
        self.ran.fetch_add(trials.end - trials.start, Ordering::Relaxed);
        let (harm, cost) = means(setting);
        let last = part + 1 == self.weights.len();
        for trial in trials {
            let luck = Luck::new(self.seed, trial);
            let uniform = |n: u32| luck.uniform(part as u64, Purpose::Chance, n);
            let scaled = |value: f64| if last { 0 } else { (value * 1000.0) as u64 };
            let harm = match self.rare {
                false => harm * -libm::log(uniform(0)),
                true if uniform(2) >= OFTEN || uniform(3) * 100.0 >= harm => 0.0,
                true => {
                    let normal = libm::sqrt(-2.0 * libm::log(uniform(4))) * libm::cos(core::f64::consts::TAU * uniform(5));
                    100.0 / OFTEN * libm::exp(normal - 0.5)
                }
            };
            each(trial, &[scaled(harm), scaled(cost * -libm::log(uniform(1)))]);
        }
    }
}

fn known_problem() -> Known {
    Known { weights: vec![3.0, 1.0, 0.5, 7.0], ran: AtomicU64::new(0), seed: 7, rare: false }
}

fn rules(eliminate: bool) -> Rules {
    let mean = Criterion { statistic: Statistic::PerWeek, scale: 1000.0, grain: 1.0 };
    let aim = |criterion| Aim { criterion, maximise: false };
    Rules {
        criteria: vec![mean, mean],
        objectives: vec![aim(0), aim(1)],
        bounds: Vec::new(),
        confidence: 0.95,
        indifference: 0.01,
        first: 256,
        most: 32_768,
        eliminate,
        prefer: None,
        changes: Vec::new(),
    }
}

fn search(problem: &Known, rules: &Rules, threads: usize) -> (Course, Vec<usize>) {
    let stop = AtomicBool::new(false);
    let mut course = Course::new(problem, rules);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| course.run(problem, rules, &Hooks { news: &|_: News| (), stop: &stop, save: &|_| () }));
    let frontier = inside(problem, rules, &course);
    (course, frontier)
}

fn inside(problem: &Known, rules: &Rules, course: &Course) -> Vec<usize> {
    let fates = course.concluded(problem, rules);
    (0..fates.len()).filter(|&s| fates[s] == Fate::In).collect()
}

/// Those that nobody beats in both means.
fn true_frontier(problem: &Known) -> Vec<usize> {
    let beaten = |s: usize| {
        let (harm, cost) = means(s);
        (0..problem.settings()).map(means).any(|(h, c)| h <= harm && c <= cost && (h < harm || c < cost))
    };
    (0..problem.settings()).filter(|&s| !beaten(s)).collect()
}

#[test]
fn a_race_finds_the_known_frontier_with_a_tenth_of_the_trials() {
    let (raced, gridded) = (known_problem(), known_problem());
    let truth = true_frontier(&raced);
    let (course, found) = search(&raced, &rules(true), 2);
    let (_, exhaustive) = search(&gridded, &rules(false), 2);
    assert_eq!(found, truth);
    assert_eq!(exhaustive, truth);
    let (few, all) = (raced.ran.into_inner(), gridded.ran.into_inner());
    assert_eq!(course.trials, few, "trials are counted as they are run");
    assert!(few * 10 <= all, "{few} trials against {all} of the grid");
    let beaten = course.fates.iter().filter(|f| matches!(f, Fate::Beaten { sure: true, .. })).count();
    assert!(beaten > 100, "most settings are beaten for sure, not by default: {beaten}");
}

/// The promise of 95 %: of many searches with luck of their own, so many push out no setting that belongs to the frontier.
#[test]
fn rare_and_large_harm_pushes_out_nobody_by_bad_luck() {
    const SEARCHES: u64 = 24;
    let rules = Rules { most: 16_384, ..rules(true) };
    let (mut wrong, mut known, mut out) = (0, 0, 0);
    for seed in 0..SEARCHES {
        let problem = Known { seed, rare: true, ..known_problem() };
        let (course, _) = search(&problem, &rules, 2);
        let is_known = |s: &usize| matches!(course.fates[*s], Fate::Beaten { sure: true, .. } | Fate::Tied { sure: true, .. });
        wrong += u64::from(true_frontier(&problem).iter().any(is_known));
        known += (0..problem.settings()).filter(is_known).count() as u64;
        out += (0..problem.settings()).filter(|&s| course.fates[s] != Fate::In).count() as u64;
    }
    println!("{wrong} of {SEARCHES} searches are wrong; pushed out: {out}, for sure: {known}");
    // One in twenty would be right: four of 24 or more are seen once in a hundred times.
    assert!(wrong <= 3, "{wrong} of {SEARCHES} searches push out a setting of the frontier, and are sure of it");
    // Settings that differ in waste alone do the same harm, and a single large one could tell them apart: so most are not sure.
    assert!(known >= 4 * SEARCHES && out > 200 * SEARCHES, "{known} {out}");
}

#[test]
fn who_is_read_about_is_known_as_well_as_a_tenth_of_the_grid_allows() {
    let rules = Rules { prefer: Some(19), ..rules(true) };
    let problem = Known { rare: true, ..known_problem() };
    let stop = AtomicBool::new(false);
    let hooks = Hooks { news: &|_: News| (), stop: &stop, save: &|_| () };
    let mut course = Course::new(&problem, &rules);
    course.run(&problem, &rules, &hooks);
    let (raced, before) = (course.clone(), inside(&problem, &rules, &course));
    assert!(course.sharpen(&problem, &rules, &hooks));
    let grid = (problem.settings() * problem.weights().len()) as u64 * rules.most;
    assert!(course.trials <= grid / 10, "{} of {grid}", course.trials);
    assert!(course.trials > grid / 12 || course.target == rules.most, "{} of {grid}: what may be used is used", course.trials);
    let (mut sharper, mut settled) = (0, 0);
    let fates = raced.concluded(&problem, &rules);
    let after = inside(&problem, &rules, &course);
    for setting in 0..problem.settings() {
        let (was, is) = (raced.records[setting].sweeps, course.records[setting].sweeps);
        let is_unsure =
            |fates: &[Fate]| matches!(fates[setting], Fate::Beaten { sure: false, .. } | Fate::Tied { sure: false, .. });
        if after.contains(&setting) || setting == 19 {
            assert!(is >= was.max(course.target), "setting {setting}: {is} of {}", course.target);
            sharper += u32::from(is > was);
        } else if !before.contains(&setting) && !is_unsure(&fates) {
            assert_eq!(was, is, "setting {setting} is not read about");
        }
        settled += u32::from(is_unsure(&fates) && !is_unsure(&course.fates));
    }
    // Their figures are read side by side.
    assert!(
        after.iter().all(|&s| course.records[s].sweeps == course.records[after[0]].sweeps),
        "the same luck for all of the frontier"
    );
    println!("{sharper} are known better, {settled} of those that were not sure are settled");
    assert!(settled > 0);
    assert!(sharper > 0);
    // Again from where it was stopped, after every few jobs.
    let mut halting = raced;
    for stops in 0.. {
        let (stop, saves) = (AtomicBool::new(false), AtomicU64::new(0));
        let save = |_: &Course| stop.store(saves.fetch_add(1, Ordering::Relaxed) == 1, Ordering::Relaxed);
        if halting.sharpen(&problem, &rules, &Hooks { stop: &stop, save: &save, ..hooks }) {
            assert!(stops > 0, "it was never interrupted");
            break;
        }
    }
    assert_eq!(halting, course);
}

#[test]
fn threads_and_interruptions_change_nothing() {
    let rules = Rules { most: 2_048, ..rules(true) };
    let (whole, frontier) = search(&known_problem(), &rules, 1);
    let (other, _) = search(&known_problem(), &rules, 4);
    assert_eq!(whole, other);
    // Stop after every few jobs, and go on from a copy.
    let problem = known_problem();
    let mut course = Course::new(&problem, &rules);
    let mut stops = 0;
    while !course.complete {
        let stop = AtomicBool::new(false);
        let saves = AtomicU64::new(0);
        let save = |_: &Course| {
            if saves.fetch_add(1, Ordering::Relaxed) == 1 {
                stop.store(true, Ordering::Relaxed);
            }
        };
        course.run(&problem, &rules, &Hooks { news: &|_: News| (), stop: &stop, save: &save });
        stops += 1;
        assert!(stops < 10_000);
    }
    assert!(stops > 2, "it was interrupted {stops} times");
    assert_eq!(course, whole);
    assert_eq!(inside(&problem, &rules, &course), frontier);
}

#[test]
fn a_bound_takes_out_whoever_breaks_it_and_whoever_is_not_shown_to_keep_it() {
    let problem = known_problem();
    // Harm per week is 4.5 runs of the mean; 90 of them are allowed.
    let bound = Bound { criterion: 0, bound: 90.0, at_least: false, confidence: 0.95 };
    let rules = Rules { bounds: vec![bound], ..rules(true) };
    let (_, found) = search(&problem, &rules, 2);
    assert!(!found.is_empty());
    for setting in found {
        assert!(means(setting).0 * 4.5 <= 90.0, "setting {setting}");
    }
}

/// Where harm is the same in every trial that was run, how many were run decides what that says.
#[test]
fn silence_is_believed_as_far_as_hidden_events_would_not_matter() {
    let problem = Known { rare: true, ..known_problem() };
    // Two settings of the first reviewer and bake that differ in waste alone: the same harm, always; another cost, nearly always.
    let known = |sweeps: u64| {
        let rules = Rules { first: sweeps, most: sweeps, indifference: 0.1, ..rules(false) };
        let (course, _) = search(&problem, &rules, 2);
        let judge = Judge::new(&problem, &rules);
        let seen = [0, 1].map(|s| judge.seen(s, &course.records[s]));
        judge.is_known(&seen[0], &seen[1], &course.scales(&judge, &rules), 1e-4)
    };
    // Some eleven hidden events among the trials of a part, each of about 100 / 0.05 x e in 3 runs a week: 700 at 256 trials, 5.5 at 32,768, where a tenth of the
    // spread of 430 does not matter.
    assert!(!known(256));
    assert!(known(32_768));
}

/// Settings that cost a little more each, for a good deal less harm, and one that costs much: (harm, cost), without any luck.
struct Chain;

const CHAIN: [(u64, u64); 8] = [(100, 0), (90, 4), (80, 8), (70, 12), (60, 16), (50, 20), (40, 24), (0, 100)];

impl Problem for Chain {
    fn settings(&self) -> usize {
        CHAIN.len()
    }

    fn weights(&self) -> &[f64] {
        &[1.0]
    }

    fn class(&self, setting: usize, _part: usize) -> u32 {
        u32::try_from(setting).expect("small")
    }

    fn certain(&self, _setting: usize, _criterion: usize) -> f64 {
        0.0
    }

    fn run(&self, setting: usize, _part: usize, trials: std::ops::Range<u64>, each: &mut dyn FnMut(u64, &[u64])) {
        let (harm, cost) = CHAIN[setting];
        trials.for_each(|trial| each(trial, &[harm * 1000, cost * 1000]));
    }
}

#[test]
fn nobody_is_left_out_for_one_that_is_much_worse_in_something_however_long_the_way() {
    let rules = Rules { indifference: 0.05, first: 1_024, most: 1_024, ..rules(true) };
    let stop = AtomicBool::new(false);
    let mut course = Course::new(&Chain, &rules);
    course.run(&Chain, &rules, &Hooks { news: &|_: News| (), stop: &stop, save: &|_| () });
    let fates = course.concluded(&Chain, &rules);
    let inside: Vec<usize> = (0..CHAIN.len()).filter(|&s| fates[s] == Fate::In).collect();
    assert!((3..CHAIN.len()).contains(&inside.len()), "{inside:?}: some are left out, and not all of the chain");
    for (setting, (harm, cost)) in CHAIN.iter().enumerate() {
        // 5 % of the spread of either does not matter.
        let stands = |&s: &usize| CHAIN[s].0 <= harm + 5 && CHAIN[s].1 <= cost + 5;
        assert!(inside.iter().any(stands), "nobody in {inside:?} stands for {setting}");
    }
}
