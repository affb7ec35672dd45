//! Actor and guardrails in Markdown.

use super::escape::{code, sentence};
use super::table::table;
use crate::report::data::Report;
use crate::report::figures::{change, duration, plain};
use crate::report::text::sentences;
use std::fmt::Write as _;

/// What every step had to pass, what each guardrail did and cost; nothing without controls.
pub(super) fn controls(report: &Report) -> String {
    let Some(controls) = &report.controls else { return String::new() };
    let mut out = format!("### Actor and guardrails\n\n{}\n\n", sentence(&sentences::actor(controls)));
    for step in &controls.steps {
        let _ = writeln!(out, "- {}", sentence(&sentences::step(step)));
    }
    let _ = writeln!(out, "- {}\n", sentence(&sentences::friction(report)));
    let number = |value: f64| if value > 0.0 { plain(value, 2) } else { String::new() };
    let rows = report.why.guardrails.iter().map(|effect| {
        vec![
            code(&effect.name),
            number(effect.asked),
            if effect.hours > 0.0 { duration(effect.hours * 60.0) } else { String::new() },
            number(effect.stopped),
            number(effect.false_stops),
            number(effect.missed),
            number(effect.bypassed),
            effect.outage_min.map_or(String::new(), |delta| change(delta.mean)),
        ]
    });
    let heads = ["per trial", ">asked", ">waiting", ">stopped", ">in vain", ">missed", ">bypassed", ">outage with it"];
    out + &table(&heads, &rows.collect::<Vec<_>>())
}

/// What the controls of each variant would have avoided.
pub(super) fn counterfactuals(report: &Report) -> String {
    let mut out = String::new();
    for (_, line) in sentences::counterfactuals(report) {
        let _ = writeln!(out, "- {}", sentence(&line));
    }
    if out.is_empty() { out } else { out + "\n" }
}
