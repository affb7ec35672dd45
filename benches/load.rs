//! Reading a world: our reader beside `serde_json` alone on the same world as JSON, in one run.
//!
//! `cargo bench --bench load` prints, for each world, medians over some rounds and their ratio; a round reads once each way. Time is that of the day, and that of
//! the processor, all threads together: our reader uses two where they are free, `serde_json` one. Taking down what was made does not count, but for the document
//! that our reader takes down itself. `-- json` leaves YAML out; `-- write` writes the large world to `target/large.json` and
//! ends, for `/usr/bin/time -v foreshock reach target/large.json s0`. With `--test` only the smaller worlds are read.

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
    if has("write") {
        return write();
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

/// The large world as a file.
fn write() {
    let text = worlds::json(&worlds::scenario(&LARGE, SEED).world);
    std::fs::write("target/large.json", &text).unwrap_or_else(|error| panic!("no room for the text: {error}"));
    println!("target/large.json: {} bytes", text.len());
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
    println!("{} {format}, {} kB:", shape.name, text.len() / 1_000);
    for (kind, took) in [("wall", Took::wall as fn(&Took) -> Duration), ("processor", Took::processor)] {
        let (ours, theirs) = (median(&ours, took), median(&theirs, took));
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("  {kind} time {ours:.2?}; the same world as JSON by serde_json alone {theirs:.2?}: {ratio:.2}x");
    }
}

/// What a reading took.
struct Took {
    wall: Duration,
    processor: Duration,
}

impl Took {
    fn wall(&self) -> Duration {
        self.wall
    }

    fn processor(&self) -> Duration {
        self.processor
    }
}

/// How long it takes to make something; taking it down again does not count.
fn timed<T>(read: impl Fn() -> Option<T>) -> Took {
    let (started, processor) = (Instant::now(), now());
    let made = black_box(read());
    let took = Took { wall: started.elapsed(), processor: now().saturating_sub(processor) };
    assert!(made.is_some(), "the world must be valid");
    took
}

/// The time that this process has had processors, all threads together: on a busy machine the time of day slows long readings more often
/// than short ones.
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

fn median(took: &[Took], of: fn(&Took) -> Duration) -> Duration {
    let mut times: Vec<Duration> = took.iter().map(of).collect();
    times.sort_unstable();
    times[times.len() / 2]
}
