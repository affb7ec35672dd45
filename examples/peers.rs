//! One command that runs the contenders side by side on the same worlds and the same luck, and prints ratios.
//!
//! In: names of worlds (default `small medium`; also `large`, `wide`), and `--without-simpy`. Out: a table on standard output. Contenders: foreshock with one
//! and two threads, the afternoon program and, where Python can be had, `SimPy` with `networkx`. Every round runs all of them in turn, each figure is a median, and the program stops
//! if two of them do not find the same outages.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this program is for")]

#[path = "../benches/afternoon/mod.rs"]
mod afternoon;
#[path = "../benches/ours/mod.rs"]
mod ours;
#[path = "../benches/worlds/mod.rs"]
mod worlds;

use afternoon::{Afternoon, Row, digest_of};
use anyhow::{Context as _, Result, ensure};
use foreshock::priors::Priors;
use foreshock::scenario::Scenario;
use serde::Deserialize;
use serde_json::json;
use std::env;
use std::fs::{self, File};
use std::io::BufWriter;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use worlds::{LARGE, MEDIUM, SEED, SMALL, Shape, WIDE, hold_ms};

const ROUNDS: usize = 5;

/// How many trials each contender runs in a round: enough for about a second, and no more than anyone wants to wait for.
struct Trials {
    rust: u64,
    simpy: u64,
}

/// What one contender did.
#[derive(Debug, Deserialize)]
struct Run {
    seconds: f64,
    affected: u64,
    outage_ms: u64,
    digest: String,
}

/// A contender with all its rounds.
struct Contender {
    name: &'static str,
    trials: u64,
    runs: Vec<Run>,
}

impl Contender {
    fn new(name: &'static str, trials: u64) -> Self {
        Self { name, trials, runs: Vec::new() }
    }

    /// Seconds per trial, the median of the rounds.
    fn seconds_per_trial(&self) -> f64 {
        let mut seconds: Vec<f64> = self.runs.iter().map(|run| run.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "a number of trials is small")]
        let trials = self.trials as f64;
        seconds[seconds.len() / 2] / trials
    }
}

fn main() -> Result<()> {
    let (options, names): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let wanted = !options.iter().any(|option| option == "--without-simpy");
    let python = wanted.then(python).and_then(|python| python.inspect_err(|e| eprintln!("SimPy is left out: {e:#}")).ok());
    for (shape, trials) in [
        (SMALL, Trials { rust: 100_000, simpy: 2_000 }),
        (MEDIUM, Trials { rust: 5_000, simpy: 200 }),
        // Two full blocks, one for each of two threads.
        (LARGE, Trials { rust: 64, simpy: 2 }),
        (WIDE, Trials { rust: 10_000, simpy: 200 }),
    ] {
        let chosen = if names.is_empty() { shape.cells < 1_000_000 } else { names.iter().any(|name| name == shape.name) };
        if chosen {
            compare(&shape, &trials, python.as_deref())?;
        }
    }
    Ok(())
}

fn compare(shape: &Shape, trials: &Trials, python: Option<&Path>) -> Result<()> {
    let scenario = worlds::scenario(shape, SEED);
    let program = Afternoon::new(&scenario);
    let simpy_input = match python {
        Some(_) => Some(export(shape, &scenario, &program, trials.simpy)?),
        None => None,
    };
    let model = ours::compile(&scenario, &Priors::shipped());
    let mut single = Contender::new("foreshock", trials.rust);
    let mut double = Contender::new("foreshock, 2 threads", trials.rust);
    let mut afternoon = Contender::new("afternoon program", trials.rust);
    let mut simpy = Contender::new("SimPy + networkx", trials.simpy);
    for _ in 0..ROUNDS {
        single.runs.push(timed(|| ours::run(&model, trials.rust, 1)));
        double.runs.push(timed(|| ours::run(&model, trials.rust, 2)));
        afternoon.runs.push(timed(|| program.run(0..trials.rust).rows()));
        if let (Some(python), Some(input)) = (python, &simpy_input) {
            simpy.runs.push(run_simpy(python, input)?);
        }
    }
    same(&afternoon.runs[0], &single.runs[0], single.name)?;
    same(&afternoon.runs[0], &double.runs[0], double.name)?;
    if let Some(run) = simpy.runs.first() {
        same(&timed(|| program.run(0..trials.simpy).rows()), run, simpy.name)?;
    }
    print_table(shape, &[single, double, afternoon, simpy]);
    Ok(())
}

