//! What goes down and for how long: for customers, regions and services the histogram of outages over their quantile
//! bands, on one axis, with the figures beside.
//!
//! In: subjects of a report. Out: one table that is the chart and its text at once. Not here: when they are back, what is
//! lost, and the way of the damage (`aftermath`).

use super::aftermath;
use super::extent::Extent;
use super::markup::{Html, number, percent_of};
use super::scale::Scale;
use super::states::{LOOKS, Look};
use crate::report::alike::alike;
use crate::report::data::{Histogram, Quantiles, Report, Subject};
use crate::report::figures::{duration, followed, percent, whole};

const TALL: f64 = 26.0;

/// Draws the section.
pub(super) fn write(html: &mut Html, report: &Report, extent: Extent) {
    html.open("section", &[("class", "outages")]).element("h2", &[], "What goes down, and for how long");
    let rows = rows(report);
    if rows.is_empty() {
        html.element("p", &[], "No service had an outage in any trial.");
        aftermath::touched(html, report, extent);
        aftermath::data(html, report, extent);
        html.close();
        return;
    }
    let (shown, hidden) = rows.split_at(rows.len().min(extent.rows));
    let scale = scale(shown);
    let mut aside = "Bars: how often an outage lasts that long. Below: from p50 to p90 dark, to p99 light; the thin line is the interval of p50. All quantiles are over all trials, those without outage included.".to_owned();
    if scale.is_stretched() {
        aside += " The axis is stretched at its start (logarithmic).";
    }
    html.element("p", &[("class", "aside")], &aside);
    let (greatest, unit) = (format!("{}", scale.greatest), format!("{}", scale.unit));
    html.open("table", &[("class", "chart"), ("data-greatest", &greatest), ("data-unit", &unit)]);
    head(html, scale);
    html.open("tbody", &[]);
    for Row { name, subject, .. } in shown {
        row(html, name, subject, scale, report);
    }
    html.close().close();
    if !hidden.is_empty() {
        html.sentence("p", &[("class", "aside")], &extent.rest(hidden.iter().map(|r| r.count).sum(), report));
    }
    aftermath::touched(html, report, extent);
    aftermath::back(html, report, shown);
    aftermath::data(html, report, extent);
    aftermath::paths(html, report, extent);
    html.close();
}

/// A subject under its name; services with the same figures share a row.
pub(super) struct Row<'a> {
    pub(super) name: String,
    /// How many share it.
    count: usize,
    pub(super) subject: &'a Subject,
}

fn rows(report: &Report) -> Vec<Row<'_>> {
    let single = |name: String, subject| Row { name, count: 1, subject };
    let customers = report.customers.iter().map(|c| single("customers (any service)".to_owned(), c));
    let many = report.region.len() > 1;
    let regions = report.region.iter().filter(|_| many).map(|(name, s)| single(format!("region {name}"), s));
    let services =
        alike(&report.services).into_iter().map(|(names, subject)| Row { name: listed(&names), count: names.len(), subject });
    customers.chain(regions).chain(services).filter(|row| row.subject.affected.mean > 0.0).collect()
}

/// The first names, and how many more there are.
fn listed(names: &[&str]) -> String {
    match names.len() {
        0..=9 => names.join(", "),
        n => format!("{} and {} more with the same figures", names[..6].join(", "), whole((n - 6) as u64)),
    }
}

