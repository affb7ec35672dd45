//! What seldom goes wrong, how often exactly, and what comes of it.

use super::columns::{Columns, Lean, item, styled};
use super::page::{ASIDE, PLAIN, Page};
use crate::report::command;
use crate::report::data::Report;
use crate::report::figures::duration;
use crate::report::rare::{self, HEADS, Rare};

/// Writes the section, if trials were aimed.
pub(super) fn write(report: &Report, page: &mut Page) {
    let Some(rare) = &report.rare else { return };
    page.heading("What seldom goes wrong", "by the first slip or bypass that may come true in a run");
    page.para(PLAIN, "  ", &rare::chance(rare));
    let cost = &rare.outage_min;
    let (mean, low, high) = (duration(cost.mean), duration(cost.low), duration(cost.high));
    page.para(PLAIN, "  ", &format!("It costs {mean} of outage a run on average ({low} to {high})."));
    for tail in rare::tails(rare) {
        page.para(PLAIN, "  ", &rare::lasts(tail));
    }
    branches(rare, page);
    page.para(ASIDE, "  ", &rare::worth(rare));
    if let Some(trial) = rare.branches.iter().find_map(|b| b.example)
        && report.scenario.file != "-"
    {
        page.line(&format!("  {}", command::trace(report, trial)));
    }
}

fn branches(rare: &Rare, page: &mut Page) {
    let heads: Vec<_> = [("may come first", Lean::Left)].into_iter().chain(HEADS.map(|head| (head, Lean::Right))).collect();
    let mut rows = Columns::new(&heads);
    for branch in &rare.branches {
        rows.row([styled(PLAIN, branch.what.as_str())].into_iter().chain(rare::row(branch).map(item)).collect());
    }
    rows.write(page);
}