fn timed(work: impl FnOnce() -> Vec<Row>) -> Run {
    let start = Instant::now();
    let rows = work();
    Run {
        seconds: start.elapsed().as_secs_f64(),
        affected: rows.iter().map(|row| row.affected).sum(),
        outage_ms: rows.iter().map(|row| row.outage_ms).sum(),
        digest: digest_of(&rows),
    }
}

/// Whether two contenders found the same outage of every cell over the same trials.
fn same(one: &Run, other: &Run, name: &str) -> Result<()> {
    ensure!(one.digest == other.digest, "{name} found something else: {other:?} instead of {one:?}");
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn print_table(shape: &Shape, contenders: &[Contender]) {
    println!("\n{}: {} cells, {} needs, seed {SEED}, median of {ROUNDS}", shape.name, shape.cells, shape.needs);
    println!(
        "{:26} {:>8} {:>12} {:>16} {:>14} {:>18} {:>13} {:>8}",
        "one thread but where said",
        "trials",
        "µs/trial",
        "ns/affected cell",
        "affected/trial",
        "outage min/trial",
        "digest",
        "ratio"
    );
    let first = contenders[0].seconds_per_trial();
    for contender in contenders {
        let Some(run) = contender.runs.first() else { continue };
        let (seconds, trials) = (contender.seconds_per_trial(), contender.trials as f64);
        println!(
            "{:26} {:>8} {:>12.3} {:>16.1} {:>14.4} {:>18.4} {:>13} {:>8.2}",
            contender.name,
            contender.trials,
            seconds * 1e6,
            seconds * 1e9 * trials / run.affected as f64,
            run.affected as f64 / trials,
            run.outage_ms as f64 / 60_000.0 / trials,
            run.digest,
            seconds / first,
        );
    }
}

/// Writes the world, and the luck of these trials, for a peer in another language.
fn export(shape: &Shape, scenario: &Scenario, program: &Afternoon, trials: u64) -> Result<PathBuf> {
    let edges = scenario
        .world
        .services
        .iter()
        .zip(0_u32..)
        .flat_map(|(service, cell)| service.needs.iter().map(move |need| (need.members[0].service, cell, hold_ms(need))));
    let numbers: Range<u64> = 0..trials;
    let document = json!({
        "cells": scenario.world.cells.len(),
        "edges": edges.collect::<Vec<_>>(),
        "roots": scenario.plan.steps.iter().map(|step| step.targets[0]).collect::<Vec<_>>(),
        "horizon_ms": scenario.horizon,
        "trials": numbers.map(|number| program.draws(number)).collect::<Vec<_>>(),
    });
    let path = workshop()?.join(format!("{}.json", shape.name));
    serde_json::to_writer(BufWriter::new(File::create(&path)?), &document)?;
    Ok(path)
}

fn run_simpy(python: &Path, input: &Path) -> Result<Run> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/simpy_peer.py");
    let output = Command::new(python).arg(script).arg(input).output().context("cannot start python")?;
    ensure!(output.status.success(), "SimPy failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A Python with `SimPy` and networkx, installed under the target directory the first time.
fn python() -> Result<PathBuf> {
    let venv = workshop()?.join("venv");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let has_packages = || Command::new(&python).args(["-c", "import simpy, networkx"]).output().is_ok_and(|o| o.status.success());
    if !has_packages() {
        let created = Command::new("python3").args(["-m", "venv"]).arg(&venv).output().context("there is no `python3`")?;
        ensure!(created.status.success(), "`python3 -m venv` failed");
        let install = ["-m", "pip", "install", "--quiet", "simpy==4.1.1", "networkx==3.4.2"];
        let installed = Command::new(&python).args(install).output()?;
        ensure!(installed.status.success(), "pip could not install SimPy: {}", String::from_utf8_lossy(&installed.stderr));
    }
    Ok(python)
}

/// `target/peers`, wherever the target directory is.
fn workshop() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(3).context("the program does not lie in a target directory")?;
    let workshop = target.join("peers");
    fs::create_dir_all(&workshop)?;
    Ok(workshop)
}
