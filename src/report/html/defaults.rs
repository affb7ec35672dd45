//! The defaults that mattered, as a tornado: how far the mean outage moves when each goes from its p10 to its p90.

use super::markup::{Html, percent_of};
use super::scale::Scale;
use crate::report::data::{Default, Report};
use crate::report::figures::duration;
use crate::report::text::sentences;

const SHOWN: usize = 15;

/// Draws the section, if any default was used.
pub(super) fn write(html: &mut Html, report: &Report) {
    if report.defaults.is_empty() {
        return;
    }
    let (examined, still) = sentences::swings(report);
    let title = if examined.is_empty() { "Defaults used" } else { "Defaults that mattered" };
    html.open("section", &[("class", "defaults")]).element("h2", &[], title);
    if !examined.is_empty() {
        html.sentence("p", &[("class", "aside")], "Mean outage if the default is at its p10 or at its p90; the line is the mean as simulated. Brown bars stand on weak evidence or judgement, blue ones on better. Your own figures in the world replace a default, and `foreshock explain NAME` says how.");
    }
    tornado(html, report, &examined);
    if !still.is_empty() {
        let first = if examined.is_empty() { "None of these moves the mean outage by 1%" } else { "Moved it by less than 1%" };
        html.element("p", &[("class", "aside")], &format!("{first}: {}.", still.join(", ")));
    }
    sources(html, &report.defaults);
    html.close();
}

fn tornado(html: &mut Html, report: &Report, examined: &[(&Default, f64, f64)]) {
    if examined.is_empty() {
        return;
    }
    let mean = sentences::headline_mean(report);
    let greatest = examined.iter().flat_map(|(_, low, high)| [*low, *high]).fold(mean, f64::max);
    let scale = Scale::of_times(0.0, greatest);
    html.open("table", &[("class", "chart tornado")]).open("thead", &[]).open("tr", &[]);
    html.element("th", &[("scope", "col")], "").open("th", &[("scope", "col"), ("class", "plot")]).element(
        "span",
        &[("class", "sr")],
        "mean outage",
    );
    html.open("svg", &[("class", "axis"), ("width", "100%"), ("height", "18"), ("aria-hidden", "true")]);
    for (at, label) in scale.ticks(0.1) {
        let anchor = if at == 0.0 { "start" } else { "middle" };
        html.element("text", &[("x", &percent_of(at)), ("y", "13"), ("text-anchor", anchor)], &label);
    }
    html.close().close();
    for head in ["at p10", "at p90", "support"] {
        html.element("th", &[("scope", "col"), ("class", "n")], head);
    }
    html.close().close().open("tbody", &[]);
    for (default, low, high) in examined.iter().take(SHOWN) {
        html.open("tr", &[])
            .element("th", &[("scope", "row"), ("title", &default.what)], &default.name)
            .open("td", &[("class", "plot")]);
        html.open("svg", &[("width", "100%"), ("height", "22"), ("aria-hidden", "true")]);
        let (from, to) = (scale.at(low.min(*high)), scale.at(low.max(*high)));
        let weak = matches!(default.support.as_str(), "weak" | "judgement");
        let class = if weak { "swing weak" } else { "swing" };
        html.open(
            "rect",
            &[
                ("class", class),
                ("x", &percent_of(from)),
                ("width", &percent_of((to - from).max(0.003))),
                ("y", "4"),
                ("height", "14"),
                ("rx", "2"),
            ],
        )
        .close();
        let at = percent_of(scale.at(mean));
        html.open("line", &[("class", "median"), ("x1", &at), ("x2", &at), ("y1", "0"), ("y2", "22")]).close();
        html.close().close();
        html.element("td", &[("class", "n"), ("data-label", "at p10")], &duration(*low));
        html.element("td", &[("class", "n"), ("data-label", "at p90")], &duration(*high));
        html.element("td", &[("class", "n"), ("data-label", "support")], &default.support).close();
    }
    html.close().close();
}

fn sources(html: &mut Html, defaults: &[Default]) {
    html.open("details", &[("class", "table")]).element("summary", &[], "All defaults used, with their sources");
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "defaults and their sources")]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["default", "stands for", "value", "support", "source"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for default in defaults {
        html.open("tr", &[]).element("th", &[("scope", "row")], &default.name);
        for text in [&default.what, &default.value, &default.support, &default.source] {
            html.element("td", &[], text);
        }
        html.close();
    }
    html.close().close().close().close();
}
