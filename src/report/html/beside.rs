//! Variants beside the base, cell by cell: two maps with everything at the same place, or a table of what differs.
//!
//! In: a report with variants, and how long the page may be. Out: one part for each variant. Maps are drawn in the order
//! of the variants until the page is long enough; a table takes little room and tells of the cells that differ most.

use super::extent::Extent;
use super::markup::Html;
use super::states::{Usual, differs, each};
use super::theatre::{self, Act};
use super::variants::FEW;
use crate::report::data::{Report, Subject};
use crate::report::figures::{followed, percent, whole};
use crate::report::text::sentences;
use indexmap::IndexSet;

/// Cells of a table, those that differ most.
const CELLS: usize = 6;

/// Draws what can be laid side by side.
pub(super) fn write(html: &mut Html, report: &Report, key: &str, extent: Extent, room: usize) {
    let Some(pictures) = &report.pictures else { return };
    let base = Act { title: "base", key, report, pictures, extent };
    html.element("h3", &[], "Side by side");
    html.element(
        "p",
        &[("class", "aside")],
        "The same trials, with everything at the same place; ≠ stands on what comes out differently.",
    );
    for (i, (name, variant)) in report.variants.iter().enumerate() {
        let other = &*variant.report;
        let Some(pictures) = &other.pictures else { continue };
        let attributes: &[(&str, &str)] = &[("class", "beside"), ("open", "")];
        let open = report.variants.len() <= FEW && i == 0;
        html.open("details", if open { attributes } else { &attributes[..1] }).element("summary", &[], name);
        html.sentence("p", &[], &sentences::headline(&other.headline));
        let act = Act { title: name, key: &format!("{key}.{i}"), report: other, pictures, extent };
        one(html, &base, &act, report.variants.len() <= FEW, room);
        html.close();
    }
}

/// Of many variants only those are drawn that look different; of few the replay is worth a look anyway.
fn one(html: &mut Html, base: &Act<'_>, act: &Act<'_>, few: bool, room: usize) {
    let cells = differing(base.report, act.report);
    if cells.is_empty() {
        let alike = "Every cell is in each state as often, is out for as long, and comes back as often, as in the base.";
        html.element("p", &[("class", "aside")], alike);
        if !few {
            return;
        }
    }
    let mut maps = Html::default();
    theatre::pair(&mut maps, base, act);
    let maps = maps.finish();
    if html.len() + maps.len() <= room {
        html.trusted(&maps);
    } else {
        let aside = "The page is long enough without maps of this variant; the cells that differ most are listed.";
        html.element("p", &[("class", "aside")], aside);
        table(html, base, act, &cells);
    }
}

/// Cells that come out differently, those first whose outages differ most.
fn differing<'a>(base: &'a Report, other: &'a Report) -> Vec<&'a str> {
    let names: IndexSet<&str> = base.cells.keys().chain(other.cells.keys()).map(String::as_str).collect();
    let mut cells: Vec<&str> = names.into_iter().filter(|name| differs(base.cells.get(*name), other.cells.get(*name))).collect();
    let hit = |report: &Report, name: &str| report.cells.get(name).map_or((0.0, 0.0), |s| (s.affected.mean, s.outage_min.p90));
    let far = |name: &str| {
        let ((a, p), (b, q)) = (hit(base, name), hit(other, name));
        ((a - b).abs(), (p - q).abs())
    };
    cells.sort_by(|a, b| {
        let (a, b) = (far(a), far(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    cells
}

fn table(html: &mut Html, base: &Act<'_>, act: &Act<'_>, cells: &[&str]) {
    if cells.is_empty() {
        return;
    }
    let label = format!("cells that differ: {}", act.title);
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", &label)]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["cell", "base", act.title] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for cell in cells.iter().take(CELLS) {
        html.open("tr", &[]).element("th", &[("scope", "row")], cell);
        for report in [base.report, act.report] {
            html.element("td", &[], &fate(report.cells.get(*cell), report.scenario.horizon_min));
        }
        html.close();
    }
    html.close().close().close();
    if cells.len() > CELLS {
        let more = cells.len() - CELLS;
        let what = if more == 1 { "cell" } else { "cells" };
        let rest = format!("and {} more {what}, in the JSON report (`--format json`)", whole(more as u64));
        html.sentence("p", &[("class", "aside")], &rest);
    }
}

/// `down 100%; out 2h, p90 3h 10m; not back in 1%`.
fn fate(subject: Option<&Subject>, horizon: f64) -> String {
    let Some(s) = subject else { return Usual::of(None).words() };
    let mut parts = vec![each(subject)];
    if s.affected.mean > 0.0 {
        let time = |minutes| followed(minutes, horizon);
        parts.push(format!("out {}, p90 {}, p99 {}", time(s.outage_min.p50), time(s.outage_min.p90), time(s.outage_min.p99)));
    }
    if s.never_recovered > 0.0 {
        parts.push(format!("not back in {}", percent(s.never_recovered)));
    }
    parts.join("; ")
}
