//! The exact answers of tiny worlds, by enumerating every combination of draws with its weight, against the engine.
//!
//! `tests/enumeration/tiny.rs` is the calculator: it shares nothing with the engine but the text of the world. Every branch on its
//! own must give its outages to the millisecond; a sampled run must give every outage as often as it is likely, and its intervals
//! must hold the exact figures. Worlds are enumerated too: all graphs of three cells with a few kinds of need, all of four with
//! hard ones.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

#[path = "enumeration/tiny.rs"]
mod tiny;
mod world;

use foreshock::engine::Engine;
use foreshock::scenario::Study;
use foreshock::scenario::files::Memory;
use foreshock::scenario::{ReadOptions, read};
use foreshock::summary::simulate::{Options, simulate};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use tiny::{Act, Need, Tiny};

fn need(on: usize, share: u64, hold: &[u32], release: &[u32]) -> Need {
    Need { members: vec![on], at_least: 1, share, hold: hold.to_vec(), release: release.to_vec() }
}

fn hard(on: usize) -> Need {
    need(on, 100, &[0], &[0])
}

fn any(members: &[usize], at_least: usize, hold: &[u32]) -> Need {
    Need { members: members.to_vec(), at_least, ..need(0, 100, hold, &[0]) }
}

fn study(text: &str) -> Study {
    let read = read(&Memory::new([("s.yaml", text)]), "s.yaml", &ReadOptions::default());
    read.study.unwrap_or_else(|| panic!("{text}\n{:#?}", read.diagnostics))
}

/// Outages of every cell in one trial, in milliseconds.
fn engine_outages(tiny: &Tiny) -> Vec<u64> {
    let scenario = study(&tiny.yaml()).base;
    let model = world::compiled(&scenario);
    let mut engine = Engine::new(&model);
    engine.run(0);
    let mut outages = vec![0; tiny.cells.len()];
    for (cell, figures) in engine.outcome().cells() {
        let name = scenario.world.cell_name(model.origin[cell as usize]);
        let at = (0..outages.len()).find(|&c| name == format!("{}@r", tiny::name(c))).unwrap();
        outages[at] = figures.outage;
    }
    outages
}

/// Every branch of a world alone; how many there were.
fn exact(tiny: &Tiny, failed: &mut Vec<String>) -> usize {
    let branches = tiny.branches();
    for (branch, _) in &branches {
        let theirs: Vec<u64> = branch.outages().iter().map(|minutes| u64::from(*minutes) * 60_000).collect();
        let ours = engine_outages(branch);
        if ours != theirs {
            failed.push(format!("engine {ours:?}, by hand {theirs:?}:\n{}", branch.yaml()));
        }
    }
    branches.len()
}

/// All of them agree, and there are as many as there should be.
fn report(failed: &[String], branches: usize, expected: usize) {
    assert_eq!(branches, expected, "combinations of draws");
    assert!(failed.is_empty(), "{} of {branches}; the first:\n{}", failed.len(), failed[0]);
}

/// One of each kind for every pair, as the digits of `n`.
fn graph(cells: usize, pairs: &[(usize, usize)], kinds: &[Option<Need>], mut n: usize) -> Tiny {
    let mut tiny = Tiny { cells: vec![Vec::new(); cells], engage: vec![2], diagnose: vec![4], ..Tiny::default() };
    for &(caller, on) in pairs {
        if let Some(kind) = &kinds[n % kinds.len()] {
            tiny.cells[caller].push(Need { members: vec![on], ..kind.clone() });
        }
        n /= kinds.len();
    }
    tiny
}

fn pairs(cells: usize) -> Vec<(usize, usize)> {
    (0..cells).flat_map(|a| (0..cells).map(move |b| (a, b))).filter(|(a, b)| a != b).collect()
}

/// Three cells, every pair and direction: none, hard, or masked for four minutes; rings of all kinds among them.
#[test]
fn all_graphs_of_three_cells() {
    let kinds = [None, Some(hard(0)), Some(need(0, 100, &[4], &[0]))];
    let mut failed = Vec::new();
    let mut branches = 0;
    for n in 0..3_usize.pow(6) {
        let mut tiny = graph(3, &pairs(3), &kinds, n);
        tiny.acts = vec![Act::Recreate { cell: 0, takes: vec![3, 12] }];
        branches += exact(&tiny, &mut failed);
        tiny.acts.push(Act::Fault { cell: 1, from: vec![2, 14], lasts: vec![4, 9] });
        branches += exact(&tiny, &mut failed);
    }
    report(&failed, branches, 7_290);
}

/// The same with needs of half of the requests, so that rings have levels between nothing and all.
#[test]
fn all_graphs_of_three_cells_with_partial_levels() {
    let kinds = [None, Some(hard(0)), Some(need(0, 50, &[3], &[0]))];
    let mut failed = Vec::new();
    let mut branches = 0;
    for n in 0..3_usize.pow(6) {
        let mut tiny = graph(3, &pairs(3), &kinds, n);
        tiny.acts = vec![Act::Recreate { cell: 0, takes: vec![12] }, Act::Fault { cell: 1, from: vec![6], lasts: vec![2, 9] }];
        branches += exact(&tiny, &mut failed);
    }
    report(&failed, branches, 1_458);
}

