//! What a setting takes of memory: what was really taken, from the first look at the settings to the answer, at its peak.
//!
//! A binary of its own, since it counts every byte that anybody takes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::print_stdout, reason = "a test tells what it has seen")]

use foreshock::engine::Choice;
use foreshock::scenario::experiment::{self, Search, Statistic};
use foreshock::scenario::files::Memory;
use foreshock::tune::problem::{Criterion, Problem};
use foreshock::tune::race::{Aim, Course, Hooks};
use foreshock::tune::{self, Options, Rules, checkpoint};
use peak_alloc::PeakAlloc;
use std::io;
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[global_allocator]
static TAKEN: PeakAlloc = PeakAlloc;

/// Held by the one test that counts.
static COUNTING: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    COUNTING.lock().unwrap_or_else(PoisonError::into_inner)
}

const WORLD: &str = include_str!("tune/world.yaml");
const MEANS: &str = "customers.minutes_lost.mean, friction.hours.mean";
/// A percentile keeps histograms, where a mean keeps sums.
const PERCENTILE: &str = "customers.outage_min.p99, friction.hours.mean";
/// Of each sort something.
const FOUR: &str = "customers.minutes_lost.mean, friction.hours.mean, friction.approvals.mean, customers.outage_min.p90";
/// What a setting may take.
const MOST: usize = 4_000;

/// An experiment, and how many settings it has.
struct Case {
    text: String,
    plans: usize,
    settings: usize,
}

/// So many plans and settings. Settings differ in whom they ask and in bounds that no plan reaches: so they divide the plans in a few ways, and
/// the models, of which a bounded number is kept, are as many whatever the number of settings.
fn few_ways(objectives: &str, plans: usize, bounds: usize) -> Case {
    let vary = format!("what: [any, destructive], approvers: [0, 1], reach: {{ from: 1000, to: {} }}", 999 + bounds);
    let guardrails = "
  - approval: { when: $what, approvers: $approvers, latency: 10m to 2h, catches: 60% }
  - dry-run: { when: reach > $reach }";
    Case { text: text(objectives, plans, guardrails, &vary), plans, settings: 4 * bounds }
}

/// In which order a case names its parameters; neighbours differ in the last.
#[derive(Clone, Copy)]
enum Order {
    /// Neighbours mostly stand alike to others.
    ManyValuesLast,
    /// They never do.
    TwoValuesLast,
}

/// Settings of which no two face any plan alike: 198 for each wait.
fn no_two_alike(objectives: &str, waits: usize, order: Order) -> Case {
    let plans = 3;
    let waits: Vec<String> = (10..10 + waits).map(|minutes| format!("{minutes}m")).collect();
    let [two, some, many] =
        ["approvers: [1, 2]", &format!("wait: [{}]", waits.join(", ")), "catches: { from: 1%, to: 99%, levels: 99 }"];
    let vary = match order {
        Order::ManyValuesLast => [two, some, many],
        Order::TwoValuesLast => [many, some, two],
    };
    let vary = vary.join(", ");
    let guardrails = "
  - approval: { when: any, approvers: $approvers, latency: $wait, catches: $catches }";
    Case { text: text(objectives, plans, guardrails, &vary), plans, settings: 198 * waits.len() }
}

fn text(objectives: &str, plans: usize, guardrails: &str, vary: &str) -> String {
    format!(
        "
world: world.yaml
actor: {{ profile: coding-agent, errors: true }}
plans: {{ generate: {{ count: {plans}, per-week: 100 }} }}
guardrails:{guardrails}
vary: {{ {vary} }}
minimise: [{objectives}]
trials: 1
"
    )
}

/// Bytes at the peak of a search.
fn peak(case: Case) -> usize {
    let files = Memory::new([("e.yaml", case.text), ("world.yaml", WORLD.to_owned())]);
    let experiment = experiment::read(&files, "e.yaml").experiment.unwrap();
    let stop = AtomicBool::new(false);
    let options = Options {
        file: "e.yaml",
        search: Search::Race,
        points: 64,
        engine: Choice::Auto,
        // What two threads hold at the same moment is chance.
        threads: 1,
        resume: None,
        news: &|_| (),
        stop: &stop,
        // As if it were written to a file.
        save: &|write| write(&mut io::sink()).unwrap(),
    };
    TAKEN.reset_peak_usage();
    let before = TAKEN.current_usage();
    let frontier = tune::tune(&experiment, &options).unwrap();
    assert_eq!((frontier.plans.count, frontier.settings.len()), (case.plans as u64, case.settings));
    TAKEN.peak_usage() - before
}

/// Settings of which no two are alike: each of a few levels costs less and harms more than the one before, and wastes something or nothing.
struct Crowd {
    wastes: usize,
}

const LEVELS: usize = 8;

impl Problem for Crowd {
    fn settings(&self) -> usize {
        LEVELS * self.wastes
    }

    fn weights(&self) -> &[f64] {
        &[1.0]
    }

    fn class(&self, setting: usize, _part: usize) -> u32 {
        u32::try_from(setting).unwrap()
    }

    fn certain(&self, _setting: usize, _criterion: usize) -> f64 {
        0.0
    }

    fn run(&self, setting: usize, _part: usize, trials: Range<u64>, each: &mut dyn FnMut(u64, &[u64])) {
        let (level, waste) = (setting / self.wastes, 200 * (setting % self.wastes) / self.wastes);
        for trial in trials {
            let of = |level: usize| (100 * level + waste) as u64 * (10 + trial % 3);
            each(trial, &[of(level), of(LEVELS - level)]);
        }
    }
}

