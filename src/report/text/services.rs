//! What goes down, how likely, for how long, and when it is back.
//!
//! In: customers, regions and services of a report. Out: one table of those with an outage, one of those
//! that were only touched (starved, lagging, exposed), the ways the damage takes, data losses.

use super::columns::{Columns, Item, Lean, NOTHING, item, styled};
use super::page::{ASIDE, BAD, CARE, PLAIN, Page, STRONG};
use crate::report::alike::alike;
use crate::report::data::{Report, Subject};
use crate::report::figures::{duration, followed, percent, whole};
use crate::report::untrusted::{clean, shorten, width};
use indexmap::IndexMap;
use std::fmt::Write as _;

const SHOWN: usize = 20;
const PATHS_SHOWN: usize = 8;
/// Names of services that share a row.
const ALIKE: usize = 12;

/// Writes all of it.
pub(super) fn write(report: &Report, page: &mut Page) {
    let affected: Vec<Row<'_>> = rows(&report.services, |subject| subject.affected.mean > 0.0);
    let groups: Vec<Group<'_>> = alike(&report.services).into_iter().filter(|(_, s)| s.affected.mean > 0.0).collect();
    // With `--all` every service has its own row.
    let read: Vec<Row<'_>> = if page.all { affected.clone() } else { groups.iter().map(|(names, s)| (names[0], *s)).collect() };
    let touched: Vec<Row<'_>> = rows(&report.services, |subject| subject.affected.mean <= 0.0);
    if affected.is_empty() && report.customers.is_none() {
        page.heading("Nothing goes down", "no service had an outage in any trial");
    } else {
        outages(report, &read, page);
        same(&groups, page);
        back(report, &read, page);
    }
    only_touched(&touched, page);
    paths(&affected, page);
    data(&report.services, page);
}

type Row<'a> = (&'a str, &'a Subject);
type Group<'a> = (Vec<&'a str>, &'a Subject);

/// Which services share a row of the tables.
fn same(groups: &[Group<'_>], page: &mut Page) {
    if page.all {
        return;
    }
    for (names, _) in groups.iter().take(SHOWN).filter(|(names, _)| names.len() > 1) {
        let rest: Vec<_> = names[1..].iter().take(ALIKE).map(|name| clean(name)).collect();
        let mut text = rest.join(", ");
        if names.len() > ALIKE + 1 {
            let _ = write!(text, " and {} more (--all)", whole((names.len() - ALIKE - 1) as u64));
        }
        page.para(ASIDE, &format!("  {} stands for ", shorten(&clean(names[0]), 24)), &text);
    }
}

fn rows(map: &IndexMap<String, Subject>, keep: impl Fn(&Subject) -> bool) -> Vec<Row<'_>> {
    map.iter().filter(|(_, subject)| keep(subject)).map(|(name, subject)| (name.as_str(), subject)).collect()
}

