//! The defaults that mattered: what the answer would be if they were low or high.

use super::bars::span;
use super::columns::{Columns, Lean, item, styled};
use super::page::{ASIDE, CARE, PLAIN, Page};
use super::sentences;
use crate::report::data::{Default, Report};
use crate::report::figures::duration;

const SHOWN: usize = 8;
const SCALE: usize = 20;

/// Writes a tornado of those examined, and names the others.
pub(super) fn write(report: &Report, page: &mut Page) {
    let (examined, still) = sentences::swings(report);
    let others: Vec<&str> =
        report.defaults.iter().filter(|d| d.low_min.is_none() || d.high_min.is_none()).map(|d| d.name.as_str()).collect();
    if !examined.is_empty() {
        page.heading("Defaults that mattered", "mean outage if the default is at its p10 or at its p90");
        tornado(report, &examined, page);
    } else if !report.defaults.is_empty() {
        page.heading("Defaults used", "");
    }
    if !still.is_empty() {
        let first =
            if examined.is_empty() { "  none of these moves the mean outage by 1%: " } else { "  moved it by less than 1%: " };
        page.para(ASIDE, first, &still.join(", "));
    }
    if !others.is_empty() {
        let first = if report.defaults.len() == others.len() { "  " } else { "  also used: " };
        page.para(ASIDE, first, &others.join(", "));
    }
    if !report.defaults.is_empty() {
        page.para(ASIDE, "  ", "Give your own figures in the world to replace them; foreshock explain NAME tells the source.");
    }
}

fn tornado(report: &Report, examined: &[(&Default, f64, f64)], page: &mut Page) {
    let shown = if page.all { examined.len() } else { SHOWN };
    let examined = &examined[..examined.len().min(shown)];
    let mark = sentences::headline_mean(report);
    let least = examined.iter().map(|(_, low, high)| low.min(*high)).fold(mark, f64::min);
    let greatest = examined.iter().map(|(_, low, high)| low.max(*high)).fold(mark, f64::max);
    let mut table =
        Columns::new(&[("", Lean::Name), ("low", Lean::Right), ("", Lean::Left), ("high", Lean::Right), ("support", Lean::Left)]);
    for (default, low, high) in examined {
        let scale = span(least, greatest, *low, *high, mark, SCALE);
        let weak = matches!(default.support.as_str(), "weak" | "judgement");
        table.row(vec![
            item(&default.name),
            item(duration(*low)),
            item(scale),
            item(duration(*high)),
            styled(if weak { CARE } else { PLAIN }, &*default.support),
        ]);
    }
    table.write(page);
}
