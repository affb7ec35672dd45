//! Variants under the same luck: a table beside the base, paired differences with their intervals, maps side by side.
//!
//! In: a report with variants. Out: one section. Less of any output is better, and said in words beside the colour.

use super::markup::{Html, percent_of};
use super::theatre::{self, Act};
use crate::report::data::{Delta, Report, Variant};
use crate::report::figures::{Unit, count, duration, followed, percent};
use crate::report::text::sentences;
use indexmap::IndexMap;

/// Draws the section; `key` is that of the base's pictures.
pub(super) fn write(html: &mut Html, report: &Report, key: &str) {
    if report.variants.is_empty() {
        return;
    }
    html.open("section", &[("class", "variants")]).element("h2", &[], "Variants");
    html.element("p", &[("class", "aside")], "The same luck, one thing changed: differences are differences of the design.");
    table(html, report);
    differences(html, report);
    side_by_side(html, report, key);
    html.close();
}

fn table(html: &mut Html, report: &Report) {
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "variants beside the base")]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["", "affected", "outage p50", "p90", "p99", "cells p50", "data gone", "plan p50"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    row(html, "base", report);
    for (name, variant) in &report.variants {
        row(html, name, &variant.report);
    }
    html.close().close().close();
}

fn row(html: &mut Html, name: &str, report: &Report) {
    let horizon = report.scenario.horizon_min;
    let worst = report.customers.as_ref().or_else(|| report.services.values().next());
    let time = |pick: fn(&crate::report::data::Quantiles) -> f64| {
        worst.map_or("0s".to_owned(), |s| followed(pick(&s.outage_min), horizon))
    };
    html.open("tr", &[]).open("th", &[("scope", "row")]).text(name);
    if report.scenario.title != name && name != "base" && !report.scenario.title.is_empty() {
        html.element("small", &[], &report.scenario.title);
    }
    html.close();
    let cells = [
        percent(worst.map_or(0.0, |s| s.affected.mean)),
        time(|q| q.p50),
        time(|q| q.p90),
        time(|q| q.p99),
        count(report.affected_cells.p50),
        percent(report.data_lost_for_good),
        duration(report.plan_min.p50),
    ];
    for cell in &cells {
        html.element("td", &[("class", "n")], cell);
    }
    html.close();
}

/// One chart per output, one row per variant.
fn differences(html: &mut Html, report: &Report) {
    let mut by_output: IndexMap<&str, Vec<(&str, &Delta)>> = IndexMap::new();
    for (name, variant) in &report.variants {
        for (path, delta) in &variant.delta {
            by_output.entry(path.as_str()).or_default().push((name.as_str(), delta));
        }
    }
    by_output.retain(|_, rows| rows.iter().any(|(_, d)| d.less > 0.0 || d.more > 0.0));
    if by_output.is_empty() {
        html.element("p", &[], "All variants came out the same in every trial.");
        return;
    }
    html.element("h3", &[], "Differences from the base");
    let aside = format!(
        "Variant minus base, trial by trial; {} intervals of the mean. Left of the line is less than the base, which is better.",
        percent(report.confidence)
    );
    html.element("p", &[("class", "aside")], &aside);
    for (path, rows) in &by_output {
        forest(html, path, rows);
    }
}

fn forest(html: &mut Html, path: &str, rows: &[(&str, &Delta)]) {
    let unit = Unit::of(path);
    let most = rows.iter().flat_map(|(_, d)| [d.low.abs(), d.high.abs(), d.mean.abs()]).fold(0.0, f64::max);
    let at = |value: f64| if most > 0.0 { 0.5 + 0.49 * value / most } else { 0.5 };
    html.open("table", &[("class", "chart forest")]).element("caption", &[], sentences::output(path));
    html.open("thead", &[("class", "sr")]).open("tr", &[]);
    for head in ["variant", "difference", "mean", "interval", "trials", "verdict"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for (name, delta) in rows {
        let (class, word) = verdict(delta);
        html.open("tr", &[]).element("th", &[("scope", "row")], name).open("td", &[("class", "plot")]);
        html.open("svg", &[("width", "100%"), ("height", "22"), ("aria-hidden", "true")]);
        html.open("line", &[("class", "zero"), ("x1", "50%"), ("x2", "50%"), ("y1", "0"), ("y2", "22")]).close();
        let (low, high, mean) = (delta.low.min(delta.high), delta.low.max(delta.high), delta.mean);
        let whisker = format!("whisker {class}");
        html.open(
            "line",
            &[("class", &whisker), ("x1", &percent_of(at(low))), ("x2", &percent_of(at(high))), ("y1", "11"), ("y2", "11")],
        )
        .close();
        html.open("circle", &[("class", &format!("dot {class}")), ("cx", &percent_of(at(mean))), ("cy", "11"), ("r", "5")])
            .close();
        html.close().close();
        html.element("td", &[("class", "n"), ("data-label", "mean")], &unit.change(mean));
        html.element("td", &[("class", "n"), ("data-label", "interval")], &unit.range(low, high));
        let trials = format!("less in {}, more in {}", percent(delta.less), percent(delta.more));
        html.element("td", &[("data-label", "trials")], &trials);
        html.element("td", &[("class", class), ("data-label", "verdict")], word).close();
    }
    html.close().close();
}

fn verdict(delta: &Delta) -> (&'static str, &'static str) {
    if delta.less <= 0.0 && delta.more <= 0.0 {
        ("same", "the same")
    } else if delta.low.max(delta.high) < 0.0 {
        ("less", "less")
    } else if delta.low.min(delta.high) > 0.0 {
        ("more", "more")
    } else {
        ("unclear", "unclear")
    }
}

fn side_by_side(html: &mut Html, report: &Report, key: &str) {
    let Some(pictures) = &report.pictures else { return };
    let base = Act { title: "base", key, report, pictures };
    html.element("h3", &[], "Side by side");
    html.element(
        "p",
        &[("class", "aside")],
        "The same trials, with everything at the same place: what looks different is different.",
    );
    for (i, (name, variant)) in report.variants.iter().enumerate() {
        let Variant { report: other, .. } = variant;
        let Some(pictures) = &other.pictures else { continue };
        html.open("details", &[("class", "beside")]).element("summary", &[], name);
        html.element("p", &[], &sentences::headline(&other.headline));
        let other_key = format!("{key}.{i}");
        theatre::pair(html, &base, &Act { title: name, key: &other_key, report: other, pictures });
        html.close();
    }
}
