//! The one door between the commands and what computes: reading, simulating, tracing.
//!
//! In: paths and options. Out: studies with findings, reports, traces. Not here: anything that people see.

use super::files::Disk;
use crate::diag::{Diagnostic, Findings, Source};
use crate::document;
use crate::engine::Choice;
use crate::model::graph::Graph;
use crate::priors::Priors;
use crate::report::data::Report;
use crate::report::diagnostics::{self, Style};
use crate::report::quote;
use crate::report::trace::Trace;
use crate::scenario::experiment::Experiment;
use crate::scenario::plan::Size;
use crate::scenario::world::World;
use crate::scenario::{self, Files as _, ReadOptions, Scenario, Study};
use crate::summary::coverage;
use crate::summary::oracle::{Nested, prepare};
use crate::summary::rare::Aiming;
use crate::summary::simulate;
use crate::summary::timeline::{self, NoBranch};
use anyhow::Result;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How files are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// Leave out guardrails and actor.
    pub(super) ignore_guardrails: bool,
    /// The largest file.
    pub(super) max_file_size: u64,
    /// The folder in which files may refer to each other, if it is not that of the file that is named.
    pub(super) root: Option<&'a str>,
}

impl Reading<'_> {
    /// The files that a document may refer to.
    pub(super) fn disk(self, path: &str) -> Disk {
        Disk::within(self.root, path, self.max_file_size)
    }

    /// The same as options of a command, each behind a blank; the size of files changes no figure.
    pub(super) fn words(self) -> String {
        let guardrails = if self.ignore_guardrails { " --ignore-guardrails" } else { "" };
        let root = self.root.map_or_else(String::new, |root| format!(" --root {}", quote(root)));
        format!("{guardrails}{root}")
    }
}

/// What a file says, and what was found on the way; without a value there is an error among the findings.
#[derive(Debug)]
pub(super) struct Read<T> {
    /// What it says.
    pub(super) value: Option<T>,
    /// Errors and warnings.
    pub(super) found: Vec<Diagnostic>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Done {
    /// Trials done.
    pub(super) trials: u64,
    /// Trials in all, if that is known.
    pub(super) of: Option<u64>,
}

/// How a run goes on around the simulation itself.
#[derive(Clone, Copy)]
pub(super) struct Running<'a> {
    /// The file, as the user named it.
    pub(super) file: &'a str,
    /// Which engine.
    pub(super) engine: Choice,
    /// How many threads; all if `None`.
    pub(super) threads: Option<usize>,
    /// When trials are aimed at what seldom goes wrong.
    pub(super) aiming: Aiming,
    /// Keep every cell in the report.
    pub(super) all: bool,
    /// Also find out what pictures are drawn from.
    pub(super) pictures: bool,
    /// Told now and then how far it is.
    pub(super) news: &'a (dyn Fn(Done) + Sync),
    /// Set when the run should stop where it is.
    pub(super) stop: &'a AtomicBool,
}

/// A stage that `--emit` shows instead of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Stage {
    /// The document as it was read, before anybody asks what it means
    Raw,
    /// The valid scenario
    Scenario,
    /// What the engine reads
    Model,
    /// The first trial
    Trace,
}

/// Reads a scenario.
pub(super) fn study(path: &str, reading: Reading<'_>) -> Read<Study> {
    let options = ReadOptions { ignore_guardrails: reading.ignore_guardrails, ..ReadOptions::default() };
    let disk = reading.disk(path);
    let read = scenario::read(&disk, disk.path(), &options);
    Read { value: read.study, found: read.diagnostics }
}

/// Reads a world.
pub(super) fn world(path: &str, reading: Reading<'_>) -> Read<World> {
    let disk = reading.disk(path);
    let (value, found) = scenario::read_world(&disk, disk.path(), &ReadOptions::default());
    Read { value, found }
}

/// Reads an experiment.
pub(super) fn experiment(path: &str, reading: Reading<'_>) -> Read<Experiment> {
    let disk = reading.disk(path);
    let read = scenario::experiment::read(&disk, disk.path());
    Read { value: read.experiment, found: read.diagnostics }
}

/// How much of what a plan can reach is declared.
pub(super) fn coverage(scenario: &Scenario) -> f64 {
    coverage::coverage(scenario, &Graph::new(&scenario.world)).share
}

/// Simulates base and variants.
pub(super) fn simulate(study: &Study, running: Running<'_>) -> Report {
    let of = match study.base.size {
        Size::Trials(n) => Some(n),
        Size::Precision(_) => None,
    };
    let options = simulate::Options {
        file: running.file,
        engine: running.engine,
        threads: running.threads.unwrap_or(0),
        all: running.all,
        pictures: running.pictures,
        aiming: running.aiming,
        examine_defaults: true,
        news: &|trials| (running.news)(Done { trials, of }),
        stop: running.stop,
    };
    simulate::simulate(study, &options)
}

/// The course of one trial.
pub(super) fn trace(study: &Study, variant: Option<&str>, trial: u64, file: &str) -> Result<Trace, NoBranch> {
    let named = |name: &str| study.variants.iter().find(|(known, _)| known == name).map(|(_, s)| s);
    let scenario = variant.and_then(named).unwrap_or(&study.base);
    timeline::trace(scenario, variant, trial, file)
}

/// A stage as text.
pub(super) fn emit(study: &Study, stage: Stage, path: &str) -> Result<String> {
    match stage {
        Stage::Raw => {
            let text = Disk::beside(path, u64::MAX).read(path).unwrap_or_default();
            let source = Arc::new(Source { name: path.to_owned(), text });
            let node = document::read(&source, &mut Findings::default());
            Ok(node.map_or_else(String::new, |node| document::print::yaml(&node)))
        }
        Stage::Scenario => Ok(format!("{:#?}\n", study.base)),
        Stage::Model => {
            let graph = Graph::new(&study.base.world);
            let priors = Priors::shipped();
            Ok(format!("{:#?}\n", prepare(&study.base, &graph, &priors, &Nested::new(&priors))))
        }
        Stage::Trace => Ok(serde_json::to_string_pretty(&trace(study, None, 0, "").ok())? + "\n"),
    }
}

/// Findings as people read them, so many at most.
pub(super) fn drawn(found: &[Diagnostic], colour: bool, most: usize) -> String {
    diagnostics::render(found, if colour { Style::Coloured } else { Style::Plain }, most)
}