/// Four cells with hard needs in every direction: 4,096 graphs.
#[test]
fn all_graphs_of_four_cells_with_hard_needs() {
    let mut failed = Vec::new();
    let mut branches = 0;
    for n in 0..2_usize.pow(12) {
        let mut tiny = graph(4, &pairs(4), &[None, Some(hard(0))], n);
        tiny.acts = vec![
            Act::Delete { cell: 0, detect: vec![3], mend: vec![10] },
            Act::Fault { cell: 1, from: vec![25], lasts: vec![5] },
        ];
        branches += exact(&tiny, &mut failed);
    }
    report(&failed, branches, 4_096);
}

/// Three cells without rings: shares, holds, releases and settles, and an incident that mends one or two of them.
#[test]
fn all_chains_and_trees_of_three_cells() {
    let kinds =
        [None, Some(hard(0)), Some(need(0, 50, &[0], &[0])), Some(need(0, 100, &[4, 30], &[0])), Some(need(0, 100, &[2], &[3]))];
    let mut failed = Vec::new();
    let mut branches = 0;
    for (n, settle) in (0..kinds.len().pow(3)).flat_map(|n| [(n, 0), (n, 3)]) {
        let mut tiny = graph(3, &[(1, 0), (2, 0), (2, 1)], &kinds, n);
        tiny.settle = settle;
        tiny.acts = vec![Act::Delete { cell: 0, detect: vec![1, 5], mend: vec![10] }];
        branches += exact(&tiny, &mut failed);
        tiny.acts.push(Act::Delete { cell: 1, detect: vec![3, 40], mend: vec![10] });
        branches += exact(&tiny, &mut failed);
        tiny.acts =
            vec![Act::Fault { cell: 0, from: vec![0], lasts: vec![5] }, Act::Fault { cell: 1, from: vec![2, 7], lasts: vec![6] }];
        branches += exact(&tiny, &mut failed);
    }
    report(&failed, branches, 3_456);
}

/// A caller of two or three with spares.
fn redundant() -> Vec<Tiny> {
    let groups = [any(&[0, 1], 1, &[0]), any(&[0, 1], 1, &[3, 8]), any(&[0, 1], 2, &[0]), any(&[0, 1, 2], 2, &[0, 5])];
    let acts = [
        vec![Act::Recreate { cell: 0, takes: vec![4, 20] }, Act::Recreate { cell: 1, takes: vec![9, 30] }],
        vec![Act::Recreate { cell: 0, takes: vec![10] }, Act::Fault { cell: 1, from: vec![5, 12], lasts: vec![2, 10] }],
        vec![
            Act::Delete { cell: 0, detect: vec![1, 9], mend: vec![5, 25] },
            Act::Delete { cell: 1, detect: vec![4], mend: vec![7, 15] },
        ],
    ];
    let mut found = Vec::new();
    for group in &groups {
        for acts in &acts {
            let cells = vec![Vec::new(), Vec::new(), Vec::new(), vec![group.clone()]];
            found.push(Tiny { cells, settle: 0, engage: vec![2, 6], diagnose: vec![4], acts: acts.clone() });
        }
    }
    found
}

/// A change that may go wrong, and whose rollback may not be enough, under a chain.
fn doubtful() -> Tiny {
    let act = Act::Configure { cell: 0, detect: vec![1, 3], fails: 30, revert: vec![2, 6, 10], works: 60, forward: vec![20, 45] };
    let cells = vec![Vec::new(), vec![need(0, 100, &[5, 15], &[2])], vec![hard(1)]];
    Tiny { cells, settle: 0, engage: vec![2, 4], diagnose: vec![5], acts: vec![act] }
}

#[test]
fn spares_and_changes_that_go_wrong() {
    let mut failed = Vec::new();
    let branches: usize = redundant().iter().chain([&doubtful()]).map(|tiny| exact(tiny, &mut failed)).sum();
    report(&failed, branches, 384);
}

/// The exact distribution of a cell's outage.
fn distribution(tiny: &Tiny, cell: usize) -> BTreeMap<u32, f64> {
    let mut found = BTreeMap::new();
    for (branch, weight) in tiny.branches() {
        *found.entry(branch.outages()[cell]).or_default() += weight;
    }
    found
}

