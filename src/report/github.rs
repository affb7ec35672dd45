//! GitHub: workflow commands that become annotations on the plan. The step summary is the Markdown verdict.
//!
//! In: a report with a verdict. Out: one `::error …` line each for the decision, the limits that hold, the findings. A name cannot
//! start a command of its own: line ends and the separators of properties are escaped as GitHub asks for.

use super::data::Report;
use super::untrusted::clean;
use super::verdict::{Decision, Place, Verdict, Weight};
use super::{Format, View};
use std::fmt::Write as _;

/// The format `github`.
#[derive(Debug)]
pub struct GitHub;

impl Format for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        report.verdict.as_ref().map(|verdict| write(report, verdict))
    }
}

fn write(report: &Report, verdict: &Verdict) -> String {
    let mut out = String::new();
    let (kind, said) = match verdict.decision {
        Decision::Allow => ("notice", "foreshock: the plan is allowed"),
        Decision::Review => ("warning", "foreshock: the plan needs a review"),
        Decision::Block => ("error", "foreshock: the plan is blocked"),
    };
    let first = verdict.reasons.first().map_or(report.headline.as_str(), String::as_str);
    line(&mut out, kind, None, report, said, first);
    for finding in report.findings.iter().filter(|f| f.weight > Weight::Note) {
        let kind = if finding.weight == Weight::Error { "error" } else { "warning" };
        let title = format!("{} {}", finding.code, finding.title);
        line(&mut out, kind, finding.place.as_ref(), report, &title, &format!("{}. {}", finding.message, finding.hint));
    }
    for limit in verdict.limits.iter().filter(|l| verdict.hangs_on(l)) {
        let kind = if limit.verdict == Decision::Block && limit.holds == Some(true) { "error" } else { "warning" };
        let values: Vec<String> = limit
            .values
            .iter()
            .map(|(path, value)| format!("{path} is {}", super::figures::Unit::of(path).value(*value)))
            .collect();
        let note = if limit.note.is_empty() { values.join(", ") } else { limit.note.clone() };
        line(&mut out, kind, None, report, &limit.text, &note);
    }
    out
}

fn line(out: &mut String, kind: &str, place: Option<&Place>, report: &Report, title: &str, message: &str) {
    let file = place.map_or(&report.scenario.file, |p| &p.file);
    let (line, column, end_line) = place.map_or((1, 1, 1), |p| (p.line, p.column, p.end_line));
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "::{kind} file={},line={line},endLine={end_line},col={column},title={}::{}",
        property(file),
        property(title),
        data(message)
    );
}

/// The text behind `::`.
fn data(text: &str) -> String {
    clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
