//! What goes down and for how long: for customers, regions and services the histogram of outages over their quantile
//! bands, on one axis, with the figures beside.
//!
//! In: subjects of a report. Out: one table that is the chart and its text at once.

use super::markup::{Html, number, percent_of};
use super::scale::Scale;
use super::states::{LOOKS, Look};
use crate::report::alike::alike;
use crate::report::data::{Histogram, Quantiles, Report, Subject};
use crate::report::figures::{duration, followed, percent, whole};

const SHOWN: usize = 20;
const TALL: f64 = 26.0;

/// Draws the section.
pub(super) fn write(html: &mut Html, report: &Report) {
    html.open("section", &[("class", "outages")]).element("h2", &[], "What goes down, and for how long");
    let rows = rows(report);
    if rows.is_empty() {
        html.element("p", &[], "No service had an outage in any trial.");
        touched(html, report);
        html.close();
        return;
    }
    let scale = scale(&rows);
    let mut aside = "Bars: how often an outage lasts that long. Below: from p50 to p90 dark, to p99 light; the thin line is the interval of p50. All quantiles are over all trials, those without outage included.".to_owned();
    if scale.is_stretched() {
        aside += " The axis is stretched at its start (logarithmic).";
    }
    html.element("p", &[("class", "aside")], &aside);
    let (greatest, unit) = (format!("{}", scale.greatest), format!("{}", scale.unit));
    html.open("table", &[("class", "chart"), ("data-greatest", &greatest), ("data-unit", &unit)]);
    head(html, scale);
    html.open("tbody", &[]);
    for (name, subject) in rows.iter().take(SHOWN) {
        row(html, name, subject, scale, report);
    }
    html.close().close();
    if rows.len() > SHOWN {
        let rest = format!("and {} more services, in the data of this page", rows.len() - SHOWN);
        html.element("p", &[("class", "aside")], &rest);
    }
    touched(html, report);
    back(html, report, &rows);
    html.close();
}

/// A subject under its name; services with the same figures share a row.
type Row<'a> = (String, &'a Subject);

fn rows(report: &Report) -> Vec<Row<'_>> {
    let customers = report.customers.iter().map(|c| ("customers (any service)".to_owned(), c));
    let many = report.region.len() > 1;
    let regions = report.region.iter().filter(|_| many).map(|(name, s)| (format!("region {name}"), s));
    let services = alike(&report.services).into_iter().map(|(names, s)| (listed(&names), s));
    customers.chain(regions).chain(services).filter(|(_, s)| s.affected.mean > 0.0).collect()
}

/// The first names, and how many more there are.
fn listed(names: &[&str]) -> String {
    match names.len() {
        0..=9 => names.join(", "),
        n => format!("{} and {} more with the same figures", names[..6].join(", "), whole((n - 6) as u64)),
    }
}

fn scale(rows: &[Row<'_>]) -> Scale {
    let shown = rows.iter().take(SHOWN);
    let greatest = shown.clone().map(|(_, s)| s.outage_min.p99.max(last_edge(s.histogram.as_ref()))).fold(0.0, f64::max);
    let least = shown.flat_map(|(_, s)| [s.outage_min.p50, s.outage_min.p90, s.outage_min.p99]).filter(|v| *v > 0.0);
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
    plot(html, name, subject, scale);
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

fn plot(html: &mut Html, name: &str, subject: &Subject, scale: Scale) {
    let q = &subject.outage_min;
    let said = format!("{name}: outage p50 {}, p90 {}, p99 {}", duration(q.p50), duration(q.p90), duration(q.p99));
    html.open("svg", &[("class", "spread"), ("width", "100%"), ("height", "46"), ("role", "img"), ("aria-label", &said)]);
    for (at, _) in scale.ticks(0.1) {
        let x = percent_of(at);
        html.open("line", &[("class", "grid"), ("x1", &x), ("x2", &x), ("y1", "0"), ("y2", "46")]).close();
    }
    if let Some(histogram) = &subject.histogram {
        bars(html, histogram, scale);
    }
    bands(html, q, scale);
    html.close();
}

fn bars(html: &mut Html, histogram: &Histogram, scale: Scale) {
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
            html.open("rect", place);
            html.element("title", &[], &format!("{} to {}: {} of the trials", duration(lower), duration(upper), percent(share)))
                .close();
        }
        lower = upper;
    }
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

/// Services without an outage that were starved, lagging or exposed.
fn touched(html: &mut Html, report: &Report) {
    let found: Vec<(&String, &Subject)> = report.services.iter().filter(|(_, s)| s.affected.mean <= 0.0).collect();
    let found: Vec<_> = found.into_iter().filter(|(_, s)| s.states.starved + s.states.lagging + s.states.exposed > 0.0).collect();
    if found.is_empty() {
        return;
    }
    html.element("h3", &[], "Touched, without an outage").open("ul", &[("class", "touched")]);
    for (name, subject) in found.iter().take(SHOWN) {
        html.open("li", &[]).element("b", &[], name);
        let shares = [subject.states.starved, subject.states.lagging, subject.states.exposed];
        for (look, share) in LOOKS[3..6].iter().zip(shares).filter(|(_, share)| *share > 0.0) {
            html.open("span", &[("class", "had")]);
            super::map::badge(html, *look);
            html.text(&format!("{} in {}", look.word, percent(share))).close();
        }
        html.close();
    }
    html.close();
    if found.len() > SHOWN {
        html.element("p", &[("class", "aside")], &format!("and {} more, in the data of this page", found.len() - SHOWN));
    }
}

/// When it is back, and what is lost.
fn back(html: &mut Html, report: &Report, rows: &[Row<'_>]) {
    let horizon = report.scenario.horizon_min;
    html.open("details", &[("class", "table")]).element("summary", &[], "When it is back, and what is lost");
    html.element("p", &[("class", "aside")], "Minutes after the first impact anywhere, in trials with impact.");
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "recovery and losses")]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in [
        "",
        "hit after",
        "restored p50",
        "p90",
        "fully p50",
        "p90",
        "not back",
        "requests lost p50",
        "p90",
        "data lost p50",
        "for good",
    ] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    let time = |q: Option<&Quantiles>, pick: fn(&Quantiles) -> f64| q.map_or("–".to_owned(), |q| followed(pick(q), horizon));
    let count = |q: Option<&Quantiles>, pick: fn(&Quantiles) -> f64| {
        q.map_or("–".to_owned(), |q| crate::report::figures::count(pick(q)))
    };
    for (name, s) in rows.iter().take(SHOWN) {
        html.open("tr", &[]).element("th", &[("scope", "row")], name);
        let cells = [
            time(s.first_impact_min.as_ref(), |q| q.p50),
            time(s.main_restored_min.as_ref(), |q| q.p50),
            time(s.main_restored_min.as_ref(), |q| q.p90),
            time(s.full_recovery_min.as_ref(), |q| q.p50),
            time(s.full_recovery_min.as_ref(), |q| q.p90),
            percent(s.never_recovered),
            count(s.requests_lost.as_ref(), |q| q.p50),
            count(s.requests_lost.as_ref(), |q| q.p90),
            time(s.data_lost_min.as_ref(), |q| q.p50),
            percent(s.data_lost_for_good),
        ];
        for cell in &cells {
            html.element("td", &[("class", "n")], cell);
        }
        html.close();
    }
    html.close().close().close().close();
}
