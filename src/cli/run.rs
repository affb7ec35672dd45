//! `foreshock run FILE…`: simulates scenarios, variants beside the base.

use super::compare::untold;
use super::engine::{self, Running, Stage};
use super::exit::Exit;
use super::kinds::{Kind, shown};
use super::options::{Files, Showing, Simulating};
use super::progress::Progress;
use super::proposing::With;
use super::terminal::Terminal;
use super::{interrupt, show_findings};
use crate::diag::Diagnostic;
use crate::report::data::{Examples, Report};
use crate::report::quote;
use crate::scenario::Study;
use anyhow::Result;
use clap::Args;
use std::sync::atomic::{AtomicBool, Ordering};

/// Run scenarios: what goes down, for how long, and why
///
/// Reads all files first, then simulates one after the other. JSON of one file is an object, of several an
/// array. With `--world` they are plans over that world; targets that it does not know are not simulated, and the exit code is then 3.
/// A scenario whose `expect` does not hold ends with exit code 1. Ctrl-C prints what is known so far,
/// marked as partial, and ends with 130; a second Ctrl-C ends at once.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// Scenario files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    simulating: Simulating,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    reading: Files,
    /// The world of the files, which are plans
    #[arg(long, short, value_name = "WORLD", conflicts_with = "ignore_guardrails")]
    world: Option<String>,
    /// Print a stage of the way instead of the report
    #[arg(long, value_name = "STAGE", hide = true)]
    emit: Option<Stage>,
}

pub(super) const EXAMPLES: &str = "  foreshock run plan.yaml
  foreshock run plan.yaml --trials 100000 --seed 7
  foreshock run plan.yaml --format markdown --out report.md
  foreshock run plans/*.yaml --world world.yaml
  foreshock run scenarios/*.yaml --format json | jq '.[].headline'";

impl Run {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        self.showing.must_show_reports()?;
        let Some(studies) = self.read(terminal) else { return Ok(Exit::Input) };
        if let Some(stage) = self.emit {
            for (study, file) in studies.iter().zip(&self.files) {
                terminal.show(&engine::emit(study, stage, file)?)?;
            }
            return Ok(Exit::Done);
        }
        let stop = interrupt::watch();
        let mut reports = Vec::new();
        for (file, study) in self.files.iter().zip(&studies) {
            if stop.load(Ordering::SeqCst) {
                terminal.say(&format!("interrupted before `{file}`"));
                continue;
            }
            let report = simulate(study, file, &self.simulating, &self.showing, terminal, stop);
            let report = if let Some(world) = &self.world { over(world, file, report) } else { report };
            let (with, simulated) = (self.reading.reading().words(), self.simulating.words());
            reports.push(Report { with, simulated, ..report });
        }
        self.showing.show(terminal, |format, view| format.reports(&reports, view))?;
        let knows_all = studies.iter().all(|study| study.base.plan.unknown.is_empty());
        Ok(match exit(&reports, stop.load(Ordering::SeqCst)) {
            Exit::Done if !knows_all => Exit::Review,
            exit => exit,
        })
    }

    /// All files, or nothing: every mistake of every file is shown in one go.
    fn read(&self, terminal: Terminal) -> Option<Vec<Study>> {
        let mut studies = Vec::new();
        for file in &self.files {
            if let Some(world) = &self.world {
                studies.extend(self.plan(world, file, terminal));
                continue;
            }
            let reading = self.reading.reading();
            studies.extend(shown(engine::study(file, reading), file, Kind::Scenario, reading, terminal));
        }
        for study in &mut studies {
            self.simulating.apply(study);
        }
        (studies.len() == self.files.len()).then_some(studies)
    }

    /// A plan over a world, with what it says of actor and guardrails.
    fn plan(&self, world: &str, file: &str, terminal: Terminal) -> Option<Study> {
        let documents = [Some(world.to_owned()), None, None];
        let base = With::of(documents, self.simulating.luck(), self.reading.bounds()).read(file, terminal)?.scenario;
        let unknown: Vec<Diagnostic> = base.plan.unknown.iter().map(|unknown| untold(unknown, "simulated")).collect();
        show_findings(terminal, &unknown);
        Some(Study { base, variants: Vec::new() })
    }
}

/// The report of a plan that stands in another file than its world: it cannot be traced, and is run again over it.
fn over(world: &str, file: &str, mut report: Report) -> Report {
    report.examples = Examples { typical: None, bad: None };
    report.again = Some(format!("foreshock run {} --world {}", quote(file), quote(world)));
    report
}

/// One study, with a progress bar.
pub(super) fn simulate(
    study: &Study,
    file: &str,
    with: &Simulating,
    showing: &Showing,
    terminal: Terminal,
    stop: &AtomicBool,
) -> Report {
    let progress = Progress::new(terminal, &study.base.title);
    let news = |done| progress.news(done);
    engine::simulate(
        study,
        Running {
            file,
            engine: with.engine(),
            aiming: with.aiming(),
            threads: with.threads(),
            all: showing.all(),
            pictures: showing.pictures(),
            news: &news,
            stop,
        },
    )
}

/// A partial run decides nothing; a complete one is done unless an expectation failed.
pub(super) fn exit(reports: &[Report], stopped: bool) -> Exit {
    if stopped || reports.iter().any(|report| !report.complete) {
        return Exit::Interrupted;
    }
    let variants = reports.iter().flat_map(|report| report.variants.values()).map(|variant| &*variant.report);
    let met = reports.iter().chain(variants).flat_map(|report| &report.expect).all(|line| line.met);
    if met { Exit::Done } else { Exit::NotMet }
}
