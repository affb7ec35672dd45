//! What tuning costs and what common luck is worth, on the experiments that ship.
//!
//! Prints for each: plan runs of a race against a full grid, and whether both recommend the same; the variance of paired differences of
//! settings that are adjacent in one parameter against that of unpaired ones; the time of a plan run against that of `run`;
//! bytes per setting. `--test` runs small, so that it cannot rot. Not criterion: what is measured are ratios within one run.

#![allow(clippy::print_stdout, reason = "a bench prints")]
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a bench that cannot go on may panic")]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places in short lists")]
#![allow(clippy::case_sensitive_file_extension_comparisons, reason = "our own files")]

use foreshock::cli::files::{DEFAULT_LIMIT, Disk};
use foreshock::engine::Choice;
use foreshock::ensemble::{self, Run};
use foreshock::scenario::experiment::{self, Experiment, Search, Setting};
use foreshock::scenario::plan::Size;
use foreshock::tune::answer::{outputs, rules};
use foreshock::tune::compare::{Judge, Seen};
use foreshock::tune::problem::Problem as _;
use foreshock::tune::race::{Course, Hooks, Rules};
use foreshock::tune::weeks::Weeks;
use foreshock::tune::{Options, design, tune};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// How often the times of a plan run are taken.
const ROUNDS: usize = 5;

fn main() {
    let small = std::env::args().any(|a| a == "--test");
    let mut files: Vec<String> = std::fs::read_dir("scenarios/experiments")
        .unwrap()
        .filter_map(|e| e.unwrap().path().to_str().map(str::to_owned))
        .filter(|path| path.ends_with(".yaml"))
        .collect();
    files.sort();
    for file in files {
        let read = experiment::read(&Disk::beside(&file, DEFAULT_LIMIT), &file);
        let mut experiment = read.experiment.expect("an experiment that ships is valid");
        if small {
            experiment.trials = 1_000;
        }
        println!("{file}");
        efforts(&experiment, &file);
        measures(&experiment, small);
    }
}

/// The race against the grid.
fn efforts(experiment: &Experiment, file: &str) {
    let stop = AtomicBool::new(false);
    let run = |search: Search| {
        let options = Options {
            file,
            search,
            points: 64,
            engine: Choice::Auto,
            threads: 0,
            resume: None,
            news: &|_| (),
            stop: &stop,
            save: &|_| (),
        };
        let started = Instant::now();
        (tune(experiment, &options).unwrap(), started.elapsed().as_secs_f64())
    };
    let ((race, race_s), (grid, grid_s)) = (run(Search::Race), run(Search::Grid));
    let recommended = |f: &foreshock::report::frontier::Frontier| f.recommendation.as_ref().map(|r| r.setting);
    println!(
        "  race {} plan runs in {race_s:.1} s; grid {} in {grid_s:.1} s: {:.1} %",
        race.effort.trials,
        grid.effort.trials,
        100.0 * race.effort.trials as f64 / grid.effort.trials as f64
    );
    println!(
        "  frontier {:?} against {:?}; recommended {:?} against {:?}",
        race.frontier,
        grid.frontier,
        recommended(&race),
        recommended(&grid)
    );
}

