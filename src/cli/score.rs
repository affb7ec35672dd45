//! `foreshock score PLAN --world W`: a verdict on a plan before it runs.

use super::exit::Exit;
use super::options::Showing;
use super::progress::Progress;
use super::proposing::{Proposing, bind, entry, key};
use super::terminal::Terminal;
use super::{audit_log, engine, interrupt};
use crate::report::data::Report;
use crate::report::figures::whole;
use crate::report::verdict::Decision;
use crate::verdict::{MOST_CHANGES, MOST_PAIRS, News, Options, Why, score};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Score a plan before it runs: allow, review or block
///
/// Looks at the plan, then simulates it until every limit of the appetite is known with the wanted confidence, and no
/// longer. A limit that stays open, a target that nobody described and a coverage below the floor ask for a review; nothing
/// that is not known is taken for safe. The exit code is the verdict: 0 allow, 3 review, 2 block. `SOURCE_DATE_EPOCH`, if set, is the time that the
/// verdict is given; `verify` goes by the real clock.
#[derive(Debug, Args)]
pub(super) struct Score {
    #[command(flatten)]
    proposing: Proposing,
    /// Which steps are left out, one by one, to see what each does: none, top (the ten heaviest) or all (which takes about as long as a
    /// verdict for each step: a minute or two for 500 steps over a hundred services)
    #[arg(long, value_name = "STEPS", default_value = "top", value_parser = ["none", "top", "all"], hide_possible_values = true)]
    why: String,
    /// Append the verdict to this hash-chained log; `foreshock audit verify` checks it
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Seal the verdict with the key in this file (HMAC-SHA-256), so that only who has it can make one
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    showing: Showing,
}

pub(super) const EXAMPLES: &str = "  foreshock score plan.yaml --world world.yaml
  foreshock score plan.yaml --world world.yaml --appetite appetite.yaml --format sarif --out score.sarif
  terraform-to-plan | foreshock score - --world world.yaml --format json";

/// So many steps are left out anyway.
const FEW: usize = 10;

impl Score {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        self.showing.must_show_verdicts()?;
        let key = key(self.key.as_deref())?;
        let Some(proposal) = self.proposing.read(terminal) else { return Ok(Exit::Input) };
        if self.why == "all" {
            announce(proposal.scenario.plan.steps.len(), terminal);
        }
        let stop = interrupt::watch();
        let progress = Progress::new(terminal, &proposal.scenario.title);
        let news = |news| match news {
            News::Trials(trials) => progress.news(engine::Done { trials, of: None }),
            News::LeftOut { done, of } => progress.steps(done, of),
        };
        let why = match self.why.as_str() {
            "none" => Why::Attribution,
            "all" => Why::All,
            _ => Why::Heaviest,
        };
        let options =
            Options { all: self.showing.all(), pictures: self.showing.pictures(), why, ..self.proposing.options(&news, stop) };
        let mut report = score(&proposal, &options);
        drop(progress);
        if let Some(verdict) = &mut report.verdict {
            verdict.with = self.proposing.with.words();
        }
        bind(&mut report, &proposal, self.showing.is_json(), key.as_deref());
        if let Some(path) = self.audit.as_ref().filter(|_| report.complete) {
            // A verdict that could not be written down is not given.
            audit_log::append(path, &entry(&report))?;
        }
        self.showing.show(terminal, |format, view| format.verdict(&report, view))?;
        self.showing.step_summary(&report)?;
        Ok(exit(&report))
    }
}

/// Says before long work how much it is at most.
fn announce(steps: usize, terminal: Terminal) {
    if steps > FEW {
        let runs = whole(steps as u64 * MOST_PAIRS);
        terminal.remark(&format!(
            "--why all: {steps} steps are left out one by one, in at most {MOST_PAIRS} trials each: up to {runs} plan runs;\nthen up to {MOST_CHANGES} changes are judged in full. Ctrl-C keeps the verdict."
        ));
    }
}

/// The exit code of a verdict; an interrupted one is no verdict.
pub(super) fn exit(report: &Report) -> Exit {
    match report.verdict.as_ref().map(|v| v.decision) {
        _ if !report.complete => Exit::Interrupted,
        Some(Decision::Allow) => Exit::Done,
        Some(Decision::Review) => Exit::Review,
        Some(Decision::Block) => Exit::Block,
        None => Exit::Fault,
    }
}
