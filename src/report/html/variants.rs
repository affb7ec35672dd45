//! Variants under the same luck: a table beside the base, what each would have avoided, paired differences with their intervals.
//!
//! In: a report with variants. Out: one section. Less of any output is better, and said in words beside the colour. Not here:
//! maps side by side (`beside`).

use super::extent::Extent;
use super::markup::{Html, percent_of};
use super::{aftermath, beside};
use crate::report::data::{Delta, Report};
use crate::report::figures::{Unit, count, followed, percent};
use crate::report::text::sentences;
use indexmap::IndexMap;
use std::iter;

/// So many variants are shown with everything open.
pub(super) const FEW: usize = 3;

/// Draws the section; `key` is that of the base's pictures, and maps are drawn as long as the page is shorter than `room`.
pub(super) fn write(html: &mut Html, report: &Report, key: &str, extent: Extent, room: usize) {
    if report.variants.is_empty() {
        return;
    }
    html.open("section", &[("class", "variants"), ("id", &format!("variants-{key}"))]).element("h2", &[], "Variants");
    let same = "The same luck, one thing changed: differences are differences of the design.".to_owned();
    let aside = sentences::other_luck(report).map_or(same, |luck| format!("{luck}; differences are differences of luck, too."));
    html.sentence("p", &[("class", "aside")], &aside);
    table(html, report);
    avoided(html, report);
    let data_differ = aftermath::losses_of_variants(html, report, extent);
    differences(html, report, data_differ);
    beside::write(html, report, key, extent, room);
    html.close();
}

const HEADS: [&str; 7] = ["affected", "outage p50", "p90", "p99", "cells p50", "data gone", "plan p50"];

fn table(html: &mut Html, report: &Report) {
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "variants beside the base")]);
    html.open("table", &[("class", "cards")]).open("thead", &[]).open("tr", &[]);
    for head in iter::once("").chain(HEADS) {
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
        sentences::plan_lasts(report, report.plan_min.p50),
    ];
    for (head, cell) in HEADS.iter().zip(&cells) {
        html.element("td", &[("class", "n"), ("data-label", head)], cell);
    }
    html.close();
}

/// What each variant would have avoided, in words; what makes things worse is never folded away.
fn avoided(html: &mut Html, report: &Report) {
    let (warnings, lines): (Vec<_>, Vec<_>) = sentences::counterfactuals(report).into_iter().partition(|(warns, _)| *warns);
    for (_, line) in warnings {
        html.sentence("p", &[("class", "warning")], &line);
    }
    if lines.is_empty() {
        return;
    }
    folded(html, "What each would have avoided, in words", lines.len() <= FEW);
    html.open("ul", &[("class", "avoided")]);
    for (_, line) in lines {
        html.sentence("li", &[], &line);
    }
    html.close().close();
}

fn folded(html: &mut Html, summary: &str, open: bool) {
    let attributes: &[(&str, &str)] = &[("class", "folded"), ("open", "")];
    html.open("details", if open { attributes } else { &attributes[..1] }).element("summary", &[], summary);
}

/// One chart per output, one row per variant that differs; the best for the main output first, in all of them.
fn differences(html: &mut Html, report: &Report, data_differ: bool) {
    let mut by_output: IndexMap<&str, Vec<(&str, &Delta)>> = IndexMap::new();
    for (name, variant) in &report.variants {
        for (path, delta) in &variant.delta {
            by_output.entry(path.as_str()).or_default().push((name.as_str(), delta));
        }
    }
    by_output.retain(|_, rows| rows.iter().any(|(_, d)| !same(d)));
    let Some((_, main)) = by_output.first() else {
        let compared = report.variants.values().next().map(|v| sentences::outputs(v.delta.keys())).unwrap_or_default();
        let but = if data_differ { "; only the data lost differs, as told above" } else { "" };
        html.element("p", &[], &format!("In every trial all variants are as the base in all of this: {compared}{but}."));
        return;
    };
    let mut order = main.clone();
    order.sort_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
    let place: IndexMap<&str, usize> = order.iter().enumerate().map(|(i, (name, _))| (*name, i)).collect();
    html.element("h3", &[], "Differences from the base");
    let aside = format!(
        "Variant minus base, trial by trial; {} intervals of the mean. Left of the line is less than the base, which is better. The best come first.",
        percent(report.confidence)
    );
    html.element("p", &[("class", "aside")], &aside);
    let mut outputs = by_output.into_iter().map(|(path, mut rows)| {
        rows.sort_by_key(|(name, _)| place.get(name).copied());
        (path, rows)
    });
    if let Some((path, rows)) = outputs.next() {
        forest(html, path, &rows);
    }
    let others: Vec<_> = outputs.collect();
    if others.is_empty() {
        return;
    }
    let names: Vec<&str> = others.iter().map(|(path, _)| sentences::output(path)).collect();
    folded(html, &format!("The other differences: {}", names.join(", ")), report.variants.len() <= FEW);
    for (path, rows) in &others {
        forest(html, path, rows);
    }
    html.close();
}

