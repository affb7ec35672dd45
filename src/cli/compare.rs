//! `foreshock compare A B`: two scenarios, or two plans, under the same luck.

use super::exit::Exit;
use super::kinds::{Kind, shown};
use super::options::{Files, Showing, Simulating};
use super::proposing::With;
use super::run::{exit, simulate};
use super::terminal::Terminal;
use super::{engine, interrupt, show_findings};
use crate::diag::{Diagnostic, Severity, codes, tick};
use crate::report::data::{Examples, Report};
use crate::report::figures::duration;
use crate::report::quote;
use crate::scenario::plan::Unknown;
use crate::scenario::proposal::Proposal;
use crate::scenario::{Scenario, Study};
use crate::summary::timeline::minutes;
use crate::verdict::{against, score};
use anyhow::{Result, bail};
use clap::Args;
use std::sync::atomic::{AtomicBool, Ordering};

/// Compare two scenarios, or two plans, under the same luck
///
/// B is shown beside A as if it were a variant of it: the same seed, the same number of trials, the same horizon (those of A), differences
/// trial by trial. Variants inside the files are left out. With `--world` both are plans over that world, doing nothing stands beside
/// them, and the notes say what the verdict on each would be. Targets that the world does not know are not simulated: the exit code is then 3.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The scenario or plan to compare with
    #[arg(value_name = "A")]
    a: String,
    /// The one that is compared
    #[arg(value_name = "B")]
    b: String,
    #[command(flatten)]
    simulating: Simulating,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    reading: Files,
    /// The world of both plans
    #[arg(long, short, value_name = "WORLD")]
    world: Option<String>,
    /// Guardrails of both plans
    #[arg(long, short, value_name = "FILE", requires = "world")]
    guardrails: Option<String>,
    /// How much harm is acceptable
    #[arg(long, value_name = "FILE", requires = "world")]
    appetite: Option<String>,
}

pub(super) const EXAMPLES: &str = "  foreshock compare today.yaml tomorrow.yaml
  foreshock compare plan.yaml safer.yaml --world world.yaml
  foreshock compare a.yaml b.yaml --trials 50000 --format markdown";

