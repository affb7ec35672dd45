//! The opening: the answer in one sentence, then what was run.

use super::page::{ASIDE, BAD, CARE, Page, STRONG};
use super::sentences;
use crate::report::data::Report;
use crate::report::figures::whole;
use crate::report::untrusted::{clean, shorten, wrap};

/// Writes title, warnings that come before any figure, headline and plan.
pub(super) fn write(report: &Report, page: &mut Page) {
    let info = &report.scenario;
    page.para(STRONG, "", &info.title);
    let run = format!(
        "{} trials · seed {} · {} of {} cells within reach",
        whole(report.trials),
        report.seed,
        whole(info.cone),
        whole(info.cells)
    );
    let room = page.width.saturating_sub(run.len() + 3).max(12);
    page.para(ASIDE, "", &format!("{} · {run}", shorten(&clean(&info.file), room)));
    page.gap();
    if !report.complete {
        let stopped = format!("PARTIAL: the run was interrupted; the figures cover the {} trials done.", whole(report.trials));
        page.para(BAD, "  ", &stopped);
        page.gap();
    }
    page.para(STRONG, "  ", &sentences::headline(&report.headline));
    for fact in sentences::facts(report) {
        page.para(CARE, "  ", &fact);
    }
    plan("Plan", report, page);
    // What is compared stands in files of its own, and is more than one thing changed.
    for (name, variant) in report.variants.iter().filter(|_| report.again.is_some()) {
        plan(&format!("Plan of {}", clean(name)), &variant.report, page);
    }
}

const STEPS_SHOWN: usize = 8;

fn plan(title: &str, report: &Report, page: &mut Page) {
    let steps = &report.scenario.steps;
    if steps.is_empty() {
        return;
    }
    page.heading(title, &sentences::takes(report));
    let shown = if page.all { steps.len() } else { STEPS_SHOWN };
    for step in steps.iter().take(shown) {
        step_line(step, page);
    }
    if steps.len() > shown {
        let more = page.paint(ASIDE, &format!("  and {} more (--all)", steps.len() - shown));
        page.line(&more);
    }
}

const STEP_LINES: usize = 4;

/// One step, broken where it does not fit, so that a reader sees what all it hits; a very long one is cut.
fn step_line(step: &str, page: &mut Page) {
    let room = page.width - 4;
    let lines = wrap(&clean(step), room);
    let shown = if page.all { lines.len() } else { STEP_LINES };
    for (i, line) in lines.iter().take(shown).enumerate() {
        let more = if i + 1 == shown && lines.len() > shown { " ... (--all)" } else { "" };
        let line = shorten(line, room - more.len()).into_owned();
        page.line(&format!("{}{line}{more}", if i == 0 { "  " } else { "    " }));
    }
}
