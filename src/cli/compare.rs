//! `foreshock compare A B`: two scenarios, or two plans, under the same luck.

use super::exit::Exit;
use super::options::{Files, Showing, Simulating};
use super::proposing::With;
use super::run::{exit, simulate};
use super::terminal::Terminal;
use super::{engine, interrupt, show_findings};
use crate::report::data::Report;
use crate::scenario::Study;
use crate::scenario::proposal::Proposal;
use crate::verdict::{against, score};
use anyhow::{Result, bail};
use clap::Args;
use std::sync::atomic::{AtomicBool, Ordering};

/// Compare two scenarios, or two plans, under the same luck
///
/// B is shown beside A as if it were a variant of it: the same seed, the same number of trials, differences
/// trial by trial. Variants inside the files are left out. With `--world` both are plans over that world, doing nothing stands beside
/// them, and the notes say what the verdict on each would be.
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
        let report = if self.world.is_some() { self.plans(terminal, stop)? } else { self.scenarios(terminal, stop) };
        let Some(report) = report else { return Ok(Exit::Input) };
        let reports = [report];
        self.showing.show(terminal, |format, view| format.reports(&reports, view))?;
        Ok(exit(&reports, stop.load(Ordering::SeqCst)))
    }

    fn scenarios(&self, terminal: Terminal, stop: &'static AtomicBool) -> Option<Report> {
        let a = engine::study(&self.a, self.reading.reading());
        let b = engine::study(&self.b, self.reading.reading());
        show_findings(terminal, &a.found);
        show_findings(terminal, &b.found);
        let mut study = beside(a.value?, b.value?, &self.b);
        self.simulating.apply(&mut study);
        Some(simulate(&study, &self.a, &self.simulating, &self.showing, terminal, stop))
    }

    fn plans(&self, terminal: Terminal, stop: &'static AtomicBool) -> Result<Option<Report>> {
        if self.a == "-" && self.b == "-" {
            bail!("standard input can be read only once");
        }
        let with = With::of(self.world.clone(), self.guardrails.clone(), self.appetite.clone());
        let (a, b) = (with.read(&self.a), with.read(&self.b));
        show_findings(terminal, &a.found);
        show_findings(terminal, &b.found);
        let (Some(a), Some(b)) = (a.value, b.value) else { return Ok(None) };
        let verdict = |plan: &Proposal, file: &str| {
            let report = score(plan, &with.options(file, &|_| (), stop));
            let decision = report.verdict.map_or("none", |v| v.decision.word());
            let unknown = plan.scenario.plan.unknown.len();
            let unknown =
                if unknown > 0 { format!("; {unknown} of its targets are unknown and not simulated") } else { String::new() };
            format!("verdict on `{file}` by {}: {decision}{unknown}", plan.appetite.name)
        };
        let notes = [verdict(&a, &self.a), verdict(&b, &self.b)];
        let mut study = against(a.scenario, b.scenario, &self.b);
        self.simulating.apply(&mut study);
        let mut report = simulate(&study, &self.a, &self.simulating, &self.showing, terminal, stop);
        report.notes.splice(0..0, notes);
        Ok(Some(report))
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
