//! Reading a world: our reader beside `serde_json` alone on the same text, in one run.
//!
//! `cargo bench --bench load` prints, for each world, the median of some rounds and the ratio. A round reads the same text once each
//! way, one after the other, so that a busy machine slows both. `cargo bench --bench load -- json` leaves YAML out,
//! `-- once` reads the large world once and nothing else, for `/usr/bin/time -v`. With `--test` only the small worlds are read.

#![expect(clippy::print_stdout, reason = "figures")]

mod worlds;

use foreshock::scenario::files::Memory;
use foreshock::scenario::{ReadOptions, read_world};
use std::hint::black_box;
use std::time::{Duration, Instant};
use worlds::{LARGE, MEDIUM, SEED, SMALL, Shape};

/// Rounds for each world; medians are over these.
const ROUNDS: usize = 9;

fn main() {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if has("once") {
        return once();
    }
    for shape in [SMALL, MEDIUM, LARGE] {
        if has("--test") && shape.cells > MEDIUM.cells {
            continue;
        }
        let world = worlds::scenario(&shape, SEED).world;
        compare(&shape, "json", &worlds::json(&world));
        if !has("json") {
            compare(&shape, "yaml", &worlds::yaml(&world));
        }
    }
}

/// The large world from JSON, once: for the memory it takes.
fn once() {
    let text = worlds::json(&worlds::scenario(&LARGE, SEED).world);
    std::fs::write("target/large.json", &text).unwrap_or_else(|error| panic!("no room for the text: {error}"));
    println!("target/large.json: {} bytes; read it with `foreshock check`", text.len());
}

fn compare(shape: &Shape, format: &str, text: &str) {
    // Both parse the same bytes; for YAML the yardstick is the JSON of the same world.
    let path = format!("world.{format}");
    let files = Memory::new([(path.as_str(), text)]);
    let json = worlds::json(&worlds::scenario(shape, SEED).world);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(timed(|| read_world(&files, &path, &ReadOptions::default()).0));
        theirs.push(timed(|| serde_json::from_str::<serde_json::Value>(black_box(&json)).ok()));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!(
        "{} {format}: {} kB, {ours:.2?}; the same world as JSON by serde_json alone {theirs:.2?}: {:.2}x",
        shape.name,
        text.len() / 1_000,
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
}

/// How long it takes to make something; taking it down again does not count.
fn timed<T>(read: impl Fn() -> Option<T>) -> Duration {
    let started = Instant::now();
    let made = black_box(read());
    let took = started.elapsed();
    assert!(made.is_some(), "the world must be valid");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
