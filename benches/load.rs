//! Reading a world: our reader beside `serde_json` alone on the same world as JSON, in one run.
//!
//! `cargo bench --bench load` prints, for each world, medians over some rounds and their ratio; a round reads once each way. Every reading has a process of its own, as
//! in use: memory that one reader has given back costs the next one, or saves it something. Time is that of the day, and that of the processor, all threads
//! together: our reader uses two where they are free, `serde_json` one. Both have read the small world before. Taking down what was made does not count, but for
//! the document that our reader takes down itself. `-- json` leaves YAML out; `-- write` writes the large world to `target/large.json` and
//! ends, for `/usr/bin/time -v foreshock reach target/large.json s0`. With `--test` only the smaller worlds are read.

#![expect(clippy::print_stdout, reason = "figures")]

mod worlds;

use foreshock::scenario::files::Memory;
use foreshock::scenario::{ReadOptions, read_world};
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use worlds::{LARGE, MEDIUM, SEED, SMALL, Shape};

/// Rounds for each world; medians are over these. The large world takes its time.
fn rounds(shape: &Shape) -> usize {
    if shape.cells > MEDIUM.cells { 3 } else { 9 }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    if let Some([.., reader, path]) = has("one").then_some(arguments.as_slice()) {
        return one(reader, path);
    }
    if has("write") {
        return write();
    }
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no place for files: {error}"));
    for shape in [SMALL, MEDIUM, LARGE] {
        if has("--test") && shape.cells > MEDIUM.cells {
            continue;
        }
        let world = worlds::scenario(&shape, SEED).world;
        let [json, yaml] = ["json", "yaml"].map(|format| folder.path().join(format!("world.{format}")));
        put(&json, &worlds::json(&world));
        compare(&shape, &json, &json);
        if !has("json") {
            put(&yaml, &worlds::yaml(&world));
            compare(&shape, &yaml, &json);
        }
    }
}

fn put(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|error| panic!("no room for the text: {error}"));
}

/// The large world as a file.
fn write() {
    let text = worlds::json(&worlds::scenario(&LARGE, SEED).world);
    std::fs::create_dir_all("target").unwrap_or_else(|error| panic!("no folder for the text: {error}"));
    std::fs::write("target/large.json", &text).unwrap_or_else(|error| panic!("no room for the text: {error}"));
    println!("target/large.json: {} bytes", text.len());
}

/// Our reader on a file, and `serde_json` on the same world as JSON.
fn compare(shape: &Shape, path: &Path, json: &Path) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds(shape) {
        ours.push(apart("ours", path));
        theirs.push(apart("serde_json", json));
    }
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    println!("{} {}, {} kB:", shape.name, path.extension().unwrap_or_default().display(), bytes / 1_000);
    for (kind, took) in [("wall", Took::wall as fn(&Took) -> Duration), ("processor", Took::processor)] {
        let (ours, theirs) = (median(&ours, took), median(&theirs, took));
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("  {kind} time {ours:.2?}; the same world as JSON by serde_json alone {theirs:.2?}: {ratio:.2}x");
    }
}

/// One reading in a process of its own.
fn apart(reader: &str, path: &Path) -> Took {
    let program = std::env::current_exe().unwrap_or_else(|error| panic!("no program: {error}"));
    let output = Command::new(program).arg("one").arg(reader).arg(path).output();
    let output = output.unwrap_or_else(|error| panic!("no process: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    let mut nanos = said.split_whitespace().filter_map(|figure| figure.parse().ok()).map(Duration::from_nanos);
    match (nanos.next(), nanos.next()) {
        (Some(wall), Some(processor)) => Took { wall, processor },
        _ => panic!("{reader} did not read {}: {}", path.display(), String::from_utf8_lossy(&output.stderr)),
    }
}

/// Reads a file once and prints what it took.
fn one(reader: &str, path: &str) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let small = worlds::json(&worlds::scenario(&SMALL, SEED).world);
    let took = if reader == "ours" {
        let read = |name: &str, text: &str| {
            let files = Memory::new([(name, text)]);
            timed(|| read_world(&files, name, &ReadOptions::default()).0)
        };
        read("small.json", &small);
        read(path, &text)
    } else {
        let read = |text: &str| timed(|| serde_json::from_str::<serde_json::Value>(black_box(text)).ok());
        read(&small);
        read(&text)
    };
    println!("{} {}", took.wall.as_nanos(), took.processor.as_nanos());
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