/// Bytes at the peak of a race of so many settings that nobody has to compile.
fn peak_of_a_race(wastes: usize) -> usize {
    let problem = Crowd { wastes };
    let mean = Criterion { statistic: Statistic::PerWeek, scale: 1.0, grain: 1.0 };
    let rules = Rules {
        criteria: vec![mean; 2],
        objectives: [0, 1].map(|criterion| Aim { criterion, maximise: false }).into(),
        bounds: Vec::new(),
        confidence: 0.95,
        indifference: 0.01,
        first: 32,
        most: 320,
        eliminate: true,
        prefer: None,
        changes: Vec::new(),
    };
    let (stop, save) = (AtomicBool::new(false), |course: &Course| checkpoint::write(course, "it", &mut io::sink()).unwrap());
    TAKEN.reset_peak_usage();
    let before = TAKEN.current_usage();
    let mut course = Course::new(&problem, &rules);
    course.run(&problem, &rules, &Hooks { news: &|_| (), stop: &stop, save: &save });
    let left = course.concluded(&problem, &rules).iter().filter(|fate| **fate == tune::race::Fate::In).count();
    assert_eq!(left, LEVELS, "of each level whoever wastes nothing");
    TAKEN.peak_usage() - before
}

/// By how much the peak grows with every further setting, from each number of them to the next.
fn a_setting_takes(peaks: &[(usize, usize)]) -> Vec<usize> {
    let takes = |pair: &[(usize, usize)]| pair[1].1.saturating_sub(pair[0].1) / (pair[1].0 - pair[0].0);
    let takes: Vec<usize> = peaks.windows(2).map(takes).collect();
    println!("settings and bytes {peaks:?}: {takes:?} bytes a setting");
    takes
}

/// The same of experiments.
fn a_setting_of_these_takes<const N: usize>(cases: [Case; N]) -> Vec<usize> {
    a_setting_takes(&cases.map(|case| (case.settings, peak(case))))
}

#[test]
fn a_setting_takes_no_more_than_4_kb_whatever_the_number_of_plans() {
    let _alone = alone();
    for objectives in [MEANS, PERCENTILE, FOUR] {
        let of = |plans| a_setting_of_these_takes([4, 14].map(|bounds| few_ways(objectives, plans, bounds)))[0];
        let (few, many) = (of(25), of(100));
        assert!(many <= MOST, "{many} bytes a setting for {objectives}");
        // Four bytes for every plan would be 300 more.
        assert!(many <= few + 150, "{few} and {many} bytes a setting for {objectives}: it grows with the plans");
    }
}

#[test]
#[ignore = "minutes: 2,000 plans under 400 settings"]
fn a_setting_takes_no_more_than_4_kb_of_a_large_corpus() {
    let _alone = alone();
    for objectives in [MEANS, PERCENTILE, FOUR] {
        let takes = a_setting_of_these_takes([25, 100].map(|bounds| few_ways(objectives, 2_000, bounds)))[0];
        assert!(takes <= MOST, "{takes} bytes a setting for {objectives}");
    }
}

#[test]
fn a_setting_that_differs_from_all_others_takes_no_more_than_4_kb() {
    let _alone = alone();
    // Two means take less than these.
    for objectives in [PERCENTILE, FOUR] {
        // Before that the room for models is not full.
        let takes = a_setting_of_these_takes([6, 9].map(|waits| no_two_alike(objectives, waits, Order::ManyValuesLast)))[0];
        assert!(takes <= MOST, "{takes} bytes a setting for {objectives}");
    }
}

#[test]
fn a_setting_takes_no_more_the_more_there_are() {
    let _alone = alone();
    let takes = a_setting_takes(&[250, 500, 1_000].map(|wastes| (LEVELS * wastes, peak_of_a_race(wastes))));
    assert!(takes.iter().all(|takes| *takes <= MOST), "{takes:?} bytes a setting");
    // A bit for every other one would be 1 kB more.
    assert!(takes[1] <= takes[0] + takes[0] / 10, "{takes:?} bytes a setting: it grows with their number");
}

#[test]
#[ignore = "minutes: 10,000 settings of an experiment, each compared with each"]
fn a_setting_that_differs_from_ten_thousand_others_takes_no_more_than_4_kb() {
    let _alone = alone();
    for objectives in [MEANS, PERCENTILE, FOUR] {
        let takes = a_setting_of_these_takes([5, 25, 50].map(|waits| no_two_alike(objectives, waits, Order::ManyValuesLast)));
        assert!(takes.iter().all(|takes| *takes <= MOST), "{takes:?} bytes a setting for {objectives}");
        assert!(takes[1] <= takes[0] + takes[0] / 20, "{takes:?} bytes a setting for {objectives}: it grows with their number");
    }
}

#[test]
#[ignore = "minutes: 10,000 settings of an experiment, each compared with each"]
fn a_setting_whose_neighbours_stand_differently_to_others_takes_no_more_than_4_kb() {
    let _alone = alone();
    // More than a setting keeps anything of: from there on it takes no more, however many there are.
    let takes = a_setting_of_these_takes([42, 50].map(|waits| no_two_alike(FOUR, waits, Order::TwoValuesLast)))[0];
    assert!(takes <= MOST, "{takes} bytes a setting");
}
