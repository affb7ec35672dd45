//! CSV (RFC 4180): one row for the verdict, each limit, finding, step and service, for spreadsheets.
//!
//! In: a report with a verdict. Out: rows with one head. Every text is quoted; a text that a spreadsheet would take for a formula
//! gets an apostrophe in front.

use super::data::Report;
use super::untrusted::clean;
use super::verdict::Verdict;
use super::{Format, View};

/// The format `csv`.
#[derive(Debug)]
pub struct Csv;

const HEAD: &str = "kind,name,result,value,unit,detail\r\n";

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn frontier(&self, frontier: &super::frontier::Frontier, _view: &View) -> Option<String> {
        Some(super::frontier::csv::write(frontier))
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        report.verdict.as_ref().map(|verdict| write(report, verdict))
    }
}

fn write(report: &Report, verdict: &Verdict) -> String {
    let mut out = HEAD.to_owned();
    let mut row = |kind: &str, name: &str, result: &str, value: Option<f64>, unit: &str, detail: &str| {
        let value = value.map_or_else(String::new, |v| format!("{v}"));
        let cells = [quoted(kind), quoted(name), quoted(result), value, quoted(unit), quoted(detail)];
        out += &cells.join(",");
        out += "\r\n";
    };
    row("verdict", &report.scenario.title, verdict.decision.word(), None, "", &verdict.reasons.join("; "));
    row("coverage", "", "", Some(report.coverage), "share", &report.coverage_notes.join("; "));
    for limit in &verdict.limits {
        let result = match limit.holds {
            Some(true) => "holds",
            Some(false) => "does not hold",
            None => "open",
        };
        for (path, value) in &limit.values {
            row(limit.verdict.word(), &limit.text, result, Some(*value), unit(path), &limit.note);
        }
        if limit.values.is_empty() {
            row(limit.verdict.word(), &limit.text, result, None, "", &limit.note);
        }
    }
    for finding in &report.findings {
        row("finding", &finding.code, finding.weight.word(), None, "", &format!("{}. {}", finding.message, finding.hint));
    }
    for step in &report.why.steps {
        let left = verdict.alone.as_ref().and_then(|a| a.steps.iter().find(|s| s.id == step.name));
        let detail = left.map_or_else(String::new, |l| format!("without it {} minutes less, then {}", l.minutes, l.then()));
        row("step", &step.name, "", Some(step.minutes), "minutes below objective, mean", &detail);
    }
    for (name, service) in &report.services {
        row(
            "service",
            name,
            "",
            Some(service.outage_min.p95),
            "outage minutes, p95",
            &format!("affected in {} of the trials", service.affected.mean),
        );
    }
    out
}

fn unit(path: &str) -> &'static str {
    match super::figures::Unit::of(path) {
        super::figures::Unit::Time => "minutes",
        super::figures::Unit::Hours => "hours",
        super::figures::Unit::Share => "share",
        super::figures::Unit::Count => "count",
    }
}

fn quoted(text: &str) -> String {
    let text = clean(text);
    if text.is_empty() {
        return String::new();
    }
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}
