//! A verdict from process start: worlds of 100 and 10,000 services, plans of twenty steps that are allowed, reviewed and blocked.
//!
//! `cargo bench --bench score` prints, for each, the verdict and the median time on the clock of some runs of `foreshock score`, and what the goal is. With `--test` each runs
//! once and only the verdict is looked at. Figures of a busy machine say little: run it alone, or compare with another program in turn.

#![expect(clippy::print_stdout, reason = "figures")]

use foreshock::luck::{Luck, Purpose};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each; medians are over these.
const ROUNDS: usize = 21;
/// Services, layers that need the one below, and the time in which a verdict should be there.
const WORLDS: [(usize, usize, u64); 2] = [(100, 6, 50), (10_000, 6, 300)];
/// A plan's name, what each of its steps does, and the exit code of its verdict.
const PLANS: [(&str, &str, i32); 4] = [
    ("looks", "do: inspect", 0),
    ("short restarts", "do: restart, takes: 5s, after: []", 3),
    ("restarts", "do: restart", 2),
    ("deletions", "do: delete", 2),
];
const STEPS: usize = 20;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--test");
    let folder = std::env::temp_dir().join(format!("foreshock-score-{}", std::process::id()));
    write(&folder, "", "");
    for (services, layers, goal_ms) in WORLDS {
        write(&folder, "world.yaml", &world(services, layers));
        for (name, does, code) in PLANS {
            write(&folder, "plan.yaml", &plan(services, does));
            let mut took: Vec<Duration> = (0..if quick { 1 } else { ROUNDS }).map(|_| score(&folder, code)).collect();
            took.sort_unstable();
            println!("{services} services, {STEPS} {name}: exit code {code}, {:.1?} (goal {goal_ms} ms)", took[took.len() / 2]);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// One run; its verdict must be the expected one.
fn score(folder: &Path, code: i32) -> Duration {
    let started = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    command.current_dir(folder).args(["score", "plan.yaml", "--world", "world.yaml"]).stdout(Stdio::null());
    let status = command.status().unwrap_or_else(|error| panic!("cannot run foreshock: {error}"));
    let took = started.elapsed();
    assert_eq!(status.code(), Some(code), "another verdict than expected");
    took
}

/// A number below `n`, always the same for the same key.
fn draw(key: usize, part: u32, n: usize) -> usize {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "far below 2^53")]
    let drawn = (Luck::new(1, 0).uniform(key as u64, Purpose::Chance, part) * n as f64) as usize;
    drawn
}

/// Layers of services; each but those of the lowest needs two to four of the two layers below: plainly, in part, behind a cache, or one of two.
/// A tenth stand in two regions, some of the lowest hold data, the highest are what customers use.
fn world(services: usize, layers: usize) -> String {
    let width = services / layers;
    let mut text = "regions: { eu: {}, us: {} }\nteams: { core: { crew: 3 } }\nservices:\n".to_owned();
    for n in 0..services {
        let layer = (n / width).min(layers - 1);
        let place = if draw(n, 0, 10) == 0 { "[eu, us]" } else { "[eu]" };
        let mut row = format!("  s{n}: {{ in: {place}, team: core, restart: 5m to 20m");
        if layer == 0 && draw(n, 1, 3) == 0 {
            row += ", kind: datastore, data: { size: 100GB, restore: 100MB/s, backup-every: 6h }";
        }
        if layer + 1 == layers {
            row += ", faces: customers, traffic: 100/min";
        }
        if draw(n, 2, 2) == 0 {
            row += ", settle: 20s to 2m";
        }
        let below = |part| {
            let from = layer.saturating_sub(2) * width;
            from + draw(n, part, layer * width - from)
        };
        let needs = (0..if layer == 0 { 0 } else { 2 + u32::try_from(draw(n, 3, 3)).unwrap_or(0) }).map(|k| {
            let (need, other) = (below(10 + 3 * k), below(11 + 3 * k));
            match draw(n, 12 + 3 * k, 6) {
                0 => format!("{{ need: s{need}, share: 30% }}"),
                1 | 2 => format!("{{ need: s{need}, hold: 5m }}"),
                3 if need != other => format!("{{ any-of: [s{need}, s{other}] }}"),
                _ => format!("s{need}"),
            }
        });
        let needs: Vec<String> = needs.collect();
        let needs = if needs.is_empty() { "none".to_owned() } else { format!("[{}]", needs.join(", ")) };
        let _ = writeln!(text, "{row}, needs: {needs} }}");
    }
    text
}

fn plan(services: usize, does: &str) -> String {
    let step = |n: usize| format!("- {{ target: s{}, {does} }}\n", draw(1_000_000 + n, 0, services));
    (0..STEPS).map(step).collect()
}

/// A file of the folder, or the folder itself.
fn write(folder: &Path, name: &str, text: &str) {
    let done = if name.is_empty() { std::fs::create_dir_all(folder) } else { std::fs::write(folder.join(name), text) };
    done.unwrap_or_else(|error| panic!("no room for the files: {error}"));
}
