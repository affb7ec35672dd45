//! One trial as a table.

use super::escape::{code, escape};
use super::table::table;
use crate::report::figures::{change, duration, whole};
use crate::report::trace::Trace;

/// Writes timeline and outcome.
pub(super) fn write(trace: &Trace) -> String {
    let variant = trace.variant.as_ref().map_or(String::new(), |name| format!(", variant {}", code(name)));
    let head = format!(
        "## {}\n\n{}{variant}, trial {}, seed {}\n\n",
        escape(&trace.title),
        code(&trace.file),
        whole(trace.trial),
        trace.seed
    );
    let rows: Vec<Vec<String>> = trace
        .entries
        .iter()
        .map(|entry| {
            let since = entry.since_impact_min.map_or(String::new(), change);
            #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
            let start = duration(entry.time_ms as f64 / 60_000.0);
            vec![start, since, entry.kind.word().into(), code(&entry.subject), escape(&entry.text)]
        })
        .collect();
    let outcome: Vec<Vec<String>> = trace
        .outcome
        .iter()
        .map(|line| {
            vec![code(&line.name), duration(line.outage_min), line.full_recovery_min.map_or_else(|| "never".into(), duration)]
        })
        .collect();
    let timeline = table(&[">start", ">impact", "moment", "subject", "what"], &rows);
    format!("{head}{timeline}{}", table(&["service", ">outage", ">full recovery"], &outcome))
}
