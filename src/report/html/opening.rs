//! The opening: the answer in one sentence, the figures that matter most, and what was run.

use super::markup::Html;
use crate::report::data::{Quantiles, Report};
use crate::report::figures::{Unit, count, followed, percent, whole};
use crate::report::text::sentences;

/// Title, headline, warnings, key figures, plan.
pub(super) fn write(html: &mut Html, report: &Report) {
    let info = &report.scenario;
    html.open("header", &[("class", "opening")]).element("h1", &[], &info.title);
    let run = format!(
        "{} · {} trials · seed {} · {} of {} cells within reach",
        info.file,
        whole(report.trials),
        report.seed,
        whole(info.cone),
        whole(info.cells)
    );
    html.element("p", &[("class", "aside")], &run);
    if !report.complete {
        html.element(
            "p",
            &[("class", "warning")],
            &format!("PARTIAL: the run was interrupted; the figures cover the {} trials done.", whole(report.trials)),
        );
    }
    html.sentence("p", &[("class", "headline")], &sentences::headline(&report.headline));
    let failed = report.expect.iter().filter(|line| !line.met).count();
    if failed > 0 {
        html.element("p", &[("class", "warning")], &format!("{failed} of {} expectations are not met.", report.expect.len()));
    }
    for fact in sentences::facts(report) {
        html.sentence("p", &[("class", "fact")], &fact);
    }
    beside(html, report);
    figures(html, report);
    html.close();
}

/// A few variants, as of a comparison, belong to the answer; many have a section of their own.
fn beside(html: &mut Html, report: &Report) {
    if report.variants.is_empty() || report.variants.len() > super::variants::FEW {
        return;
    }
    html.open("ul", &[("class", "answers")]);
    for (name, variant) in &report.variants {
        let Some((path, delta)) = variant.delta.iter().next() else { continue };
        let (class, word) = super::variants::verdict(delta);
        let unit = Unit::of(path);
        let output = sentences::output(path);
        let said = match class {
            "same" => format!(" {output}, in every trial"),
            "unclear" => format!(": {output}"),
            _ => format!(" {output}"),
        };
        html.open("li", &[]).element("b", &[], name).text(": ").element("span", &[("class", class)], word).text(&said);
        if class != "same" {
            let (low, high) = (delta.low.min(delta.high), delta.low.max(delta.high));
            html.text(&format!(", {} on average ({})", unit.change(delta.mean), unit.range(low, high)));
        }
        html.close();
    }
    html.close();
}

fn figures(html: &mut Html, report: &Report) {
    let horizon = report.scenario.horizon_min;
    html.open("ul", &[("class", "figures")]);
    if let Some(c) = &report.customers {
        figure(html, &percent(c.affected.mean), "of the trials have a customer outage");
        figure(html, &followed(c.outage_min.p50, horizon), "customer outage, p50");
        figure(html, &followed(c.outage_min.p90, horizon), "customer outage, p90");
    }
    figure(html, &spread(&report.affected_cells), "cells affected, p50 to p95");
    figure(html, &percent(report.data_lost_for_good), "of the trials lose data for good");
    figure(html, &percent(report.coverage), "of what the plan reaches is declared");
    html.close();
}

fn spread(q: &Quantiles) -> String {
    if (q.p95 - q.p50).abs() < 0.5 { count(q.p50) } else { format!("{} to {}", count(q.p50), count(q.p95)) }
}

fn figure(html: &mut Html, value: &str, label: &str) {
    html.open("li", &[]).element("b", &[], value).element("span", &[], label).close();
}

/// The steps, and what the scenario is about.
pub(super) fn plan(html: &mut Html, title: &str, report: &Report) {
    let info = &report.scenario;
    html.open("section", &[("class", "plan")]).element("h2", &[], title);
    if !info.about.is_empty() {
        html.open("details", &[("class", "about")])
            .element("summary", &[], "About this scenario")
            .element("p", &[], &info.about)
            .close();
    }
    html.element("p", &[("class", "aside")], &sentences::takes(report)).open("ol", &[("class", "steps")]);
    for step in info.steps.iter().take(60) {
        match step.split_once(": ") {
            Some((id, what)) => html.open("li", &[]).element("b", &[], id).text(&format!(" {what}")).close(),
            None => html.element("li", &[], step),
        };
    }
    if info.steps.len() > 60 {
        html.element("li", &[("class", "aside")], &format!("and {} more", info.steps.len() - 60));
    }
    html.close().close();
}
