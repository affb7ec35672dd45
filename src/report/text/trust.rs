//! How far to believe it: intervals, coverage and what lowers it, notes.

use super::page::{ASIDE, CARE, GOOD, PLAIN, Page};
use super::sentences;
use crate::report::data::Report;
use crate::report::figures::percent;

const NOTES_SHOWN: usize = 6;

/// Writes the section; there is always something to say.
pub(super) fn write(report: &Report, page: &mut Page) {
    page.heading("How far to believe it", "");
    let style = if report.coverage >= 0.8 { GOOD } else { CARE };
    let coverage = page.paint(style, &format!("coverage {}", percent(report.coverage)));
    page.line(&format!("  {coverage}: how much of what the plan can reach is declared"));
    list(&report.coverage_notes, page);
    if let Some(text) = sentences::intervals(report) {
        page.para(ASIDE, "  ", &text);
    }
    if let Some(text) = sentences::precision(report) {
        page.para(CARE, "  ", &text);
    }
    for note in &report.notes {
        page.para(PLAIN, "  note: ", note);
    }
}

fn list(notes: &[String], page: &mut Page) {
    let shown = if page.all { notes.len() } else { NOTES_SHOWN };
    for note in notes.iter().take(shown) {
        page.para(PLAIN, "    - ", note);
    }
    if notes.len() > shown {
        let more = page.paint(ASIDE, &format!("    and {} more (--all)", notes.len() - shown));
        page.line(&more);
    }
}
