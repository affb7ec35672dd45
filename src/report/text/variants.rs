//! Variants beside the base: the same luck, one thing changed.

use super::columns::{Columns, Item, Lean, NOTHING, item, styled};
use super::page::{ASIDE, BAD, GOOD, PLAIN, Page, STRONG};
use crate::report::data::{Delta, Report, Subject, Variant};
use crate::report::figures::{Unit, duration, percent};
use crate::report::untrusted::{clean, shorten};

/// Writes one table with a row per variant, then the paired differences.
pub(super) fn write(report: &Report, page: &mut Page) {
    if report.variants.is_empty() {
        return;
    }
    page.heading("Variants", "the same luck, one thing changed");
    let right = Lean::Right;
    let heads = [
        ("", Lean::Name),
        ("affected", right),
        ("p50", right),
        ("p90", right),
        ("p99", right),
        ("cells p50", right),
        ("data gone", right),
    ];
    let mut table = Columns::new(&heads);
    table.row(row("base", STRONG, report));
    for (name, variant) in &report.variants {
        table.row(row(name, PLAIN, &variant.report));
    }
    table.write(page);
    let aside = format!("variant minus base, trial by trial; {} intervals of the mean", percent(report.confidence));
    page.heading("Differences", &aside);
    for (name, variant) in &report.variants {
        differences(name, variant, page);
    }
}

/// The subject that the headline speaks of.
fn main_subject(report: &Report) -> Option<&Subject> {
    report.customers.as_ref().or_else(|| report.services.values().next())
}

fn row(name: &str, style: anstyle::Style, report: &Report) -> Vec<Item> {
    let time = |minutes: Option<f64>| item(minutes.map_or(NOTHING.into(), duration));
    let subject = main_subject(report);
    let outage = subject.map(|s| s.outage_min);
    let lost = report.data_lost_for_good;
    vec![
        styled(style, name),
        item(subject.map_or(NOTHING.into(), |s| percent(s.affected.mean))),
        time(outage.map(|q| q.p50)),
        time(outage.map(|q| q.p90)),
        time(outage.map(|q| q.p99)),
        item(crate::report::figures::count(report.affected_cells.p50)),
        if lost > 0.0 { styled(BAD, percent(lost)) } else { item(NOTHING) },
    ]
}

fn differences(name: &str, variant: &Variant, page: &mut Page) {
    let name = shorten(&clean(name), page.width - 4).into_owned();
    page.line(&format!("  {}", page.paint(STRONG, &name)));
    if variant.delta.is_empty() {
        let none = page.paint(ASIDE, "    no differences were computed");
        page.line(&none);
        return;
    }
    let heads = [
        ("", Lean::Name),
        ("mean", Lean::Right),
        ("low to high", Lean::Right),
        ("less in", Lean::Right),
        ("more in", Lean::Right),
        ("", Lean::Left),
    ];
    let mut table = Columns::new(&heads);
    let (same, differs): (Vec<_>, Vec<_>) = variant.delta.iter().partition(|(_, delta)| delta.less <= 0.0 && delta.more <= 0.0);
    for (path, delta) in differs {
        let unit = Unit::of(path);
        let (style, word) = verdict(delta);
        table.row(vec![
            item(path),
            styled(style, unit.change(delta.mean)),
            item(format!("{} to {}", unit.change(delta.low.min(delta.high)), unit.change(delta.high.max(delta.low)))),
            item(percent(delta.less)),
            item(percent(delta.more)),
            styled(style, word),
        ]);
    }
    table.write(page);
    if same.len() == variant.delta.len() {
        let same = page.paint(ASIDE, "    the same in every trial");
        page.line(&same);
    }
}

/// Less of any output is better: they all count harm.
pub(in crate::report) fn verdict(delta: &Delta) -> (anstyle::Style, &'static str) {
    if delta.low.max(delta.high) < 0.0 {
        (GOOD, "less")
    } else if delta.low.min(delta.high) > 0.0 {
        (BAD, "more")
    } else {
        (ASIDE, "unclear")
    }
}