/// The customer-facing set, then regions if there are several, then services.
fn with_totals<'a>(report: &'a Report, affected: &[Row<'a>], page: &Page) -> Vec<Row<'a>> {
    let mut all: Vec<Row<'a>> = report.customers.iter().map(|subject| ("customers (any)", subject)).collect();
    if report.region.len() > 1 {
        all.extend(report.region.iter().filter(|(_, s)| s.affected.mean > 0.0).map(|(name, s)| (name.as_str(), s)));
    }
    let shown = if page.all { affected.len() } else { SHOWN };
    all.extend(affected.iter().take(shown));
    all
}

fn outages(report: &Report, affected: &[Row<'_>], page: &mut Page) {
    page.heading("What goes down", "share of trials, and outage over all trials");
    let right = Lean::Right;
    let heads = [
        ("", Lean::Name),
        ("affected", right),
        ("down", right),
        ("failing", right),
        ("degraded", right),
        ("p50", right),
        ("p90", right),
        ("p99", right),
    ];
    let mut table = Columns::new(&heads);
    for (i, (name, subject)) in with_totals(report, affected, page).into_iter().enumerate() {
        let total = i == 0 && report.customers.is_some();
        let states = &subject.states;
        let outage = &subject.outage_min;
        let time = |minutes: f64| {
            let text = if minutes > 0.0 { followed(minutes, report.scenario.horizon_min) } else { NOTHING.into() };
            styled(if total { STRONG } else { PLAIN }, text)
        };
        table.row(vec![
            styled(if total { STRONG } else { PLAIN }, name),
            styled(if total { STRONG } else { PLAIN }, percent(subject.affected.mean)),
            share(states.down, BAD),
            share(states.failing, BAD),
            share(states.degraded, CARE),
            time(outage.p50),
            time(outage.p90),
            time(outage.p99),
        ]);
    }
    table.write(page);
    more(affected.len(), page);
}

fn share(share: f64, style: anstyle::Style) -> Item {
    if share > 0.0 { styled(style, percent(share)) } else { item(NOTHING) }
}

fn more(of: usize, page: &mut Page) {
    if !page.all && of > SHOWN {
        let line = page.paint(ASIDE, &format!("  and {} more (--all)", of - SHOWN));
        page.line(&line);
    }
}

/// When it is back, from the first impact anywhere.
fn back(report: &Report, affected: &[Row<'_>], page: &mut Page) {
    let heads = [
        ("", Lean::Name),
        ("hit after", Lean::Right),
        ("restored p50", Lean::Right),
        ("p90", Lean::Right),
        ("full p50", Lean::Right),
        ("p90", Lean::Right),
        ("never", Lean::Right),
    ];
    let mut table = Columns::new(&heads);
    let mut any = false;
    for (name, subject) in with_totals(report, affected, page) {
        let (Some(main), Some(full)) = (&subject.main_restored_min, &subject.full_recovery_min) else { continue };
        any = true;
        let time = |minutes: f64| item(followed(minutes, report.scenario.horizon_min));
        let hit = subject.first_impact_min.map_or(0.0, |q| q.p50);
        table.row(vec![
            item(name),
            item(if hit > 0.0 { duration(hit) } else { NOTHING.into() }),
            time(main.p50),
            time(main.p90),
            time(full.p50),
            time(full.p90),
            share(subject.never_recovered, BAD),
        ]);
    }
    if any {
        page.heading("When it is back", "after the first impact anywhere, in trials with impact");
        table.write(page);
        more(affected.len(), page);
    }
}

fn only_touched(touched: &[Row<'_>], page: &mut Page) {
    if touched.is_empty() {
        return;
    }
    page.heading("Touched, without an outage", "");
    let shown = if page.all { touched.len() } else { SHOWN };
    let heads = [
        ("", Lean::Name),
        ("starved", Lean::Right),
        ("lagging", Lean::Right),
        ("exposed", Lean::Right),
        ("full p50", Lean::Right),
        ("p90", Lean::Right),
    ];
    let mut table = Columns::new(&heads);
    for (name, subject) in touched.iter().take(shown) {
        let full = subject.full_recovery_min.filter(|q| q.p90 > 0.0 && subject.states.exposed < 1.0);
        let time = |minutes: Option<f64>| item(minutes.map_or(NOTHING.into(), duration));
        let states = &subject.states;
        table.row(vec![
            item(*name),
            share(states.starved, CARE),
            share(states.lagging, CARE),
            share(states.exposed, CARE),
            time(full.map(|q| q.p50)),
            time(full.map(|q| q.p90)),
        ]);
    }
    table.write(page);
    more(touched.len(), page);
}

fn paths(affected: &[Row<'_>], page: &mut Page) {
    let with: Vec<&Row<'_>> = affected.iter().filter(|(_, subject)| subject.path.len() > 1).collect();
    if with.is_empty() {
        return;
    }
    page.heading("How the damage gets there", "from the damaged cell, most often");
    let shown = if page.all { with.len() } else { PATHS_SHOWN };
    for (_, subject) in with.iter().take(shown) {
        path(&subject.path, page);
    }
    if with.len() > shown {
        let line = page.paint(ASIDE, &format!("  and {} more (--all)", with.len() - shown));
        page.line(&line);
    }
}

/// One way, broken at arrows where it does not fit.
fn path(cells: &[String], page: &mut Page) {
    let mut line = String::from("  ");
    for (i, cell) in cells.iter().enumerate() {
        let cell = shorten(&clean(cell), page.width - 8).into_owned();
        let arrow = if i == 0 { "" } else { " → " };
        if i > 0 && width(&line) + 3 + width(&cell) > page.width {
            page.line(&line);
            line = String::from("   ");
        }
        line.push_str(arrow);
        line.push_str(&cell);
    }
    page.line(&line);
}

fn data(services: &IndexMap<String, Subject>, page: &mut Page) {
    let losing = rows(services, |subject| subject.data_lost_min.is_some() || subject.data_lost_for_good > 0.0);
    if losing.is_empty() {
        return;
    }
    page.heading("Data lost", "time since the copy that is restored");
    let heads = [("", Lean::Name), ("p50", Lean::Right), ("p90", Lean::Right), ("p99", Lean::Right), ("for good", Lean::Right)];
    let mut table = Columns::new(&heads);
    let shown = if page.all { losing.len() } else { SHOWN };
    for (name, subject) in losing.iter().take(shown) {
        let time = |pick: fn(&crate::report::data::Quantiles) -> f64| {
            item(subject.data_lost_min.as_ref().map_or(NOTHING.into(), |q| duration(pick(q))))
        };
        table.row(vec![item(*name), time(|q| q.p50), time(|q| q.p90), time(|q| q.p99), share(subject.data_lost_for_good, BAD)]);
    }
    table.write(page);
    more(losing.len(), page);
}
