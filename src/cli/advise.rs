//! `foreshock advise PLAN --world W`: safer plans, each simulated.

use super::exit::Exit;
use super::interrupt;
use super::options::Showing;
use super::proposing::Proposing;
use super::terminal::Terminal;
use crate::advise::advise;
use crate::report::advice::Advice;
use crate::report::verdict::Decision;
use anyhow::{Result, bail};
use clap::Args;
use std::sync::atomic::Ordering;

/// Advise: safer plans, each simulated under the same luck
///
/// Rewrites the plan by rules (a snapshot first, one cell or one region first, drain before, create before destroy, another order, cell by
/// cell, roll back by itself, an approval, a quieter hour, less at once) and by up to three of them together, judges each by the appetite, and prints the best
/// as documents that can be used at once. Says when nothing helps. The exit code is that of the best plan: 0 allow, 3 review, 2 block.
#[derive(Debug, Args)]
pub(super) struct Advise {
    #[command(flatten)]
    proposing: Proposing,
    /// Print plan N alone, as a document
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    take: Option<u16>,
    #[command(flatten)]
    showing: Showing,
}

pub(super) const EXAMPLES: &str = "  foreshock advise plan.yaml --world world.yaml
  foreshock advise plan.yaml --world world.yaml --take 1 --out safer.yaml";

impl Advise {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        self.showing.must_show_advice()?;
        let Some(proposal) = self.proposing.read(terminal) else { return Ok(Exit::Input) };
        let stop = interrupt::watch();
        let advice = advise(&proposal, &self.proposing.options(&|_| (), stop));
        let advice = Advice { with: self.proposing.with.words(), ..advice };
        if stop.load(Ordering::SeqCst) {
            return Ok(Exit::Interrupted);
        }
        match self.take {
            None => self.showing.show(terminal, |format, view| format.advice(&advice, view))?,
            Some(n) => {
                let Some(plan) = advice.plans.get(usize::from(n) - 1) else {
                    bail!("there is no plan {n}: {} were found", advice.plans.len());
                };
                self.showing.write(terminal, &plan.plan)?;
            }
        }
        let best = advice.plans.first().map_or(&advice.proposed, |p| &p.figures);
        Ok(match best.decision.min(advice.proposed.decision) {
            Decision::Allow => Exit::Done,
            Decision::Review => Exit::Review,
            Decision::Block => Exit::Block,
        })
    }
}
