//! What tests need of a world: files and texts as scenarios and models, and small random scenarios of every feature.
//!
//! A [`Draft`] can be shrunk and printed (`draft`), and is made of luck (`maker`, `dice`).

#![allow(dead_code, unreachable_pub, reason = "shared by several tests, none of which uses all of it")]
#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]
#![allow(unused_imports, reason = "not every test names what a draft consists of")]

pub mod definitions;
mod dice;
mod draft;
mod maker;
pub mod pages;

pub use dice::Dice;
pub use draft::{Act, Draft, Link, Service};
pub use maker::{Allowed, EVERYTHING};

use foreshock::ensemble::{self, Ensemble, Run};
use foreshock::model::{Model, graph::Graph};
use foreshock::priors::Priors;
use foreshock::scenario::files::{Files, Memory};
use foreshock::scenario::plan::Size;
use foreshock::scenario::{self, FileError, ReadOptions, Scenario, Study};
use foreshock::summary::oracle::{Nested, prepare};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// The YAML files of a folder, in order.
pub fn files_in(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    files.sort();
    files
}

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, FileError> {
        std::fs::read_to_string(path).map_err(|error| FileError::Unreadable(error.to_string()))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, FileError> {
        let entries = std::fs::read_dir(folder).map_err(|error| FileError::Unreadable(error.to_string()))?;
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        Ok(names)
    }
}

/// The study in a file.
pub fn study_in(path: &Path) -> Study {
    let read = scenario::read(&Disk, path.to_str().unwrap(), &ReadOptions::default());
    read.study.unwrap_or_else(|| panic!("{}: {:#?}", path.display(), read.diagnostics))
}

/// The scenario in a text.
pub fn scenario_of(text: &str) -> Scenario {
    let files = Memory::new([("s.yaml", text)]);
    let read = scenario::read(&files, "s.yaml", &ReadOptions::default());
    let messages: Vec<String> = read.diagnostics.iter().map(|d| d.message.clone()).collect();
    read.study.unwrap_or_else(|| panic!("{text}\n{messages:#?}")).base
}

/// The model of a scenario, with the priors that ship.
pub fn compiled(scenario: &Scenario) -> Model {
    let priors = Priors::shipped();
    prepare(scenario, &Graph::new(&scenario.world), &priors, &Nested::new(&priors))
}

/// Tallies of some models.
pub fn ensemble_of(models: &[Model], trials: u64, threads: usize, has_customers: bool) -> Ensemble {
    let stop = AtomicBool::new(false);
    ensemble::run(
        models,
        &Run {
            engine: foreshock::engine::Choice::Auto,
            size: Size::Trials(trials),
            threads,
            has_customers,
            news: &|_| (),
            stop: &stop,
        },
    )
}

/// The seeds of a test: `FORESHOCK_SEED` alone if it is set, else `default` of them (or as many as `FORESHOCK_SWARM` says).
pub fn seeds(default: u64) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match (number("FORESHOCK_SEED"), number("FORESHOCK_SWARM")) {
        (Some(seed), _) => vec![seed],
        (None, count) => (0..count.unwrap_or(default)).collect(),
    }
}

/// Whether the reader takes the text.
pub fn is_valid(text: &str) -> bool {
    let files = Memory::new([("s.yaml", text)]);
    let read = scenario::read(&files, "s.yaml", &ReadOptions::default());
    if read.study.is_none() && std::env::var_os("FORESHOCK_WHY").is_some() {
        let messages: Vec<&str> = read.diagnostics.iter().map(|d| d.message.as_str()).collect();
        panic!("{text}\n{messages:#?}");
    }
    read.study.is_some()
}

/// Holds random worlds to a check that says what is wrong; those that were held to it. A single seed that fails is shrunk.
pub fn held(seeds: &[u64], draft: impl Fn(u64) -> Draft, fails: impl Fn(&str) -> Option<String>) -> Vec<Draft> {
    let (mut held, mut failed) = (Vec::new(), Vec::new());
    for &seed in seeds {
        let draft = draft(seed);
        if !is_valid(&draft.yaml()) {
            continue;
        }
        if let Some(wrong) = fails(&draft.yaml()) {
            failed.push(format!("FORESHOCK_SEED={seed}: {wrong}"));
            if seeds.len() == 1 {
                let small = draft.clone().shrink(|smaller| fails(&smaller.yaml()).is_some());
                failed.push(format!("shrunk: {}\n{}", fails(&small.yaml()).unwrap_or_default(), small.yaml()));
            }
        }
        held.push(draft);
    }
    assert!(failed.is_empty(), "a single FORESHOCK_SEED is shrunk:\n{}", failed.join("\n"));
    held
}