const fn same(delta: &Delta) -> bool {
    delta.less <= 0.0 && delta.more <= 0.0
}

fn forest(html: &mut Html, path: &str, rows: &[(&str, &Delta)]) {
    let unit = Unit::of(path);
    let most = rows.iter().flat_map(|(_, d)| [d.low.abs(), d.high.abs(), d.mean.abs()]).fold(0.0, f64::max);
    let at = |value: f64| if most > 0.0 { 0.5 + 0.49 * value / most } else { 0.5 };
    html.open("table", &[("class", "chart forest"), ("data-path", path)]).element("caption", &[], sentences::output(path));
    html.open("thead", &[]).open("tr", &[]);
    for (head, class) in [
        ("variant", ""),
        ("less than the base, or more", ""),
        ("mean", "n"),
        ("interval", "n"),
        ("trials", "trials"),
        ("it is", "word"),
    ] {
        html.element("th", &[("scope", "col"), ("class", class)], head);
    }
    html.close().close().open("tbody", &[]);
    for (name, delta) in rows.iter().filter(|(_, d)| !same(d)) {
        let (class, word) = verdict(delta);
        html.open("tr", &[]).element("th", &[("scope", "row")], name).open("td", &[("class", "plot")]);
        whisker(html, delta, class, &at);
        html.close();
        html.element("td", &[("class", "n"), ("data-label", "mean")], &unit.change(delta.mean));
        let (low, high) = (delta.low.min(delta.high), delta.low.max(delta.high));
        html.element("td", &[("class", "n"), ("data-label", "interval")], &unit.range(low, high));
        html.element("td", &[("class", "trials"), ("data-label", "trials")], &trials(delta));
        html.element("td", &[("class", &format!("word {class}")), ("data-label", "verdict")], word).close();
    }
    html.close().close();
    let equal: Vec<&str> = rows.iter().filter(|(_, d)| same(d)).map(|(name, _)| *name).collect();
    if !equal.is_empty() {
        html.element("p", &[("class", "aside")], &format!("As in the base, in every trial: {}.", equal.join(", ")));
    }
}

/// In how many trials it is less, and in how many more.
fn trials(delta: &Delta) -> String {
    match (delta.less > 0.0, delta.more > 0.0) {
        (_, false) => format!("less in {}", percent(delta.less)),
        (false, true) => format!("more in {}", percent(delta.more)),
        (true, true) => format!("less in {}, more in {}", percent(delta.less), percent(delta.more)),
    }
}

/// The mean and its interval beside the line of no difference.
pub(super) fn whisker(html: &mut Html, delta: &Delta, class: &str, at: &dyn Fn(f64) -> f64) {
    html.open("svg", &[("width", "100%"), ("height", "22"), ("aria-hidden", "true")]);
    html.open("line", &[("class", "zero"), ("x1", "50%"), ("x2", "50%"), ("y1", "0"), ("y2", "22")]).close();
    let (low, high) = (percent_of(at(delta.low.min(delta.high))), percent_of(at(delta.low.max(delta.high))));
    html.open("line", &[("class", &format!("whisker {class}")), ("x1", &low), ("x2", &high), ("y1", "11"), ("y2", "11")]).close();
    html.open("circle", &[("class", &format!("dot {class}")), ("cx", &percent_of(at(delta.mean))), ("cy", "11"), ("r", "5")])
        .close();
    html.close();
}

pub(super) fn verdict(delta: &Delta) -> (&'static str, &'static str) {
    if same(delta) {
        ("same", "the same")
    } else if delta.low.max(delta.high) < 0.0 {
        ("less", "less")
    } else if delta.low.min(delta.high) > 0.0 {
        ("more", "more")
    } else {
        ("unclear", "unclear")
    }
}
