//! The one door between the commands and what computes: reading, simulating, tracing.
//!
//! In: paths and options. Out: studies with findings, reports, traces. Not here: anything that people see.
//!
//! TEMPORARY: the bodies that say "not built yet" wait for `scenario::read`, `ensemble` and `summary`. They
//! never invent a result.

use crate::diag::{Diagnostic, Findings, Severity, Source, codes};
use crate::report::data::Report;
use crate::report::trace::Trace;
use crate::scenario::Study;
use crate::scenario::plan::Size;
use crate::scenario::world::World;
use crate::summary::{simulate, timeline};
use anyhow::Result;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How files are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Leave out guardrails and actor instead of refusing them.
    pub(super) ignore_guardrails: bool,
    /// The largest file.
    pub(super) max_file_size: u64,
}

/// What a file says, and what was found on the way; without a value there is an error among the findings.
#[derive(Debug)]
pub(super) struct Read<T> {
    /// What it says.
    pub(super) value: Option<T>,
    /// Errors and warnings.
    pub(super) found: Vec<Diagnostic>,
}

/// Our own fault.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Fault(pub(super) String);

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
    /// How many threads; all if `None`.
    pub(super) threads: Option<usize>,
    /// Keep every cell in the report.
    pub(super) all: bool,
    /// Told now and then how far it is.
    pub(super) news: &'a (dyn Fn(Done) + Sync),
    /// Set when the run should stop where it is.
    pub(super) stop: &'a AtomicBool,
}

/// A stage that `--emit` shows instead of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Stage {
    /// The document after includes, before anybody asks what it means
    Raw,
    /// The valid scenario
    Scenario,
    /// What the engine reads
    Model,
    /// The first trial
    Trace,
}

/// Reads a scenario.
pub(super) fn study(path: &str, reading: Reading) -> Read<Study> {
    not_yet(path, reading)
}

/// Reads a world.
pub(super) fn world(path: &str, reading: Reading) -> Read<World> {
    not_yet(path, reading)
}

/// Reads any document of ours for `check`: a scenario, a world, guardrails, an appetite. The value is one line about it.
pub(super) fn check(path: &str, reading: Reading) -> Read<String> {
    not_yet(path, reading)
}

/// Simulates base and variants.
pub(super) fn simulate(study: &Study, running: Running<'_>) -> Report {
    let of = match study.base.size {
        Size::Trials(n) => Some(n),
        Size::Precision(_) => None,
    };
    let options = simulate::Options {
        file: running.file,
        threads: running.threads.unwrap_or(0),
        all: running.all,
        examine_defaults: true,
        news: &|trials| (running.news)(Done { trials, of }),
        stop: running.stop,
    };
    simulate::simulate(study, &options)
}

/// The course of one trial.
pub(super) fn trace(study: &Study, variant: Option<&str>, trial: u64, file: &str) -> Trace {
    let named = |name: &str| study.variants.iter().find(|(known, _)| known == name).map(|(_, s)| s);
    let scenario = variant.and_then(named).unwrap_or(&study.base);
    timeline::trace(scenario, variant, trial, file)
}

/// A stage as text.
pub(super) fn emit(study: &Study, stage: Stage) -> Result<String> {
    match stage {
        Stage::Scenario => Ok(format!("{:#?}\n", study.base)),
        Stage::Raw | Stage::Model | Stage::Trace => {
            Err(Fault(format!("`--emit {stage:?}` is not built yet").to_lowercase()).into())
        }
    }
}

/// Findings as people read them.
pub(super) fn drawn(found: &[Diagnostic], _colour: bool) -> String {
    let lines = found.iter().map(|d| {
        let word = if d.severity == Severity::Error { "error" } else { "warning" };
        let hint = d.hint.as_ref().map_or(String::new(), |hint| format!("\n  help: {hint}"));
        format!("{word}[{}]: {}{hint}\n", d.code, d.message)
    });
    lines.collect()
}

/// What can already be said: whether the file is there, is text, and has the form of a document.
fn not_yet<T>(path: &str, reading: Reading) -> Read<T> {
    let mut findings = Findings::default();
    let error = |code, message: String| Diagnostic { code, severity: Severity::Error, message, span: None, hint: None };
    match fs::metadata(path) {
        Err(reason) => findings.add(error(codes::UNREADABLE, format!("`{path}` cannot be read: {reason}"))),
        Ok(meta) if meta.len() > reading.max_file_size => findings.add(error(codes::TOO_LARGE, format!("`{path}` is too large"))),
        Ok(_) => match fs::read_to_string(path) {
            Err(reason) => findings.add(error(codes::UNREADABLE, format!("`{path}` cannot be read: {reason}"))),
            Ok(text) => {
                let source = Arc::new(Source { name: path.to_owned(), text });
                if crate::document::read(&source, &mut findings).is_some() {
                    let message = format!("`{path}` is well formed, but reading what it means is not built yet");
                    findings.add(error(codes::UNREADABLE, message));
                }
            }
        },
    }
    Read { value: None, found: findings.into_list() }
}
