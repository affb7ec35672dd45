//! `foreshock compare A B`: two scenarios under the same luck, B as a variant of A.

use super::engine;
use super::exit::Exit;
use super::options::{Files, Showing, Simulating};
use super::run::{exit, simulate};
use super::terminal::Terminal;
use super::{interrupt, show_findings};
use crate::scenario::Study;
use anyhow::Result;
use clap::Args;
use std::sync::atomic::Ordering;

/// Compare two scenarios under the same luck
///
/// B is shown beside A as if it were a variant of it: the same seed, the same number of trials, differences
/// trial by trial. Variants inside the files are left out.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The scenario to compare with
    #[arg(value_name = "A")]
    a: String,
    /// The scenario that is compared
    #[arg(value_name = "B")]
    b: String,
    #[command(flatten)]
    simulating: Simulating,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    reading: Files,
}

pub(super) const EXAMPLES: &str = "  foreshock compare today.yaml tomorrow.yaml
  foreshock compare a.yaml b.yaml --trials 50000 --format markdown";

impl Compare {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        self.showing.must_show_reports()?;
        let a = engine::study(&self.a, self.reading.reading());
        let b = engine::study(&self.b, self.reading.reading());
        show_findings(terminal, &a.found);
        show_findings(terminal, &b.found);
        let (Some(a), Some(b)) = (a.value, b.value) else { return Ok(Exit::Input) };
        let mut study = beside(a, b, &self.b);
        self.simulating.apply(&mut study);
        let stop = interrupt::watch();
        let report = simulate(&study, &self.a, &self.simulating, &self.showing, terminal, stop);
        let reports = [report];
        self.showing.show(terminal, |format, view| format.reports(&reports, view))?;
        Ok(exit(&reports, stop.load(Ordering::SeqCst)))
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
