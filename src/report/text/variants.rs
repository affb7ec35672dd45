//! Variants beside the base: the same luck, unless they have a seed of their own, one thing changed.

use super::columns::{Columns, Item, Lean, NOTHING, item, styled};
use super::page::{ASIDE, BAD, GOOD, PLAIN, Page, STRONG};
use super::sentences;
use crate::report::data::{Delta, Report, Subject, Variant};
use crate::report::figures::{Unit, duration, followed, percent};
use crate::report::losses::losses;
use crate::report::untrusted::{clean, shorten};

/// Writes one table with a row per variant, then the paired differences.
pub(super) fn write(report: &Report, page: &mut Page) {
    if report.variants.is_empty() {
        return;
    }
    let luck = sentences::other_luck(report);
    page.heading("Variants", luck.as_deref().unwrap_or("the same luck, one thing changed"));
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
    data(report, page);
    super::controls::counterfactuals(report, page);
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
    let horizon = report.scenario.horizon_min;
    let time = |minutes: Option<f64>| item(minutes.map_or(NOTHING.into(), |m| followed(m, horizon)));
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

/// Groups of services that are shown.
const LOSSES_SHOWN: usize = 2;

/// The data lost, where a variant loses other data than the base; services that lose the same stand together.
fn data(report: &Report, page: &mut Page) {
    let groups = losses(report);
    if groups.is_empty() {
        return;
    }
    page.heading("Data lost in the variants", "time since the copy that is restored, where it differs from the base");
    let right = Lean::Right;
    let shown = if page.all { groups.len() } else { groups.len().min(LOSSES_SHOWN) };
    let more: usize = groups[shown..].iter().map(|(services, _)| services.len()).sum();
    for (services, losses) in groups.into_iter().take(shown) {
        page.para(PLAIN, "  ", &services.join(", "));
        let mut table = Columns::new(&[("", Lean::Name), ("p50", right), ("p90", right), ("p99", right)]);
        for (i, (name, lost)) in losses.into_iter().enumerate() {
            let at = |minutes: Option<f64>| item(minutes.map_or(NOTHING.into(), duration));
            let style = if i == 0 { STRONG } else { PLAIN };
            table.row(vec![styled(style, name), at(lost.map(|l| l[0])), at(lost.map(|l| l[1])), at(lost.map(|l| l[2]))]);
        }
        table.write(page);
    }
    if more > 0 {
        let text = page.paint(ASIDE, &format!("  and {more} more services (--all)"));
        page.line(&text);
    }
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
            item(sentences::output(path)),
            styled(style, unit.change(delta.mean)),
            item(unit.range(delta.low, delta.high)),
            item(percent(delta.less)),
            item(percent(delta.more)),
            styled(style, word),
        ]);
    }
    table.write(page);
    if same.len() == variant.delta.len() {
        page.para(ASIDE, "    ", &format!("the same in every trial: {}", sentences::outputs(variant.delta.keys())));
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