/// Every outage comes up as often as it is likely, within five standard errors.
#[test]
fn a_sampled_run_gives_every_outage_as_often_as_it_is_likely() {
    for tiny in redundant().iter().chain([&doubtful()]) {
        let scenario = study(&tiny.yaml()).base;
        let model = world::compiled(&scenario);
        let trials: u32 = 4_000;
        let mut seen: Vec<BTreeMap<u64, u32>> = vec![BTreeMap::new(); tiny.cells.len()];
        let mut engine = Engine::new(&model);
        for trial in 0..trials {
            engine.run(u64::from(trial));
            let touched: BTreeMap<String, u64> =
                engine.outcome().cells().map(|(c, f)| (scenario.world.cell_name(model.origin[c as usize]), f.outage)).collect();
            for (cell, seen) in seen.iter_mut().enumerate() {
                *seen.entry(touched.get(&format!("{}@r", tiny::name(cell))).copied().unwrap_or(0)).or_default() += 1;
            }
        }
        for (cell, seen) in seen.iter().enumerate() {
            let likely = distribution(tiny, cell);
            let impossible: Vec<&u64> = seen.keys().filter(|t| !likely.keys().any(|m| u64::from(*m) * 60_000 == **t)).collect();
            assert!(impossible.is_empty(), "{impossible:?} of {}:\n{}", tiny::name(cell), tiny.yaml());
            for (minutes, p) in &likely {
                let count = f64::from(seen.get(&(u64::from(*minutes) * 60_000)).copied().unwrap_or(0));
                let (mean, error) = (f64::from(trials) * p, (f64::from(trials) * p * (1.0 - p)).sqrt());
                let name = tiny::name(cell);
                assert!(
                    (count - mean).abs() <= 5.0 * error + 1e-6,
                    "{name} {minutes} min: {count}, not {mean}:\n{}",
                    tiny.yaml()
                );
            }
        }
    }
}

/// The least value that so large a part of the probability is at or below.
fn quantile(of: &BTreeMap<u32, f64>, part: f64) -> f64 {
    let mut sum = 0.0;
    let at = of.iter().find(|(_, p)| {
        sum += *p;
        sum >= part - 1e-9
    });
    f64::from(*at.unwrap().0)
}

/// A store with two copies, each of which can be used with 50 %: noticed 1, engaged 2, known 4, re-created 5, a search of 3 for each
/// copy tried, 6 GB at 10 MB/s take 10. In a quarter of the trials neither can be used.
#[test]
fn copies_that_may_be_unusable() {
    let text = "world:
  regions: { r: {} }
  teams: { t: { detect: 1m, engage: 2m, diagnose: 4m } }
  services:
    a: { in: [r], team: t, kind: datastore, needs: none, recreate: 5m, data: { size: 6GB, restore: 10MB/s, locate: 3m, usable: 50%, copies: 2 } }
plan: [{ do: delete, target: a, takes: 1m, fails: 0% }]
";
    let scenario = study(text).base;
    let model = world::compiled(&scenario);
    let mut engine = Engine::new(&model);
    let trials = 4_000;
    let mut seen = [0_u32; 3];
    for trial in 0..trials {
        engine.run(trial);
        let outcome = engine.outcome();
        let (cell, figures) = outcome.cells().next().unwrap();
        let at = match (outcome.data(cell).1, figures.outage / 60_000) {
            (true, _) => 2,
            (false, 25) => 0,
            (false, 28) => 1,
            (false, other) => panic!("{other} minutes"),
        };
        seen[at] += 1;
    }
    for (count, likely) in seen.into_iter().zip([0.5_f64, 0.25, 0.25]) {
        let error = (4_000.0 * likely * (1.0 - likely)).sqrt();
        assert!((f64::from(count) - 4_000.0 * likely).abs() < 5.0 * error, "{seen:?}");
    }
}

/// Intervals are given with 95 %: over all subjects at least that part of them must hold the exact figure.
#[test]
fn the_intervals_of_a_report_hold_the_exact_figures() {
    let (mut asked, mut missed) = (0, Vec::new());
    for tiny in redundant().iter().chain([&doubtful()]) {
        let stop = AtomicBool::new(false);
        let options = Options {
            file: "s.yaml",
            engine: foreshock::engine::Choice::Auto,
            threads: 1,
            all: true,
            aiming: foreshock::summary::rare::Aiming::Never,
            examine_defaults: false,
            pictures: false,
            news: &|_| (),
            stop: &stop,
        };
        let report = simulate(&study(&tiny.yaml()), &options);
        for cell in 0..tiny.cells.len() {
            let likely = distribution(tiny, cell);
            let subject = &report.services[&tiny::name(cell)];
            let outage = &subject.outage_min;
            let mean: f64 = likely.iter().map(|(minutes, p)| f64::from(*minutes) * p).sum();
            let affected = 1.0 - likely.get(&0).copied().unwrap_or(0.0);
            for (what, low, exact, high) in [
                ("affected", subject.affected.low, affected, subject.affected.high),
                ("mean", outage.mean_low, mean, outage.mean_high),
                ("p50", outage.p50_low, quantile(&likely, 0.5), outage.p50_high),
                ("p90", outage.p90_low, quantile(&likely, 0.9), outage.p90_high),
                ("p99", outage.p99_low, quantile(&likely, 0.99), outage.p99_high),
            ] {
                asked += 1;
                // Histograms keep three digits.
                let slack = exact * 2e-3 + 1e-9;
                if exact < low - slack || exact > high + slack {
                    missed.push(format!("{what} of {}: {exact} is not in {low} to {high}\n{}", tiny::name(cell), tiny.yaml()));
                }
            }
        }
    }
    assert!(missed.len() * 20 <= asked, "{} of {asked}; the first:\n{}", missed.len(), missed[0]);
}
