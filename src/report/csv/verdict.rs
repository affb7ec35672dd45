//! A verdict: one row for it, what is refused, each limit, finding, step and service.

use super::{Table, maybe};
use crate::report::data::Report;
use crate::report::figures::Unit;
use crate::report::text::sentences;
use crate::report::verdict::Verdict;

/// The verdict, each limit, finding, step and service.
pub(super) fn write(report: &Report, verdict: &Verdict) -> String {
    let mut table = Table::with(&["kind", "name", "result", "value", "unit", "detail"]);
    let mut row = |kind: &str, name: &str, result: &str, value: Option<f64>, unit: &str, detail: &str| {
        table.row(&[kind, name, result, &maybe(value), unit, detail]);
    };
    row("verdict", &report.scenario.title, verdict.decision.word(), None, "", &verdict.reasons.join("; "));
    row("coverage", "", "", Some(report.coverage), "share", &report.coverage_notes.join("; "));
    if let Some(refused) = sentences::refused(report) {
        row("refused", "", "", Some(report.plan_stopped), "share", &refused);
    }
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
    table.0
}

fn unit(path: &str) -> &'static str {
    match Unit::of(path) {
        Unit::Time => "minutes",
        Unit::Hours => "hours",
        Unit::Share => "share",
        Unit::Count => "count",
    }
}
