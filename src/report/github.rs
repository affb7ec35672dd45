//! GitHub: workflow commands that become annotations on files. The step summary of a verdict is its Markdown.
//!
//! In: a report with a verdict, reports of runs, or mistakes of files. Out: one `::error …` line each for the decision, the limits that hold,
//! the findings; for each line of `expect` that was not met; for each mistake. A name cannot start a command of its own: line ends and
//! the separators of properties are escaped as GitHub asks for.

use super::checked::Checked;
use super::data::Report;
use super::place::{Place, is_standard_input};
use super::text::sentences;
use super::untrusted::clean;
use super::verdict::{Decision, Verdict, Weight};
use super::{Format, View};
use std::fmt::Write as _;

/// The format `github`.
#[derive(Debug)]
pub struct GitHub;

impl Format for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn reports(&self, reports: &[Report], _view: &View) -> Option<String> {
        Some(reports.iter().map(run).collect())
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        report.verdict.as_ref().map(|verdict| write(report, verdict))
    }

    fn checked(&self, checked: &Checked, _view: &View) -> Option<String> {
        Some(mistakes(checked))
    }
}

/// What a run shows, and what was expected of it and its variants and does not hold.
fn run(report: &Report) -> String {
    let (mut out, file) = (String::new(), &report.scenario.file);
    if report.complete {
        line(&mut out, "notice", None, file, &report.scenario.title, &report.headline);
    } else {
        line(&mut out, "error", None, file, "interrupted", &format!("what follows is of {} trials only", report.trials));
    }
    for (of, expected) in report.expected() {
        if !expected.met {
            let value = expected.value.map_or_else(String::new, |value| format!("; it is {value}"));
            line(&mut out, "error", expected.place.as_ref(), file, "not met", &format!("{}{of}{value}", expected.text));
        }
    }
    out
}

/// What is wrong in files.
fn mistakes(checked: &Checked) -> String {
    let mut out = String::new();
    for file in &checked.files {
        for mistake in &file.mistakes {
            line(&mut out, mistake.severity, mistake.place.as_ref(), &file.file, mistake.code, &mistake.told());
        }
    }
    out
}

fn write(report: &Report, verdict: &Verdict) -> String {
    let (mut out, file) = (String::new(), &report.scenario.file);
    let (kind, said) = match verdict.decision {
        Decision::Allow => ("notice", "foreshock: the plan is allowed"),
        Decision::Review => ("warning", "foreshock: the plan needs a review"),
        Decision::Block => ("error", "foreshock: the plan is blocked"),
    };
    let first = verdict.reasons.first().unwrap_or(&report.headline).clone();
    let told: Vec<String> = std::iter::once(first).chain(sentences::refused(report)).collect();
    line(&mut out, kind, None, file, said, &told.join(" "));
    for finding in report.findings.iter().filter(|f| f.weight > Weight::Note) {
        let kind = if finding.weight == Weight::Error { "error" } else { "warning" };
        let title = format!("{} {}", finding.code, finding.title);
        line(&mut out, kind, finding.place.as_ref(), file, &title, &format!("{}. {}", finding.message, finding.hint));
    }
    for limit in verdict.limits.iter().filter(|l| verdict.hangs_on(l)) {
        let kind = if limit.verdict == Decision::Block && limit.holds == Some(true) { "error" } else { "warning" };
        let values: Vec<String> = limit
            .values
            .iter()
            .map(|(path, value)| format!("{path} is {}", super::figures::Unit::of(path).value(*value)))
            .collect();
        let note = if limit.note.is_empty() { values.join(", ") } else { limit.note.clone() };
        line(&mut out, kind, None, file, &limit.text, &note);
    }
    out
}

fn line(out: &mut String, kind: &str, place: Option<&Place>, file: &str, title: &str, message: &str) {
    let file = place.map_or(file, |p| &p.file);
    let (line, column, end_line) = place.map_or((1, 1, 1), |p| (p.line, p.column, p.end_line));
    let at = format!("file={},line={line},endLine={end_line},col={column},", property(file));
    let at = if is_standard_input(file) { "" } else { &at };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "::{kind} {at}title={}::{}", property(title), data(message));
}

/// The text behind `::`.
fn data(text: &str) -> String {
    clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
