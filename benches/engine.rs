//! How fast: reading, compiling, one trial, many trials; the afternoon program beside them on the same worlds and the same luck.
//!
//! Before anything is timed both programs print the digest of what they find, and must agree: different work is not compared.
//! `cargo test --benches -- --test` runs everything once, and leaves out the worlds of a million cells.

#![expect(clippy::print_stdout, reason = "a digest before each figure")]

mod afternoon;
mod ours;
mod worlds;

use afternoon::{Afternoon, digest_of};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use foreshock::engine::Engine;
use foreshock::luck::{self, Luck, Purpose, quantile};
use foreshock::model::graph::Graph;
use foreshock::priors::Priors;
use foreshock::scenario::files::Memory;
use foreshock::scenario::{ReadOptions, Scenario, read_world};
use foreshock::units::Dist;
use rand::rngs::SmallRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use std::env;
use std::hint::black_box;
use std::time::Duration;
use worlds::{LARGE, MEDIUM, SEED, SMALL, Shape, WIDE};

/// A world and how many trials of it make a bench of a fraction of a second.
struct Subject {
    shape: Shape,
    scenario: Scenario,
    trials: u64,
}

/// The worlds, one at a time: two large ones at once would take too much memory.
fn each_subject(mut bench: impl FnMut(&Subject)) {
    let quick = env::args().any(|argument| argument == "--test");
    for (shape, trials) in [(SMALL, 2_000), (MEDIUM, 500), (LARGE, 4), (WIDE, 200)] {
        if quick && shape.cells > MEDIUM.cells {
            continue;
        }
        let scenario = worlds::scenario(&shape, SEED);
        bench(&Subject { shape, scenario, trials: if quick { 20 } else { trials } });
    }
}

/// Everything that starts from a scenario.
fn simulate(criterion: &mut Criterion) {
    let priors = Priors::shipped();
    each_subject(|subject| {
        let program = Afternoon::new(&subject.scenario);
        let model = ours::compile(&subject.scenario, &priors);
        let (mine, theirs) = (ours::run(&model, subject.trials, 1), program.run(0..subject.trials).rows());
        println!("{}: {} trials, digest {}", subject.shape.name, subject.trials, digest_of(&mine));
        assert_eq!(digest_of(&mine), digest_of(&theirs), "the afternoon program finds something else");

        compile(criterion, subject, &priors);
        let mut group = criterion.benchmark_group(format!("trial/{}", subject.shape.name));
        group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(2));
        let mut engine = Engine::new(&model);
        let mut numbers = (0..).map(|n| n % subject.trials);
        group.bench_function("foreshock", |bench| bench.iter(|| engine.run(numbers.next().unwrap_or(0))));
        group.bench_function("afternoon", |bench| bench.iter(|| program.trial(numbers.next().unwrap_or(0))));
        group.finish();

        let mut group = criterion.benchmark_group(format!("ensemble/{}", subject.shape.name));
        group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(3));
        group.throughput(Throughput::Elements(subject.trials));
        for threads in [1, 2] {
            let id = BenchmarkId::new("foreshock", format!("{threads} threads"));
            group.bench_function(id, |bench| bench.iter(|| ours::run(black_box(&model), subject.trials, threads)));
        }
        group.bench_function("afternoon", |bench| bench.iter(|| black_box(&program).run(0..subject.trials).rows()));
        group.finish();
    });
}

fn compile(criterion: &mut Criterion, subject: &Subject, priors: &Priors) {
    let mut group = criterion.benchmark_group(format!("compile/{}", subject.shape.name));
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(2));
    group.bench_function("graph", |bench| bench.iter(|| Graph::new(&subject.scenario.world)));
    let graph = Graph::new(&subject.scenario.world);
    group.bench_function("model", |bench| bench.iter(|| foreshock::model::compile(&subject.scenario, &graph, priors)));
    group.bench_function("afternoon", |bench| bench.iter(|| Afternoon::new(&subject.scenario)));
    group.finish();
}

/// From text to a valid world; the same JSON by `serde_json` alone beside it.
fn load(criterion: &mut Criterion) {
    each_subject(|subject| {
        if subject.shape.name == WIDE.name {
            return;
        }
        let json = worlds::json(&subject.scenario.world);
        let files = Memory::new([("world.json", json.as_str())]);
        let read = |files: &Memory, path: &str| read_world(files, path, &ReadOptions::default());
        let (world, diagnostics) = read(&files, "world.json");
        let needs = |world: &foreshock::scenario::world::World| world.services.iter().map(|s| s.needs.len()).sum::<usize>();
        let world = world.unwrap_or_else(|| panic!("the world must be valid: {:?}", diagnostics.first()));
        println!("{}: {} cells and {} needs from {} bytes", subject.shape.name, world.cells.len(), needs(&world), json.len());
        assert_eq!(needs(&world), needs(&subject.scenario.world));
        drop(world);

        let mut group = criterion.benchmark_group(format!("load/{}", subject.shape.name));
        group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(3));
        group.throughput(Throughput::Bytes(json.len() as u64));
        group.bench_function("json", |bench| bench.iter(|| read(&files, "world.json")));
        group.bench_function("json by serde_json alone", |bench| {
            bench.iter(|| serde_json::from_str::<serde_json::Value>(black_box(&json)));
        });
        if subject.shape.cells <= MEDIUM.cells {
            let yaml = worlds::yaml(&subject.scenario.world);
            let files = Memory::new([("world.yaml", yaml.as_str())]);
            assert!(read(&files, "world.yaml").0.is_some(), "the world must be valid");
            group.throughput(Throughput::Bytes(yaml.len() as u64));
            group.bench_function("yaml", |bench| bench.iter(|| read(&files, "world.yaml")));
        }
        group.finish();
    });
}

/// A keyed draw beside a plain generator that is advanced, each alone and made into a duration by the same quantile function.
fn draws(criterion: &mut Criterion) {
    let dist = Dist::LogNormal { median: 600_000.0, p95: 3_600_000.0 };
    let spread = luck::spread(&dist);
    let keyed = (0..).map(|trial| Luck::new(SEED, trial));
    let mut group = criterion.benchmark_group("draw");
    let mut lucks = keyed.clone();
    group.bench_function("uniform, keyed", |bench| {
        bench.iter(|| lucks.next().map(|luck| luck.uniform(black_box(7), Purpose::Settle, 0)));
    });
    let mut plain = SmallRng::seed_from_u64(SEED);
    group.bench_function("uniform, plain", |bench| bench.iter(|| plain.random::<f64>()));
    let mut lucks = keyed.clone();
    group.bench_function("log-normal, keyed", |bench| {
        bench.iter(|| lucks.next().map(|luck| luck.duration_with(&dist, spread, black_box(7), Purpose::Settle, 0)));
    });
    let mut lucks = keyed.step_by(luck::TRIALS);
    group.bench_function("log-normal, keyed, of 32 trials at once", |bench| {
        bench.iter(|| lucks.next().map(|luck| luck.log_normals(600_000.0, spread, black_box(7), Purpose::Settle, 0)));
    });
    let plainly = |u: f64| luck::to_millis(quantile::log_normal(600_000.0, spread, u));
    group.bench_function("log-normal, plain", |bench| bench.iter(|| plainly(quantile::open_unit(plain.next_u64()))));
    group.finish();
}

criterion_group!(benches, draws, simulate, load);
criterion_main!(benches);