fn measures(experiment: &Experiment, small: bool) {
    let settings: Vec<Setting> = design::settings(experiment, Search::Grid, 0);
    let outputs = outputs(experiment);
    let all = rules(experiment, &outputs, Search::Grid, &[]);
    let weeks = Weeks::new(experiment, &settings, outputs, Choice::Auto).unwrap();
    let sweeps = if small { 32 } else { 256 };
    let rules = Rules { first: sweeps, most: sweeps, ..all };
    let course = searched(&weeks, &rules);
    let judge = Judge::new(&weeks, &rules);
    let seen: Vec<Option<Seen<'_>>> =
        course.records.iter().enumerate().map(|(n, r)| (r.sweeps > 0).then(|| judge.seen(n, r))).collect();
    for aim in &rules.objectives {
        let (mut ratios, mut others): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        for (a, first) in settings.iter().enumerate() {
            for (b, second) in settings.iter().enumerate().skip(a + 1) {
                let steps: Vec<u32> = first.iter().zip(second).map(|(x, y)| x.abs_diff(*y)).filter(|d| *d > 0).collect();
                if let ([1], Some(first), Some(second)) = (steps.as_slice(), &seen[a], &seen[b]) {
                    let (paired, unpaired) = judge.variances(first, second, aim.criterion);
                    if unpaired > 0.0 {
                        ratios.push(paired / unpaired);
                        // Whatever the luck, a difference scatters at least by how much the two scatters differ: by all of it where one of them never does.
                        let alone = |s: &Seen<'_>| (judge.variances(s, s, aim.criterion).1 / 2.0).sqrt();
                        let least = (alone(first) - alone(second)).powi(2) / unpaired;
                        if least <= 0.5 {
                            others.push(paired / unpaired);
                        }
                    }
                }
            }
        }
        let at = |ratios: &mut [f64], p: f64| {
            ratios.sort_by(f64::total_cmp);
            ratios.get((p * ratios.len() as f64) as usize).copied().unwrap_or(0.0)
        };
        println!(
            "  {}: paired variance / unpaired: median {:.3}, p90 {:.3}, over {} neighbours; {} of them could not be halved by any luck, median of the others {:.3}",
            weeks.outputs()[aim.criterion].path,
            at(&mut ratios, 0.5),
            at(&mut ratios, 0.9),
            ratios.len(),
            ratios.len() - others.len(),
            at(&mut others, 0.5)
        );
    }
    // Side by side, since the machine is shared; the median of the ratios.
    let mut times: Vec<(f64, f64)> = Vec::new();
    for _ in 0..if small { 1 } else { ROUNDS } {
        let (tuned, course) = timed(|| searched(&weeks, &rules));
        let (run, trials) = timed(|| by_run(&weeks, &course, sweeps));
        times.push((tuned / course.trials as f64, run / trials as f64));
    }
    times.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (tuned, run) = times[times.len() / 2];
    println!("  {:.2} us a plan run; by `run`: {:.2} us; ratio {:.2}", tuned * 1e6, run * 1e6, tuned / run);
    let bytes = weeks.bytes_per_setting() + course.bytes_per_setting();
    println!("  {bytes} bytes a setting");
}

/// All settings over the same trials, on one thread.
fn searched(weeks: &Weeks<'_>, rules: &Rules) -> Course {
    let stop = AtomicBool::new(false);
    let mut course = Course::new(weeks, rules);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| course.run(weeks, rules, &Hooks { news: &|_| (), stop: &stop, save: &|_| () }));
    course
}

/// Processor time where the system tells it, since the machine is shared.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let (started, before) = (Instant::now(), processor());
    let done = work();
    let took = before.zip(processor()).map_or_else(|| started.elapsed().as_secs_f64(), |(before, after)| after - before);
    (took, done)
}

/// Seconds of all threads of this process, in hundredths, on Linux.
fn processor() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = &stat[stat.rfind(')')? + 1..];
    let ticks: Vec<f64> = after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse().ok()).collect();
    Some(ticks.iter().sum::<f64>() / 100.0)
}

/// The same models and trials by the ensemble that `run` uses; how many there were.
fn by_run(weeks: &Weeks<'_>, course: &Course, sweeps: u64) -> u64 {
    let stop = AtomicBool::new(false);
    let mut trials = 0;
    for part in 0..weeks.weights().len() {
        let mut known: Vec<u32> = Vec::new();
        for setting in course.active().into_iter().chain((0..course.fates.len()).filter(|&s| course.records[s].sweeps > 0)) {
            let class = weeks.class(setting, part);
            if known.contains(&class) {
                continue;
            }
            known.push(class);
            let Some(model) = weeks.compiled(setting, part) else { continue };
            let run = Run {
                engine: Choice::Auto,
                size: Size::Trials(sweeps),
                threads: 1,
                has_customers: true,
                news: &|_| (),
                stop: &stop,
            };
            trials += ensemble::run(std::slice::from_ref(&model), &run).tallies[0].trials;
        }
    }
    trials
}
