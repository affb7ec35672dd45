//! Trials of a reference world and nothing else, to count what they cost: `cost WORLD TRIALS [auto|event|interval]`.
//!
//! Run it under `valgrind --tool=callgrind` with two numbers of trials; the difference is the price of a trial, the same
//! on a busy machine as on a quiet one. `just cost` does that.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

#[path = "../benches/afternoon/mod.rs"]
mod afternoon;
#[path = "../benches/ours/mod.rs"]
mod ours;
#[path = "../benches/worlds/mod.rs"]
mod worlds;

use anyhow::{Context as _, Result, bail};
use foreshock::engine::Choice;
use foreshock::priors::Priors;
use std::env;
use worlds::{DEEP, LARGE, MEDIUM, SEED, SMALL, WIDE};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let name = arguments.first().context("which world: small, medium, deep, large or wide")?;
    let shape = [SMALL, MEDIUM, DEEP, LARGE, WIDE].into_iter().find(|s| s.name == name).context("no such world")?;
    let trials: u64 = arguments.get(1).context("how many trials")?.parse()?;
    let engine = match arguments.get(2).map(String::as_str) {
        None | Some("auto") => Choice::Auto,
        Some("event") => Choice::Event,
        Some("interval") => Choice::Interval,
        Some(other) => bail!("no such engine: {other}"),
    };
    let scenario = worlds::scenario(&shape, SEED);
    let model = ours::compile(&scenario, &Priors::shipped());
    let ran = ours::ran(&model, engine, trials, 1);
    println!("{:016x} {:?}", ran.tallies[0].digest(), ran.engines[0]);
    Ok(())
}
