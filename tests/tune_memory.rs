//! What a setting takes of memory: what was really taken, from the first look at the settings to the answer, at its peak.
//!
//! A binary of its own, since it counts every byte that anybody takes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::print_stdout, reason = "a test tells what it has seen")]

use foreshock::engine::Choice;
use foreshock::scenario::experiment::{self, Search};
use foreshock::scenario::files::Memory;
use foreshock::tune::{self, Options};
use peak_alloc::PeakAlloc;
use std::io;
use std::sync::atomic::AtomicBool;

#[global_allocator]
static TAKEN: PeakAlloc = PeakAlloc;

const WORLD: &str = include_str!("tune/world.yaml");
const MEANS: &str = "customers.minutes_lost.mean, friction.hours.mean";
/// A percentile keeps histograms, where a mean keeps sums.
const PERCENTILE: &str = "customers.outage_min.p99, friction.hours.mean";
/// What a setting may take.
const MOST: usize = 4_000;

/// Bytes at the peak of a search with so many plans and settings. Settings differ in whom they ask and in bounds that no plan reaches: so they
/// divide the plans in a few ways, and the models, of which a bounded number is kept, are as many whatever the number of settings.
fn peak(objectives: &str, plans: usize, bounds: usize) -> usize {
    let text = format!(
        "
world: world.yaml
actor: {{ profile: coding-agent, errors: true }}
plans: {{ generate: {{ count: {plans}, per-week: 100 }} }}
guardrails:
  - approval: {{ when: $what, approvers: $approvers, latency: 10m to 2h, catches: 60% }}
  - dry-run: {{ when: reach > $reach }}
vary: {{ what: [any, destructive], approvers: [0, 1], reach: {{ from: 1000, to: {} }} }}
minimise: [{objectives}]
trials: 1
",
        999 + bounds
    );
    let files = Memory::new([("e.yaml", text), ("world.yaml", WORLD.to_owned())]);
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
    assert_eq!((frontier.plans.count, frontier.settings.len()), (plans as u64, 4 * bounds));
    TAKEN.peak_usage() - before
}

/// By how much the peak grows with every further setting.
fn a_setting_takes(objectives: &str, plans: usize, fewer: usize, more: usize) -> usize {
    let (first, second) = (peak(objectives, plans, fewer), peak(objectives, plans, more));
    let takes = second.saturating_sub(first) / (4 * (more - fewer));
    println!(
        "{objectives}, {plans} plans: {first} bytes with {} settings, {second} with {}: {takes} a setting",
        4 * fewer,
        4 * more
    );
    takes
}

#[test]
fn a_setting_takes_no_more_than_4_kb_whatever_the_number_of_plans() {
    for objectives in [MEANS, PERCENTILE] {
        let takes = a_setting_takes(objectives, 300, 4, 14);
        assert!(takes <= MOST, "{takes} bytes a setting for {objectives}");
    }
}

#[test]
#[ignore = "minutes: 2,000 plans under 400 settings"]
fn a_setting_takes_no_more_than_4_kb_of_a_large_corpus() {
    for objectives in [MEANS, PERCENTILE] {
        let takes = a_setting_takes(objectives, 2_000, 25, 100);
        assert!(takes <= MOST, "{takes} bytes a setting for {objectives}");
    }
}
