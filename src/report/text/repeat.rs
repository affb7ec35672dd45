//! How to look closer, and how to get the same figures again.

use super::page::{ASIDE, Page};
use super::sentences;
use crate::report::command;
use crate::report::data::Report;
use crate::report::untrusted::clean;

/// Writes commands that can be pasted.
pub(super) fn write(report: &Report, page: &mut Page) {
    page.heading("Look closer, or repeat", "");
    if report.scenario.file == "-" {
        page.para(ASIDE, "  ", "The scenario was read from standard input; save it to a file to look at single trials.");
        return digests(report, page);
    }
    let mut rows: Vec<(&str, String)> = Vec::new();
    rows.extend(report.examples.typical.map(|trial| ("a typical trial", command::trace(report, trial))));
    rows.extend(report.examples.bad.map(|trial| ("a bad trial", command::trace(report, trial))));
    rows.push(("the same again", command::run(report)));
    for (what, command) in rows {
        let what = page.paint(ASIDE, &format!("{what:<15}"));
        page.line(&format!("  {what}  {command}"));
    }
    digests(report, page);
}

fn digests(report: &Report, page: &mut Page) {
    let (scenario, result) = (short(&report.scenario.digest), short(&report.digest));
    let mut row = |label: &str, made: &str| {
        let line = page.paint(ASIDE, &format!("{label:<15}  {}", clean(made)));
        page.line(&format!("  {line}"));
    };
    row("digests", &format!("scenario {scenario}, result {result}"));
    row("made by", &format!("foreshock {}, seed {}", report.foreshock, report.seed));
    if let Some(engine) = &report.engine {
        row("engine", &sentences::engine(engine));
    }
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}
