//! Trials of a reference world and nothing else, to count what they cost: `cost WORLD TRIALS [auto|event|interval]`.
//!
//! Run it under `valgrind --tool=callgrind` with two numbers of trials; the difference is the price of a trial, the same
//! on a busy machine as on a quiet one. `just cost` does that.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

#[path = "../benches/worlds/mod.rs"]
mod worlds;

use anyhow::{Context as _, Result, bail};
use foreshock::engine::Choice;
use foreshock::ensemble::{self, Run};
use foreshock::model::{self, graph::Graph};
use foreshock::priors::Priors;
use foreshock::scenario::plan::Size;
use std::env;
use std::sync::atomic::AtomicBool;
use worlds::{LARGE, MEDIUM, SEED, SMALL, WIDE};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let name = arguments.first().context("which world: small, medium, large or wide")?;
    let shape = [SMALL, MEDIUM, LARGE, WIDE].into_iter().find(|s| s.name == name).context("no such world")?;
    let trials: u64 = arguments.get(1).context("how many trials")?.parse()?;
    let engine = match arguments.get(2).map(String::as_str) {
        None | Some("auto") => Choice::Auto,
        Some("event") => Choice::Event,
        Some("interval") => Choice::Interval,
        Some(other) => bail!("no such engine: {other}"),
    };
    let scenario = worlds::scenario(&shape, SEED);
    let model = model::compile(&scenario, &Graph::new(&scenario.world), &Priors::shipped());
    let run = Run {
        size: Size::Trials(trials),
        engine,
        threads: 1,
        has_customers: false,
        news: &|_| (),
        stop: &AtomicBool::new(false),
    };
    let ensemble = ensemble::run(std::slice::from_ref(&model), &run);
    println!("{:016x} {:?}", ensemble.tallies[0].digest(), ensemble.engines[0]);
    Ok(())
}
