//! What was expected, and what was observed in the world outside.

use super::columns::{Columns, Lean, item, styled};
use super::page::{BAD, GOOD, Page};
use super::sentences;
use crate::report::data::Report;
use crate::report::figures::Unit;

/// Writes the lines of `expect`, of variants too, those that failed first.
pub(super) fn expect(report: &Report, page: &mut Page) {
    let (met, not): (Vec<_>, Vec<_>) = report.expected().partition(|(_, line)| line.met);
    if met.is_empty() && not.is_empty() {
        return;
    }
    page.heading("Expected", &sentences::kept(report));
    let mut table = Columns::new(&[("", Lean::Left), ("", Lean::Name), ("", Lean::Left)]);
    for (of, line) in not.into_iter().chain(met) {
        let word = if line.met { styled(GOOD, "met") } else { styled(BAD, "NOT MET") };
        let value =
            line.value.map_or(String::new(), |value| format!("is {}", Unit::of(sentences::path_of(&line.text)).value(value)));
        table.row(vec![word, item(&line.text), item(format!("{value}{of}").trim())]);
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
