//! The incident of one trial as a Gantt chart: steps, faults, people, mends and waits, and the cells that were out.
//!
//! In: a film. Out: a table with one row per step, cell or team, each with its bars and the same in words, and all of
//! it as a plain table behind. Long lists are cut, and say how much is left to the data of the page.

use super::markup::{Html, percent_of};
use super::scale::Scale;
use super::theatre::{Act, of};
use crate::report::figures::{duration, followed, whole};
use crate::report::pictures::{Film, Map, Span, Work, WorkKind};
use indexmap::{IndexMap, IndexSet};

/// A bar of a row.
struct Bar {
    class: String,
    text: String,
    from: f64,
    to: f64,
    /// Whether it had not ended when the film did.
    open: bool,
}

impl Bar {
    /// `failing from 5m to 13h`, `failing from 5m on, not back after 2d`.
    fn said(&self) -> String {
        let (from, to) = (duration(self.from), duration(self.to));
        if self.open {
            format!("{} from {from} on, not back after {to}", self.text)
        } else {
            format!("{} from {from} to {to}", self.text)
        }
    }
}

/// Draws the chart of a film, the first of them open.
pub(super) fn draw(html: &mut Html, act: &Act<'_>, film: &Film) {
    let open: &[(&str, &str)] = &[("class", "film"), ("open", ""), ("data-gantt", act.key), ("data-which", film.which.word())];
    html.open("details", open);
    html.open("summary", &[]).element("h3", &[], of(film.which));
    let out = followed(film.outage_min, act.report.scenario.horizon_min);
    let outage = format!("trial {}: out for {out}, followed for {}", film.trial, duration(film.ends_min));
    html.element("span", &[("class", "aside")], &outage).close();
    let scale = scale(film);
    if scale.is_stretched() {
        html.element(
            "p",
            &[("class", "aside")],
            "The time axis is stretched at its start (logarithmic), so that minutes and days can both be seen.",
        );
    }
    let (greatest, unit) = (format!("{}", scale.greatest), format!("{}", scale.unit));
    html.open("table", &[("class", "gantt"), ("data-greatest", &greatest), ("data-unit", &unit)]);
    html.element("caption", &[("class", "sr")], "who did what, and which cells were out; times after the start of the plan");
    axis(html, scale);
    html.open("tbody", &[]);
    // A step that waits stays with the step, whichever comes first.
    let of_plan = |work: &&Work| matches!(work.kind, WorkKind::Step | WorkKind::Fault);
    let planned: IndexSet<&str> = film.work.iter().filter(of_plan).map(|w| w.subject.as_str()).collect();
    let (mut plan, mut response) = (IndexMap::new(), IndexMap::new());
    for work in &film.work {
        let rows = if planned.contains(work.subject.as_str()) { &mut plan } else { &mut response };
        rows.entry(work.subject.as_str()).or_insert_with(Vec::new).push(bar(work));
    }
    let most = act.extent.bars;
    group(html, "plan and faults", &plan, scale, most);
    group(html, "response", &response, scale, most);
    group(html, "cells", &cells(film, &act.pictures.map), scale, most);
    html.close().close();
    table(html, film, act.extent.moments);
    html.close();
}

/// Stretched only so far that long bars still look long: a part of 1 % gets a tenth of the width.
fn scale(film: &Film) -> Scale {
    let lengths = film.work.iter().map(|w| w.to_min - w.from_min).filter(|l| *l > 0.0);
    let least = lengths.fold(film.ends_min, f64::min);
    let scale = Scale::of_times(least, film.ends_min);
    if scale.is_stretched() { Scale { unit: film.ends_min / 120.0, ..scale } } else { scale }
}

fn bar(work: &Work) -> Bar {
    let class = match work.kind {
        WorkKind::Step => "k-step",
        WorkKind::Fault => "k-fault",
        WorkKind::People => "k-people",
        WorkKind::Wait => "k-wait",
        WorkKind::Mend => "k-mend",
    };
    Bar { class: class.to_owned(), text: words(work), from: work.from_min, to: work.to_min, open: false }
}

/// `wait for vpn@eu`, `delete store (stopped)`.
fn words(work: &Work) -> String {
    let mut text = work.what.clone();
    if !work.waits_for.is_empty() {
        text = format!("{text} for {}", work.waits_for.join(", "));
    }
    if !work.end.is_empty() {
        text = format!("{text} ({})", work.end);
    }
    text
}

