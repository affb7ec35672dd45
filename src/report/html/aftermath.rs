//! What comes after the outages: who was only touched, when all is back, what is lost, and the way the damage took.
//!
//! In: subjects of a report. Out: parts of the section of outages, as tables.

use super::extent::Extent;
use super::markup::Html;
use super::outages::Row;
use super::states::LOOKS;
use crate::report::data::{Quantiles, Report, Subject};
use crate::report::figures::{count, duration, followed, percent};
use crate::report::losses::losses;

const NOTHING: &str = "–";

/// Services without an outage that were starved, lagging or exposed.
pub(super) fn touched(html: &mut Html, report: &Report, extent: Extent) {
    let found: Vec<(&String, &Subject)> = report.services.iter().filter(|(_, s)| s.affected.mean <= 0.0).collect();
    let found: Vec<_> = found.into_iter().filter(|(_, s)| s.states.starved + s.states.lagging + s.states.exposed > 0.0).collect();
    if found.is_empty() {
        return;
    }
    html.element("h3", &[], "Touched, without an outage").open("ul", &[("class", "touched")]);
    for (name, subject) in found.iter().take(extent.rows) {
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
    rest(html, found.len(), report, extent);
}

fn rest(html: &mut Html, of: usize, report: &Report, extent: Extent) {
    if of > extent.rows {
        html.sentence("p", &[("class", "aside")], &extent.rest(of - extent.rows, report));
    }
}

/// Begins a table that is folded away.
fn table(html: &mut Html, summary: &str, aside: &str, heads: &[&str]) {
    html.open("details", &[("class", "table")]).element("summary", &[], summary);
    html.element("p", &[("class", "aside")], aside);
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", summary)]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in heads {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
}

fn line(html: &mut Html, name: &str, figures: &[String]) {
    html.open("tr", &[]).element("th", &[("scope", "row")], name);
    for figure in figures {
        html.element("td", &[("class", "n")], figure);
    }
    html.close();
}

/// When it is back, and the requests that are lost until then.
pub(super) fn back(html: &mut Html, report: &Report, rows: &[Row<'_>]) {
    let heads = ["", "hit after", "restored p50", "p90", "fully p50", "p90", "not back", "requests lost p50", "p90"];
    table(html, "When it is back", "Minutes after the first impact anywhere, in trials with impact.", &heads);
    let time = |q: Option<&Quantiles>, pick: fn(&Quantiles) -> f64| {
        q.map_or(NOTHING.to_owned(), |q| followed(pick(q), report.scenario.horizon_min))
    };
    let lost = |q: Option<&Quantiles>, pick: fn(&Quantiles) -> f64| q.map_or(NOTHING.to_owned(), |q| count(pick(q)));
    for Row { name, subject: s, .. } in rows {
        let figures = [
            time(s.first_impact_min.as_ref(), |q| q.p50),
            time(s.main_restored_min.as_ref(), |q| q.p50),
            time(s.main_restored_min.as_ref(), |q| q.p90),
            time(s.full_recovery_min.as_ref(), |q| q.p50),
            time(s.full_recovery_min.as_ref(), |q| q.p90),
            percent(s.never_recovered),
            lost(s.requests_lost.as_ref(), |q| q.p50),
            lost(s.requests_lost.as_ref(), |q| q.p90),
        ];
        line(html, name, &figures);
    }
    html.close().close().close().close();
}

/// The data that services lose.
pub(super) fn data(html: &mut Html, report: &Report, extent: Extent) {
    let losing = |s: &Subject| s.data_lost_min.is_some() || s.data_lost_for_good > 0.0;
    let losing: Vec<(&String, &Subject)> = report.services.iter().filter(|(_, s)| losing(s)).collect();
    if losing.is_empty() {
        return;
    }
    table(html, "Data lost", "Time since the copy that is restored.", &["", "p50", "p90", "p99", "for good"]);
    for (name, s) in losing.iter().take(extent.rows) {
        let at = |pick: fn(&Quantiles) -> f64| s.data_lost_min.as_ref().map_or(NOTHING.to_owned(), |q| duration(pick(q)));
        line(html, name, &[at(|q| q.p50), at(|q| q.p90), at(|q| q.p99), percent(s.data_lost_for_good)]);
    }
    html.close().close().close();
    rest(html, losing.len(), report, extent);
    html.close();
}

/// The way the damage took to each service, most often.
pub(super) fn paths(html: &mut Html, report: &Report, extent: Extent) {
    let with: Vec<&Subject> = report.services.values().filter(|s| s.affected.mean > 0.0 && s.path.len() > 1).collect();
    if with.is_empty() {
        return;
    }
    html.open("details", &[("class", "table")]).element("summary", &[], "How the damage gets there");
    html.element("p", &[("class", "aside")], "From the damaged cell, most often.").open("ul", &[("class", "paths")]);
    for subject in with.iter().take(extent.rows) {
        html.element("li", &[], &subject.path.join(" → "));
    }
    html.close();
    rest(html, with.len(), report, extent);
    html.close();
}

/// The data lost in variants, where it is not what is lost in the base; whether there is any.
pub(super) fn losses_of_variants(html: &mut Html, report: &Report, extent: Extent) -> bool {
    let groups = losses(report);
    if groups.is_empty() {
        return false;
    }
    html.element("h3", &[], "Data lost in the variants");
    html.element("p", &[("class", "aside")], "Time since the copy that is restored, where it differs from the base.");
    html.open(
        "div",
        &[("class", "scroll losses"), ("tabindex", "0"), ("role", "region"), ("aria-label", "data lost by variant")],
    );
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["service", "variant", "p50", "p90", "p99"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for (services, losses) in groups.iter().take(extent.rows) {
        for (i, (name, lost)) in losses.iter().enumerate() {
            let service = if i == 0 { services.join(", ") } else { String::new() };
            html.open("tr", &[]).element("th", &[("scope", "row")], &service).element("td", &[], name);
            for n in 0..3 {
                html.element("td", &[("class", "n")], &lost.map_or(NOTHING.to_owned(), |l| duration(l[n])));
            }
            html.close();
        }
    }
    html.close().close().close();
    rest(html, groups.len(), report, extent);
    true
}
