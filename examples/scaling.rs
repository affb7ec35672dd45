//! How the cost of a trial grows: with what is hit, with the world around it, with trials and with threads.
//!
//! `cargo run --release --example scaling` prints the tables of `docs/performance.md` and draws `docs/scaling-damage.svg` and
//! `docs/scaling-world.svg`. Processor time, not the time of day, and what more trials cost: neither a busy machine nor
//! the setting up of a run is in the figures. `--quick` leaves out the worlds of a million cells.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]
#![expect(clippy::cast_precision_loss, reason = "counts and times for display")]

#[path = "../benches/afternoon/mod.rs"]
mod afternoon;
#[path = "scaling/chart.rs"]
mod chart;
#[path = "../benches/ours/mod.rs"]
mod ours;
#[path = "../benches/worlds/mod.rs"]
mod worlds;

use afternoon::Afternoon;
use anyhow::Result;
use chart::{Chart, Line};
use foreshock::engine::Choice;
use foreshock::model::{self, Model, graph::Graph};
use foreshock::priors::Priors;
use foreshock::scenario::Scenario;
use rustix::time::{ClockId, clock_gettime};
use std::env;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;
use worlds::{LARGE, MEDIUM, SEED, SMALL, Shape};

/// Rounds of each figure; the median counts.
const ROUNDS: usize = 3;

/// Damage in the medium world, from one root near the top to dozens in the middle.
const DAMAGE: [&[(u32, usize)]; 6] = [&[(8, 1)], &[(7, 3)], &[(6, 5)], &[(6, 20)], &[(5, 20)], &[(4, 40)]];

/// Worlds of different sizes, hit alike: near the top.
const WORLDS: [(u32, usize); 4] = [(1_000, 4_000), (10_000, 40_000), (100_000, 400_000), (1_000_000, 4_000_000)];

/// A contender: trials to run, and a way to run them.
type Contender<'a> = (&'static str, Box<dyn Fn(u64) + 'a>);

fn main() -> Result<()> {
    let quick = env::args().any(|argument| argument == "--quick");
    damage()?;
    world(quick)?;
    trials_and_threads();
    Ok(())
}

fn scenario(shape: &Shape) -> (Scenario, Model) {
    let scenario = worlds::scenario(shape, SEED);
    let model = model::compile(&scenario, &Graph::new(&scenario.world), &Priors::shipped());
    (scenario, model)
}

/// The product by one engine: what its trials came to in affected cells.
fn ours(model: &Model, engine: Choice, trials: u64, threads: usize) -> u128 {
    ours::tally(model, engine, trials, threads).affected_cells.sum()
}

fn contenders<'a>(model: &'a Model, program: &'a Afternoon) -> [Contender<'a>; 3] {
    let by = |engine: Choice| {
        Box::new(move |trials: u64| {
            black_box(ours(model, engine, trials, 1));
        })
    };
    [
        ("intervals", by(Choice::Interval)),
        ("events", by(Choice::Event)),
        (
            "the afternoon program",
            Box::new(|trials: u64| {
                black_box(program.run(0..trials));
            }),
        ),
    ]
}

/// Microseconds of processor time that a further trial costs.
fn microseconds(run: &dyn Fn(u64), trials: u64) -> f64 {
    let once = || {
        let few = spent(|| run(trials));
        let many = spent(|| run(3 * trials));
        (many - few) * 1e6 / (2 * trials) as f64
    };
    let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| once()).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

fn spent(work: impl FnOnce()) -> f64 {
    let seconds = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let before = seconds();
    work();
    seconds() - before
}

/// Against what is hit, in one world.
fn damage() -> Result<()> {
    println!("| affected cells a trial | intervals, ns each | events | the afternoon program |\n| --- | --- | --- | --- |");
    let mut lines = [Line::new("intervals"), Line::new("events"), Line::new("the afternoon program")];
    for roots in DAMAGE {
        let (scenario, model) = scenario(&Shape { name: "medium", roots, ..MEDIUM });
        let program = Afternoon::new(&scenario);
        let affected = ours(&model, Choice::Auto, 400, 1) as f64 / 400.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of trials")]
        let trials = ((200_000.0 / affected) as u64).clamp(200, 20_000);
        let mut row = format!("| {affected:.0} |");
        for ((_, run), line) in contenders(&model, &program).iter().zip(&mut lines) {
            let each = microseconds(run, trials) * 1_000.0 / affected;
            let _ = write!(row, " {each:.0} |");
            line.points.push((affected, each));
        }
        println!("{row}");
    }
    let chart =
        Chart { title: "Cost of an affected cell", across: "affected cells in a trial", up: "nanoseconds", lines: &lines };
    Ok(std::fs::write("docs/scaling-damage.svg", chart.svg())?)
}

/// Against the world around what is hit.
fn world(quick: bool) -> Result<()> {
    println!(
        "\n| cells in the world | affected | intervals, us a trial | events | the afternoon program |\n| --- | --- | --- | --- | --- |"
    );
    let mut lines = [Line::new("intervals"), Line::new("events"), Line::new("the afternoon program")];
    for (cells, needs) in WORLDS.into_iter().filter(|&(cells, _)| !quick || cells < 1_000_000) {
        let (scenario, model) = scenario(&Shape { name: "wide", cells, needs, roots: &[(10, 5)], ..LARGE });
        let program = Afternoon::new(&scenario);
        let affected = ours(&model, Choice::Auto, 400, 1) as f64 / 400.0;
        let mut row = format!("| {cells} | {affected:.0} |");
        for ((name, run), line) in contenders(&model, &program).iter().zip(&mut lines) {
            let trials = if name.starts_with("the") { 400_000_000 / u64::from(cells) / 100 } else { 20_000 };
            let each = microseconds(run, trials.clamp(20, 20_000));
            let _ = write!(row, " {each:.1} |");
            line.points.push((f64::from(cells), each));
        }
        println!("{row}");
    }
    let chart = Chart {
        title: "Cost of a trial in worlds of different sizes",
        across: "cells in the world",
        up: "microseconds",
        lines: &lines,
    };
    Ok(std::fs::write("docs/scaling-world.svg", chart.svg())?)
}

/// Against trials and threads: the time of day, since threads share it.
fn trials_and_threads() {
    println!("\n| world | trials | us a trial, one thread | two threads |\n| --- | --- | --- | --- |");
    for (shape, trials) in [(SMALL, [2_000, 20_000, 200_000]), (MEDIUM, [500, 2_000, 8_000])] {
        let (_, model) = scenario(&shape);
        for trials in trials {
            let [one, two] = [1, 2].map(|threads| {
                let mut rounds: Vec<f64> = (0..ROUNDS)
                    .map(|_| {
                        let start = Instant::now();
                        ours(&model, Choice::Auto, trials, threads);
                        start.elapsed().as_secs_f64() * 1e6 / trials as f64
                    })
                    .collect();
                rounds.sort_by(f64::total_cmp);
                rounds[ROUNDS / 2]
            });
            println!("| {} | {trials} | {one:.1} | {two:.1} |", shape.name);
        }
    }
}