/// Cells in the order in which they were hit, those that customers use first.
fn cells<'a>(film: &Film, map: &'a Map) -> IndexMap<&'a str, Vec<Bar>> {
    let mut spans: Vec<_> = film.spans.iter().collect();
    spans.sort_by(|a, b| {
        let key = |s: &Span| (!map.cells[s.cell].customers, s.state == "exposed");
        key(a).cmp(&key(b)).then(a.from_min.total_cmp(&b.from_min))
    });
    let mut rows: IndexMap<&str, Vec<Bar>> = IndexMap::new();
    for span in spans {
        let &Span { state, from_min: from, to_min: to, open, .. } = span;
        let bar = Bar { class: format!("s-{state}"), text: state.to_owned(), from, to, open };
        rows.entry(map.cells[span.cell].name.as_str()).or_default().push(bar);
    }
    rows
}

fn axis(html: &mut Html, scale: Scale) {
    html.open("thead", &[]).open("tr", &[]).element("th", &[("scope", "col")], "time");
    html.open("td", &[("class", "plot")])
        .open("svg", &[("class", "axis"), ("width", "100%"), ("height", "18"), ("aria-hidden", "true")]);
    for (at, label) in scale.ticks(0.09) {
        let anchor = if at == 0.0 { "start" } else { "middle" };
        html.element("text", &[("x", &percent_of(at)), ("y", "13"), ("text-anchor", anchor)], &label);
    }
    html.close().close().close().close();
}

fn group(html: &mut Html, title: &str, rows: &IndexMap<&str, Vec<Bar>>, scale: Scale, most: usize) {
    if rows.is_empty() {
        return;
    }
    html.open("tr", &[("class", "group")]).element("th", &[("colspan", "2"), ("scope", "rowgroup")], title).close();
    for (name, bars) in rows.iter().take(most) {
        html.open("tr", &[]).element("th", &[("scope", "row"), ("title", name)], name);
        html.open("td", &[("class", "plot")]);
        row(html, bars, scale);
        html.close().close();
    }
    if rows.len() > most {
        let rest = format!("and {} more, in the data of this page", whole((rows.len() - most) as u64));
        html.open("tr", &[]).element("td", &[("colspan", "2"), ("class", "aside")], &rest).close();
    }
}

fn row(html: &mut Html, bars: &[Bar], scale: Scale) {
    let said: Vec<String> = bars.iter().map(Bar::said).collect();
    html.open(
        "svg",
        &[("class", "bars"), ("width", "100%"), ("height", "24"), ("role", "img"), ("aria-label", &said.join("; "))],
    );
    for (at, _) in scale.ticks(0.09).into_iter().skip(1) {
        let x = percent_of(at);
        html.open("line", &[("class", "grid"), ("x1", &x), ("x2", &x), ("y1", "0"), ("y2", "24")]).close();
    }
    for (bar, said) in bars.iter().zip(&said) {
        let (from, to) = (scale.at(bar.from), scale.at(bar.to));
        let wide = (to - from).max(0.004);
        let class = format!("bar {}", bar.class);
        html.open(
            "svg",
            &[("class", &class), ("x", &percent_of(from)), ("y", "2"), ("width", &percent_of(wide)), ("height", "20")],
        );
        html.element("title", &[], said);
        html.open("rect", &[("class", "strip"), ("width", "100%"), ("height", "20"), ("rx", "2")]).close();
        html.open("rect", &[("class", "hatch"), ("width", "100%"), ("height", "20"), ("rx", "2")]).close();
        if wide > 0.05 {
            html.element("text", &[("x", "5"), ("y", "14")], &bar.text);
        }
        html.close();
    }
    html.open("line", &[("class", "cursor"), ("y1", "0"), ("y2", "24"), ("x1", "0"), ("x2", "0"), ("visibility", "hidden")])
        .close();
    html.close();
}

fn table(html: &mut Html, film: &Film, most: usize) {
    html.open("details", &[("class", "table")]).element("summary", &[], "This trial as a table");
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "what happened, in order")]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["after", "what", "who", "what happened"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for moment in film.moments.iter().take(most) {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds for display")]
        let after = duration(moment.time_ms as f64 / 60_000.0);
        html.open("tr", &[]).element("td", &[("class", "n")], &after).element("td", &[], moment.kind.word());
        html.element("th", &[("scope", "row")], &moment.subject).element("td", &[], &moment.text).close();
    }
    html.close().close().close();
    if film.moments.len() > most {
        let rest = format!("and {} more moments, in the data of this page", whole((film.moments.len() - most) as u64));
        html.element("p", &[("class", "aside")], &rest);
    }
    html.close();
}
