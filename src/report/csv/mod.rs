//! CSV (RFC 4180) for spreadsheets: one row for each thing that a result speaks of.
//!
//! In: any result. Out: rows with one head. A text that a spreadsheet would take for a formula gets an apostrophe in front.

mod frontier;
mod runs;
mod verdict;

use super::checked::Checked;
use super::data::Report;
use super::reach::Reach;
use super::trace::Trace;
use super::untrusted::clean;
use super::{Format, View};

/// The format `csv`.
#[derive(Debug)]
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn reports(&self, reports: &[Report], _view: &View) -> Option<String> {
        Some(runs::write(reports))
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        report.verdict.as_ref().map(|verdict| verdict::write(report, verdict))
    }

    fn trace(&self, trace: &Trace, _view: &View) -> Option<String> {
        Some(moments(trace))
    }

    fn frontier(&self, frontier: &super::frontier::Frontier, _view: &View) -> Option<String> {
        Some(frontier::write(frontier))
    }

    fn checked(&self, checked: &Checked, _view: &View) -> Option<String> {
        Some(mistakes(checked))
    }

    fn reach(&self, reach: &Reach, _view: &View) -> Option<String> {
        Some(dependants(reach))
    }
}

/// One row for each moment of a trial.
fn moments(trace: &Trace) -> String {
    let mut table = Table::with(&["time_min", "since_impact_min", "kind", "subject", "text"]);
    for entry in &trace.entries {
        let kind = serde_json::to_value(entry.kind).ok();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a trial fit a double")]
        let time = entry.time_ms as f64 / 60_000.0;
        let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
        table.row(&[&number(time), &maybe(entry.since_impact_min), kind, &entry.subject, &entry.text]);
    }
    table.0
}

/// One row for each cell that hangs on a target, and for each of its own.
fn dependants(reach: &Reach) -> String {
    let mut table = Table::with(&["cell", "tie", "through", "need", "depth", "hold_min", "felt_min", "share", "customers"]);
    for cell in &reach.reached {
        let through = cell.through.and_then(|at| reach.reached.get(at)).map_or("", |through| through.cell.as_str());
        let (depth, customers) = (cell.depth.to_string(), cell.customers.to_string());
        let [hold, felt, share] = [cell.hold_min, cell.felt_min, cell.share].map(maybe);
        table.row(&[&cell.cell, cell.tie, through, &cell.need, &depth, &hold, &felt, &share, &customers]);
    }
    table.0
}

/// One row for each mistake.
fn mistakes(checked: &Checked) -> String {
    let mut table = Table::with(&["checked", "file", "line", "column", "severity", "code", "message", "hint"]);
    for file in &checked.files {
        for mistake in &file.mistakes {
            let place = mistake.place.as_ref();
            let [line, column] = [place.map(|p| p.line), place.map(|p| p.column)]
                .map(|count| count.map_or_else(String::new, |count| count.to_string()));
            let at = place.map_or(file.file.as_str(), |p| p.file.as_str());
            table.row(&[&file.file, at, &line, &column, mistake.severity, mistake.code, &mistake.message, &mistake.hint]);
        }
    }
    table.0
}

/// Rows of one length.
struct Table(String);

impl Table {
    /// With this head.
    fn with(head: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.row(head);
        table
    }

    fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        self.0 += &cells.join(",");
        self.0 += "\r\n";
    }
}

fn number(value: f64) -> String {
    value.to_string()
}

/// Nothing where there is no number.
fn maybe(value: Option<f64>) -> String {
    value.map_or_else(String::new, number)
}

fn quoted(cell: &str) -> String {
    let clean = clean(cell);
    let formula = clean.starts_with(['=', '+', '-', '@']) && clean.parse::<f64>().is_err();
    let text = if formula { format!("'{clean}") } else { clean.into_owned() };
    if text.contains([',', '"', '\n', '\r', ' ']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_a_row_or_becomes_a_formula() {
        let mut table = Table::with(&["a", "b"]);
        table.row(&["=1+1", "say \"no\", twice"]);
        table.row(&["-2.5", "line\nend\r"]);
        assert_eq!(table.0, "a,b\r\n'=1+1,\"say \"\"no\"\", twice\"\r\n-2.5,line\\nend\\u{d}\r\n");
    }
}
