//! Actor and guardrails: what every step had to pass, what each guardrail did, and what it cost.

use super::columns::{Columns, Lean, NOTHING, item, styled};
use super::page::{ASIDE, BAD, CARE, GOOD, PLAIN, Page};
use super::sentences;
use crate::report::data::{GuardrailEffect, Report, StepControls};
use crate::report::figures::{change, duration, plain};

const STEPS_SHOWN: usize = 8;

/// Writes the section, if the file has an actor or guardrails.
pub(super) fn write(report: &Report, page: &mut Page) {
    let Some(controls) = &report.controls else { return };
    page.heading("Actor and guardrails", &sentences::actor(controls));
    let shown = if page.all { controls.steps.len() } else { STEPS_SHOWN };
    for step in controls.steps.iter().take(shown) {
        page.para(if step.permitted && step.behind.is_empty() { PLAIN } else { BAD }, "  ", &line(step));
    }
    if controls.steps.len() > shown {
        let more = page.paint(ASIDE, &format!("  and {} more (--all)", controls.steps.len() - shown));
        page.line(&more);
    }
    page.para(CARE, "  ", &sentences::friction(report));
    effects(&report.why.guardrails, page);
}

/// One step: who decided, what it meets.
fn line(step: &StepControls) -> String {
    sentences::step(step)
}

fn effects(effects: &[GuardrailEffect], page: &mut Page) {
    if effects.is_empty() {
        return;
    }
    let right = Lean::Right;
    let heads = [
        ("per trial", Lean::Name),
        ("asked", right),
        ("waiting", right),
        ("stopped", right),
        ("in vain", right),
        ("missed", right),
        ("bypassed", right),
        ("outage with it", right),
    ];
    let mut table = Columns::new(&heads);
    let number = |value: f64| item(if value > 0.0 { plain(value, 2) } else { NOTHING.into() });
    for effect in effects {
        let outage = effect.outage_min.map_or_else(
            || item(NOTHING),
            |delta| {
                let style = if delta.mean < 0.0 {
                    GOOD
                } else if delta.mean > 0.0 {
                    BAD
                } else {
                    PLAIN
                };
                styled(style, change(delta.mean))
            },
        );
        table.row(vec![
            item(&effect.name),
            number(effect.asked),
            item(if effect.hours > 0.0 { duration(effect.hours * 60.0) } else { NOTHING.into() }),
            number(effect.stopped),
            number(effect.false_stops),
            number(effect.missed),
            number(effect.bypassed),
            outage,
        ]);
    }
    table.write(page);
}

/// Writes what the controls of each variant would have avoided, and at what cost.
pub(super) fn counterfactuals(report: &Report, page: &mut Page) {
    let lines = sentences::counterfactuals(report);
    if lines.is_empty() {
        return;
    }
    let aside =
        if sentences::other_luck(report).is_none() { "against the base, under the same luck" } else { "against the base" };
    page.heading("What controls would have changed", aside);
    for (bad, line) in lines {
        page.para(if bad { CARE } else { PLAIN }, "  ", &line);
    }
}
