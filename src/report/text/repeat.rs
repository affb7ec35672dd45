//! How to look closer, and how to get the same figures again.

use super::page::{ASIDE, Page};
use crate::report::command;
use crate::report::data::{EngineInfo, Report};
use crate::report::figures::whole;
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
    let made = format!("scenario {scenario}, result {result}, seed {}, foreshock {}", report.seed, report.foreshock);
    let label = page.paint(ASIDE, "digests        ");
    let made = page.paint(ASIDE, &clean(&made));
    page.line(&format!("  {label}  {made}"));
    if let Some(engine) = &report.engine {
        let label = page.paint(ASIDE, "engine         ");
        let made = page.paint(ASIDE, &how(engine));
        page.line(&format!("  {label}  {made}"));
    }
}

fn how(engine: &EngineInfo) -> String {
    match engine.kind {
        "event" => "all by events".to_owned(),
        _ => format!("intervals; by events: cells {}, trials {}", whole(engine.cells_by_events), whole(engine.trials_by_events)),
    }
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}
