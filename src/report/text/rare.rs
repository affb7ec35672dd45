//! What seldom goes wrong, how often exactly, and what comes of it.

use super::columns::{Columns, Lean, item, styled};
use super::page::{ASIDE, PLAIN, Page};
use crate::report::command;
use crate::report::data::Report;
use crate::report::figures::{duration, percent};
use crate::report::rare::{self, Branch, Rare, one_in};

/// Writes the section, if trials were aimed.
pub(super) fn write(report: &Report, page: &mut Page) {
    let Some(rare) = &report.rare else { return };
    page.heading("What seldom goes wrong", "by the first slip or bypass of a run");
    page.para(PLAIN, "  ", &rare::chance(rare));
    let cost = &rare.outage_min;
    let (mean, low, high) = (duration(cost.mean), duration(cost.low), duration(cost.high));
    page.para(PLAIN, "  ", &format!("It costs {mean} of outage a run on average ({low} to {high})."));
    for tail in rare.tail.iter().filter(|tail| tail.high > 0.0) {
        page.para(PLAIN, "  ", &rare::exceeds(tail));
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
    let heads = [
        ("first of these", Lean::Left),
        ("chance", Lean::Right),
        ("outage in it", Lean::Right),
        ("on average", Lean::Right),
        ("of all minutes", Lean::Right),
    ];
    let mut rows = Columns::new(&heads);
    for branch in &rare.branches {
        let Branch { what, chance, event, outage_min, share, .. } = branch;
        rows.row(vec![
            styled(PLAIN, what.as_str()),
            item(one_in(*chance)),
            item(one_in(event.mean)),
            item(duration(*outage_min)),
            item(percent(*share)),
        ]);
    }
    rows.write(page);
}
