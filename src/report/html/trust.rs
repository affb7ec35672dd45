//! How far to believe it, and how to repeat it.

use super::markup::{Html, percent_of};
use crate::report::command;
use crate::report::data::Report;
use crate::report::figures::percent;
use crate::report::text::sentences;

/// Coverage and what lowers it, intervals, notes.
pub(super) fn write(html: &mut Html, report: &Report) {
    html.open("section", &[("class", "trust")]).element("h2", &[], "How far to believe it");
    html.open("p", &[]).element("b", &[], &format!("Coverage {}", percent(report.coverage)));
    html.text(": how much of what the plan can reach is declared.").close();
    html.open(
        "svg",
        &[
            ("class", "coverage"),
            ("width", "100%"),
            ("height", "14"),
            ("role", "img"),
            ("aria-label", &format!("coverage {}", percent(report.coverage))),
        ],
    );
    html.open("rect", &[("class", "track"), ("width", "100%"), ("height", "10"), ("y", "2"), ("rx", "3")]).close();
    html.open("rect", &[("class", "part"), ("width", &percent_of(report.coverage)), ("height", "10"), ("y", "2"), ("rx", "3")])
        .close()
        .close();
    list(html, &report.coverage_notes);
    if let Some(text) = sentences::intervals(report) {
        html.sentence("p", &[], &text);
    }
    if let Some(text) = sentences::precision(report) {
        html.element("p", &[("class", "warning")], &text);
    }
    list(html, &report.notes);
    html.close();
}

fn list(html: &mut Html, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    html.open("ul", &[]);
    for note in notes.iter().take(30) {
        html.sentence("li", &[], note);
    }
    if notes.len() > 30 {
        html.element("li", &[("class", "aside")], &format!("and {} more, in the data of this page", notes.len() - 30));
    }
    html.close();
}

/// Commands that can be pasted, and digests.
pub(super) fn repeat(html: &mut Html, report: &Report) {
    let mut lines = Vec::new();
    if report.scenario.file != "-" {
        lines.push(("the same again", command::run(report)));
        lines.extend(report.examples.typical.map(|trial| ("a typical trial", command::trace(report, trial))));
        lines.extend(report.examples.bad.map(|trial| ("a bad trial", command::trace(report, trial))));
    }
    commands(html, "Look closer, or repeat", &lines);
    digests(html, report);
    html.close();
}

/// Begins a section of commands with what each is for; none where there is no file to name.
pub(super) fn commands(html: &mut Html, title: &str, lines: &[(&str, String)]) {
    html.open("section", &[("class", "repeat")]).element("h2", &[], title);
    if lines.is_empty() {
        html.element("p", &[], "It was read from standard input; save it to a file to run it again.");
        return;
    }
    html.open("dl", &[]);
    for (what, line) in lines {
        html.element("dt", &[], what).open("dd", &[]).element("code", &[], line).close();
    }
    html.close();
}

/// What was run, and what came of it, as digests.
pub(super) fn digests(html: &mut Html, report: &Report) {
    let engine = report.engine.as_ref().map_or(String::new(), |engine| format!(" · engine: {}", sentences::engine(engine)));
    let digests = format!(
        "scenario {} · result {} · seed {} · foreshock {}{engine}",
        report.scenario.digest, report.digest, report.seed, report.foreshock
    );
    html.element("p", &[("class", "digests")], &digests);
}