impl Compare {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        self.showing.must_show_reports()?;
        let stop = interrupt::watch();
        let compared = if self.world.is_some() { self.plans(terminal, stop)? } else { self.scenarios(terminal, stop) };
        let Some(Compared { report, knows_all }) = compared else { return Ok(Exit::Input) };
        let (with, simulated) = (self.reading.reading().words(), self.simulating.words());
        let reports = [Report { again: Some(self.again()), with, simulated, ..report }];
        self.showing.show(terminal, |format, view| format.reports(&reports, view))?;
        Ok(match exit(&reports, stop.load(Ordering::SeqCst)) {
            Exit::Done if !knows_all => Exit::Review,
            exit => exit,
        })
    }

    /// The command that compares the same again.
    fn again(&self) -> String {
        let named = [("--world", &self.world), ("--guardrails", &self.guardrails), ("--appetite", &self.appetite)];
        let named = named.into_iter().filter_map(|(flag, value)| Some([flag.to_owned(), quote(value.as_deref()?)]));
        let words = ["foreshock".to_owned(), "compare".to_owned(), quote(&self.a), quote(&self.b)];
        words.into_iter().chain(named.flatten()).collect::<Vec<_>>().join(" ")
    }

    /// The report of A, in which B has the name of its own file.
    fn simulated(&self, study: &Study, terminal: Terminal, stop: &AtomicBool) -> Report {
        let mut report = simulate(study, &self.a, &self.simulating, &self.showing, terminal, stop);
        if let Some(b) = report.variants.get_mut(&self.b) {
            b.report.scenario.file.clone_from(&self.b);
        }
        report
    }

    /// What to know where B alone would be followed for another time than A.
    fn other_horizon(&self, a: &Scenario, b: &Scenario) -> Option<String> {
        let horizon = |scenario: &Scenario| duration(minutes(scenario.horizon));
        (a.horizon != b.horizon).then(|| {
            format!("`{}` is followed for {} here, as `{}` is; run alone, for {}", self.b, horizon(a), self.a, horizon(b))
        })
    }

    fn scenarios(&self, terminal: Terminal, stop: &'static AtomicBool) -> Option<Compared> {
        let reading = self.reading.reading();
        let read = |file: &str| shown(engine::study(file, reading), file, Kind::Scenario, reading, terminal);
        let (Some(a), Some(b)) = (read(&self.a), read(&self.b)) else { return None };
        let note = self.other_horizon(&a.base, &b.base);
        let mut study = beside(a, b, &self.b);
        self.simulating.apply(&mut study);
        let mut report = self.simulated(&study, terminal, stop);
        report.notes.splice(0..0, note);
        Some(Compared { report, knows_all: true })
    }

    fn plans(&self, terminal: Terminal, stop: &'static AtomicBool) -> Result<Option<Compared>> {
        if self.a == "-" && self.b == "-" {
            bail!("standard input can be read only once");
        }
        if self.reading.reading().ignore_guardrails {
            bail!(
                "two plans are judged with the guardrails of `--guardrails` and with their own: `--ignore-guardrails` is for scenarios"
            );
        }
        let documents = [self.world.clone(), self.guardrails.clone(), self.appetite.clone()];
        let with = With::of(documents, self.simulating.luck(), self.reading.bounds());
        let (Some(a), Some(b)) = (with.read(&self.a, terminal), with.read(&self.b, terminal)) else { return Ok(None) };
        let unknown: Vec<Diagnostic> = [&a, &b]
            .into_iter()
            .flat_map(|plan| &plan.scenario.plan.unknown)
            .map(|unknown| untold(unknown, "compared"))
            .collect();
        show_findings(terminal, &unknown);
        let verdict = |plan: &Proposal, file: &str| {
            let report = score(plan, &with.options(file, &|_| (), stop));
            let decision = report.verdict.map_or("none", |v| v.decision.word());
            let unknown = plan.scenario.plan.unknown.len();
            let unknown = match unknown {
                0 => String::new(),
                1 => "; one of its targets is unknown and not simulated".to_owned(),
                n => format!("; {n} of its targets are unknown and not simulated"),
            };
            format!("verdict on `{file}` by {}: {decision}{unknown}", plan.appetite.name)
        };
        let notes = [verdict(&a, &self.a), verdict(&b, &self.b)];
        let notes = notes.into_iter().chain(self.other_horizon(&a.scenario, &b.scenario));
        let mut study = against(a.scenario, b.scenario, &self.b);
        self.simulating.apply(&mut study);
        let mut report = self.simulated(&study, terminal, stop);
        report.notes.splice(0..0, notes.collect::<Vec<_>>());
        // A plan that stands in another file than its world cannot be traced.
        report.examples = Examples { typical: None, bad: None };
        Ok(Some(Compared { report, knows_all: unknown.is_empty() }))
    }
}

/// What came of it, and whether all that the plans touch was simulated.
struct Compared {
    report: Report,
    knows_all: bool,
}

/// A target of which nothing can be compared, or simulated.
pub(super) fn untold(unknown: &Unknown, done: &str) -> Diagnostic {
    let hint = match &unknown.near {
        Some(near) => format!("did you mean `{near}`? Else describe it under `services:` of the world"),
        None => "describe it under `services:` of the world".to_owned(),
    };
    Diagnostic {
        code: codes::UNKNOWN_NAME,
        severity: Severity::Warning,
        message: format!("the world does not know {}: what is done to it is not {done}", tick(&unknown.name)),
        span: Some(unknown.span.clone()),
        hint: Some(hint),
    }
}

/// B as the only variant of A, with the luck, the size and the horizon of A.
fn beside(a: Study, b: Study, name: &str) -> Study {
    let mut variant = b.base;
    variant.seed = a.base.seed;
    variant.size = a.base.size;
    variant.horizon = a.base.horizon;
    Study { base: a.base, variants: vec![(name.to_owned(), variant)] }
}