fn scale(shown: &[Row<'_>]) -> Scale {
    let shown = shown.iter().map(|row| row.subject);
    let greatest = shown.clone().map(|s| s.outage_min.p99.max(last_edge(s.histogram.as_ref()))).fold(0.0, f64::max);
    let least = shown.flat_map(|s| [s.outage_min.p50, s.outage_min.p90, s.outage_min.p99]).filter(|v| *v > 0.0);
    let least = least.fold(greatest, f64::min);
    Scale::of_times((least / 10.0).max(greatest / 5_000.0), greatest)
}

/// The end of the last bar that holds anything.
fn last_edge(histogram: Option<&Histogram>) -> f64 {
    let edges = histogram.iter().flat_map(|h| h.edges_min.iter().zip(&h.counts));
    edges.filter(|(_, count)| **count > 0).map(|(edge, _)| *edge).fold(0.0, f64::max)
}

fn head(html: &mut Html, scale: Scale) {
    html.open("thead", &[]).open("tr", &[]).element("th", &[("scope", "col")], "");
    html.open("th", &[("scope", "col"), ("class", "plot")]);
    html.element("span", &[("class", "sr")], "outage");
    html.open("svg", &[("class", "axis"), ("width", "100%"), ("height", "18"), ("aria-hidden", "true")]);
    for (at, label) in scale.ticks(0.1) {
        let anchor = if at == 0.0 { "start" } else { "middle" };
        html.element("text", &[("x", &percent_of(at)), ("y", "13"), ("text-anchor", anchor)], &label);
    }
    html.close().close();
    for name in ["affected", "p50", "p90", "p99"] {
        html.element("th", &[("scope", "col"), ("class", "n")], name);
    }
    html.close().close();
}

fn row(html: &mut Html, name: &str, subject: &Subject, scale: Scale, report: &Report) {
    let q = &subject.outage_min;
    html.open("tr", &[]).open("th", &[("scope", "row")]).element("span", &[("class", "name")], name);
    for (look, share) in affected_states(subject) {
        html.open("span", &[("class", "had")]);
        super::map::badge(html, look);
        html.text(&format!("{} {}", look.word, percent(share))).close();
    }
    html.close();
    html.open("td", &[("class", "plot")]);
    plot(html, name, subject, scale, report.scenario.horizon_min);
    html.close();
    figure(
        html,
        "affected",
        &percent(subject.affected.mean),
        &format!("{} to {}", percent(subject.affected.low), percent(subject.affected.high)),
    );
    let horizon = report.scenario.horizon_min;
    let interval = |low, high| format!("{} to {}", followed(low, horizon), followed(high, horizon));
    figure(html, "p50", &followed(q.p50, horizon), &interval(q.p50_low, q.p50_high));
    figure(html, "p90", &followed(q.p90, horizon), &interval(q.p90_low, q.p90_high));
    figure(html, "p99", &followed(q.p99, horizon), &interval(q.p99_low, q.p99_high));
    html.close();
}

fn figure(html: &mut Html, label: &str, value: &str, interval: &str) {
    html.open("td", &[("class", "n"), ("data-label", label)]).element("b", &[], value);
    html.element("small", &[], interval).close();
}

fn affected_states(subject: &Subject) -> Vec<(Look, f64)> {
    let shares = [subject.states.down, subject.states.failing, subject.states.degraded];
    LOOKS.into_iter().zip(shares).filter(|(_, share)| *share > 0.0).collect()
}

fn plot(html: &mut Html, name: &str, subject: &Subject, scale: Scale, horizon: f64) {
    let q = &subject.outage_min;
    let time = |minutes| followed(minutes, horizon);
    let said = format!("{name}: outage p50 {}, p90 {}, p99 {}", time(q.p50), time(q.p90), time(q.p99));
    html.open("svg", &[("class", "spread"), ("width", "100%"), ("height", "46"), ("role", "img"), ("aria-label", &said)]);
    for (at, _) in scale.ticks(0.1) {
        let x = percent_of(at);
        html.open("line", &[("class", "grid"), ("x1", &x), ("x2", &x), ("y1", "0"), ("y2", "46")]).close();
    }
    if let Some(histogram) = &subject.histogram {
        bars(html, histogram, scale, horizon);
    }
    bands(html, q, scale);
    html.close();
}

fn bars(html: &mut Html, histogram: &Histogram, scale: Scale, horizon: f64) {
    let most = histogram.counts.iter().copied().max().unwrap_or(0);
    let total = histogram.zero + histogram.counts.iter().sum::<u64>();
    // Edges grow by a ratio; the first bar has no lower edge of its own.
    let ratio = match histogram.edges_min[..] {
        [first, second, ..] if first > 0.0 => second / first,
        _ => 1.1,
    };
    let mut lower = histogram.edges_min.first().map_or(0.0, |first| first / ratio);
    for (&upper, &count) in histogram.edges_min.iter().zip(&histogram.counts) {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let (part, share) = (count as f64 / most.max(1) as f64, count as f64 / total.max(1) as f64);
        if count > 0 {
            let high = (part * TALL).max(1.0);
            let (x, wide) = (scale.at(lower), (scale.at(upper) - scale.at(lower)).max(0.003));
            let (x, wide) = (percent_of(x), percent_of(wide));
            let place: &[(&str, &str)] = &[
                ("class", "column"),
                ("x", &x),
                ("width", &wide),
                ("y", &number(TALL - high)),
                ("height", &number(high)),
                ("data-count", &count.to_string()),
            ];
            html.open("rect", place)
                .element("title", &[], &format!("{}: {} of the trials", lasts(lower, upper, horizon), percent(share)))
                .close();
        }
        lower = upper;
    }
}

/// `2h to 2h 30m`; what may never have ended is only known to be longer than the trial was followed.
fn lasts(lower: f64, upper: f64, horizon: f64) -> String {
    let to = followed(upper, horizon);
    if to.starts_with('>') { format!("{} or longer", duration(lower)) } else { format!("{} to {to}", duration(lower)) }
}

fn bands(html: &mut Html, q: &Quantiles, scale: Scale) {
    for (class, from, to) in [("band far", q.p90, q.p99), ("band near", q.p50, q.p90)] {
        let (x, wide) = (scale.at(from), scale.at(to) - scale.at(from));
        html.open(
            "rect",
            &[("class", class), ("x", &percent_of(x)), ("width", &percent_of(wide)), ("y", "31"), ("height", "9"), ("rx", "2")],
        )
        .close();
    }
    let (low, high, at) = (percent_of(scale.at(q.p50_low)), percent_of(scale.at(q.p50_high)), percent_of(scale.at(q.p50)));
    html.open("line", &[("class", "interval"), ("x1", &low), ("x2", &high), ("y1", "43"), ("y2", "43")]).close();
    html.open("line", &[("class", "median"), ("x1", &at), ("x2", &at), ("y1", "29"), ("y2", "45")]).close();
}
