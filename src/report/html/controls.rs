//! Actor and guardrails: who acts, what each step has to pass, what each guardrail did and what it cost.
//!
//! In: a report with controls. Out: a section; nothing where the file has neither actor nor guardrails.

use super::markup::Html;
use crate::report::controls::{Controls, Friction, GuardrailEffect};
use crate::report::data::Report;
use crate::report::figures::{Unit, count, duration, percent, plain};
use crate::report::text::sentences;

const SHOWN: usize = 40;

/// Draws the section.
pub(super) fn write(html: &mut Html, report: &Report) {
    let Some(controls) = &report.controls else { return };
    html.open("section", &[("class", "controls-of")]).element("h2", &[], "Who acts, and what stands before it");
    html.element("p", &[], &sentences::headline(&sentences::actor(controls)));
    friction(html, &report.friction, controls);
    effects(html, &report.why.guardrails);
    steps(html, controls);
    html.close();
}

fn friction(html: &mut Html, friction: &Friction, controls: &Controls) {
    html.open("ul", &[("class", "figures")]);
    let figures = [
        (count(friction.approvals.mean), "people asked per run, mean"),
        (duration(friction.hours.mean * 60.0), "added by gates and stages, mean"),
        (plain(friction.false_stops.mean, 2), "harmless steps stopped per run, mean"),
        (percent(controls.stopped), "of the trials have a harmful step stopped"),
    ];
    for (value, label) in figures {
        html.open("li", &[]).element("b", &[], &value).element("span", &[], label).close();
    }
    html.close();
}

/// One row per guardrail: with it minus without it, under the same luck.
fn effects(html: &mut Html, effects: &[GuardrailEffect]) {
    if effects.is_empty() {
        return;
    }
    let deltas = effects.iter().filter_map(|e| e.outage_min);
    let most = deltas.flat_map(|d| [d.low.abs(), d.high.abs(), d.mean.abs()]).fold(0.0, f64::max);
    let at = |value: f64| if most > 0.0 { 0.5 + 0.49 * value / most } else { 0.5 };
    html.open("table", &[("class", "chart forest")]);
    html.element("caption", &[], "What each guardrail changes: outage with it minus without it, under the same luck");
    html.open("thead", &[]).open("tr", &[]);
    for (head, class) in [("guardrail", ""), ("difference", ""), ("mean", "n"), ("interval", "n"), ("per run", "run")] {
        html.element("th", &[("scope", "col"), ("class", class)], head);
    }
    html.close().close().open("tbody", &[]);
    for effect in effects.iter().take(SHOWN) {
        html.open("tr", &[]).open("th", &[("scope", "row")]).text(&effect.name).element("small", &[], &effect.kind).close();
        html.open("td", &[("class", "plot")]);
        if let Some(delta) = &effect.outage_min {
            super::variants::whisker(html, delta, super::variants::verdict(delta).0, &at);
        }
        html.close();
        let mean = effect.outage_min.map_or("not examined".to_owned(), |d| Unit::Time.change(d.mean));
        let range = effect.outage_min.map_or(String::new(), |d| Unit::Time.range(d.low, d.high));
        html.element("td", &[("class", "n"), ("data-label", "mean")], &mean);
        html.element("td", &[("class", "n"), ("data-label", "interval")], &range);
        html.element("td", &[("class", "run"), ("data-label", "per run")], &did(effect)).close();
    }
    html.close().close();
}

/// What it did, in words; what it never did is left out.
fn did(effect: &GuardrailEffect) -> String {
    let parts = [
        (effect.asked, "people asked"),
        (effect.stopped, "harmful steps stopped"),
        (effect.late, "harmful steps seen too late to spare anything"),
        (effect.missed, "harmful steps let pass"),
        (effect.false_stops, "harmless steps stopped"),
        (effect.bypassed, "steps that passed it by"),
        (effect.used, "times that the glass was broken"),
        (effect.reviewed, "people who review that afterwards"),
    ];
    let mut said: Vec<String> =
        parts.into_iter().filter(|(n, _)| plain(*n, 2) != "0").map(|(n, what)| format!("{} {what}", plain(n, 2))).collect();
    if effect.hours > 0.0 {
        said.push(format!("{} added", duration(effect.hours * 60.0)));
    }
    if said.is_empty() { "nothing".to_owned() } else { said.join(", ") }
}

fn steps(html: &mut Html, controls: &Controls) {
    html.open("details", &[("class", "table")]).element("summary", &[], "What each step has to pass");
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "steps and their guardrails")]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["step", "permitted", "harmful", "guardrails", "forms by slips"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for step in controls.steps.iter().take(SHOWN) {
        let permitted = match (step.permitted, step.glass.is_empty()) {
            (true, true) if !step.behind.is_empty() => format!("yes, but it comes after {}, which is denied", step.behind),
            (true, true) => "yes".to_owned(),
            (true, false) => format!("yes, and may break the glass of {}", step.glass),
            (false, true) => format!("no: {}", step.rule),
            (false, false) => format!("only once the glass of {} is broken: {}", step.glass, step.rule),
        };
        let harmful = match step.harmful {
            Some(true) => "more likely than not",
            Some(false) => "no",
            None => "not asked",
        };
        html.open("tr", &[]).element("th", &[("scope", "row")], &step.step).element("td", &[], &permitted).element(
            "td",
            &[],
            harmful,
        );
        html.element("td", &[], &step.guardrails.join(", ")).element("td", &[("class", "n")], &step.slips.to_string()).close();
    }
    html.close().close().close().close();
}
