//! What was expected, and what was observed in the world outside.

use super::columns::{Columns, Lean, item, styled};
use super::page::{BAD, GOOD, Page};
use super::sentences;
use crate::report::data::Report;
use crate::report::figures::Unit;

/// Writes the lines of `expect`, those that failed first.
pub(super) fn expect(report: &Report, page: &mut Page) {
    if report.expect.is_empty() {
        return;
    }
    let failed = report.expect.iter().filter(|line| !line.met).count();
    let aside = if failed == 0 { "all met".to_owned() } else { format!("{failed} of {} not met", report.expect.len()) };
    page.heading("Expected", &aside);
    let mut table = Columns::new(&[("", Lean::Left), ("", Lean::Name), ("", Lean::Left)]);
    let (met, not): (Vec<_>, Vec<_>) = report.expect.iter().partition(|line| line.met);
    for line in not.into_iter().chain(met) {
        let word = if line.met { styled(GOOD, "met") } else { styled(BAD, "NOT MET") };
        let value =
            line.value.map_or(String::new(), |value| format!("is {}", Unit::of(sentences::path_of(&line.text)).value(value)));
        table.row(vec![word, item(&line.text), item(value)]);
    }
    table.write(page);
}

/// Writes published figures beside the simulated ones.
pub(super) fn observed(report: &Report, page: &mut Page) {
    if report.observed.is_empty() {
        return;
    }
    let mut sources: Vec<&str> = report.observed.iter().map(|line| line.source.as_str()).filter(|s| !s.is_empty()).collect();
    sources.dedup();
    page.heading("Observed", "where published figures lie in the simulated ones; never fails a run");
    for line in &report.observed {
        page.para(super::page::PLAIN, "  ", &sentences::observed(line));
    }
    for source in sources {
        page.para(super::page::ASIDE, "  source: ", source);
    }
}
