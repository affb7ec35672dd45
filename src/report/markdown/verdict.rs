//! A verdict for a pull request: short, the rest folded.
//!
//! In: a report with a verdict. Out: Markdown with one marker line, by which a bot finds its own comment again.

use super::escape::{code, escape, sentence};
use super::table::table;
use crate::report::data::Report;
use crate::report::figures::{Unit, counted, duration, percent, whole};
use crate::report::text::sentences;
use crate::report::verdict::{Decision, LimitState, Verdict, Weight};
use std::fmt::Write as _;

/// Findings that are shown unfolded; the worst come first.
const FINDINGS: usize = 10;

/// Draws a verdict.
pub(super) fn write(report: &Report, verdict: &Verdict) -> String {
    let (sign, word) = match verdict.decision {
        Decision::Allow => ("✅", "Allow"),
        Decision::Review => ("⚠️", "Review"),
        Decision::Block => ("⛔", "Block"),
    };
    let title = if report.scenario.title.is_empty() { &report.scenario.file } else { &report.scenario.title };
    let mut out = format!("<!-- foreshock-verdict -->\n### {sign} {word}: {}\n\n", escape(title));
    if !report.complete {
        out += "**Interrupted: this is no verdict.**\n\n";
    }
    for reason in verdict.reasons.iter().take(5) {
        let _ = writeln!(out, "- {}", sentence(reason));
    }
    if verdict.reasons.len() > 5 {
        let _ = writeln!(out, "- and {} more, below", verdict.reasons.len() - 5);
    }
    if verdict.reasons.is_empty() {
        out += "No limit is reached, and nothing that the plan touches is unknown.\n";
    }
    let _ = write!(out, "\n{}\n\n", sentence(&report.headline));
    if let Some(refused) = sentences::refused(report) {
        let _ = writeln!(out, "{}\n", sentence(&refused));
    }
    let _ = write!(
        out,
        "<sub>{} sure that no limit is decided wrongly · {} trials · seed {} · coverage {}</sub>\n\n",
        percent(verdict.confidence),
        whole(verdict.trials),
        report.seed,
        percent(report.coverage)
    );
    if let Some(binding) = verdict.binding.as_ref().filter(|b| !b.hour.is_empty()) {
        let _ = writeln!(out, "{}\n", sentence(&binding.hour));
    }
    out += &findings(report);
    out += &fold("What would change it", &flips(verdict));
    out += &fold(&format!("Limits of {}", escape(&verdict.appetite)), &limits(verdict));
    out += &fold("Why", &why(report, verdict));
    out += &fold("Deadlocks", &super::sections::deadlocks(report));
    out += &fold("Not seen", &report.coverage_notes.iter().fold(String::new(), |all, n| all + "- " + &sentence(n) + "\n"));
    out
}

/// A folded part; nothing without content.
fn fold(title: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("<details><summary>{title}</summary>\n\n{body}\n</details>\n\n") }
}

fn findings(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .findings
        .iter()
        .map(|f| {
            let place = f.place.as_ref().map_or_else(String::new, |p| p.line.to_string());
            vec![f.weight.word().to_owned(), f.code.clone(), place, sentence(&f.message), sentence(&f.hint)]
        })
        .collect();
    let serious = report.findings.iter().filter(|f| f.weight > Weight::Note).count();
    let (shown, folded) = rows.split_at(if rows.len() > FINDINGS { serious.min(FINDINGS) } else { rows.len() });
    let table = |rows: &[Vec<String>]| table(&["", "", ">line", "finding", "what to do"], rows);
    match serious {
        0 => fold("Notes", &table(&rows)),
        _ => table(shown) + &fold(&counted(folded.len() as u64, "more finding"), &table(folded)),
    }
}

fn flips(verdict: &Verdict) -> String {
    let line = |f: &crate::report::verdict::Flip| {
        let command = if f.command.is_empty() { String::new() } else { format!(" ({})", code(&f.command)) };
        format!("- **{}**: {}{command}\n", f.decision.word(), sentence(&f.change))
    };
    verdict.flips.iter().map(line).collect()
}

fn limits(verdict: &Verdict) -> String {
    let row = |l: &LimitState| {
        let result = match l.holds {
            Some(true) => format!("**{}**", l.verdict.word()),
            Some(false) => "ok".to_owned(),
            None => "open".to_owned(),
        };
        let values: Vec<String> = l.values.iter().map(|(path, v)| escape(&Unit::of(path).value(*v))).collect();
        let after = l
            .decided_after
            .map_or_else(|| sentence(&l.note), |n| if n == 0 { "at once".to_owned() } else { format!("{} trials", whole(n)) });
        vec![result, code(&l.text), values.join(", "), after]
    };
    table(&["", "limit", ">here", ">decided"], &verdict.limits.iter().map(row).collect::<Vec<_>>())
}

fn why(report: &Report, verdict: &Verdict) -> String {
    let row = |s: &crate::report::data::Share| {
        let left = verdict.alone.as_ref().and_then(|a| a.steps.iter().find(|l| l.id == s.name));
        let (without, then) = left.map_or_else(Default::default, |l| (l.less(), l.then().to_owned()));
        vec![code(&s.name), duration(s.minutes), percent(s.share), without, then]
    };
    let rows: Vec<Vec<String>> = report.why.steps.iter().take(10).map(row).collect();
    let mut out = table(&["step", ">its root", ">", ">without it", "then"], &rows);
    if let Some(alone) = verdict.alone.as_ref().filter(|a| !a.steps.is_empty()) {
        let _ = writeln!(out, "Without it: {}{}.", alone.basis(), alone.together());
    }
    out
}
